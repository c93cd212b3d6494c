"""From an entry to what its channels will get: which channels take it, its post, and each channel's draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from adapters.contract import Draft, Image, Post, UnsupportedError
from bot.model import Channel, Entry, Filter


def takes(channel: Channel, entry: Entry, feeds: Collection[str]) -> bool:
    """Whether a channel takes an entry that these feeds showed: when any of its routes does, or it has none."""
    return not channel.routes or any(
        (not route.feeds or not set(route.feeds).isdisjoint(feeds))
        and all(_matches(route.include, entry))
        and not any(_matches(route.exclude, entry))
        for route in channel.routes
    )


def _matches(wanted: Filter, entry: Entry) -> Iterable[bool]:
    """For each list of the filter that is given, whether the entry shows something on it."""
    if wanted.categories:
        yield not _folded(wanted.categories).isdisjoint(_folded(entry.categories))
    if wanted.authors:
        yield entry.author.casefold().strip() in _folded(wanted.authors)
    if wanted.words:
        text = "\n".join((entry.title, entry.summary, *entry.categories))
        yield any(re.search(rf"(?<!\w){re.escape(word.strip())}(?!\w)", text, re.IGNORECASE) for word in wanted.words)
    if wanted.years:
        yield entry.published is not None and entry.published.year in wanted.years


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold().strip() for name in names}


def post(entry: Entry, blog: str, image: Image | None = None, wording: str = "") -> Post:
    """The platform-neutral content of an entry; `wording` is a person's own text for it."""
    return Post(
        title=entry.title,
        link=entry.link,
        summary=entry.summary,
        author=entry.author,
        categories=entry.categories,
        published=entry.published,
        language=entry.language,
        blog=blog,
        image=image,
        wording=wording,
    )


def draft(channel: Channel, content: Post) -> Draft | str:
    """The channel's draft of a post, or the sentence that says why there can be none."""
    try:
        return channel.adapter.compose(content)
    except UnsupportedError as error:
        return str(error)
