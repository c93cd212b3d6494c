"""The example configuration: it can be loaded, and shows every option there is."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import config
from adapters import KINDS, adapter_class
from config.loading import checked, load
from config.mistakes import ConfigError, known_keys
from config.settings import (
    ChannelSettings,
    EmailSettings,
    FeedSettings,
    FilterSettings,
    RouteSettings,
    Settings,
    TellSettings,
)

EXAMPLE = Path(str(files(config) / "oncecast.example.toml"))


def example() -> Settings:
    return load(EXAMPLE)


def shown(model: BaseModel) -> set[str]:
    return model.model_fields_set & set(known_keys(type(model)))


def test_the_example_shows_every_section_and_every_key() -> None:
    settings = example()
    assert shown(settings) == set(known_keys(Settings))
    for section in (settings.blog, settings.ledger, settings.tell, settings.retry):
        assert shown(section) == set(known_keys(type(section)))
    assert settings.tell.email is not None
    assert shown(settings.tell.email) == set(known_keys(EmailSettings))
    assert shown(settings.tell) == set(known_keys(TellSettings))
    assert shown(settings.feeds["all"]) == set(known_keys(FeedSettings))


def test_the_example_shows_every_key_of_a_channel_and_its_routes() -> None:
    channels = example().channels.values()
    routes = [route for channel in channels for route in channel.routes]
    assert set().union(*map(shown, channels)) == set(known_keys(ChannelSettings))
    assert set().union(*map(shown, routes)) == set(known_keys(RouteSettings))
    filters = [side for route in routes for side in (route.include, route.exclude)]
    assert set().union(*map(shown, filters)) == set(known_keys(FilterSettings))


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_shows_every_option_and_secret_of_every_kind(kind: str) -> None:
    (channel,) = (channel for channel in example().channels.values() if channel.kind == kind)
    options = adapter_class(kind).Options
    assert channel.options.model_fields_set == set(known_keys(options))
    assert set(channel.secrets) == set(options.secrets)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_shows_optional_options_with_their_defaults(kind: str) -> None:
    (channel,) = (channel for channel in example().channels.values() if channel.kind == kind)
    for name, field in type(channel.options).model_fields.items():
        if not field.is_required() and field.default:
            assert getattr(channel.options, name) == field.default


@pytest.mark.parametrize("kind", [kind for kind in KINDS if adapter_class(kind).handle])
def test_the_example_shows_the_handle_of_an_author_wherever_authors_are_mentioned(kind: str) -> None:
    assert any(names.get(kind) for names in example().authors.values())


def test_the_example_sends_videos_of_a_congress_one_way_and_guides_for_patients_another() -> None:
    channels = example().channels
    guides, videos = channels["patients"].routes[0], channels["congress"].routes[0]
    assert "Patient Guides" in guides.include.categories
    assert videos.feeds == ("videos",)
    assert "ESMO" in videos.include.words
    assert videos.include.years
    assert "Patient Guides" in videos.exclude.categories


def test_the_example_explains_every_key_in_a_few_words() -> None:
    lines = [line.partition(" = ") for line in EXAMPLE.read_text().splitlines() if re.match(r"[a-z_]+ +?= ", line)]
    explained = {key for key, _, rest in lines if "  # " in rest}
    assert {key for key, _, _ in lines} - explained == {"include", "exclude"}


def places(table: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(table.items() if isinstance(table, dict) else enumerate(table)):
        yield table, key
        yield from places(value) if isinstance(value, dict | list) else ()


@pytest.mark.parametrize("odd", [1, 1.5, True, "", "\x7f", [], [[]], {}, {"a": {}}, date(2026, 1, 1)], ids=repr)
def test_an_odd_value_in_any_place_is_told_as_a_mistake_and_never_a_crash(odd: Any) -> None:
    whole = tomllib.loads(EXAMPLE.read_text())
    for table, key in places(whole):
        usual, table[key] = table[key], odd
        with contextlib.suppress(ConfigError):
            checked(whole, EXAMPLE)
        table[key] = usual
