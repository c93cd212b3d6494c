"""Where secrets are looked for, and what a person is told when one is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

import config.secrets
from config.loading import parse
from config.mistakes import ConfigError
from config.secrets import MissingSecretError, open_files, resolve, reveal
from config.settings import ChannelSettings, Settings

BASE = """
[blog]
name = "The Cancer Blog"
[feeds.all]
url = "https://blog.example.org/feed/"
[channels.page]
kind = "facebook"
options.page = "1"
"""


@pytest.fixture(autouse=True)
def _nothing_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ONCECAST_PAGE_ACCESS_TOKEN", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setattr(config.secrets, "DOCKER", tmp_path / "docker")


def found(channel: ChannelSettings) -> dict[str, str]:
    return resolve(channel.name, channel.options.needs(), channel.secrets)


def settings(folder: Path, more: str = "") -> Settings:
    return parse(BASE + more, folder / "oncecast.toml")


def page(folder: Path, place: str = "") -> ChannelSettings:
    return settings(folder, f"secrets.access_token = {place}" if place else "").channels["page"]


def missing(channel: ChannelSettings) -> str:
    with pytest.raises(MissingSecretError) as caught:
        found(channel)
    return str(caught.value)


def test_the_file_can_be_read_while_its_secrets_are_not_there(tmp_path: Path) -> None:
    assert page(tmp_path, '{ env = "NOT_SET_ANYWHERE" }').name == "page"


def test_a_secret_comes_from_the_environment_variable_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "one\n")
    assert found(page(tmp_path, '{ env = "MY_TOKEN" }')) == {"access_token": "one"}


def test_a_secret_comes_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("two\n")
    assert found(page(tmp_path, '{ file = "token" }')) == {"access_token": "two"}
    assert found(page(tmp_path, f'{{ file = "{tmp_path}/token" }}')) == {"access_token": "two"}


def test_a_secret_comes_from_a_credential_of_systemd_or_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "token").write_text("three")
    channel = page(tmp_path, '{ credential = "token" }')
    assert found(channel) == {"access_token": "three"}
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "token").write_text("four")
    assert found(channel) == {"access_token": "four"}


def test_a_secret_that_is_not_mentioned_is_looked_for_in_the_usual_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "page_access_token").write_text("five")
    assert found(page(tmp_path)) == {"access_token": "five"}
    monkeypatch.setenv("ONCECAST_PAGE_ACCESS_TOKEN", "six")
    assert found(page(tmp_path)) == {"access_token": "six"}


def test_a_missing_secret_is_told_with_the_places_and_where_to_get_it(tmp_path: Path) -> None:
    channel = page(tmp_path)
    assert missing(channel) == (
        "channels.page.secrets.access_token: the environment variable ONCECAST_PAGE_ACCESS_TOKEN is not set, and "
        f"there is no page_access_token in systemd's $CREDENTIALS_DIRECTORY or in {tmp_path / 'docker'}. "
        + channel.options.needs()["access_token"]
    )


def test_all_missing_secrets_of_a_channel_are_told_at_once(tmp_path: Path) -> None:
    channel = settings(tmp_path, '[channels.x]\nkind = "twitter"').channels["x"]
    assert missing(channel).count("\n") == len(channel.options.needs()) - 1


def test_an_empty_or_unreadable_place_is_a_missing_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTY", " ")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "EMPTY is empty" in missing(page(tmp_path, '{ env = "EMPTY" }'))
    assert "empty is empty" in missing(page(tmp_path, '{ file = "empty" }'))
    assert "is not text" in missing(page(tmp_path, '{ file = "binary" }'))
    assert "cannot be read (No such file" in missing(page(tmp_path, '{ file = "nowhere" }'))


def test_a_secret_of_two_lines_is_refused_without_being_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter2\n# of Anna\n")
    said = missing(page(tmp_path, '{ file = "token" }'))
    assert "holds more than one line" in said
    assert "hunter2" not in said


def test_a_place_is_one_place() -> None:
    for place in ("{}", '{ env = "A", file = "b" }', '{ env = "a b" }', '{ credential = "../b" }', "1"):
        with pytest.raises(ConfigError) as caught:
            page(Path("/blog"), place)
        assert "channels.page.secrets.access_token" in str(caught.value)


def test_a_file_that_others_can_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("secret")
    (tmp_path / "mine").chmod(0o600)
    (tmp_path / "ours").write_text("secret")
    (tmp_path / "ours").chmod(0o644)
    read = settings(tmp_path, 'secrets.access_token = { file = "ours" }\n[tell]\nwebhook = { file = "mine" }')
    assert open_files(read.references()) == [
        f"{tmp_path / 'ours'} can be read by others; chmod 600 makes it yours alone."
    ]


def test_a_single_reference_is_revealed_or_told_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = settings(tmp_path, '[tell]\nwebhook = { env = "HOOK" }').tell.webhook
    assert webhook is not None
    with pytest.raises(MissingSecretError, match=r"^tell\.webhook: the environment variable HOOK is not set\.$"):
        reveal(webhook, "tell.webhook")
    monkeypatch.setenv("HOOK", "https://hooks.example.org/1")
    assert reveal(webhook, "tell.webhook") == "https://hooks.example.org/1"
