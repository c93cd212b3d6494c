"""Every kind of channel, built on a simulator: what the laws and other tests run over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.bluesky.adapter import Bluesky
from adapters.contract import Adapter, Image, Post
from adapters.facebook.adapter import Facebook
from adapters.http.session import PlatformSession
from adapters.linkedin.adapter import LinkedIn
from adapters.linkedin.group import LinkedInGroup
from adapters.mastodon.adapter import Mastodon
from adapters.twitter.adapter import Twitter
from bot.simulator import Simulator
from bot.simulator.network import Network, Published

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

SECRETS = {
    "twitter": {
        "consumer_key": "simulated-consumer-key",
        "consumer_secret": "simulated-consumer-secret",
        "access_token": "1700000000-simulated-access-token",
        "access_token_secret": "simulated-access-secret",
    },
    "facebook": {"access_token": "simulated-page-token"},
    "linkedin": {"access_token": "simulated-linkedin-token"},
    "linkedin_group": {"access_token": "simulated-linkedin-token"},
    "mastodon": {"access_token": "simulated-mastodon-token"},
    "bluesky": {"app_password": "simulated-app-password"},
}
HIDDEN_BY = {"bluesky": ("AccountTakedown",)}
"""Why an account's posts cannot be read, where that needs no credentials and a revoked one hides nothing."""
PERSON = "urn:li:person:AbCdEf123"


def built(adapter: type[Adapter], base_url: str, **options: Any) -> Adapter:
    """An adapter as the daemon builds it, with the simulator's credentials and one picture."""
    chosen = adapter.Options(base_url=base_url, **options)
    session = PlatformSession(adapter.real, base_url)
    return adapter(chosen, SECRETS[adapter.kind], session, {IMAGE.sha256: PICTURE}.__getitem__)


def _twitter(simulator: Simulator) -> Adapter:
    return built(Twitter, simulator.twitter.base_url)


def _facebook_card(simulator: Simulator) -> Adapter:
    return built(Facebook, simulator.facebook.base_url, page="100200300")


def _facebook_photo(simulator: Simulator) -> Adapter:
    return built(Facebook, simulator.facebook.base_url, page="100200300", style="photo")


def _linkedin(simulator: Simulator) -> Adapter:
    return built(LinkedIn, simulator.linkedin.base_url, organization="2414183")


def _linkedin_group(simulator: Simulator) -> Adapter:
    simulator.linkedin.grants_partner_access(True)
    return built(LinkedInGroup, simulator.linkedin.base_url, group="4119103", mode="api", person=PERSON)


def _mastodon(simulator: Simulator) -> Adapter:
    return built(Mastodon, simulator.mastodon.base_url)


def _bluesky(simulator: Simulator) -> Adapter:
    return built(Bluesky, simulator.bluesky.base_url, identifier="cancerblog.example.org")


KINDS: dict[str, Callable[[Simulator], Adapter]] = {
    "twitter": _twitter,
    "facebook": _facebook_card,
    "facebook photo": _facebook_photo,
    "linkedin": _linkedin,
    "linkedin_group": _linkedin_group,
    "mastodon": _mastodon,
    "bluesky": _bluesky,
}


@dataclass(frozen=True)
class Stage:
    """One adapter and the simulated platform it speaks to."""

    adapter: Adapter
    platform: Network
    simulator: Simulator

    @property
    def published(self) -> Sequence[Published]:
        """What is public where the adapter publishes."""
        in_group = self.adapter.kind == "linkedin_group"
        return self.simulator.linkedin.group_published if in_group else self.platform.published


def staged(name: str, simulator: Simulator) -> Stage:
    """A kind on its simulated platform."""
    adapter = KINDS[name](simulator)
    platform: Network = getattr(simulator, adapter.kind.removesuffix("_group"))
    return Stage(adapter, platform, simulator)
