"""How a person names deliveries to the verbs, what the verbs answer, and what they ask on a terminal."""

from __future__ import annotations

import pytest
import tomlkit

from config.editing import set_value
from tests.making import commanding
from tests.making.commanding import Stage, said, typed

stage = commanding.stage

VERBS = (
    ("hold",),
    ("release",),
    ("edit", "--text", "Words"),
    ("retry",),
    ("cancel",),
    ("skip",),
    ("done",),
    ("settle", "--absent"),
    ("show",),
)


@pytest.fixture
def two(stage: Stage) -> Stage:
    """Two entries, 4 and 5: each held on X, to be shared by hand for the group, and published elsewhere."""
    set_value(stage.config, "channels.x.approve", True)
    stage.begin("What is a biopsy?", "What is a CT?")
    return stage


def states(stage: Stage, entry: int) -> dict[str, str]:
    """How the deliveries of an entry stand that are not published, by their names."""
    (told,) = stage.json("show", entry)
    return {one["delivery"]: one["state"] for one in told["deliveries"] if one["state"] != "published"}


def test_the_number_of_an_entry_acts_on_that_entry_only(two: Stage) -> None:
    two.good("skip", "4", "--yes")
    assert states(two, 4) == {"4/x": "cancelled", "4/by_hand": "cancelled"}
    assert states(two, 5) == {"5/x": "held", "5/by_hand": "handed_over"}


def test_no_number_that_the_ledger_gave_a_delivery_means_one(two: Stage) -> None:
    for number in range(6, 15):
        assert f"Error: There is no entry {number}." in two.refused("skip", number)


def test_a_verb_says_what_it_acts_on_and_ends_with_what_it_did_and_the_way_back(two: Stage) -> None:
    assert two.good("skip", "4", "5/x", "--yes") == (
        "Entry 4, “What is a biopsy?”:\n"
        "    4/by_hand  on LinkedIn group, to be shared by hand\n"
        "    4/x        on X, held: a person must see it first\n"
        "Entry 5, “What is a CT?”:\n"
        "    5/x  on X, held: a person must see it first\n"
        "Passed over: 4/by_hand, 4/x and 5/x.\n"
        "To share them after all, say `oncecast repost 4 --channel by_hand --channel x` and "
        "`oncecast repost 5 --channel x`.\n"
    )


def test_the_way_back_leads_back(two: Stage) -> None:
    two.good("cancel", "4/x", "--yes")
    two.good("repost", "4", "--channel", "x", "--yes")
    two.good("hold", "4/x")
    two.good("release", "4/x/2")
    two.good("once")
    assert len(two.simulator.twitter.published) == 1


def test_commands_to_paste_name_the_configuration_that_was_named(two: Stage) -> None:
    named = ("--config", str(two.config))
    told = said(*named, "cancel", "4/x", "--yes").stdout
    assert f"say `oncecast --config {two.config} repost 4 --channel x`." in told
    told = said(*named, "release", "4/by_hand").stderr
    assert f"`oncecast --config {two.config} done 4/by_hand`" in told
    assert f"`oncecast --config {two.config} history`" in said(*named, "show", "99").stderr
    assert f"`oncecast --config {two.config} repost 4 --channel x`" in said(*named, "repost", "4/x").stderr


def test_what_many_were_released_is_told_by_their_posts(stage: Stage) -> None:
    stage.good("once")
    for number in range(11):
        stage.publish(f"Number {number}")
    stage.good("once")
    told = stage.good("release", "--feed", "all", "--channel", "x", "--channel", "facebook", "--yes").splitlines()
    assert told[-2].endswith(" and 12 more.")
    assert told[-1].startswith("To keep them back before they are sent, say `oncecast hold ")
    assert told[-1].endswith(" --channel facebook --channel x` and 1 more post.")


def test_a_channel_beside_it_narrows_an_entry(two: Stage) -> None:
    two.good("skip", "4", "5", "--channel", "x", "--yes")
    assert states(two, 5) == {"5/x": "cancelled", "5/by_hand": "handed_over"}
    assert "4/x names its channel, and --channel by_hand another" in two.refused("skip", "4/x", "--channel", "by_hand")


def test_nothing_is_done_when_one_of_the_names_means_nothing(two: Stage) -> None:
    told = two.refused("skip", "4", "5/zz", "biopsy")
    assert "There is no channel “zz”; there are: bluesky, by_hand, facebook," in told
    assert "“biopsy” is not the name of a delivery. Say 14 for an entry, 14/x for that entry on the channel x" in told
    assert states(two, 4)["4/x"] == "held"


def test_every_verb_refuses_what_does_not_exist(stage: Stage) -> None:
    stage.good("once")
    for verb, *options in VERBS:
        assert "There is no entry 99." in stage.refused(verb, "99", *options)
        assert "Entry 1 has nothing on x; it was never planned for any channel." in stage.refused(verb, "1/x", *options)
        assert stage.say(verb, *options).exit_code == 2


def test_a_round_that_does_not_exist_is_refused_with_those_that_do(two: Stage) -> None:
    assert "Error: There is no 4/x/2; there is 4/x.\n" in two.refused("cancel", "4/x/2")


def test_what_one_refuses_does_not_keep_the_others_from_being_done(two: Stage) -> None:
    result = two.say("skip", "4/x", "4/facebook", "5/x", "--yes")
    assert result.exit_code == 1
    assert "4/facebook cannot be passed over: it is published already." in result.stderr
    assert "Passed over: 4/x and 5/x." in result.stdout


def test_when_nothing_of_an_entry_fits_each_delivery_tells_how_it_stands(two: Stage) -> None:
    told = two.refused("retry", "4")
    assert "Nothing of entry 4, “What is a biopsy?”, can be tried again.\n" in told
    assert "    4/by_hand is waiting to be shared by hand. When it is out, say `oncecast done 4/by_hand`;" in told
    assert "    4/x is held. `oncecast release 4/x` lets it go, `oncecast cancel 4/x` ends it.\n" in told
    assert "4/facebook, 4/group, 4/linkedin, 4/mastodon and 4/telegram are published already." in told
    assert "repost" not in told


def test_words_and_addresses_are_given_to_one_delivery_at_a_time(two: Stage) -> None:
    assert "say which of 4/x and 5/x." in two.refused("edit", "4", "5/x", "--text", "Words")
    told = two.refused("done", "4", "5", "--url", "https://www.linkedin.com/feed/update/urn:li:share:7/")
    assert "An address belongs to one delivery at a time: say which of 4/by_hand and 5/by_hand." in told


def test_what_went_to_a_channel_that_left_the_configuration_can_still_be_named(two: Stage) -> None:
    written = tomlkit.parse(two.config.read_text())
    del written["channels"]["x"]
    two.config.write_text(tomlkit.dumps(written))
    assert "    4/x  on x, held" in two.good("cancel", "4", "--channel", "x", "--yes")
    assert states(two, 4) == {"4/x": "cancelled", "4/by_hand": "handed_over"}


def test_on_a_terminal_what_is_not_easily_undone_is_asked_first(two: Stage) -> None:
    code, shown = typed(two, "n", "cancel", "4/x")
    assert (code, "Cancel 4/x, without publishing? [y/N]" in shown) == (1, True)
    assert "Nothing was changed." in shown
    assert states(two, 4)["4/x"] == "held"
    assert typed(two, "y", "cancel", "4/x")[0] == 0
    assert states(two, 4)["4/x"] == "cancelled"


def test_where_there_is_no_terminal_to_ask_on_nothing_is_done_unasked(two: Stage) -> None:
    before = two.json("history")
    for words in (("cancel", "4"), ("skip", "4"), ("done", "4"), ("repost", "4"), ("release", "4", "5")):
        assert "There is no terminal to ask on: add --yes. Nothing was changed." in two.refused(*words)
    assert two.json("history") == before


def test_a_question_that_is_broken_off_changes_nothing_and_says_so(two: Stage) -> None:
    for verb in ("cancel", "repost"):
        code, shown = typed(two, "\x04", verb, "4", "--channel", "x")
        assert (code, "Nothing was changed." in shown) == (1, True)
    assert states(two, 4)["4/x"] == "held"


def test_on_a_terminal_a_yes_beforehand_is_enough(two: Stage) -> None:
    code, shown = typed(two, "n", "skip", "4", "--yes")
    assert (code, "[y/N]" in shown) == (0, False)


def test_on_a_terminal_several_are_asked_about_before_they_are_released_and_one_is_not(two: Stage) -> None:
    assert "Release 4/x and 5/x? [y/N]" in typed(two, "n", "release", "--feed", "all")[1]
    code, shown = typed(two, "n", "release", "4/x")
    assert (code, "[y/N]" in shown) == (0, False)
