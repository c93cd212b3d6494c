"""How the configuration file is changed: with its comments kept, in one step, and never into something invalid."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config.editing import add_channel, set_value, write_new
from config.loading import load
from config.mistakes import ConfigError

TEXT = """\
# Our blog.
[blog]
name = "The Cancer Blog" # as on the masthead

# The feeds of it.
[feeds.all]
url = "https://blog.example.org/feed/" # all posts
poll = "1m"

# The page for patients.
[channels.page]
kind = "facebook"

[channels.page.options]
page = "1" # found under Page transparency

[[channels.page.routes]]
include = { categories = ["Guides"] } # no videos

# The team.
[tell]
webhook = { env = "HOOK" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "oncecast.toml"
    path.write_text(TEXT)
    return path


def test_a_new_file_has_the_blog_and_its_feed(tmp_path: Path) -> None:
    path = tmp_path / "oncecast.toml"
    write_new(path, 'The "Cancer" Blog', "https://blog.example.org/feed/")
    settings = load(path)
    assert settings.blog.name == 'The "Cancer" Blog'
    assert settings.feeds["all"].url == "https://blog.example.org/feed/"
    assert path.read_text().startswith("# ")


def test_a_new_file_never_takes_the_place_of_another(file: Path) -> None:
    with pytest.raises(ConfigError, match="there is such a file already"):
        write_new(file, "Another", "https://blog.example.org/feed/")
    assert file.read_text() == TEXT


def test_a_new_file_is_not_written_with_mistakes_in_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.all\.url"):
        write_new(tmp_path / "oncecast.toml", "Blog", "blog.example.org")
    assert list(tmp_path.iterdir()) == []


def test_a_changed_value_leaves_every_other_character(file: Path) -> None:
    set_value(file, "feeds.all.poll", "5m")
    assert file.read_text() == TEXT.replace('"1m"', '"5m"')
    set_value(file, "feeds.all.url", "https://new.example.org/feed/")
    assert file.read_text() == TEXT.replace('"1m"', '"5m"').replace("https://blog", "https://new")


def test_a_new_value_stands_at_the_end_of_its_section(file: Path) -> None:
    set_value(file, "blog.language", "en")
    set_value(file, "channels.page.approve", True)
    expected = TEXT.replace("masthead\n", 'masthead\nlanguage = "en"\n')
    assert file.read_text() == expected.replace('"facebook"\n', '"facebook"\napprove = true\n')


def test_a_new_section_stands_at_the_end_of_the_file(file: Path) -> None:
    set_value(file, "retry.limit", 3)
    assert file.read_text() == TEXT + "\n[retry]\nlimit = 3\n"


def test_a_secret_is_set_as_the_place_where_it_is(file: Path) -> None:
    set_value(file, "channels.page.secrets.access_token", {"env": "TOKEN"})
    assert file.read_text() == TEXT + '\n[channels.page.secrets]\naccess_token = {env = "TOKEN"}\n'


def test_a_value_in_a_list_is_changed_by_its_number(file: Path) -> None:
    settings = set_value(file, "channels.page.routes.0.include.categories", ["Guides", "Leaflets"])
    assert settings.channels["page"].routes[0].include.categories == ("Guides", "Leaflets")
    assert "# no videos" in file.read_text()


def test_routes_are_set_as_a_whole(file: Path) -> None:
    routes = [{"feeds": ("all",), "include": {"years": [2026]}}, {"exclude": {"words": ["webinar"]}}]
    add_channel(file, "x", "twitter")
    assert set_value(file, "channels.x.routes", routes).channels["x"].routes[0].include.years == (2026,)
    assert file.read_text().endswith(
        '[channels.x]\nkind = "twitter"\n'
        'routes = [{feeds = ["all"], include = {years = [2026]}}, {exclude = {words = ["webinar"]}}]\n'
    )
    assert len(set_value(file, "channels.page.routes", routes).channels["page"].routes) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("feeds.all.poll", "soon"),
        ("feeds.all.pol", "5m"),
        ("channels.page.kind", "twiter"),
        ("channels.page.secrets.access_token", "hunter2"),
        ("channels.page.routes.7.feeds", ["all"]),
        ("blog.name.first", "x"),
        ("blog.language", None),
        ("", 1),
    ],
)
def test_an_edit_with_a_mistake_leaves_the_file_as_it_was(file: Path, key: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        set_value(file, key, value)
    assert "hunter2" not in str(caught.value)
    assert file.read_text() == TEXT
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_channel_is_added_at_the_end(file: Path) -> None:
    settings = add_channel(
        file,
        "videos",
        "facebook",
        {"page": "2"},
        {"access_token": {"env": "VIDEOS"}},
        [{"feeds": ["all"], "include": {"years": [2026]}}],
        approve=True,
    )
    assert settings.channels["videos"].routes[0].include.years == (2026,)
    assert file.read_text() == TEXT + (
        '\n[channels.videos]\nkind = "facebook"\napprove = true\n'
        '\n[channels.videos.options]\npage = "2"\n'
        '\n[channels.videos.secrets]\naccess_token = {env = "VIDEOS"}\n'
        '\n[[channels.videos.routes]]\nfeeds = ["all"]\ninclude = {years = [2026]}\n'
    )


def test_a_channel_is_added_once_and_under_a_good_name(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"channels\.page: is there already"):
        add_channel(file, "page", "twitter")
    with pytest.raises(ConfigError, match="is not a name"):
        add_channel(file, "x]\n[evil", "twitter")
    with pytest.raises(ConfigError, match=r"the same account as channels\.page"):
        add_channel(file, "again", "facebook", {"page": "1"})
    assert file.read_text() == TEXT


def test_an_edit_keeps_permissions_line_ends_and_a_symbolic_link(file: Path, tmp_path: Path) -> None:
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    set_value(link, "retry.limit", 3)
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.read_bytes() == (TEXT + "\n[retry]\nlimit = 3\n").replace("\n", "\r\n").encode()


def test_sections_that_are_not_in_order_are_edited_in_place(file: Path) -> None:
    file.write_text(TEXT + '\n[channels.late]\nkind = "twitter" # later\n')
    set_value(file, "channels.page.options.page", "3")
    set_value(file, "channels.late.active", False)
    expected = (
        TEXT.replace('page = "1"', 'page = "3"') + '\n[channels.late]\nkind = "twitter" # later\nactive = false\n'
    )
    assert file.read_text() == expected
