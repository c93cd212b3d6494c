"""What the configuration file may say, and what a person is told when it says something else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from adapters import KINDS
from config.loading import find_file, load, parse
from config.mistakes import ConfigError
from config.settings import Settings

FILE = Path("/blog/oncecast.toml")
BASE = """
[blog]
name = "The Cancer Blog"
[feeds.all]
url = "https://blog.example.org/feed/"
"""
PASTED = "EAABsbCS1iHgBAKZCZBxyzxyzxyzxyz1234567890"


def read(more: str = "", base: str = BASE) -> Settings:
    return parse(base + more, FILE)


def refused(more: str, base: str = BASE) -> str:
    with pytest.raises(ConfigError) as caught:
        read(more, base)
    return str(caught.value)


def test_a_name_and_a_feed_are_enough() -> None:
    settings = read()
    assert settings.blog.name == "The Cancer Blog"
    assert settings.feeds["all"].poll == timedelta(minutes=1)
    assert settings.feeds["all"].guard == 5
    assert settings.channels == {}
    assert (settings.retry.limit, settings.retry.first, settings.retry.longest) == (
        8,
        timedelta(seconds=30),
        timedelta(hours=2),
    )


def test_the_ledger_is_a_file_beside_the_configuration() -> None:
    assert read().ledger_url() == "sqlite:////blog/oncecast.db"
    assert read('[ledger]\nurl = "sqlite:///kept/once.db"').ledger_url() == "sqlite:////blog/kept/once.db"
    assert read('[ledger]\nurl = "sqlite:////var/lib/once.db"').ledger_url() == "sqlite:////var/lib/once.db"


def test_a_postgresql_ledger_stands_in_the_file_only_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read('[ledger]\nurl = "postgresql://db/once"').ledger_url() == "postgresql://db/once"
    for address in ("postgresql://anna:hunter2@db/once", "postgresql://db/once?user=anna&password=hunter2"):
        said = refused(f'[ledger]\nurl = "{address}"')
        assert "{ env = " in said
        assert "hunter2" not in said
    monkeypatch.setenv("LEDGER", "postgresql://anna:hunter2@db/once")
    assert read('[ledger]\nurl = { env = "LEDGER" }').ledger_url() == "postgresql://anna:hunter2@db/once"


def test_a_ledger_must_be_one_we_can_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("sqlite://", "mysql://db/once", "postgres://db/once", "postgresql://[db"):
        assert "ledger.url: is not an address of a ledger" in refused(f'[ledger]\nurl = "{address}"')
    monkeypatch.setenv("LEDGER", "hunter2")
    with pytest.raises(ConfigError, match="is not an address of a ledger") as caught:
        read('[ledger]\nurl = { env = "LEDGER" }').ledger_url()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("1h30m", 5400), ("2d", 172_800), ("90m", 5400), ("1d1s", 86_401)]
)
def test_durations_are_written_as_people_say_them(text: str, seconds: int) -> None:
    assert read(f'poll = "{text}"').feeds["all"].poll == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ['""', '"1 min"', '"-5m"', '"30m1h"', '"999d"', '"٣m"', "60", "1.5", '"PT5M"', '"1s"']
)
def test_other_durations_are_refused(value: str) -> None:
    assert "oncecast.toml: feeds.all.poll: " in refused(f"poll = {value}")


def test_a_channel_has_the_options_of_its_kind() -> None:
    settings = read('[channels.page]\nkind = "facebook"\nwait = "10m"\n[channels.page.options]\npage = "00123"')
    page = settings.channels["page"]
    assert (page.name, page.kind, page.active, page.approve, page.wait) == (
        "page",
        "facebook",
        True,
        False,
        timedelta(minutes=10),
    )
    assert page.options.model_dump()["page"] == "00123"


def test_a_channel_chooses_entries_by_feed_category_author_word_and_year() -> None:
    settings = read(
        '[channels.x]\nkind = "twitter"\n[[channels.x.routes]]\nfeeds = ["all"]\n'
        'include = { categories = ["Videos"], years = [2026] }\nexclude = { authors = ["Guest"], words = ["webinar"] }'
    )
    (route,) = settings.channels["x"].routes
    assert route.feeds == ("all",)
    assert (route.include.categories, route.include.years) == (("Videos",), (2026,))
    assert (route.exclude.authors, route.exclude.words) == (("Guest",), ("webinar",))


def test_a_wrong_kind_is_told_with_the_one_that_was_meant() -> None:
    said = refused('[channels.x]\nkind = "twiter"')
    assert said == (
        '/blog/oncecast.toml: channels.x.kind: "twiter" is not a kind; '
        f'expected one of {", ".join(KINDS)}. Did you mean "twitter"?'
    )
    assert refused('[channels.x]\nkind = "X"').endswith('Did you mean "twitter"?')


@pytest.mark.parametrize(
    ("more", "key", "meant"),
    [
        ("[chanels.x]", "chanels", "channels"),
        ('pol = "1m"', "feeds.all.pol", "poll"),
        ('[channels.x]\nkind = "twitter"\naprove = true', "channels.x.aprove", "approve"),
        ('[channels.x]\nkind = "twitter"\natach_image = true', "channels.x.atach_image", "options.attach_image"),
        ('[channels.x]\nkind = "twitter"\noptions.atach_image = 1', "channels.x.options.atach_image", "attach_image"),
        (
            '[channels.x]\nkind = "twitter"\nsecrets.consumr_key = { env = "A" }',
            "channels.x.secrets.consumr_key",
            "consumer_key",
        ),
        (
            '[channels.x]\nkind = "twitter"\n[[channels.x.routes]]\ninclude = { category = ["a"] }',
            "channels.x.routes#1.include.category",
            "categories",
        ),
        ('[tell]\nwebhok = { env = "A" }', "tell.webhok", "webhook"),
        ('[tell]\nwebhook = { envv = "A" }', "tell.webhook.envv", "env"),
    ],
)
def test_an_unknown_key_is_told_with_the_one_that_was_meant(more: str, key: str, meant: str) -> None:
    said = refused(more)
    assert f"oncecast.toml: {key}: is not a known" in said
    assert f'Did you mean "{meant}"?' in said


def test_what_a_text_should_look_like_is_told_in_words() -> None:
    said = refused('[channels.page]\nkind = "facebook"\noptions = { page = "ESOncology", version = "26" }')
    assert 'options.page: "ESOncology" has the wrong form; expected digits only, in quotes.' in said
    assert 'options.version: "26" has the wrong form; expected something like "v' in said


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read(
            'guard = "5"\n[channels.a]\nkind = "nothing"\n[channels.b]\nkind = "facebook"\n'
            '[channels.c]\nkind = "twitter"\n[[channels.c.routes]]\nfeeds = ["al"]\n[retry]\nlimit = -1',
            BASE.replace("The Cancer Blog", ""),
        )
    assert [mistake.key for mistake in caught.value.mistakes] == [
        "blog.name",
        "channels.a.kind",
        "channels.b.options.page",
        "channels.c.routes#1.feeds",
        "feeds.all.guard",
        "retry.limit",
    ]


def test_a_route_names_feeds_that_exist() -> None:
    said = refused('[channels.x]\nkind = "twitter"\n[[channels.x.routes]]\nfeeds = ["al"]')
    assert 'channels.x.routes#1.feeds: "al" is not a feed; expected one of all. Did you mean "all"?' in said


def test_two_channels_never_publish_to_one_account() -> None:
    one = '[channels.{}]\nkind = "facebook"\noptions.page = "{}"\n'
    assert "channels.b: publishes to the same account as channels.a" in refused(one.format("a", 1) + one.format("b", 1))
    assert len(read(one.format("a", 1) + one.format("b", 2)).channels) == 2
    same = '[channels.{}]\nkind = "twitter"\nsecrets.access_token = {{ env = "T" }}\n'
    assert "publishes to the same account" in refused(same.format("a") + same.format("b"))
    server = '[channels.{0}]\nkind = "mastodon"\noptions.base_url = "https://social.example"\n'
    assert len(read(server.format("a") + server.format("b")).channels) == 2, "a server has many accounts"


def test_two_channels_never_read_the_same_environment_variable_by_accident() -> None:
    one = '[channels.{}]\nkind = "facebook"\noptions.page = "{}"\n'
    assert "in the same environment variable as channels.a-b" in refused(one.format("a-b", 1) + one.format("a_b", 2))


def test_a_feed_is_a_web_address_without_a_password_and_there_once() -> None:
    for address in ("ftp://blog.example.org", "blog.example.org/feed", "https://", "http://a b/", "file:///etc/passwd"):
        assert "feeds.two.url" in refused(f'[feeds.two]\nurl = "{address}"')
    said = refused('[feeds.two]\nurl = "https://anna:hunter2@blog.example.org/two"')
    assert "has a name or password" in said
    assert "hunter2" not in said
    assert "the same feed as feeds.all" in refused('[feeds.two]\nurl = "http://blog.example.org/feed"')


def test_names_are_small_letters_digits_and_dashes() -> None:
    for name in ('"Big"', '"a b"', '"-a"', '""', '"é"', f'"{"a" * 41}"'):
        assert "is not a name" in refused(f'[channels.{name}]\nkind = "twitter"')


def test_a_channel_is_not_called_by_a_number_as_posts_are() -> None:
    said = refused('[channels.14]\nkind = "twitter"')
    assert "channels.14: is a number, and posts are called by numbers" in said


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (f'[channels.x]\nkind = "twitter"\nsecrets.consumer_key = "{PASTED}"', "channels.x.secrets.consumer_key"),
        (f'[channels.x]\nkind = "twitter"\noptions.access_token = "{PASTED}"', "channels.x.options.access_token"),
        (f'[channels.x]\nkind = "twitter"\noptions.api_key = "{PASTED}"', "channels.x.options.api_key"),
        (f'[channels.x]\nkind = "facebook"\noptions.page = "{PASTED}"', "channels.x.options.page"),
        (f'[channels.x]\nkind = "twitter"\noptions.base_url = "https://a:{PASTED}@b"', "channels.x.options.base_url"),
        (f'[tell]\nwebhook = "https://hooks.example.org/{PASTED}"', "tell.webhook"),
        (f'[channels.x]\nkind = "twitter"\nsecrets.consumer_key = {{ env = "{PASTED}" }}', "consumer_key.env"),
        (f'[channels.x]\nkind = "{PASTED}"', "channels.x.kind"),
        (f'[channels.x]\nkind = "twitter"\naccess_token = "{PASTED}"', "channels.x.access_token"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(more: str, key: str) -> None:
    said = refused(more)
    assert key in said
    assert PASTED not in said


def test_a_refused_secret_comes_with_the_way_to_write_it() -> None:
    said = refused(f'[channels.x]\nkind = "twitter"\nsecrets.consumer_key = "{PASTED}"')
    assert "a secret must not be written into this file" in said
    assert '{ env = "ONCECAST_X_CONSUMER_KEY" }, { file = "path" } or { credential = "name" }' in said


def test_mail_to_the_team_never_sends_a_password_in_the_clear() -> None:
    mail = '[tell.email]\nhost = "mail.example.org"\nsender = "a@example.org"\nto = ["b@example.org"]\n'
    assert read(mail).tell.email is not None
    assert "one of username and password" in refused(mail + 'username = "anna"')
    assert "unencrypted" in refused(mail + 'username = "anna"\npassword = { env = "P" }\nsecurity = "none"')


def test_what_is_not_toml_is_told_with_line_and_column() -> None:
    assert (
        refused("[feeds.all", "") == "/blog/oncecast.toml: this is not TOML at end of document: Expected ']' at the "
        "end of a table declaration."
    )
    assert "at line 3, column 5" in refused("a = \n", "\n\n")


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; `oncecast init` makes one"):
        load(tmp_path / "oncecast.toml")


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "oncecast.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load(file).blog.name == "The Cancer Blog"
    file.write_bytes('name = "Füße"'.encode("latin-1"))
    with pytest.raises(ConfigError, match="a file saved as UTF-8"):
        load(file)


def test_the_file_is_the_one_given_or_named_in_the_environment_or_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCECAST_CONFIG", "/etc/oncecast.toml")
    assert find_file(Path("mine.toml")) == Path("mine.toml")
    assert find_file() == Path("/etc/oncecast.toml")
    monkeypatch.delenv("ONCECAST_CONFIG")
    assert find_file() == Path("oncecast.toml")
