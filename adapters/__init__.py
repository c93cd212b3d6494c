"""The registry of kinds: each platform's adapter by name, imported only when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.contract import Adapter

KINDS = {
    "twitter": "adapters.twitter.adapter:Twitter",
    "facebook": "adapters.facebook.adapter:Facebook",
    "linkedin": "adapters.linkedin.adapter:LinkedIn",
    "linkedin_group": "adapters.linkedin.group:LinkedInGroup",
    "mastodon": "adapters.mastodon.adapter:Mastodon",
    "bluesky": "adapters.bluesky.adapter:Bluesky",
}


def adapter_class(kind: str) -> type[Adapter]:
    """The adapter class of a kind. Raises KeyError for a kind that is not in the registry."""
    module, _, name = KINDS[kind].partition(":")
    found: type[Adapter] = getattr(import_module(module), name)
    return found
