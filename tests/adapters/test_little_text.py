"""LinkedIn's little text: what is written is what a reader sees, and what comes back is what was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.linkedin.api import escape, little_text, unescape
from adapters.wording.posts import END, MENTION
from bot.simulator.linkedin import text as littletext


def as_a_reader_sees(commentary: str) -> str:
    """Little text read one character at a time, by the document and not by the adapter's own pattern."""
    shown, place, template = "", 0, r"{hashtag|\#|"
    while place < len(commentary):
        character = commentary[place]
        if commentary.startswith(template, place):
            end = commentary.index("}", place)
            shown, place = f"{shown}#{as_a_reader_sees(commentary[place + len(template) : end])}", end + 1
        elif character == "\\":
            shown, place = shown + commentary[place + 1], place + 2
        elif character in "|{}@[]()<>#*_~":
            return shown
        else:
            shown, place = shown + character, place + 1
    return shown


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(r"|{}@[]()<>#\*_~ a1"))))
@example(r"{hashtag|\#|word} and \#word")
@example("#early #détection # #1 C#major a_b (c) [d] <e> *f* ~g~ @h")
def test_a_reader_sees_the_text_as_it_was_written(text: str) -> None:
    assert as_a_reader_sees(escape(text)) == text
    assert unescape(escape(text)) == text


@given(st.text(alphabet=st.sampled_from(r"|{}@[]()<>#\*_~ ab1")))
def test_nothing_reserved_stays_unescaped_but_the_templates_of_hashtags(text: str) -> None:
    reserved = re.sub(r"\{hashtag\|\\#\|(?:\\.|\w)+\}|\\.", "", escape(text), flags=re.DOTALL)
    assert not set(reserved) & set(r"|{}@[]()<>#\*_~")


@pytest.mark.parametrize(
    ("text", "commentary"),
    [
        ("Learn about #cancer today", r"Learn about {hashtag|\#|cancer} today"),
        ("#früh_erkennung, #BRCA1_2.", r"{hashtag|\#|früh\_erkennung}, {hashtag|\#|BRCA1\_2}."),
        ("##a #2026 #_", r"\#\#a \#2026 \#\_"),
        ("C#major, #1, # and a#b", r"C\#major, \#1, \# and a\#b"),
        ("#1stLine", r"{hashtag|\#|1stLine}"),
        ("see (this) [now]", r"see \(this\) \[now\]"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_a_word_with_a_hash_before_it_is_a_hashtag_and_all_else_is_escaped(text: str, commentary: str) -> None:
    assert escape(text) == commentary


@pytest.mark.parametrize("commentary", [r"on {hashtag|\#|cancer} today", "on {hashtag|#|cancer} today"])
def test_a_hashtag_that_comes_back_as_a_template_is_a_hashtag(commentary: str) -> None:
    assert unescape(commentary) == "on #cancer today"


@pytest.mark.parametrize(
    "tag", ["سرطان_الثدي", "מחלה_קשה", "मैं", "कैंसर_देखभाल", "มะเร็ง_เต้านม", "がん患者", "früh_erkennung"]
)
def test_a_hashtag_of_any_script_is_read_whole(tag: str) -> None:
    pieces = littletext.read(escape(f"On #{tag}, today"))
    assert [(piece.kind, piece.shown) for piece in pieces][1] == ("hashtag", f"#{tag}")
    assert littletext.shown(pieces) == unescape(littletext.returned(pieces)) == f"On #{tag}, today"


def test_a_marked_name_becomes_a_mention_and_is_read_back_as_the_name() -> None:
    commentary = little_text(f"By {MENTION}Ana Lopez{END} (a guest) #care", "urn:li:person:AbC-1")
    assert commentary == r"By @[Ana Lopez](urn:li:person:AbC-1) \(a guest\) {hashtag|\#|care}"
    assert unescape(commentary) == "By Ana Lopez (a guest) #care"
    assert [piece.urn for piece in littletext.read(commentary) if piece.kind == "mention"] == ["urn:li:person:AbC-1"]


@given(
    st.text(alphabet=st.sampled_from(r"|{}@[]()<>#\*_~ aé本1")),
    st.text(alphabet=st.sampled_from(r"|@[]()\_ aé本"), min_size=1),
)
def test_text_around_a_mention_is_escaped_as_ever(text: str, name: str) -> None:
    commentary = little_text(f"{text} {MENTION}{name}{END} {text}", "urn:li:organization:12")
    assert littletext.shown(littletext.read(commentary)) == unescape(commentary) == f"{text} {name} {text}"
