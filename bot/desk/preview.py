"""What a channel would get of an entry, and what an editor should know before it goes out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.contract import Draft, Image, Post
from adapters.text.plain import is_hashtag
from adapters.wording.posts import unmarked, words_of, written
from bot.blog.drawing import is_card
from bot.blog.pictures import SMALLEST, lacks_words
from bot.model import Channel, StoredEntry
from bot.planning import drafts

UNBOUNDED = 10**9
"""More than any text counts."""
_BEGINNING = 20
"""Characters by which a cut summary is known again."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A channel's draft of an entry as an editor looks at it; its texts come from outside and are not cleaned."""

    text: str
    count: int
    limit: int
    picture: Image | None = None
    alt: str = ""
    hashtags: tuple[str, ...] = ()
    """Those that stand in the text, without “#”."""
    price: float = 0.0
    """US dollars."""
    warnings: tuple[str, ...] = ()
    link: str = ""
    """The address that is shared, with its tracking tags."""
    card: tuple[str, str] | None = None
    """The title and description of a card that goes out with the text; None where the platform makes its own."""
    why: str = ""
    """Why there is no draft, if there is none."""


def preview(channel: Channel, stored: StoredEntry, draft: Draft | None = None, page: str = "") -> Preview:
    """The preview of an entry on a channel.

    `draft` is the one that waits already, if any; `page` tells what is wrong with the entry's page.
    """
    limits, ahead = channel.adapter.limits, (page,) if page else ()
    if draft is None and not drafts.takes(channel, stored.entry, stored.feeds):
        return Preview("", 0, limits.characters, why="does not take this entry: none of its routes does.")
    planned = drafts.draft_for(channel, stored)
    shown = draft or planned
    if isinstance(shown, str):
        return Preview("", 0, limits.characters, warnings=(*ahead, shown), why=shown)
    lost, named = ((), ()) if isinstance(planned, str) else _compared(channel, stored, planned, shown)
    told = (*lost, *_pictured(channel, stored, shown, bool(page)), *named, *channel.adapter.warnings(shown))
    alt = shown.image.alt if shown.image else ""
    usual = limits.price if shown.link else limits.price_without_link
    price = usual if channel.price is None else channel.price
    facts = (shown.text, shown.count, channel.adapter.limit_for(shown), shown.image, alt, _hashtags(shown.text), price)
    return Preview(*facts, warnings=(*ahead, *told), link=shown.link, card=channel.adapter.card(shown))


def _compared(
    channel: Channel, stored: StoredEntry, planned: Draft, shown: Draft
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the text lost of the entry, and whom it names without a mention."""
    post = drafts.post_for(channel, stored)
    # A person's own words, and those of an older template, were not made from the entry as it is now.
    lost = _shortened(channel, post, shown) if planned.text == shown.text else ()
    return lost, tuple(_named(channel, post, shown))


def _hashtags(text: str) -> tuple[str, ...]:
    words = (word[1:].rstrip(".,;:!?…)") for word in text.split() if word.startswith("#"))
    return tuple(word for word in words if is_hashtag(word))


def _shortened(channel: Channel, post: Post, draft: Draft) -> tuple[str, ...]:
    """What a text lost to fit, compared with the same text without a limit."""
    whole = unmarked(written(replace(post, wording=""), channel.adapter.template, UNBOUNDED, len, on_card=True))
    told = tuple(_lost(words_of(post), whole, draft.text))
    # A template can change a word, as {{ title | upper }} does, so that it is not known again.
    return told or (("The text was shortened to fit.",) if len(whole) > len(draft.text) else ())


def _lost(words: Mapping[str, Any], whole: str, text: str) -> Iterator[str]:
    title, summary = words["title"], words["summary"]
    if title and title in whole and title not in text:
        yield "The title was cut to fit: a shorter one would stand whole."
    if summary and summary in whole and summary not in text:
        gone = summary[:_BEGINNING].rstrip() not in text
        yield f"The summary was {'left out' if gone else 'cut'} to fit."
    if dropped := [tag for tag in _hashtags(whole) if tag not in _hashtags(text)]:
        yield f"There was no room for {' '.join(f'#{tag}' for tag in dropped)}."


def _pictured(channel: Channel, stored: StoredEntry, draft: Draft, unseen: bool) -> Iterator[str]:
    """What a picture lacks; where the page was not seen, nobody knows yet whether there is one."""
    limits = channel.adapter.limits
    if stored.image is None and draft.image is None and limits.images and not unseen:
        least = f"No picture of at least {SMALLEST} × {SMALLEST} pixels was found, in the feed or on the page"
        yield f"{least}: give the post a featured picture."
    if draft.image and is_card(draft.image, stored.blog):
        yield "No picture was found, so a plain card with the title is drawn."
    if missing := lacks_words(draft.image, limits):
        yield missing


def _named(channel: Channel, post: Post, draft: Draft) -> Iterator[str]:
    author = words_of(post)["author"]
    handle = channel.adapter.handle
    if handle and channel.style.handles and author and not post.handle and author in draft.text:
        yield f"The table of authors has no handle on {handle.network} for {author}: the name is there, and no mention."
