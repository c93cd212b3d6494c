"""Setting up, as a newcomer does it: init, channels, check, feeds, migrate."""

from __future__ import annotations

from pathlib import Path

from adapters import KINDS, adapter_class
from bot.ledger.version import VERSION
from config.editing import set_value
from tests.making import commanding
from tests.making.commanding import Stage, said

stage = commanding.stage


def test_init_asks_for_what_it_needs_and_names_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "oncecast.toml"
    result = said("--config", path, "init", input="The Blog\nhttps://blog.example.org/feed/\n")
    assert 'name = "The Blog"' in path.read_text()
    assert f"`oncecast --config {path} channels add twitter x`" in result.stdout


def test_init_leaves_a_file_that_is_there_as_it_is(stage: Stage) -> None:
    before = stage.config.read_text()
    told = stage.refused("init", "--blog-name", "B", "--feed", "https://blog.example.org/feed/")
    assert "it was left as it is" in told
    assert stage.config.read_text() == before


def test_a_channel_is_added_and_its_secrets_are_asked_for_by_name(stage: Stage) -> None:
    told = stage.good("channels", "add", "facebook", "second", "--option", "page=0042", "--option", "style=photo")
    assert 'page = "0042"' in stage.config.read_text()
    assert "ONCECAST_SECOND_ACCESS_TOKEN: A Page token" in told


def test_the_help_for_a_channel_names_every_kind_and_its_platform() -> None:
    told = said("channels", "add", "--help").stdout
    for kind in KINDS:
        assert f"{kind} " in told
        assert adapter_class(kind).title in told


def test_an_option_that_is_true_or_false_is_written_as_such(stage: Stage) -> None:
    stage.good("channels", "add", "twitter", "second", "--option", "attach_image=false")
    assert "attach_image = false" in stage.config.read_text()


def test_an_option_that_is_a_number_is_written_as_such(stage: Stage) -> None:
    address = "base_url=https://social.example"
    stage.good("channels", "add", "mastodon", "second", "--option", address, "--option", "characters=5000")
    assert "characters = 5000" in stage.config.read_text()


def test_the_address_of_a_server_is_asked_for(stage: Stage) -> None:
    assert "base_url: is missing" in stage.refused("channels", "add", "mastodon", "second")
    told = stage.refused("channels", "add", "mastodon", "second", "--option", "base_url=https://social.example/@blog")
    assert 'such as "https://mastodon.social"' in told


def test_an_option_without_a_value_is_a_wrong_use(stage: Stage) -> None:
    assert stage.say("channels", "add", "twitter", "second", "--option", "attach_image").exit_code == 2


def test_a_kind_that_does_not_exist_is_refused_with_what_was_meant(stage: Stage) -> None:
    assert 'Did you mean "twitter"?' in stage.refused("channels", "add", "x", "second")


def test_check_tells_every_feed_and_every_account(stage: Stage) -> None:
    told = stage.good("check")
    assert "Feed all:" in told
    assert "Channel x: X, @TheCancerBlog (https://x.com/TheCancerBlog)" in told
    assert told.endswith("All is well.\n")


def test_check_publishes_nothing_and_stores_no_entry(stage: Stage) -> None:
    stage.good("check")
    assert stage.json("history") == []
    assert not stage.simulator.twitter.published


def test_check_leaves_with_1_and_the_reason_when_a_token_is_not_accepted(stage: Stage) -> None:
    stage.simulator.facebook.revokes_the_token()
    result = stage.say("check")
    assert result.exit_code == 1
    assert "Channel facebook: WRONG." in result.stdout
    assert "1 thing is wrong." in result.stdout


def test_check_tells_a_feed_that_cannot_be_read(stage: Stage) -> None:
    stage.simulator.blog.is_down()
    assert "Feed all: WRONG." in stage.say("check").stdout


def test_check_names_each_missing_secret_and_where_it_was_looked_for(stage: Stage) -> None:
    (stage.config.parent / "secrets" / "facebook_access_token").unlink()
    told = stage.say("check").stdout
    assert "Channel facebook: WRONG. Its secrets are missing." in told
    assert "channels.facebook.secrets.access_token: the file" in told


def test_check_warns_of_a_secret_that_others_may_read(stage: Stage) -> None:
    (stage.config.parent / "secrets" / "x_consumer_key").chmod(0o644)
    assert "x_consumer_key can be read by others" in stage.good("check")


def test_check_finds_that_the_team_cannot_be_told(stage: Stage) -> None:
    set_value(stage.config, "tell.webhook", {"env": "ONCECAST_NOT_SET"})
    result = stage.say("check")
    assert (result.exit_code, "ONCECAST_NOT_SET is not set" in result.stdout) == (1, True)


def test_check_has_stable_keys_for_programs(stage: Stage) -> None:
    told = stage.json("check")
    assert set(told) == {"feeds", "channels", "wrong", "warnings"}
    assert set(told["feeds"][0]) >= {"name", "ok", "words", "notes", "url", "title", "entries"}
    assert set(told["channels"][0]) >= {"name", "ok", "words", "notes", "kind", "account", "expires_at"}


def test_credentials_of_another_account_are_wrong_until_a_person_says_that_it_is_meant(stage: Stage) -> None:
    stage.good("check")
    other = stage.config.read_text().replace('group = "987654"', 'group = "111111"')
    stage.config.write_text(other)
    told = stage.say("check").stdout
    assert "The credentials open LinkedIn group 111111 now; before it was LinkedIn group 987654." in told
    assert "Paused since" in stage.good("channels")
    stage.good("channels", "resume", "by_hand", "--new-account")
    stage.good("check")


def test_a_channel_is_paused_and_resumed_by_hand(stage: Stage) -> None:
    stage.good("channels", "pause", "x", "--why", "A strike.")
    assert "Paused since" in stage.good("channels", "list")
    assert "A strike." in stage.good("channels", "list")
    assert stage.good("channels", "pause", "x") == "x was paused already.\n"
    stage.good("channels", "resume", "x")
    assert stage.json("channels")[-1]["paused_at"] is None


def test_resuming_holds_what_has_piled_up(stage: Stage) -> None:
    stage.begin()
    stage.good("channels", "pause", "x")
    set_value(stage.config, "feeds.all.guard", 1)
    for title in ("One", "Two"):
        stage.publish(title)
        stage.good("once")
    told = stage.good("channels", "resume", "x")
    assert "2 deliveries had piled up and are held now: 4/x and 5/x." in told
    assert "What shall still go out: `oncecast release 4/x 5/x`; what shall not: `oncecast cancel 4/x 5/x`." in told


def test_resuming_what_is_not_paused_changes_nothing_and_says_so(stage: Stage) -> None:
    assert stage.good("channels", "resume", "x") == "x is not paused. Nothing was changed.\n"
    set_value(stage.config, "channels.x.gap", "2h")
    stage.begin("What is a biopsy?")
    assert "x is not paused; it waits until 20" in (told := stage.good("channels", "resume", "x"))
    assert told.endswith("as the platform asked or for its gap. Nothing was changed.\n")


def test_a_channel_that_does_not_exist_is_refused_with_those_that_do(stage: Stage) -> None:
    assert f"it has: {', '.join(stage.channels)}." in stage.refused("channels", "pause", "y")


def test_testing_a_channel_shows_whose_it_is_and_the_draft_of_the_newest_entry(stage: Stage) -> None:
    stage.publish("What is a biopsy?")
    told = stage.good("channels", "test", "x")
    assert "@TheCancerBlog" in told
    assert "    What is a biopsy?" in told
    assert not stage.simulator.twitter.published


def test_channels_tell_what_waits_and_what_is_public(stage: Stage) -> None:
    stage.begin("What is a biopsy?")
    found = {one["name"]: (one["waiting"], one["published"]) for one in stage.json("channels")}
    assert found["x"] == (0, 1)
    assert found["by_hand"] == (1, 0)


def test_feeds_tell_when_they_were_read_and_what_went_wrong(stage: Stage) -> None:
    assert "Not read yet." in stage.good("feeds")
    stage.good("once")
    assert "Well." in stage.good("feeds")
    stage.simulator.blog.is_down()
    stage.good("once")
    assert "Since " in stage.good("feeds")
    assert stage.json("feeds")[0]["read_at"].endswith("Z")


def test_migrate_tells_the_ledger_s_version(stage: Stage) -> None:
    assert f"is at version {VERSION}." in stage.good("migrate")
