"""How long counting and reading take, as milliseconds of processor time: `python -m benchmarks.counting`.

Each counter is given 10,000 characters of what is hard to count; the words of hostile HTML are read from 200,000 tags.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from adapters.text.counting import graphemes_and_bytes, mastodon, utf16_units, visible, weighted
from adapters.text.plain import plain, shorten
from bot.blog.markup import tidied, words

COUNTERS = (weighted, graphemes_and_bytes, mastodon, utf16_units, visible, plain)
LENGTH, TAGS, DRAFTS = 10_000, 200_000, 1_000
PIECES = {
    "a.a.a.": "a.a.a.",
    "addresses": "https://a.example.com/a_(b)?c ",
    "mentions": "@ann@example.social ",
    "emoji": "😀",
    "families": "👨‍👩‍👧‍👦",
    "flags": "🇩🇪",
    "marks": "\u0301\u0323",
    "Hindi": "क्षि",
    "Japanese": "がん",
}
HTML = ("<div>", "<span hidden>", "&lt;p&gt;", "<sup>", "<!--", "\u0301\u0323", "The post ")


def spent(act: Callable[[], object]) -> float:
    """Milliseconds of this thread, the better of two."""
    spans = []
    for _ in range(2):
        start = time.thread_time()
        act()
        spans.append(1_000 * (time.thread_time() - start))
    return min(spans)


def main() -> None:
    """Print one table for counting, one for reading, and the time of shortening a thousand summaries."""
    print(f"{LENGTH:,} characters of".ljust(24), *(counter.__name__.rjust(20) for counter in COUNTERS))
    for name, piece in PIECES.items():
        text = (piece * LENGTH)[:LENGTH]
        print(name.ljust(24), *(f"{spent(lambda: counter(text)):20.1f}" for counter in COUNTERS))  # noqa: B023
    print(f"\nwords of {TAGS:,} of")
    for piece in HTML:
        print(ascii(piece).ljust(24), f"{spent(lambda: tidied(words(piece * TAGS))):20.1f}")  # noqa: B023
    summary = "Living with cancer, day by day: what helps. " * 20
    for counter, limit in ((weighted, 280), (graphemes_and_bytes, 300), (mastodon, 500)):
        spans = spent(lambda: [shorten(summary, limit, counter) for _ in range(DRAFTS)])  # noqa: B023
        print(f"\n{DRAFTS:,} summaries cut to {limit} by {counter.__name__}: {spans:.0f}")


if __name__ == "__main__":
    main()
