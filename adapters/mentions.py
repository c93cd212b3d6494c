"""Who is mentioned in a text: nobody but the author from the table, whatever the blog's words or a template say.

An `@name` is written `@ name`, and so is the form `@[id:name]`; in an address that is certainly a link it stays.
"""

from __future__ import annotations

import re

from adapters.counting import LINK, weighted

_IN_ADDRESS = r"[A-Za-z0-9!*';:=+,.$/%#_~|&?-]"
_AT = re.compile(
    # An address that is glued to something may be linked otherwise, or not at all.
    # X reads a mention behind anything but an ASCII letter, digit or “_”, Mastodon behind fewer; after “RT” X does too.
    rf"(?<!\S)[(（\"'“„‘«]*(?P<address>https?://[A-Za-z0-9.-]+(?::\d+)?/(?:{_IN_ADDRESS}|(?<=[\w/=])@(?!\[))*)"
    r"|[@＠](?=\[)|(?:(?<![A-Za-z0-9_])|(?<=[Rr][Tt])(?<![A-Za-z0-9_][Rr][Tt]))[@＠](?=\w)"
)
_MORE = re.compile(r"[A-Za-z0-9_@＠]")
_MORE_OF_A_HOST = re.compile(r"[\w@＠]|[.-]+\w")
"""What makes a handle that it follows another one, or none: of a name alone, and of one with its server's."""


def unmentioned(text: str, handle: str = "") -> str:
    """The text with a space behind each “@” that would mention anybody but the owner of this handle."""
    if "@" not in text and "＠" not in text:
        return text
    return _AT.sub(lambda found: found[0] if _may_stay(found, handle) else _spaced(found), text)


def _spaced(found: re.Match[str]) -> str:
    return re.sub(r"@(?=\w)", "@ ", found[0]) if found["address"] else f"{found[0]} "


def _may_stay(found: re.Match[str], handle: str) -> bool:
    if address := found["address"]:
        # With more behind it, it counts as one link only where every character of it belongs to that link.
        return "@" not in address or weighted(address + "x" * LINK) == LINK
    end = found.start() + len(handle)
    longer = _MORE_OF_A_HOST if "@" in handle[1:] else _MORE
    same = found.string[found.start() : end].lower() == handle.lower()
    return handle.startswith("@") and same and not longer.match(found.string, end)
