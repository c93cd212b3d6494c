"""The preview: each channel's draft beside its count, limit, picture, hashtags, price and every warning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters import KINDS
from adapters.contract import Draft, Image
from bot.blog.drawing import SIZE
from bot.cli.previewing import print_draft
from bot.desk.finding import Found
from bot.desk.preview import Preview, preview
from bot.model import Channel, Entry, Filter, Route, StoredEntry, Style
from bot.planning import drafts
from config.editing import set_value
from tests.making import commanding
from tests.making.commanding import Stage
from tests.making.kinds import KINDS as BUILT
from tests.making.kinds import options
from tests.making.ledger import offline

stage = commanding.stage

OPTIONS = {kind: options(kind) for kind in KINDS}
ENTRY = Entry(
    guid="g",
    link="https://blog.example.org/sleep/",
    title="Sleeping well after treatment",
    summary="Nine people tell how they found their rest again, and a nurse explains.",
    categories=("Breast cancer", "Care"),
)
PICTURE = Image("0" * 64, "image/jpeg", 1200, 800, 90_000, "A nurse and a patient talk.")
KNOWN = StoredEntry(1, "The Blog", ENTRY, PICTURE)
LONG = "A title about sleeping well after treatment, " * 8


def on(kind: str, *routes: Route, **style: Any) -> Channel:
    return Channel(1, kind, offline(kind, **OPTIONS[kind]), routes=routes, style=Style(**style))


def seen(kind: str = "twitter", image: Image | None = PICTURE, **changed: Any) -> Preview:
    return preview(on(kind), replace(KNOWN, entry=replace(ENTRY, **changed), image=image))


@pytest.mark.parametrize("kind", OPTIONS)
def test_a_good_post_has_no_warnings(kind: str) -> None:
    shown = seen(kind)
    assert "Sleeping well" in shown.text
    assert 0 < shown.count < shown.limit
    assert shown.warnings == ()


def test_a_preview_tells_picture_hashtags_and_what_a_post_costs() -> None:
    shown = seen()
    assert (shown.picture, shown.alt) == (PICTURE, "A nurse and a patient talk.")
    assert shown.hashtags == ("BreastCancer", "Care")
    assert (shown.price, seen(link="").price, seen("facebook").price) == (0.20, 0.015, 0.0)


def test_the_limit_is_the_one_that_holds_beside_a_picture() -> None:
    channel = Channel(1, "news", BUILT["telegram"].offline)
    assert preview(channel, KNOWN).limit == 1_024
    assert preview(channel, replace(KNOWN, image=None)).limit == 4_096


def test_a_picture_without_alternative_text_is_told_where_the_network_takes_one() -> None:
    silent = replace(PICTURE, alt="")
    assert "no alternative text" in " ".join(seen(image=silent).warnings)
    assert seen("linkedin", image=silent).warnings == ()


def test_an_entry_without_a_picture_is_told_where_posts_have_pictures() -> None:
    for kind in ("twitter", "facebook", "linkedin"):
        (told,) = seen(kind, image=None).warnings
        assert told.startswith("No picture of at least 200 × 200 pixels was found, in the feed or on the page")
    assert seen("linkedin_group", image=None).warnings == ()


def test_a_card_that_was_drawn_is_told_as_what_it_is() -> None:
    drawn = replace(PICTURE, width=SIZE[0], height=SIZE[1], alt=f"{ENTRY.title} – The Blog")
    assert seen(image=drawn).warnings == ("No picture was found, so a plain card with the title is drawn.",)


def test_what_a_text_lost_to_fit_is_told_part_by_part() -> None:
    assert seen(title=LONG).warnings == (
        "The title was cut to fit: a shorter one would stand whole.",
        "There was no room for #BreastCancer #Care.",
    )
    assert seen("linkedin", summary="Word by word. " * 400).warnings == ("The summary was cut to fit.",)
    assert "The summary was left out to fit." in seen("linkedin", title="Word by word. " * 400).warnings


def test_a_word_that_its_template_changed_is_told_as_shortened_too() -> None:
    loud = on("twitter", template="{{ title | upper }}\n\n{{ link }}")
    assert preview(loud, KNOWN).warnings == ()
    shown = preview(loud, replace(KNOWN, entry=replace(ENTRY, title=LONG)))
    assert shown.warnings == ("The text was shortened to fit.",)


def test_an_author_who_is_not_in_the_table_is_told_where_authors_are_mentioned() -> None:
    guest = replace(KNOWN, entry=replace(ENTRY, author="Ana Lopez"))
    (told,) = preview(on("linkedin", handles={"ben roth": "urn:li:person:B"}), guest).warnings
    assert told == "The table of authors has no handle on LinkedIn for Ana Lopez: the name is there, and no mention."
    assert preview(on("linkedin"), guest).warnings == (), "nobody uses the table"
    assert preview(on("facebook", handles={"ben roth": ""}), guest).warnings == ()
    assert preview(on("twitter", handles={"ana lopez": "@analopez"}), guest).warnings == ()


def test_a_second_cashtag_is_told_on_x_which_refuses_it() -> None:
    (told,) = seen(title="What $PFE and $MRK say").warnings
    assert told == "It has 2 cashtags ($PFE $MRK), and X refuses a post with more than one."
    assert seen(title="What $PFE says, for $5").warnings == ()
    assert seen("facebook", title="What $PFE and $MRK say").warnings == ()


def test_a_link_that_x_may_not_make_one_is_told() -> None:
    (told,) = seen(link="https://blog.internal/sleep/").warnings
    assert told == "X may not make a link of blog.internal: its ending is none that X is known to link."
    assert seen("facebook", link="https://blog.internal/sleep/").warnings == ()


def test_a_draft_that_cannot_be_made_says_why() -> None:
    shown = seen("linkedin_group", link="https://blog.example.org/" + "a" * 3_000)
    assert shown.text == ""
    assert shown.why.startswith("The link counts 3025")
    assert shown.warnings == (shown.why,)


def test_an_entry_that_no_route_takes_has_no_draft_and_no_warning() -> None:
    shown = preview(on("twitter", Route(include=Filter(categories=("Videos",)))), KNOWN)
    assert (shown.text, shown.warnings) == ("", ())
    assert shown.why == "does not take this entry: none of its routes does."


def test_a_persons_own_words_are_shown_as_they_wait_and_not_called_shortened() -> None:
    known = replace(KNOWN, entry=replace(ENTRY, title=LONG))
    own = drafts.draft_for(on("twitter"), known, "In other words #Sleep")
    assert isinstance(own, Draft)
    shown = preview(on("twitter"), known, own)
    assert shown.text.startswith("In other words")
    assert (shown.hashtags, shown.warnings) == (("Sleep",), ())


def test_what_is_wrong_with_the_page_comes_first_and_no_picture_is_missed() -> None:
    told = preview(on("twitter"), replace(KNOWN, image=None), page="The page asks for a password.").warnings
    assert told == ("The page asks for a password.",)


def test_the_verb_shows_price_hashtags_and_warnings_beside_each_draft(stage: Stage) -> None:
    stage.publish("What $PFE and $MRK say")
    told = stage.good("preview")
    assert "all else 2); $0.20\n" in told
    assert "facebook (Facebook Page):" in told
    assert "; free\n" in told
    assert "    [Hashtags: " in told
    assert "    Warning: It has 2 cashtags ($PFE $MRK)" in told
    assert "    Warning: The picture has no alternative text" in told


def test_an_editor_sees_the_card_that_goes_out_and_the_link_that_is_shared(stage: Stage) -> None:
    set_value(stage.config, "channels.linkedin.utm", {"source": "linkedin"})
    post = stage.publish("What is a biopsy?", picture=False, summary="How it is done.")
    told = stage.good("preview")
    assert f"    [Link: {post.link}?utm_source=linkedin]" in told
    assert (
        "    [Card: “What is a biopsy?” – “How it is done.”]\n    [No picture: the card shows its words only.]" in told
    )
    drafts = {one["channel"]: one for one in stage.json("preview")[0]["drafts"]}
    assert drafts["linkedin"]["card"] == {"title": "What is a biopsy?", "description": "How it is done."}
    assert (drafts["x"]["card"], drafts["x"]["link"]) == (None, post.link)


def test_a_feed_that_cannot_be_read_does_not_hide_the_others(stage: Stage) -> None:
    stage.publish("What is a biopsy?")
    set_value(stage.config, "feeds.gone", {"url": "http://127.0.0.1:9/feed/", "loopback": True})
    shown = stage.say("preview")
    assert (shown.exit_code, "What is a biopsy?" in shown.stdout) == (0, True)
    assert "The feed gone is left out here. " in shown.stderr


@pytest.mark.parametrize("odd", ["9" * 30, "²", "blog.example.org/none"])
def test_an_entry_that_is_not_there_is_told_in_a_sentence(stage: Stage, odd: str) -> None:
    assert f"There is no entry {odd} in the ledger or the feeds" in stage.refused("preview", odd)


def test_an_address_may_lack_its_beginning(stage: Stage) -> None:
    post = stage.publish("What is a biopsy?")
    assert "What is a biopsy?" in stage.good("preview", post.link.removeprefix("http://"))
    stage.good("once")
    assert "What is a biopsy?" in stage.good("preview", post.link.removeprefix("http://"))


def test_the_price_of_a_post_is_a_setting(stage: Stage) -> None:
    stage.publish("What is a biopsy?")
    set_value(stage.config, "channels.x.price", 0.015)
    drafts = {one["channel"]: one for one in stage.json("preview")[0]["drafts"]}
    assert (drafts["x"]["price"], drafts["facebook"]["price"]) == (0.015, 0)
    assert "; $0.015\n" in stage.good("preview")


def test_for_programs_a_preview_has_all_that_a_person_sees(stage: Stage) -> None:
    stage.publish("What is a biopsy?", alt="A nurse and a patient talk.")
    drafts = {one["channel"]: one for one in stage.json("preview")[0]["drafts"]}
    assert set(drafts["x"]) >= {"text", "count", "limit", "image", "alt", "hashtags", "price", "warnings", "why"}
    assert drafts["x"]["alt"] == "A nurse and a patient talk."
    assert drafts["x"]["price"] == 0.20


def test_a_page_that_is_not_public_is_a_warning_for_programs_and_told_once_to_people(stage: Stage) -> None:
    stage.publish("Not for all", protected=True)
    assert stage.good("preview").count("asks for a password") == 1
    for draft in stage.json("preview")[0]["drafts"]:
        assert "asks for a password. It would be held." in draft["warnings"][0]


def test_an_entry_without_a_picture_is_previewed_with_the_card_that_would_be_drawn(stage: Stage) -> None:
    set_value(stage.config, "blog.card", True)
    stage.publish("What is a biopsy?", picture=False)
    told = stage.good("preview")
    assert "alternative text: “What is a biopsy? – The Cancer Blog”" in told
    assert "Warning: No picture was found, so a plain card with the title is drawn." in told


def test_warnings_cannot_write_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = replace(KNOWN, entry=replace(ENTRY, link="https://blog\u202e.inter\u009bnal/sleep/"))
    print_draft(Found(hostile, {}), on("twitter"))
    told = capsys.readouterr().out
    assert "Warning: X may not make a link of blog" in told
    assert not {"\u009b", "\u202e"} & set(told)
