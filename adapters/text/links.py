"""Two forms of a link: one that every network takes whole, and one for comparing, which is never published."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

TRACKING = re.compile(
    r"(utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|dclid|msclkid|twclid|li_fat_id|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|ref_src"
    r"|__twitter_impression)",
    re.IGNORECASE,
)
"""Query parameters that say how a reader came, not what the reader sees."""

_ADDRESS = re.compile(r"(https?://[^/?#\s]+)((?:/[^?#]*)?)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_ODD = re.compile(r"[^A-Za-z0-9/%._~!$&'()*+,;=:@-]|%(?![0-9A-Fa-f]{2})")
_IN_QUERY = re.compile(r"[^A-Za-z0-9/%._~!$&'*+,;=:@?-]|%(?![0-9A-Fa-f]{2})")
_ROUND = re.compile(r"(\([^()]+\))|[()]")
_SURE = "A-Za-z0-9/=_-"
_END = re.compile(rf"(?<![^{_SURE}])[^{_SURE}]++\Z")
_QUERY_END = re.compile(rf"(?<![^&{_SURE}])[^&{_SURE}]++\Z")
_FRAGMENT_END = re.compile(rf"{_END.pattern}|(?<![^?{_SURE}])[^?{_SURE}]++(?=\?)")
"""How the parts of an address end that networks end earlier; each run of characters is looked at once."""


def whole(link: str) -> str:
    """The link, to the same page, in a form of which no network leaves a part out; the host stays as it is.

    Escaped in UTF-8 is all beyond ASCII, what RFC 3986 has in no address, brackets that X takes for the end of one,
    and punctuation at the end, which networks take for the sentence's. What is no http(s) address stays as it is.
    """
    if (parts := _ADDRESS.fullmatch(re.sub(r"[\t\r\n]", "", link.strip()))) is None:
        return link
    host, path, query, fragment = parts.groups("")
    path = _ROUND.sub(lambda found: found[1] or _escaped(found), _END.sub(_escaped, _ODD.sub(_escaped, path)))
    query = _QUERY_END.sub(lambda found: _escaped(found).replace("%2B", "%20"), _IN_QUERY.sub(_escaped, query))
    fragment = _FRAGMENT_END.sub(_escaped, _IN_QUERY.sub(_escaped, fragment))
    return host + (path or "/" * bool(query or fragment)) + f"?{query}" * bool(query) + f"#{fragment}" * bool(fragment)


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def canonical(link: str) -> str:
    """The link without scheme, www, default port, trailing slash, fragment and tracking parameters, for comparing.

    An address that cannot be read as one is returned as it is, stripped.
    """
    try:
        parts = urlsplit(link.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return link.strip()
    if not host:
        return link.strip()
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    host = host.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    path = quote(unquote(parts.path, errors="surrogateescape"), safe="/~!$&'()*+,;=:@", errors="surrogateescape")
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.fullmatch(k)]
    return host + path.rstrip("/") + (f"?{urlencode(kept)}" if kept else "")


def host_of(link: str) -> str:
    """The host of a link, or nothing for what is no address."""
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def same_page(left: str, other: str) -> bool:
    """Whether two links lead to the same page, as far as their canonical forms can tell."""
    return canonical(left) == canonical(other)
