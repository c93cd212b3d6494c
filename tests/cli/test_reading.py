"""Looking before and after: preview, queue, history, show."""

from __future__ import annotations

import csv
import io
import os
import pty
import shutil
import subprocess
import sys

import pytest

from adapters import KINDS
from bot.desk.words import one_line, several_lines
from config.editing import set_value
from tests.making import commanding
from tests.making.commanding import Stage

stage = commanding.stage


def test_a_preview_before_the_first_run_reads_the_feed_and_stores_nothing(stage: Stage) -> None:
    stage.publish("What is a biopsy?", alt="A nurse and a patient talk.")
    told = stage.good("preview")
    assert "of 280 (weighted:" in told
    assert "Picture of 1200 × 630, alternative text: “A nurse and a patient talk.”" in told
    assert stage.json("history") == []


def test_a_preview_needs_no_secrets(stage: Stage) -> None:
    shutil.rmtree(stage.config.parent / "secrets")
    stage.publish("What is a biopsy?")
    assert stage.good("preview").count("What is a biopsy?") > len(KINDS)


def test_a_preview_of_an_address_finds_it_in_the_feed(stage: Stage) -> None:
    post = stage.publish("What is a biopsy?")
    stage.publish("A newer one")
    assert stage.json("preview", f"{post.link}?utm_source=mail")[0]["title"] == "What is a biopsy?"


def test_a_preview_of_what_nobody_knows_is_refused(stage: Stage) -> None:
    assert "There is no entry 4711 in the ledger or the feeds" in stage.refused("preview", "4711")


def test_a_preview_shows_the_words_that_an_open_delivery_really_has(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    stage.good("repost", "4", "--channel", "x", "--text", "In other words", "--yes")
    (told,) = [one for one in stage.json("preview", "4")[0]["drafts"] if one["channel"] == "x"]
    assert told["text"].startswith("In other words")


def test_a_preview_says_which_channel_does_not_take_the_entry(stage: Stage) -> None:
    with stage.config.open("a") as file:
        file.write('\n[[channels.by_hand.routes]]\ninclude = { categories = ["Videos"] }\n')
    assert "by_hand (LinkedIn group): does not take this entry" in stage.good("preview")


def test_a_preview_tells_of_a_page_that_asks_for_a_password(stage: Stage) -> None:
    stage.publish("Not for all", protected=True)
    assert "asks for a password. It would be held." in stage.good("preview")


def test_a_preview_can_show_several(stage: Stage) -> None:
    assert len(stage.json("preview", "--latest", "3")) == 3


def test_the_queue_says_what_waits_and_why_with_what_needs_a_person_first(stage: Stage) -> None:
    set_value(stage.config, "channels.x.approve", True)
    stage.begin("What is a biopsy?")
    found = stage.json("queue")
    assert [(one["channel"], one["state"]) for one in found] == [("by_hand", "handed_over"), ("x", "held")]
    assert "a person must see it first" in stage.good("queue")


def test_an_empty_queue_says_so(stage: Stage) -> None:
    assert stage.good("queue") == "Nothing waits.\n"


def test_the_queue_says_that_a_channel_is_paused(stage: Stage) -> None:
    stage.good("once")
    stage.good("channels", "pause", "x", "--why", "A strike.")
    stage.publish("What is a biopsy?")
    stage.good("once")
    assert stage.waiting("x").why == "The channel is paused. A strike."


def test_history_shows_where_each_entry_is_public(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    assert f"https://x.com/i/status/{stage.simulator.twitter.published[0].id}" in stage.good("history")
    newest = stage.json("history")[0]
    assert (newest["entry"], newest["title"]) == (4, "What is a biopsy?")
    assert newest["deliveries"][-1]["delivery"] == "4/x"
    assert {one["channel"]: one["state"] for one in newest["deliveries"]}["facebook"] == "published"


def test_history_shows_the_archive_too_up_to_a_limit(stage: Stage) -> None:
    stage.good("once")
    assert len(stage.json("history")) == 3
    assert len(stage.json("history", "--limit", "2")) == 2


def test_history_as_csv_has_one_line_for_each_delivery_and_no_formula(stage: Stage) -> None:
    stage.begin('=HYPERLINK("http://evil.example","x")')
    rows = list(csv.DictReader(io.StringIO(stage.good("history", "--csv"))))
    assert len([row for row in rows if row["title"].startswith("'=HYPERLINK")]) == len(stage.channels)
    assert rows[0]["at"].endswith("Z")


def test_show_tells_the_words_and_all_that_happened(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    told = stage.good("show", "4/x")
    assert "Entry 4: “What is a biopsy?”" in told
    assert "4/x is published." in told
    assert "It is public at https://x.com/" in told
    assert "daemon: being sent" in told


def test_show_gives_a_person_all_they_need_to_share_by_hand(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    told = stage.good("show", "4/by_hand")
    assert "The text to copy:" in told
    assert "Where it belongs: https://www.linkedin.com/groups/987654/" in told
    assert "https://www.linkedin.com/sharing/share-offsite/?url=" in told


def test_show_of_an_entry_tells_of_it_once_and_then_of_each_delivery(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    told = stage.good("show", "4", "4/x")
    assert told.count("Entry 4: “What is a biopsy?”") == 1
    assert [told.count(f"4/{name} is ") for name in stage.channels] == [1] * len(stage.channels)


def test_show_of_what_needs_a_person_says_what_can_be_done(stage: Stage) -> None:
    set_value(stage.config, "channels.x.approve", True)
    stage.begin("What is a biopsy?")
    told = stage.good("show", "4", "--channel", "x")
    assert "It is held because a person must see it first." in told
    assert "`oncecast release 4/x` lets it go, `oncecast cancel 4/x` ends it." in told


def test_show_of_what_is_in_doubt_says_that_it_is_looked_for(stage: Stage) -> None:
    stage.good("once")
    stage.simulator.twitter.loses_the_next_reply()
    stage.begin("What is a biopsy?")
    told = stage.good("show", "4/x")
    assert "Oncecast itself looks whether it is public, next at 20" in told
    assert "say `oncecast settle 4/x --published URL`" in told


def test_show_of_an_entry_of_the_archive_says_that_it_was_never_shared(stage: Stage) -> None:
    stage.good("once")
    assert "It was never planned for any channel. `oncecast repost 1` shares it." in stage.good("show", "1")


def test_show_has_stable_keys_for_programs_and_leaves_out_the_ledger_s_own_marks(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    (entry,) = stage.json("show", "4/x")
    assert set(entry) == {"entry", "title", "link", "published", "deliveries"}
    (told,) = entry["deliveries"]
    assert set(told) >= {"delivery", "state", "channel", "kind", "draft", "receipt_url", "events"}
    assert told["delivery"] == "4/x"
    assert not {"id", "entry_id", "channel_id", "token"} & set(told)


def test_everything_that_prints_calls_a_delivery_by_the_same_name(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    stage.good("repost", "4", "--channel", "x", "--yes")
    for words in (
        ("queue",),
        ("history",),
        ("show", "4"),
        ("queue", "--json"),
        ("history", "--json"),
        ("history", "--csv"),
    ):
        assert "4/x/2" in stage.good(*words)
    assert [one["delivery"] for one in stage.json("once")] == ["4/x/2"]


def test_a_title_cannot_write_to_the_terminal(stage: Stage) -> None:
    stage.begin()
    stage.simulator.blog.serves(
        "<rss version='2.0'><channel><title>B</title><item><title>A\u009b31m&#x9d;0;B&#x202e;C</title>"
        f"<link>{stage.simulator.blog.base_url}/a/</link><guid>a</guid></item></channel></rss>"
    )
    stage.good("once")
    printed = stage.good("history") + stage.good("history", "--json") + stage.good("history", "--csv")
    assert not {"\u009b", "\u009d", "\u202e", "\x1b"} & set(printed)


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x9b2Jgone", "gone"),
        ("one\r\ntwo\x00\x08", "one two"),
        ("[bold]kept[/bold] :smile:", "[bold]kept[/bold] :smile:"),
        ("family \U0001f469\u200d\U0001f467", "family \U0001f469\u200d\U0001f467"),
    ],
)
def test_text_from_outside_is_cleaned_before_it_is_printed(hostile: str, harmless: str) -> None:
    assert one_line(hostile) == harmless


def test_line_breaks_of_a_draft_stay() -> None:
    assert several_lines("one\r\n\ntwo\x1b[2J") == "one\n\ntwo"


def test_on_a_terminal_a_title_is_shown_as_it_is_and_never_read_as_markup(stage: Stage) -> None:
    stage.publish("[red]Not red[/red] :smile:")
    stage.good("once")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from bot.cli import main; main()", "--config", str(stage.config), "history"]
    environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm"}
    subprocess.run(command, stdout=theirs, env=environment, check=True)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    os.close(theirs)
    assert "[red]Not red[/red] :smile:" in shown
