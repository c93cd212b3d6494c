"""What a platform declares of itself, as data: tables, laws and commands are made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Handle:
    """What the table of authors calls somebody on a network that has mentions."""

    network: str
    """The network's name as a person would say it."""
    pattern: str
    """What it must look like as a whole."""
    example: str
    said: str
    """What is expected, in words, for somebody who wrote something else."""

    def fits(self, name: str) -> bool:
        """Whether a name may stand in the table."""
        return re.fullmatch(self.pattern, name) is not None


@dataclass(frozen=True, slots=True)
class Limits:
    """Facts about a platform, declared as data; the table in the docs is made from them."""

    characters: int
    counted: str
    """How the platform counts, in a few words."""
    find_after: timedelta | None
    """How long until a look that finds nothing can be believed; None where there is no way to look."""
    with_picture: int = 0
    """Characters beside a picture, where these are fewer."""
    images: int = 1
    image_bytes: int = 0
    image_pixels: int = 0
    image_types: tuple[str, ...] = ("image/jpeg", "image/png")
    alt_text: int = 0
    """Characters of alternative text; 0 where the platform takes none."""
    takes_key: bool = False
    """Whether the same key twice makes one post."""
    refuses_duplicates: bool = False
    """Whether the same words twice are refused the second time."""
    secret_in_address: bool = False
    """Whether a secret stands in the address of each request."""
    hashtags: int = 0
    """How many are good manners there, unless a channel says otherwise."""
    prepared_for: timedelta = timedelta(hours=23)
    """How long the id of an upload may be used."""
    price: float = 0.0
    """US dollars for one post with a link."""
    price_without_link: float = 0.0
    """US dollars for one of an entry that has no link."""
    doubt: str = ""
    """One sentence: how an attempt whose reply was lost is settled."""

    @property
    def searchable(self) -> bool:
        """Whether there is a way to look; without one a doubt is a question for a person at once."""
        return self.find_after is not None
