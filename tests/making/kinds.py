"""Every kind of channel, built on a simulator: what the laws and other tests run over."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from adapters import adapter_class
from adapters.contract import Adapter, Image, Post
from adapters.http.session import PlatformSession
from adapters.traits import Limits
from bot.simulator import NETWORKS, Simulator
from bot.simulator.network import Access, Network, Published

PICTURE = b"\x89PNG\r\n\x1a\n" + b"simulated" * 20
IMAGE = Image(
    hashlib.sha256(PICTURE).hexdigest(), "image/png", 1200, 630, len(PICTURE), alt="A nurse and a patient talk."
)
POST = Post(
    title="What is a biopsy?",
    link="https://blog.example.org/2026/11/what-is-a-biopsy/?p=12&lang=en",
    summary="Q&A: how it is done <safely>, and what comes next (for patients & carers).",
    image=IMAGE,
)


@dataclass(frozen=True)
class Kind:
    """A kind of channel that publishes by itself, and the simulated network that it speaks to."""

    network: type[Network]
    access: Access
    adapter: type[Adapter]
    more: Mapping[str, Any] = field(default_factory=dict)
    """Options besides those of the access."""

    def built(self, base_url: str) -> Adapter:
        """The adapter, speaking to this address."""
        return built(self.adapter, base_url, **self.access.options, **self.more)

    @cached_property
    def offline(self) -> Adapter:
        """The adapter, with nobody to speak to."""
        return self.built("http://127.0.0.1:9")

    @property
    def limits(self) -> Limits:
        """What is declared of it with these options."""
        return self.offline.limits

    @property
    def uploads(self) -> bool:
        """Whether a picture is uploaded before the one request that counts."""
        makes = type(self.offline).prepare is not Adapter.prepare
        return makes and self.offline.compose(POST).image is not None


ACCESSES = [(network, access) for network in NETWORKS for access in network.accesses]
SECRETS = {access.kind: access.secrets for _, access in ACCESSES if access.secrets}
HIDDEN_BY = {"bluesky": ("AccountTakedown",)}
"""Why an account's posts cannot be read, where that needs no credentials and a revoked one hides nothing."""
PERSON = "urn:li:person:AbCdEf123"


def built(adapter: type[Adapter], base_url: str, **options: Any) -> Adapter:
    """An adapter as the daemon builds it, with the simulator's credentials and one picture."""
    chosen = adapter.Options(base_url=base_url, **options)
    session = PlatformSession(adapter.real, base_url)
    return adapter(chosen, SECRETS[adapter.kind], session, {IMAGE.sha256: PICTURE}.__getitem__)


REGISTERED = {
    access.kind: Kind(network, access, adapter_class(access.kind)) for network, access in ACCESSES if access.secrets
}
KINDS = {
    **REGISTERED,
    "facebook photo": replace(REGISTERED["facebook"], more={"style": "photo"}),
}
"""Every kind that publishes by itself, and a second name for one that does so in two ways."""
SEARCHABLE = [name for name, kind in KINDS.items() if kind.limits.searchable]
"""The kinds on which one can look."""
UNSEEN = [name for name in KINDS if name not in SEARCHABLE]
"""The kinds on which nobody can: in doubt a person is asked at once."""


def options(kind: str) -> dict[str, Any]:
    """Options with which an adapter of a kind can be built that speaks to nobody; by hand where that is a way."""
    wanted = adapter_class(kind).Options.model_fields["base_url"].is_required()
    own = {access.kind: access.options for _, access in ACCESSES}[kind]
    return {**own, **({"base_url": "https://social.example"} if wanted else {})}


@dataclass(frozen=True)
class Stage:
    """One adapter and the simulated platform it speaks to."""

    adapter: Adapter
    platform: Network
    simulator: Simulator
    access: Access

    @property
    def published(self) -> Sequence[Published]:
        """What is public where the adapter publishes."""
        return self.platform.published_by(self.access)


def staged(name: str, simulator: Simulator) -> Stage:
    """A kind on its simulated platform."""
    kind = KINDS[name]
    platform: Network = getattr(simulator, kind.network.name)
    platform.admit()
    return Stage(kind.built(platform.base_url), platform, simulator, kind.access)
