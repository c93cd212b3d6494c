"""How the blog's server sends a document: only when it changed, and compressed where the client takes it.

Sources: WordPress's wp-includes/class-wp.php (send_headers); nginx, whose gzip makes an ETag weak.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from bot.simulator.server import Reply, Request, now


def html(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
    """A web page."""
    return Reply(status, body, {"Content-Type": "text/html; charset=UTF-8", **(headers or {})})


def as_json(status: int, told: Any) -> Reply:
    """What the REST interface answers."""
    return Reply(status, json.dumps(told).encode(), {"Content-Type": "application/json; charset=UTF-8"})


def conditional(reply: Reply, request: Request, modified: datetime) -> Reply:
    """304 where the client has this already: with both headers both must agree, as in WordPress."""
    moment = format_datetime(modified, usegmt=True)
    etag = f'"{hashlib.md5(moment.encode(), usedforsecurity=False).hexdigest()}"'
    validators = {"Last-Modified": moment, "ETag": etag}
    known_etag, known_moment = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
    agreed = [known_etag == etag] if known_etag else []
    agreed += [_parsed(known_moment) >= modified] if known_moment else []
    if agreed and all(agreed):
        return Reply(304, headers=validators)
    return replace(reply, headers={**reply.headers, **validators})


def zipped(reply: Reply, request: Request) -> Reply:
    """The reply compressed, where the client takes that; its ETag is weak then, and WordPress does not know it."""
    text = re.match(r"text/|application/\w+\+xml", reply.headers.get("Content-Type", ""))
    if not text or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return reply
    headers = {**reply.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    if "ETag" in headers:
        headers["ETag"] = f"W/{headers['ETag']}"
    return replace(reply, body=gzip.compress(reply.body, mtime=0), headers=headers)


def feed_asked_for(path: str, query: Mapping[str, str]) -> tuple[str, str] | None:
    """The kind of feed and the category that an address stands for, or None where it is no feed."""
    if path == "/" and query.get("feed") in ("rss2", "atom"):
        return ("atom" if query["feed"] == "atom" else "rss"), ""
    found = re.fullmatch(r"(?:/category/([^/]+))?/feed(?:/(atom|rss2))?/", path)
    return (("atom" if found[2] == "atom" else "rss"), found[1] or "") if found else None


def moment(at: datetime | str | None) -> datetime:
    """A time given as such, as text, or not at all."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at or now()
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _parsed(text: str | None) -> datetime:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
