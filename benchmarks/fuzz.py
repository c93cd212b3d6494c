"""Feeds and configurations that nobody meant: `python -m benchmarks.fuzz [feed|configuration] [EXAMPLES] [SEED]`.

Each is read as it would be for real. It must be understood, or refused with the error that is meant for it; anything
else is a finding, and so is whatever takes longer than three seconds. Where atheris is installed, `--atheris` uses it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from bot.blog.documents import DocumentError, parse
from config import loading
from config.mistakes import ConfigError

SECONDS = 3.0
"""Of one processor, for one document of at most some thousands of bytes."""

FEED = b"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>
<item><title>One &amp; two</title><link>https://blog.example/1/</link><guid isPermaLink="false">1</guid>
<dc:creator><![CDATA[Ana (a@b.example)]]></dc:creator><pubDate>Sun, 22 Nov 2026 06:00:00 +0000</pubDate>
<category>C</category><description><![CDATA[<p>Words <img src="/a.png" alt="x"></p>]]></description>
<media:content url="https://blog.example/a.jpg" medium="image"/></item></channel></rss>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": 1, "url": "/1/",
"title": "One", "content_html": "<p>Words", "date_published": "2026-11-22T06:00:00Z", "tags": ["C"]}]}"""
CONFIGURATION = (Path(loading.__file__).parent / "oncecast.example.toml").read_bytes()

PIECES = [b"<", b">", b"&", b"&#0;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<!ENTITY", b"<?", b'"', b"'", b"=", b"\0"]
PIECES += [b"<item>", b"</item>", b"<x:y ", b' encoding="utf-16"', b"\xff\xfe", b"\xed\xa0\x80", b"{", b"}", b"[", b"]"]
PIECES += [b"null", b"1e999", b"-1", b"[[channels]]", b"[channels.x.options]", b"\n", b"#", b"true", b"9" * 5_000]


def feed(body: bytes) -> None:
    """Read a feed's document: every entry has an identity and a link that may be shared."""
    with suppress(DocumentError):
        for entry in parse(body, "", "https://blog.example/feed/").entries:
            assert entry.guid
            assert entry.link.startswith(("http://", "https://"))


def configuration(body: bytes) -> None:
    """Read a configuration: every mistake is a sentence."""
    with suppress(ConfigError):
        loading.parse(body.decode("utf-8", "replace"), Path("oncecast.toml"))


TARGETS: dict[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    "feed": (feed, (FEED, JSON)),
    "configuration": (configuration, (CONFIGURATION,)),
}


@st.composite
def mangled(draw: st.DrawFn, wholes: tuple[bytes, ...]) -> bytes:
    """A whole document with pieces put in, taken out, repeated and moved."""
    body = draw(st.sampled_from(wholes))
    for _ in range(draw(st.integers(1, 6))):
        at, gone = draw(st.integers(0, len(body))), draw(st.integers(0, 60))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=12) | st.just(body[at : at + gone]))
        body = body[:at] + piece * draw(st.sampled_from((1, 1, 2, 300))) + body[at + gone :]
    return body


def timed(act: Callable[[bytes], None], body: bytes) -> None:
    """Do it, and mind the time."""
    begun = time.thread_time()
    act(body)
    assert time.thread_time() - begun < SECONDS, f"{len(body)} bytes took too long"


def run(target: str, seed: int, examples: int) -> None:
    """So many examples, the same for the same seed. Raises what was found, with the smallest example that shows it."""
    act, wholes = TARGETS[target]
    checks, phases = list(HealthCheck), (Phase.generate, Phase.shrink)
    how = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=checks, phases=phases)

    @seeded(seed)
    @how
    @given(mangled(wholes))
    def every(body: bytes) -> None:
        timed(act, body)

    every()


def with_atheris(target: str) -> None:
    """Run until something is found, led by what the code does with each example."""
    import atheris

    act, _ = TARGETS[target]
    atheris.instrument_all()
    atheris.Setup(sys.argv[:1], lambda body: timed(act, body))
    atheris.Fuzz()


if __name__ == "__main__":
    said = [word for word in sys.argv[1:] if word != "--atheris"]
    for each in [said[0]] if said else list(TARGETS):
        if "--atheris" in sys.argv:
            with_atheris(each)
        count, beginning = (*map(int, said[1:3]), *(1_000, 1)[len(said[1:3]) :])
        run(each, beginning, count)
        print(f"{each}: {count} examples from seed {beginning}, nothing found")
