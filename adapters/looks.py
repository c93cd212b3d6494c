"""Which of the posts seen is ours: what a look found, beside the draft, becomes yes, no, or a question for a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from adapters.contract import CannotTellError, Receipt


@dataclass(frozen=True, slots=True)
class Seen:
    """A public post as a look found it, beside the draft that is looked for."""

    receipt: Receipt
    words: bool
    """Its words are the draft's."""
    link: bool
    """Its link leads to the draft's page."""
    bare: bool = False
    """It shows no link at all."""


def is_other(identity: str, others: Collection[str]) -> bool:
    """Whether a post is another delivery's; `others` has ids, and the addresses that people gave, which hold the id.

    An id is looked for as a whole: within a longer one it is not the same.
    """
    own = re.escape(re.split(r"[_:/]", identity)[-1])
    return any(re.search(rf"(?<![0-9A-Za-z]){own}(?![0-9A-Za-z])", other) for other in others)


def verdict(platform: str, seen: Iterable[Seen]) -> Receipt | None:
    """The post that has both the words and the link. Half of that is neither yes nor no: somebody may have shared it.

    Raises CannotTellError, naming the address, for a person to judge.
    """
    near = ""
    for post in seen:
        if post.words and post.link:
            return post.receipt
        if post.link or (post.words and post.bare):
            near = near or post.receipt.url
    if near:
        raise CannotTellError(f"{platform} shows {near}, which is much like it: look whether that is this post.")
    return None
