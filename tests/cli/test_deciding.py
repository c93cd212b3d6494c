"""What a person decides, verb by verb, and how it is refused."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta

import pytest
import time_machine

from bot.cli.here import who
from bot.ledger.database import now
from config.editing import set_value
from tests.making import commanding
from tests.making.commanding import Stage, typed

stage = commanding.stage


@pytest.fixture
def approving(stage: Stage) -> Stage:
    """X waits for approval, and one entry is held there and was handed over for the group."""
    set_value(stage.config, "channels.x.approve", True)
    stage.begin("What is a biopsy?")
    return stage


@pytest.fixture
def doubtful(stage: Stage) -> Stage:
    """X has taken one post, but its reply was lost."""
    stage.good("once")
    stage.simulator.twitter.loses_the_next_reply()
    stage.begin("What is a biopsy?")
    return stage


@pytest.fixture
def failing(stage: Stage) -> Stage:
    """Facebook has refused one post."""
    stage.good("once")
    stage.simulator.facebook.refuses_the_next(400, {"error": {"code": 100, "message": "No."}})
    stage.begin("What is a biopsy?")
    return stage


def test_a_released_delivery_goes_out(approving: Stage) -> None:
    approving.good("release", "4/x")
    approving.good("once")
    assert len(approving.simulator.twitter.published) == 1


def test_all_that_is_held_of_a_feed_is_released_together(approving: Stage) -> None:
    told = approving.good("release", "--feed", "all")
    assert "    4/x  on X, held: a person must see it first\n" in told
    assert "Released, to go out when the page is seen to be public: 4/x.\n" in told
    assert approving.good("release", "--feed", "all", "--channel", "facebook") == "Nothing is held of the feed all.\n"


def test_a_release_names_either_a_delivery_or_a_feed(approving: Stage) -> None:
    assert approving.say("release").exit_code == 2
    assert approving.say("release", "4/x", "--feed", "all").exit_code == 2


def test_a_feed_that_does_not_exist_is_refused_with_those_that_do(approving: Stage) -> None:
    assert "There is no feed 'al' in the configuration; it has: all." in approving.refused("release", "--feed", "al")


def test_a_channel_beside_a_feed_is_one_that_exists(approving: Stage) -> None:
    told = approving.refused("release", "--feed", "all", "--channel", "zz")
    assert "There is no channel “zz”; there are: bluesky, by_hand, facebook," in told


def test_a_delivery_that_waits_is_held_by_hand(stage: Stage) -> None:
    set_value(stage.config, "channels.x.wait", "5m")
    stage.begin("What is a biopsy?")
    told = stage.good("hold", "4/x")
    assert told.endswith("Held back: 4/x.\nTo let it go, say `oncecast release 4/x`.\n")
    assert stage.waiting("x").state == "held"


def test_an_edit_changes_the_words_and_says_how_long_they_are(approving: Stage) -> None:
    told = approving.good("edit", "4/x", "--text", "In other words")
    assert "of 280):" in told
    assert "    In other words" in told
    assert approving.json("show", "4/x")[0]["deliveries"][0]["wording"] == "In other words"


def test_an_edit_without_words_opens_the_editor(approving: Stage) -> None:
    approving.good("edit", "4", env={"EDITOR": "sed -i s/biopsy/CT/"})
    assert "What is a CT?" in approving.good("show", "4/x")


def test_an_edit_that_changes_nothing_leaves_the_delivery_alone(approving: Stage) -> None:
    assert approving.good("edit", "4/x", env={"EDITOR": "true"}).endswith("\nNothing was changed.\n")


def test_what_is_published_cannot_be_edited(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    told = stage.refused("edit", "4/x", "--text", "Too late")
    assert told == (
        "Error: 4/x cannot be given other words: it is published already. "
        "To share it once more, say `oncecast repost 4 --channel x`.\n"
    )


def test_a_failed_delivery_is_tried_again(failing: Stage) -> None:
    failing.good("retry", "4/facebook", "--yes")
    with time_machine.travel(now() + timedelta(minutes=5)):
        failing.good("once")
    assert len(failing.simulator.facebook.published) == 1


def test_a_cancelled_delivery_never_goes_out(approving: Stage) -> None:
    told = approving.good("cancel", "4/x", "--yes")
    assert told.endswith("Cancelled: 4/x.\nTo share it after all, say `oncecast repost 4 --channel x`.\n")
    approving.good("once")
    assert not approving.simulator.twitter.published


def test_what_was_handed_over_can_be_passed_over(approving: Stage) -> None:
    approving.good("skip", "4/by_hand", "--yes")
    assert "cancelled – Skipped by hand." in approving.good("show", "4/by_hand")


def test_what_is_in_doubt_cannot_be_passed_over(doubtful: Stage) -> None:
    told = doubtful.refused("skip", "4/x")
    assert "4/x cannot be passed over: it is in doubt." in told
    assert "say `oncecast settle 4/x --published URL`, or `--absent`" in told


def test_who_gives_up_what_is_in_doubt_is_asked_that_and_told_the_safe_way_first(doubtful: Stage) -> None:
    _, shown = typed(doubtful, "n", "cancel", "4/x")
    before, _, _ = shown.partition("4/x may be public already. Give it up without finding out? [y/N]")
    assert "say `oncecast settle 4/x --published URL` instead: after a cancel nothing more can be recorded" in before
    assert doubtful.waiting("x").state == "in_doubt"
    told = doubtful.good("cancel", "4/x", "--yes")
    assert "Cancelled: 4/x.\n4/x may be public: look before you share it again. To share it after all, say" in told


def test_what_is_in_doubt_is_told_apart_from_what_is_cancelled_with_it(doubtful: Stage) -> None:
    _, shown = typed(doubtful, "n", "cancel", "4")
    assert "4/x may be public already. Cancel 4/by_hand and 4/x all the same? [y/N]" in shown


def test_who_shares_again_what_was_given_up_is_told_to_look_first(doubtful: Stage) -> None:
    doubtful.good("cancel", "4/x", "--yes")
    assert "    4/x         given up in doubt\n" in doubtful.good("history")
    assert doubtful.json("history")[0]["deliveries"][-1]["given_up"]
    _, shown = typed(doubtful, "n", "repost", "4", "--channel", "x")
    assert "The first attempt may be public: look first." in shown.partition("[y/N]")[0]
    assert "look first" not in typed(doubtful, "n", "repost", "4", "--channel", "facebook")[1]


def test_who_shares_again_what_was_tried_and_cancelled_is_told_to_look_first(failing: Stage) -> None:
    failing.good("cancel", "4/facebook", "--yes")
    told = failing.good("repost", "4", "--channel", "facebook", "--yes")
    assert "    4/facebook  cancelled after an attempt\n" in told
    assert "The first attempt may be public: look first." in told


def test_what_was_held_already_stays_held_and_is_not_released_by_the_way_back(stage: Stage) -> None:
    set_value(stage.config, "channels.x.approve", True)
    set_value(stage.config, "channels.facebook.wait", "5m")
    stage.begin("What is a biopsy?")
    told = stage.good("hold", "4")
    assert "4/x was held already (a person must see it first); it stays held.\n" in told
    assert told.endswith("Held back: 4/facebook.\nTo let it go, say `oncecast release 4/facebook`.\n")
    assert stage.good("hold", "4/facebook").endswith("4/facebook was held already (by hand); it stays held.\n")


def test_the_way_back_keeps_a_person_s_words(approving: Stage) -> None:
    approving.good("edit", "4/x", "--text", "Don't miss {this}")
    told = approving.good("cancel", "4/x", "--yes")
    (said,) = re.findall("`oncecast (.*)`", told)
    approving.good(*shlex.split(said), "--yes")
    assert approving.json("show", "4/x")[0]["deliveries"][0]["wording"] == "Don't miss {this}"


def test_who_ends_several_hears_whose_own_words_would_be_lost(approving: Stage) -> None:
    approving.good("edit", "4/x", "--text", "My own")
    told = approving.good("skip", "4", "--yes")
    assert "not the words of a person that it had: `oncecast show 4/x` shows them." in told


def test_the_way_back_from_an_edit_leads_to_the_words_before(approving: Stage) -> None:
    assert '--text ""` gives it Oncecast\'s own words' in approving.good("edit", "4/x", "--text", "One\nand 'two'")
    told = approving.good("edit", "4/x", "--text", "Three")
    assert "`oncecast edit 4/x --text $'One\\nand \\'two\\''` gives it the words again that it had before." in told
    assert "--text Three" in approving.good("edit", "4/x", "--text", "")
    assert not approving.good("edit", "4/x", "--text", "").rstrip().endswith("again.")


def test_what_is_shared_by_hand_gets_other_words_where_it_is_pasted(approving: Stage) -> None:
    told = approving.refused("edit", "4/by_hand", "--text", "Words")
    assert "Copy the text from `oncecast show 4/by_hand` and change it where you paste it." in told


@pytest.mark.parametrize("words", [("hold",), ("done", "--yes"), ("retry", "--yes"), ("settle", "--absent", "--yes")])
def test_who_did_not_mean_to_share_again_is_not_told_how(stage: Stage, words: tuple[str, ...]) -> None:
    stage.begin("What is a biopsy?")
    verb, *options = words
    assert stage.refused(verb, "4/x", *options).endswith(": it is published already.\n")


def test_a_repost_of_a_delivery_says_how_it_is_said(stage: Stage) -> None:
    told = stage.refused("repost", "4/x")
    assert told == "Error: repost takes the entry, and --channel: `oncecast repost 4 --channel x`.\n"


def test_what_was_shared_by_hand_is_done_by_the_person_who_says_so(approving: Stage) -> None:
    told = approving.good("done", "4/by_hand", "--url", "https://www.linkedin.com/feed/update/urn:li:share:7/", "--yes")
    assert "This cannot be undone." in told
    assert f"{who()}: published – Shared by hand." in approving.good("show", "4/by_hand")


def test_an_address_is_one_of_the_web(approving: Stage) -> None:
    assert approving.say("done", "4", "--url", "linkedin.com/x").exit_code == 2


def test_the_same_address_cannot_belong_to_two_deliveries(approving: Stage) -> None:
    url = "https://www.linkedin.com/feed/update/urn:li:share:7/"
    approving.good("done", "4/by_hand", "--url", url, "--yes")
    approving.begin("A newer one")
    told = approving.refused("done", "5/by_hand", "--url", url, "--yes")
    assert "5/by_hand: this address belongs to another delivery of the channel already" in told


def test_doubt_ends_with_the_address_a_person_found(doubtful: Stage) -> None:
    url = doubtful.simulator.twitter.published[0].url
    assert f"\nPublished, at {url}: 4/x.\n" in doubtful.good("settle", "4/x", "--published", url, "--yes")


def test_doubt_ends_with_a_new_attempt_when_a_person_saw_that_it_is_absent(doubtful: Stage) -> None:
    doubtful.good("settle", "4", "--absent", "--yes")
    assert doubtful.waiting("x").state == "pending"


def test_who_was_wrong_that_it_is_absent_can_say_so_until_it_is_sent(doubtful: Stage) -> None:
    url = doubtful.simulator.twitter.published[0].url
    told = doubtful.good("settle", "4/x", "--absent", "--yes")
    assert told.endswith("Was that wrong? `oncecast settle 4/x --published URL` until it is sent.\n")
    doubtful.good("hold", "4/x")
    doubtful.good("settle", "4/x", "--published", url, "--yes")
    doubtful.good("once")
    assert len(doubtful.simulator.twitter.published) == 1
    assert doubtful.json("show", "4/x")[0]["deliveries"][0]["receipt_url"] == url


def test_what_was_never_attempted_cannot_have_become_public(approving: Stage) -> None:
    told = approving.refused("settle", "4/x", "--published", "https://x.com/i/status/1", "--yes")
    assert "4/x cannot be settled: it is held." in told


def test_settling_names_one_of_the_two_outcomes(doubtful: Stage) -> None:
    assert doubtful.say("settle", "4/x").exit_code == 2
    assert doubtful.say("settle", "4/x", "--absent", "--published", "https://x.com/1").exit_code == 2


def test_a_decision_about_a_channel_that_left_the_configuration_says_so(failing: Stage) -> None:
    set_value(failing.config, "channels.facebook.active", False)
    told = failing.refused("retry", "4/facebook", "--yes")
    assert "4/facebook cannot be tried again: its channel is not in the configuration, or not active there." in told


def test_an_entry_of_the_archive_is_shared_by_its_address(stage: Stage) -> None:
    stage.good("once")
    post = stage.simulator.blog.posts[0]
    told = stage.good("repost", post.link, "--channel", "x", "--yes")
    stage.good("once")
    assert "was not shared before." in told
    assert [one.link for one in stage.simulator.twitter.published] == [post.link]


def test_a_repost_shows_where_it_went_and_asks(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    code, shown = typed(stage, "n", "repost", "4", "--channel", "x")
    assert "    4/x         20" in shown
    assert "Some platforms refuse the same words twice" in shown
    assert (code, "Share “What is a biopsy?” now on x? [y/N]" in shown, "Nothing was changed." in shown) == (
        1,
        True,
        True,
    )
    assert len(stage.json("history")[0]["deliveries"]) == len(stage.channels)


def test_a_repost_in_other_words_goes_to_every_channel_that_is_free(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    result = stage.say("repost", "4", "--text", "Read again: biopsies", "--yes")
    stage.good("once")
    assert "4/by_hand cannot be shared again now: it is waiting to be shared by hand." in result.stderr
    assert "4/x/2" in result.stdout
    assert len(stage.simulator.twitter.published) == len(stage.simulator.facebook.published) == 2


def test_a_repost_of_an_entry_that_no_route_takes_wants_a_channel_named(stage: Stage) -> None:
    for name in stage.channels:
        with stage.config.open("a") as file:
            file.write(f'\n[[channels.{name}.routes]]\ninclude = {{ categories = ["Videos"] }}\n')
    stage.good("once")
    assert "name one with --channel" in stage.refused("repost", "1", "--yes")
    stage.good("repost", "1", "--channel", "x", "--yes")


def test_a_repost_of_an_address_that_nobody_knows_is_refused(stage: Stage) -> None:
    told = stage.refused("repost", "https://blog.example.org/unknown/", "--yes")
    assert "There is no entry https://blog.example.org/unknown/ in the ledger." in told
