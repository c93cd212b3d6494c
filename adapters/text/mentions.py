"""Who is mentioned in a text: nobody but the author from the table, whatever the blog's words or a template say.

An `@name` is written `@ name`, and so is the form `@[id:name]`; in an address that is certainly a link it stays.
"""

from __future__ import annotations

import re

from adapters.text.counting import begins_link

LONGEST = 300
"""Characters of an address in which an “@” may stay."""
_AT = re.compile(r"[@＠](?=[\w\[])")
_BEGINS = re.compile(r"(?<![A-Za-z0-9_])|(?<=[Rr][Tt])(?<![A-Za-z0-9_][Rr][Tt])")
"""Where X reads a mention: behind all but an ASCII letter, digit or “_”, and behind “RT”; Mastodon in fewer places."""
_ADDRESS = re.compile(
    r"[(（\"'“„‘«]*(https?://[A-Za-z0-9.-]+(?::\d+)?/(?:[A-Za-z0-9!*';:=+,.$/%#_~|&?-]|(?<=[\w/=])@)*)"
)
_MORE = re.compile(r"[A-Za-z0-9_@＠]")
_MORE_OF_A_HOST = re.compile(r"[\w@＠]|[.-]+\w")
"""What makes a handle that it follows another one, or none: of a name alone, and of one with its server's."""


def unmentioned(text: str, handle: str = "") -> str:
    """The text with a space behind each “@” that would mention anybody but the owner of this handle."""
    if "@" not in text and "＠" not in text:
        return text
    return _AT.sub(lambda found: found[0] if _may_stay(text, found.start(), handle) else f"{found[0]} ", text)


def _may_stay(text: str, at: int, handle: str) -> bool:
    if text[at + 1] == "[":
        return False
    return not _BEGINS.match(text, at) or _is_whole(text, at, handle) or _in_link(text, at)


def _is_whole(text: str, at: int, handle: str) -> bool:
    """Whether just this handle stands there, as an “@name”."""
    longer = _MORE_OF_A_HOST if "@" in handle[1:] else _MORE
    end = at + len(handle)
    return handle.startswith("@") and text[at:end].lower() == handle.lower() and not longer.match(text, end)


def _in_link(text: str, at: int) -> bool:
    """Whether an “@” is part of what is certainly one link: an address glued to something may not be."""
    before = text[max(at - LONGEST, 0) : at + 1].rsplit(maxsplit=1)
    found = _ADDRESS.fullmatch(before[-1]) if len(before) > 1 or at <= LONGEST else None
    return found is not None and begins_link(found[1])
