"""What the configuration says about how posts are written, and what it is refused for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.house import open_house
from config.loading import parse
from config.mistakes import ConfigError
from config.settings import Settings

BASE = """
[blog]
name = "The Cancer Blog"
language = "de"
[feeds.all]
url = "https://blog.example.org/feed/"
[channels.x]
kind = "twitter"
[channels.page]
kind = "linkedin"
options = { organization = "1" }
"""
ALL = """
template = "{{ title }}"
hashtags = 1
utm = { source = "{{ channel }}", medium = "social" }
[[channels.page.routes]]
template = "Neu: {{ title }}"
[hashtags]
stop = ["Unser  Team"]
[hashtags.mapping]
"Breast Cancer" = "#Brustkrebs"
"News" = ""
[authors."Ana  Lopez"]
twitter = "@analopez"
linkedin = "urn:li:person:AbC-1"
mastodon = "@ana_lopez@social.clinic.example"
[authors."Ben Roth"]
linkedin = "urn:li:organization:12"
"""


def read(more: str, folder: Path = Path("/blog")) -> Settings:
    return parse(BASE + more, folder / "oncecast.toml")


def refused(more: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(more)
    return str(caught.value)


def test_each_channel_gets_the_style_that_the_file_describes(tmp_path: Path) -> None:
    house = open_house(read(ALL, tmp_path))
    x, page = house.channel("x").style, house.channel("page").style
    assert (page.template, page.hashtags, x.template, x.hashtags) == ("{{ title }}", 1, "", None)
    assert page.utm == {"utm_source": "{{ channel }}", "utm_medium": "social"}
    assert x.utm == {}
    assert [route.template for route in house.channel("page").routes] == ["Neu: {{ title }}"]
    assert (x.mapping, x.stop) == ({"breast cancer": "Brustkrebs", "news": ""}, {"unser team"})
    assert x.handles == {"ana lopez": "@analopez"}
    assert page.handles == {"ana lopez": "urn:li:person:AbC-1", "ben roth": "urn:li:organization:12"}
    assert "admin" in x.no_byline
    assert x.language == "de"


def test_a_template_that_fails_is_refused_with_file_key_line_and_reason() -> None:
    said = refused('template = """\n{{ title }}\n{{ sumary }}\n"""')
    assert said == (
        "/blog/oncecast.toml: channels.page.template: cannot be used: "
        "line 2: there is no word sumary (did you mean summary?)."
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[[channels.page.routes]]\ntemplate = "{{"', "channels.page.routes#1.template: cannot be used: line 1: "),
        (
            'utm = { campaign = "{{ link }}" }',
            "channels.page.utm.campaign: cannot be used: line 1: there is no word link",
        ),
        ('utm = { sauce = "x" }', 'did you mean "source"?'),
        ("hashtags = -1", "channels.page.hashtags: is too small"),
        ('[hashtags.mapping]\n"News" = "two words"', 'hashtags.mapping.News: "two words" is not a hashtag'),
        ('[hashtags.mapping]\n"News" = "2026"', '"2026" is not a hashtag'),
        ('[authors."Ana Lopez"]\ntwitter = "analopez"', 'such as "@name"'),
        ('[authors."Ana Lopez"]\ntwitter = "@ana-lopez"', 'such as "@name"'),
        ('[authors."Ana Lopez"]\nlinkedin = "https://www.linkedin.com/in/ana"', "urn:li:person:"),
        ('[authors."Ana Lopez"]\nlinkedin = "urn:li:person:a) {b"', "urn:li:person:"),
        ('[authors."Ana Lopez"]\nmastodon = "@ana"', 'such as "@name@mastodon.social"'),
        ('[authors."Ana Lopez"]\nmastodon = "ana@social.example"', 'such as "@name@mastodon.social"'),
        ('[authors."Ana Lopez"]\nmastodon = "@ana@social"', 'such as "@name@mastodon.social"'),
        ('[authors."Ana Lopez"]\nmastodon = "@ana@social.example @ben"', 'such as "@name@mastodon.social"'),
        ('[authors."Ana Lopez"]\nbluesky = "ana.example.org"', 'such as "did:plc:'),
        ('[authors."Ana Lopez"]\nbluesky = "did:plc:short"', "where to see it"),
        ('[authors."Ana Lopez"]\nfacebook = "@ana"', '"Ana Lopez".facebook: is not a known key'),
        ('[authors."Ana Lopez"]\ntwitter = 1', "is not text"),
        ('[authors."Ana Lopez"]\nlinkdin = "urn:li:person:a"', 'did you mean "linkedin"?'),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_place(more: str, told: str) -> None:
    assert told.lower() in refused(more).lower()
