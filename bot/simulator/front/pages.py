"""The timelines page: each account as a person would read it, side by side, with the blog on top."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from bot.simulator.blog.site import Blog
from bot.simulator.blog.wordpress import TITLE, BlogPost
from bot.simulator.front.style import STYLE
from bot.simulator.network import Network, Published, Timeline

POLICY = "default-src 'none'; img-src http: https:; style-src 'unsafe-inline'"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
}
LATEST = 40
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


def timelines(networks: Sequence[Network], blog: Blog) -> bytes:
    """The whole page."""
    columns = [_column(timeline) for network in networks for timeline in network.timelines]
    spent = f"The platforms would have charged <b>${sum(network.spent for network in networks):.3f}</b>"
    body = f"{_blog(blog)}<main>{''.join(columns)}</main><footer>Nothing here leaves this computer. {spent}.</footer>"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Simulated timelines</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="3">'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    ).encode()


def _blog(blog: Blog) -> str:
    posts = blog.posts
    count = f"{len(posts)} post{'s' if len(posts) != 1 else ''}"
    latest = "".join(_headline(post) for post in posts[:4])
    feed = f'<a href="{escape(blog.feed_url)}">feed</a>'
    where = f'<p class="where">The blog · {count} · {feed}</p>'
    home = f'<h1><a href="{escape(blog.base_url)}/">{escape(TITLE)}</a></h1>'
    return f'<header><div>{where}{home}</div><ol class="latest">{latest}</ol></header>'


def _headline(post: BlogPost) -> str:
    time = f'<time datetime="{post.at.isoformat()}">{post.at.day} {post.at:%b, %H:%M}</time>'
    return f'<li><a href="{escape(post.link)}">{escape(post.shown_title)}</a>{time}</li>'


def _column(timeline: Timeline) -> str:
    name, published = timeline.name, timeline.published
    kind, where = escape(timeline.platform), escape(timeline.where)
    title = f'<p class="kind">{kind}</p><h2>{escape(name)}</h2><p class="where">{where}</p>'
    count = f'<b class="count" title="published">{len(published)}</b>'
    head = f'<div class="profile">{_face(name)}<div>{title}</div>{count}</div>'
    posts = "".join(_post(post, timeline.author or name) for post in reversed(published[-LATEST:]))
    nothing = '<p class="nothing">Nothing published yet.</p>'
    brand = f'style="--brand:{timeline.colour}" aria-label="{escape(timeline.platform)}"'
    return f"<section {brand}>{head}{posts or nothing}</section>"


def _face(name: str, size: str = "") -> str:
    initials = "".join(word[0] for word in name.split() if word[0].isupper())[-2:]
    return f'<span class="face {size}" aria-hidden="true">{initials}</span>'


def _post(post: Published, name: str) -> str:
    time = f'<time datetime="{post.at.isoformat()}">{post.at.day} {post.at:%b %Y, %H:%M:%S} UTC</time>'
    byline = f'<div class="byline">{_face(name, "small")}<div><b>{escape(name)}</b>{time}</div></div>'
    text = f'<p class="text">{_linked(post.text)}</p>' if post.text else ""
    return f"<article>{byline}{text}{_card(post)}</article>"


def _linked(text: str) -> str:
    pieces, place = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group())
        shown = re.sub(r"^https?://", "", found.group())
        shown = escape(shown if len(shown) <= 40 else shown[:39] + "…")
        pieces += [escape(text[place : found.start()]), f'<a href="{address}" title="{address}">{shown}</a>']
        place = found.end()
    return "".join(pieces) + escape(text[place:])


def _card(post: Published) -> str:
    picture = _picture(post)
    if not post.title:
        return picture
    place = escape(urlsplit(post.link or "").netloc)
    words = f'<div class="words"><span>{place}</span><b>{escape(post.title)}</b></div>'
    inner = f"{picture}{words}"
    if not post.link or not _ADDRESS.fullmatch(post.link):
        return f'<div class="card">{inner}</div>'
    return f'<a class="card" href="{escape(post.link)}">{inner}</a>'


def _picture(post: Published) -> str:
    if not post.image:
        return ""
    mark = f'<span class="alt" title="{escape(post.alt)}">ALT</span>' if post.alt else ""
    image = f'<img src="{escape(post.image)}" alt="{escape(post.alt or "")}" loading="lazy">'
    return f'<span class="picture">{image}{mark}</span>'
