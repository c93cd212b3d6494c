"""When two addresses are the same page: the canonical form of a link, for comparing and never for publishing."""

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


def same_page(one: str, other: str) -> bool:
    """Whether two links lead to the same page, as far as their canonical forms can tell."""
    return canonical(one) == canonical(other)
