"""From an entry to what its channels will get: which channels take it, its post, and each channel's draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from adapters.contract import Draft, Post, UnsupportedError
from adapters.text.links import whole
from adapters.wording.posts import filled
from bot.model import Channel, Entry, Filter, Route
from bot.planning.hashtags import folded, hashtags

if TYPE_CHECKING:
    from bot.model import StoredEntry

_ADDRESS = re.compile(r"\s*[^\s@]+@[^\s@]+\s*")


def takes(channel: Channel, entry: Entry, feeds: Collection[str]) -> bool:
    """Whether a channel takes an entry that these feeds showed: when any of its routes does, or it has none."""
    return not channel.routes or _route(channel, entry, feeds) is not None


def _route(channel: Channel, entry: Entry, feeds: Collection[str]) -> Route | None:
    """The first route that takes the entry."""
    for route in channel.routes:
        in_feeds = not route.feeds or not set(route.feeds).isdisjoint(feeds)
        if in_feeds and all(_matches(route.include, entry)) and not any(_matches(route.exclude, entry)):
            return route
    return None


def _matches(wanted: Filter, entry: Entry) -> Iterable[bool]:
    """For each list of the filter that is given, whether the entry shows something on it."""
    if wanted.categories:
        yield not _folded(wanted.categories).isdisjoint(_folded(entry.categories))
    if wanted.authors:
        yield not _folded(wanted.authors).isdisjoint(_folded([entry.author, *entry.author.split(", ")]))
    if wanted.words:
        text = "\n".join((entry.title, entry.summary, *entry.categories))
        yield any(re.search(rf"(?<!\w){re.escape(word.strip())}(?!\w)", text, re.IGNORECASE) for word in wanted.words)
    if wanted.years:
        yield entry.published is not None and entry.published.year in wanted.years


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold().strip() for name in names}


def draft_for(channel: Channel, stored: StoredEntry, wording: str = "") -> Draft | str:
    """The channel's draft of an entry, or the sentence that says why there can be none.

    `wording` is a person's own text for it.
    """
    try:
        return channel.adapter.compose(post_for(channel, stored, wording))
    except UnsupportedError as error:
        return str(error)


def post_for(channel: Channel, stored: StoredEntry, wording: str = "") -> Post:
    """The content of an entry as this channel is to get it."""
    entry, style = stored.entry, channel.style
    route = _route(channel, entry, stored.feeds)
    count = channel.adapter.limits.hashtags if style.hashtags is None else style.hashtags
    author = _author(entry, stored.blog, style.no_byline)
    return Post(
        title=entry.title,
        link=whole(tagged(entry.link, _tags(channel, stored, author))),
        summary=entry.summary,
        author=author,
        handle=style.handles.get(folded(author), ""),
        categories=entry.categories,
        hashtags=hashtags(entry.categories, entry.title, style.mapping, style.stop)[:count],
        published=entry.published,
        language=_language(channel, entry),
        blog=stored.blog,
        image=stored.image,
        template=(route.template if route else "") or style.template,
        wording=wording,
    )


def _tags(channel: Channel, stored: StoredEntry, author: str) -> dict[str, str]:
    """The channel's tracking tags for an entry."""
    entry, utm = stored.entry, channel.style.utm
    words = {"title": entry.title, "categories": entry.categories, "published": entry.published or ""}
    words |= {"language": _language(channel, entry)}
    words |= {"blog": stored.blog, "channel": channel.name, "author": author}
    return {name: filled(template, words) for name, template in utm.items()} if utm else {}


def _language(channel: Channel, entry: Entry) -> str:
    """The language of a post as BCP 47 writes it: some feeds say de_DE."""
    return (channel.style.language or entry.language).replace("_", "-")


def _author(entry: Entry, blog: str, no_byline: Collection[str]) -> str:
    """The names of the authors, but for an account's, the blog's own and addresses."""
    nobody = {*no_byline, folded(blog)}
    if folded(entry.author) in nobody:
        return ""
    return ", ".join(
        name for name in entry.author.split(", ") if not (folded(name) in nobody or _ADDRESS.fullmatch(name))
    )


def tagged(link: str, tags: Mapping[str, str]) -> str:
    """The link with tracking tags added; what its query and fragment say already stays."""
    address, hash_sign, fragment = link.partition("#")
    query = address.partition("?")[2]
    there = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    added = "&".join(f"{name}={quote(value, safe='')}" for name, value in tags.items() if value and name not in there)
    if not added:
        return link
    between = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{between}{added}{hash_sign}{fragment}"
