"""Nobody is mentioned who is not in the table of authors, whatever the template and the blog's words say.

Each network's text is read as the network would: by the simulator's readers, and by rules written from its own sources.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.contract import Draft, Post, UnsupportedError
from adapters.text import counting
from adapters.wording.posts import END, MENTION, written
from bot.planning import drafts
from bot.simulator.linkedin import text as littletext
from bot.simulator.mastodon import text as mastodon_text
from bot.simulator.twitter import text as tweet_text
from tests.planning.test_styles import ENTRY, HANDLES, KNOWN, OWN, on

ON_X = re.compile(r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=[Rr][Tt])(?<![A-Za-z0-9_+~.-][Rr][Tt]))[@＠]([A-Za-z0-9_]{1,20})")
"""X's rule for a mention (twitter-text, valid mentions); what is a link is looked for first."""
ON_MASTODON = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]+[A-Za-z0-9_]+)?(?:@[\w.-]+\w+)?)")
"""Mastodon's rule (app/models/account.rb, MENTION_RE)."""

TEMPLATES = (
    "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ link }}\n\n{{ hashtags }} {{ categories }}",
    "@{{ author }} {{ '@' }}{{ title }} ＠{{ blog }} RT@{{ categories|join('@') }}",
    "{{ title }}{{ author }}{{ summary }}{{ handle }}{{ blog }}{{ title }}",
    "{{ handle }}{{ title }} {{ handle|shorten(4) }} {{ byline|upper }}{% for a in categories %}@{{ a }}{% endfor %}",
    "https://e.org/{{ title }} (https://e.org/@{{ title }}{{ link }}{{ author }}@[123:{{ title }}]",
    "{{ '\\x02' }}{{ title }}{{ '\\x03' }}@[{{ author }}]({{ summary }}) {{ handle|title }}@{{ link }}@{{ blog }}",
    "{{ title|upper }}\x02{{ author|lower }}\x03 via @somebody {{ title|title }}{{ summary|capitalize }}",
)
"""Also such as the check refuses."""
LINKS = (ENTRY.link, "https://e.org/@bob/x", "https://e.org/a_(b)/@bob")
PIECES = ["@", "＠", "@bob", "bob", "@analopez", "[123:Bob]", "(urn:li:person:Bob1)", "RT", "rt:", "é", "さん", "、"]
PIECES += ["https://e.org/", "https://blog.unheardof/", "https://t.co/ab/", "e.org", "/@bob", "@e.org", "\n", "Bob"]
PIECES += [*" ()[]“”./:,=_-!?#&\\|{}\u200b\x02\x03", "{{ title }}"]
WORDS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=30)


def mentioned_on_x(draft: Draft) -> Iterable[str]:
    return (f"@{name}".lower() for name in ON_X.findall(html.unescape(tweet_text.as_returned(draft.text, "1"))))


def mentioned_on_facebook(draft: Draft) -> Iterable[str]:
    return re.findall(r"[@＠]\[[^\]]*\]?", draft.body["message"])


def mentioned_on_linkedin(draft: Draft) -> Iterable[str]:
    return (piece.urn for piece in littletext.read(draft.body["commentary"]) if piece.kind == "mention")


class Everybody(frozenset[str]):
    """Accounts that a server knows, when it knows everybody."""

    def __contains__(self, name: object) -> bool:
        return True


def mentioned_on_mastodon(draft: Draft) -> Iterable[str]:
    return (f"@{name}".lower() for name in mastodon_text.mentions(draft.text, Everybody()))


def mentioned_on_bluesky(draft: Draft) -> Iterable[str]:
    features = (feature for facet in draft.body.get("facets", ()) for feature in facet["features"])
    return (feature["did"] for feature in features if "did" in feature)


READ: dict[str, tuple[Callable[[Draft], Iterable[str]], set[str]]] = {
    "twitter": (mentioned_on_x, {OWN["twitter"]}),
    "facebook": (mentioned_on_facebook, set()),
    "linkedin": (mentioned_on_linkedin, {OWN["linkedin"]}),
    "mastodon": (mentioned_on_mastodon, {OWN["mastodon"]}),
    "bluesky": (mentioned_on_bluesky, {OWN["bluesky"]}),
}
"""Who reads a draft as its network would, and the names that may be found."""


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(TEMPLATES), WORDS, WORDS, st.lists(WORDS, max_size=3), st.booleans(), st.sampled_from(LINKS))
@pytest.mark.parametrize("kind", READ)
def test_a_draft_mentions_nobody_who_is_not_in_the_table(
    kind: str, template: str, title: str, author: str, categories: list[str], known: bool, link: str
) -> None:
    read, owned = READ[kind]
    handles = {drafts.folded(author): handle for handle in HANDLES.get(kind, {}).values() if known}
    words: dict[str, Any] = {
        "title": title,
        "summary": "".join(categories),
        "author": author,
        "categories": tuple(categories),
        "link": link,
    }
    channel = on(kind, template=template, handles=handles)
    draft = drafts.draft_for(channel, replace(KNOWN, entry=replace(ENTRY, **words)))
    if isinstance(draft, str):
        assert "template" in draft
    else:
        assert set(read(draft)) <= (owned if handles else set())


def written_for(handle: str, count: Callable[[str], int], template: str, title: str, author: str) -> str:
    post = Post(title, "https://e.org/a", title, author, handle, (title, author), blog=title)
    try:
        return written(post, template, 500, count)
    except UnsupportedError:
        return ""


@settings(deadline=None)
@given(st.sampled_from(TEMPLATES), WORDS, WORDS)
@example(TEMPLATES[2], ".evil.org", "Ana")
def test_on_mastodon_nobody_else_is_mentioned(template: str, title: str, author: str) -> None:
    shown = written_for("@ana@e.org", counting.mastodon, template, title, author)
    assert {name.lower() for name in ON_MASTODON.findall(shown)} <= {"ana@e.org"}


@settings(deadline=None)
@given(st.sampled_from(TEMPLATES), WORDS, WORDS)
def test_on_bluesky_only_the_authors_own_name_is_marked_as_a_mention(template: str, title: str, author: str) -> None:
    shown = written_for("did:plc:ana", counting.graphemes_and_bytes, template, title, author)
    own = written_for("did:plc:ana", len, "{{ author }}", title, author).split("\n")[0]
    marked = re.findall(f"{MENTION}([^{MENTION}{END}]*){END}", shown)
    assert set(map(alike, marked)) <= {alike(own)}


def alike(name: Any) -> str:
    """A name without what a filter changes, and without spaces."""
    return "".join(str(name).upper().casefold().split())
