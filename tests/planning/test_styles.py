"""How a channel's settings shape its drafts: templates of routes, hashtags, guest authors, tracking tags, languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import KINDS, adapter_class
from adapters.contract import Draft
from adapters.text.counting import visible
from adapters.text.links import same_page
from bot.desk.preview import preview
from bot.ledger.database import Database
from bot.ledger.deliveries import find
from bot.ledger.schema import deliveries
from bot.model import Channel, Entry, Filter, Route, State, StoredEntry, Style
from bot.planning import drafts
from bot.simulator import Simulator
from bot.simulator.bluesky import rules as bluesky_rules
from bot.simulator.linkedin import text as littletext
from bot.simulator.mastodon import text as mastodon_text
from bot.simulator.twitter import text as tweet_text
from bot.steps.intake import recompose_all, take_in
from tests.making.kinds import SEARCHABLE, options, staged
from tests.making.ledger import FEED, a_channel, offline

OPTIONS = {kind: options(kind) for kind in KINDS}
ENTRY = Entry(
    guid="g",
    link="https://blog.example.org/2026/11/sleep/?p=12#top",
    title="Sleeping well after treatment",
    summary="Nine people tell how they found their rest again, and a nurse explains.",
    author="Ana Lopez",
    categories=("Breast cancer", "ASCO26", "Patient guides", "Uncategorized", "Care"),
    published=datetime(2026, 11, 22, tzinfo=UTC),
)
KNOWN = StoredEntry(1, "The Cancer Blog", ENTRY, feeds=frozenset({"all"}))
URN = "urn:li:person:AbCdEf123"
DID = "did:plc:analopez2222222222222222"
OWN = {kind: handle.example for kind in KINDS if (handle := adapter_class(kind).handle)}
OWN |= {"twitter": "@analopez", "linkedin": URN, "mastodon": "@ana@clinic.example", "bluesky": DID}
HANDLES = {kind: {"ana lopez": handle} for kind, handle in OWN.items()}


def on(kind: str, *routes: Route, **style: Any) -> Channel:
    return Channel(1, kind, offline(kind, **OPTIONS[kind]), routes=routes, style=Style(**style))


def drafted(channel: Channel, **changed: Any) -> Draft:
    draft = drafts.draft_for(channel, replace(KNOWN, entry=replace(ENTRY, **changed)))
    assert isinstance(draft, Draft), draft
    return draft


def test_on_x_a_post_is_title_guest_link_and_two_hashtags() -> None:
    shown = drafted(on("twitter", handles=HANDLES["twitter"])).text
    assert shown == (
        "Sleeping well after treatment\n\nBy Ana Lopez (@analopez)\n\n"
        "https://blog.example.org/2026/11/sleep/?p=12#top\n\n#BreastCancer #ASCO26"
    )


def test_on_a_linkedin_page_the_summary_tells_more_and_the_guest_is_mentioned() -> None:
    draft = drafted(on("linkedin", handles=HANDLES["linkedin"]))
    assert draft.text == f"{ENTRY.title}\n\n{ENTRY.summary}\n\nBy Ana Lopez\n\n#BreastCancer #ASCO26 #PatientGuides"
    assert f"By @[Ana Lopez]({URN})\n" in draft.body["commentary"]
    assert draft.count == visible(draft.text)


def test_on_bluesky_a_post_is_title_guest_and_three_hashtags_and_its_card_has_the_link() -> None:
    draft = drafted(on("bluesky", handles=HANDLES["bluesky"]))
    assert draft.text == f"{ENTRY.title}\n\nBy Ana Lopez\n\n#BreastCancer #ASCO26 #PatientGuides"
    features = [facet["features"][0] for facet in draft.body["facets"]]
    assert [feature.get("did") or feature["tag"] for feature in features] == [
        DID,
        "BreastCancer",
        "ASCO26",
        "PatientGuides",
    ]


@pytest.mark.parametrize(("kind", "end"), [("facebook", ""), ("linkedin_group", f"\n\n{ENTRY.link}")])
def test_on_facebook_and_in_groups_the_guest_has_a_plain_name_and_hashtags_are_few(kind: str, end: str) -> None:
    assert drafted(on(kind)).text == f"{ENTRY.title}\n\n{ENTRY.summary}\n\nBy Ana Lopez{end}"


@pytest.mark.parametrize("kind", HANDLES)
def test_an_author_who_is_not_in_the_table_is_named_and_not_mentioned(kind: str) -> None:
    draft = drafted(on(kind, handles=HANDLES[kind]), author="Ben @analopez Roth")
    assert "By Ben @ analopez Roth" in draft.text
    assert "@analopez" not in draft.text
    assert not any(id in str(draft.body) for id in (URN, DID))


@pytest.mark.parametrize("author", ["admin", "ADMIN ", "The cancer blog", "", "office@example.org"])
def test_an_account_or_the_blog_itself_gets_no_byline(author: str) -> None:
    assert "By " not in drafted(on("twitter", no_byline=frozenset({"admin"})), author=author).text


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("admin, Ana Lopez", "By Ana Lopez (@analopez)"),
        ("Ana Lopez, office@example.org, The cancer blog", "By Ana Lopez (@analopez)"),
        ("Ana Lopez, Ben Roth", "By Ana Lopez, Ben Roth"),
        ("Ana Lopez, MD", "By Ana Lopez, MD"),
    ],
)
def test_an_account_among_several_authors_is_left_out(author: str, byline: str) -> None:
    shown = drafted(on("twitter", handles=HANDLES["twitter"], no_byline=frozenset({"admin"})), author=author).text
    assert byline in shown.split("\n\n")


def test_the_name_in_the_feed_may_differ_in_case_and_spaces() -> None:
    assert "(@analopez)" in drafted(on("twitter", handles=HANDLES["twitter"]), author=" ana  LOPEZ").text


@pytest.mark.parametrize("author", ["Ana (Dr.) Lopez", "A_L", "Ana]", "Ana\\"])
def test_a_name_that_linkedin_might_misread_in_a_mention_stays_plain(author: str) -> None:
    draft = drafted(on("linkedin", handles={author.lower(): URN}), author=author)
    assert URN not in draft.body["commentary"]
    assert littletext.shown(littletext.read(draft.body["commentary"])) == draft.text


def test_a_mention_is_published_read_back_and_found_again() -> None:
    with Simulator() as simulator:
        stage = staged("linkedin", simulator)
        channel = Channel(1, "page", stage.adapter, style=Style(handles=HANDLES["linkedin"]))
        draft = drafted(channel)
        receipt = stage.adapter.publish(draft, "key")
        assert stage.published[0].text == draft.text
        found = stage.adapter.find(draft, datetime.now(UTC) - timedelta(minutes=1))
        assert found is not None
        assert found.id == receipt.id


def test_a_channel_says_how_many_hashtags_it_wants_and_which() -> None:
    shown = drafted(on("facebook", hashtags=3, mapping={"care": "CareMatters"}, stop=frozenset({"asco26"}))).text
    assert shown.endswith("\n\n#CareMatters #BreastCancer #PatientGuides")
    assert "#" not in drafted(on("twitter", hashtags=0), link="https://blog.example.org/a").text


def test_the_first_route_that_takes_an_entry_decides_its_template() -> None:
    routes = (
        Route(feeds=("videos",), template="Video: {{ title }}"),
        Route(include=Filter(categories=("ASCO26",)), template="ASCO: {{ title }}"),
        Route(template="Never: {{ title }}"),
    )
    assert drafted(on("facebook", *routes)).text == f"ASCO: {ENTRY.title}"
    both = replace(KNOWN, feeds=frozenset({"all", "videos"}))
    shown = drafts.draft_for(on("facebook", *routes), both)
    assert isinstance(shown, Draft)
    assert shown.text == f"Video: {ENTRY.title}"


def test_without_a_template_of_the_route_the_channels_own_is_used() -> None:
    assert drafted(on("facebook", Route(), template="{{ title|upper }}")).text == ENTRY.title.upper()
    assert drafted(on("facebook", Route(feeds=("other",), template="No"), template="Yes")).text == "Yes"


BROKEN = "{% if 'Care' in categories %}{{ title|shorten('60') }}{% endif %}"


@pytest.mark.parametrize("style", [{"template": BROKEN}, {"utm": {"utm_source": BROKEN}}])
def test_a_template_that_fails_is_a_sentence_and_stops_nobody_else(database: Database, style: dict[str, Any]) -> None:
    broken, other = a_channel(database, "fb", offline("facebook", page="1")), a_channel(database)
    channels = [other, replace(broken, style=Style(**style))]
    with database.write() as connection:
        take_in(connection, FEED, [], channels)
        take_in(connection, FEED, [ENTRY], channels)
    recompose_all(database, channels)
    with database.read() as connection:
        failed, held = sorted(find(connection, deliveries.c.id > 0), key=lambda one: one.state)
    assert (failed.state, held.state) == (State.FAILED, State.HELD)
    assert failed.why.startswith("Its template cannot be used: line 1: shorten needs ")


def test_a_draft_made_before_its_tags_failed_is_still_previewed() -> None:
    channel = on("facebook")
    draft = drafted(channel)
    assert preview(replace(channel, style=Style(utm={"utm_source": BROKEN})), KNOWN, draft).text == draft.text


def test_tracking_tags_are_added_to_the_link_beside_what_is_there() -> None:
    utm = {"utm_source": "{{ channel }}", "utm_campaign": "{{ blog|lower }} & more", "utm_term": "{{ author }}"}
    draft = drafted(on("twitter", utm=utm), author="")
    tagged = (
        "https://blog.example.org/2026/11/sleep/?p=12&utm_source=twitter&utm_campaign=the%20cancer%20blog%20%26%20more"
    )
    assert draft.link == f"{tagged}#top"
    assert f"\n\n{draft.link}\n\n" in draft.text


@pytest.mark.parametrize(
    ("link", "tagged"),
    [
        ("https://e.org/a", "https://e.org/a?utm_source=x"),
        ("https://e.org/?", "https://e.org/?utm_source=x"),
        ("https://e.org/?a=%20&b", "https://e.org/?a=%20&b&utm_source=x"),
        ("https://e.org/#a?b", "https://e.org/?utm_source=x#a?b"),
        ("https://e.org/?utm_source=feed", "https://e.org/?utm_source=feed"),
        ("https://e.org/a&", "https://e.org/a&?utm_source=x"),
    ],
)
def test_a_tag_finds_its_place_in_any_link_and_replaces_none(link: str, tagged: str) -> None:
    assert drafts.tagged(link, {"utm_source": "x", "utm_medium": ""}) == tagged


ODD_ENDS = (
    *(
        "患者の声/",
        "سرطان/?p=1",
        "κ/",
        "❤️/",
        "?q=患者",
        "Foo_(bar",
        "Foo_(bar)",
        'a"b/',
        "a.",
        "?!",
        "a?!",
        "a b",
        "a?",
        "é#ü",
    ),
    *(
        "a...",
        "a,",
        "a;",
        "a:",
        "a!",
        "a'",
        "a*",
        "a)",
        "a]",
        "?q=a+",
        "?q=(b)",
        "?b[]=1",
        "a|b",
        "a\\b",
        "100%",
        "a…",
        "a%E3",
    ),
)


@pytest.mark.parametrize("kind", SEARCHABLE)
def test_a_post_with_tracking_tags_is_found_again(kind: str) -> None:
    with Simulator() as simulator:
        stage = staged(kind, simulator)
        tags = {"utm_source": "{{ channel }}", "utm_medium": "social"}
        draft = drafted(Channel(1, "one", stage.adapter, style=Style(utm=tags)))
        receipt = stage.adapter.publish(stage.adapter.prepare(draft), "key")
        assert "&utm_source=one&utm_medium=social#top" in (stage.published[0].link or stage.published[0].text)
        found = stage.adapter.find(draft, datetime.now(UTC) - timedelta(minutes=1))
        assert found is not None
        assert found.id == receipt.id


@pytest.mark.parametrize("kind", SEARCHABLE)
def test_a_post_whose_link_a_network_might_cut_is_found_again(kind: str) -> None:
    with Simulator() as simulator:
        stage = staged(kind, simulator)
        for number, end in enumerate(ODD_ENDS):
            link = f"https://blog.example.org/{number}/{end}"
            draft = drafted(Channel(1, "one", stage.adapter, style=Style()), link=link, title=f"Part {number}")
            receipt = stage.adapter.publish(stage.adapter.prepare(draft), "key")
            assert draft.link in (stage.published[-1].link, *stage.published[-1].text.split())
            found = stage.adapter.find(draft, datetime.now(UTC) - timedelta(minutes=1))
            assert found is not None, link
            assert (found.id, same_page(draft.link, link)) == (receipt.id, True)


def test_the_language_is_the_configured_one_or_else_the_feeds() -> None:
    italian = replace(KNOWN, entry=replace(ENTRY, language="it-IT"))
    assert drafts.post_for(on("facebook"), italian).language == "it-IT"
    assert drafts.post_for(on("facebook", language="de"), italian).language == "de"
    german = drafted(on("facebook"), language="de_DE").text
    assert "Von Ana Lopez" in german


@pytest.mark.parametrize(
    ("language", "title", "tag"),
    [
        ("de", "Überleben nach Brustkrebs: „Was jetzt?“", "#Brustkrebs"),
        ("it", "Perché il sonno è così difficile dopo la terapia?", "#Sonno"),
        ("fr", "L’oncologie aujourd’hui : à l’écoute", "#écoute"),
        ("ja", "がんとともに生きる――患者の声", "#患者"),
        ("ar", "العيش مع سرطان الثدي", "#سرطان_الثدي"),
    ],
)
@pytest.mark.parametrize("kind", OPTIONS)
def test_titles_of_every_language_stand_whole(kind: str, language: str, title: str, tag: str) -> None:
    category = tag.removeprefix("#").replace("_", " ")
    shown = drafted(on(kind, hashtags=1, language=language), title=title, categories=(category,)).text
    assert shown.startswith(f"{title}\n\n")
    assert tag in shown or "hashtags" not in adapter_class(kind).template
    assert "By " not in shown


PIECES = [*"aé 本ع#@&<>|()[]{}*_~\\.:/x\n\u200d\u0301👩🇩🇪\ufe0f1", "e.org", "word "]
SCRIPTS = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)
TEXTS = st.one_of(st.text(max_size=400), SCRIPTS)
COUNTED = {"twitter": tweet_text.weight, "facebook": visible, "linkedin": visible, "linkedin_group": visible}
COUNTED |= {"mastodon": partial(mastodon_text.length, per_link=23)}
COUNTED["bluesky"] = bluesky_rules.graphemes


@settings(deadline=None, max_examples=60)
@given(title=TEXTS, summary=TEXTS, author=TEXTS, categories=st.lists(TEXTS, max_size=4), long=st.integers(1, 40))
@pytest.mark.parametrize("kind", OPTIONS)
def test_no_draft_is_too_long_or_lacks_its_link(
    kind: str, title: str, summary: str, author: str, categories: list[str], long: int
) -> None:
    handles = {drafts.folded(author): HANDLES[kind]["ana lopez"]} if kind in HANDLES else {}
    channel = on(kind, handles=handles, hashtags=4)
    draft = drafted(channel, title=title, summary=summary * long, author=author, categories=tuple(categories))
    counted = COUNTED[kind](draft.text) if kind in COUNTED else 0
    assert counted <= draft.count <= channel.adapter.limit_for(draft)
    assert draft.link == ENTRY.link
    if kind in ("twitter", "linkedin_group", "mastodon"):
        assert ENTRY.link in draft.text.split()
    if kind == "bluesky":
        bluesky_rules.check_post({**draft.body, "createdAt": "2026-11-22T12:00:00.000Z"})
        assert draft.body["embed"]["external"]["uri"] == ENTRY.link
    if kind == "linkedin":
        assert littletext.shown(littletext.read(draft.body["commentary"])) == draft.text
