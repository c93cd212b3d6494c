"""Reads the configuration file: all mistakes at once, each with its place and the way out. It changes nothing."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adapters import KINDS, adapter_class
from adapters.contract import Options
from adapters.text.links import canonical
from config.mistakes import (
    UNKNOWN,
    ConfigError,
    Mistake,
    by_reference,
    closest,
    dotted,
    known_keys,
    looks_secret,
    mistakes_in,
    one_of,
    show,
    variable,
)
from config.secrets import LITERAL
from config.settings import Settings

Table = dict[str, Any]


def find_file(given: Path | None = None) -> Path:
    """The configuration file: the one given, or else $ONCECAST_CONFIG, or else oncecast.toml in this folder."""
    return given or Path(os.environ.get("ONCECAST_CONFIG") or "oncecast.toml")


def load(path: Path) -> Settings:
    """The settings in a file. Raises ConfigError with every mistake in it."""
    return parse(read_text(path), path)


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError."""
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError([Mistake(path, "", "there is no such file; `oncecast init` makes one")]) from None
    except OSError as error:
        raise ConfigError([Mistake(path, "", f"the file cannot be read ({error.strerror})")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Mistake(path, "", "the file is not UTF-8 text", "a file saved as UTF-8")]) from None


def parse(text: str, path: Path) -> Settings:
    """The settings in a text that stands, or shall stand, in the file at `path`.

    Raises ConfigError with every mistake in it.
    """
    return checked(read_toml(text, path), path)


def checked(raw: Table, path: Path) -> Settings:
    """The settings in the values of a file at `path`. Raises ConfigError with every mistake in them."""
    reader = _Reader(path)
    prepared = {**raw, "*path": path.absolute()}
    if isinstance(raw.get("channels"), dict):
        prepared["channels"] = {name: reader.channel(name, table) for name, table in raw["channels"].items()}
    reader.across(raw)
    try:
        settings = Settings.model_validate(prepared, context={"folder": path.absolute().parent})
    except ValidationError as error:
        raise ConfigError([*reader.mistakes, *map(reader.with_hint, mistakes_in(error, Settings, path))]) from None
    if reader.mistakes:
        raise ConfigError(reader.mistakes)
    return settings


def read_toml(text: str, path: Path) -> Table:
    """The text as TOML's plain values. Raises ConfigError with line and column."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError is one, and a number of thousands of digits raises it bare
        place = re.search(r"\((at .*)\)$", str(error))
        reason = str(error).removesuffix(place[0]).strip() if place else str(error)
        where = place[1].removeprefix("at ") if place else "somewhere"
        raise ConfigError([Mistake(path, "", f"this is not TOML at {where}: {reason}")]) from None


class _Reader:
    """Checks what no single model can see, and gathers the mistakes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []
        self.options: dict[str, Options] = {}
        self.kinds: dict[str, type[Options]] = {}

    def add(self, loc: tuple[int | str, ...], said: str, expected: str = "", meant: str = "") -> None:
        self.mistakes.append(Mistake(self.path, dotted(loc), said, expected, meant))

    def channel(self, name: str, table: Any) -> Any:
        """The channel's table with its options read by the adapter that declares them."""
        if not isinstance(table, dict):
            return table
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            return {**table, "options": Options()}
        model = self.kinds[name] = adapter_class(kind).Options
        self._secret_names(name, table.get("secrets"), model)
        return {**table, "options": self._options(name, table.get("options", {}), model)}

    def _options(self, name: str, table: Any, model: type[Options]) -> Options:
        loc = ("channels", name, "options")
        if isinstance(table, dict):
            literal = {key for key, value in table.items() if _is_secret(key, value, model)}
            for key in literal:
                home = f"{key} in [channels.{name}.secrets] as " if key in model.secrets else ""
                self.add((*loc, key), LITERAL, home + by_reference((*loc, key)))
            table = {key: value for key, value in table.items() if key not in literal}
        try:
            self.options[name] = model.model_validate(table)
        except ValidationError as error:
            self.mistakes += mistakes_in(error, model, self.path, loc)
        return self.options.get(name, Options())

    def _secret_names(self, name: str, table: Any, model: type[Options]) -> None:
        for key in _keys(table):
            if key not in model.secrets:
                known = model.secrets or ["(none for this kind)"]
                self.add(
                    ("channels", name, "secrets", key), "is not a known secret", one_of(known), closest(key, known)
                )

    def across(self, raw: Table) -> None:
        """Checks between sections: feeds that routes name, and things that are there twice."""
        self._feeds_in_routes(raw)
        self._names_of_authors(raw)
        feeds = {name: feed.get("url") for name, feed in _tables(raw, "feeds")}
        self._twice(
            {("feeds", name, "url"): canonical(url) for name, url in feeds.items() if isinstance(url, str)},
            "is the same feed as {other}",
            "each feed once",
        )
        channels = dict(_tables(raw, "channels"))
        self._twice(
            {
                ("channels", name): account
                for name, table in channels.items()
                if (account := self._account(name, table))
            },
            "publishes to the same account as {other}",
            "one channel for each account, with several routes where needed",
        )
        self._twice(
            {
                ("channels", name, "secrets", secret): variable(name, secret)
                for name, options in self.options.items()
                for secret in options.needs()
                if secret not in _keys(channels[name].get("secrets"))
            },
            "is looked for in the same environment variable as {other}",
            "a reference for one of them, or another name for the channel",
        )

    def _feeds_in_routes(self, raw: Table) -> None:
        known = [name for name, _ in _tables(raw, "feeds")]
        for name, channel in _tables(raw, "channels"):
            routes = channel.get("routes")
            for number, route in enumerate(routes if isinstance(routes, list) else ()):
                feeds = route.get("feeds") if isinstance(route, dict) else None
                for feed in feeds if isinstance(feeds, list) else ():
                    if isinstance(feed, str) and feed not in known:
                        loc = ("channels", name, "routes", number, "feeds")
                        self.add(loc, f"{show(feed)} is not a feed", one_of(known), closest(feed, known))

    def _names_of_authors(self, raw: Table) -> None:
        for author, names in _tables(raw, "authors"):
            for kind, name in names.items():
                handle = adapter_class(kind).handle if kind in KINDS else None
                if handle is None:
                    known = [each for each in KINDS if adapter_class(each).handle]
                    self.add(("authors", author, kind), UNKNOWN, one_of(known), closest(kind, known))
                elif isinstance(name, str) and name and not handle.fits(name):
                    self.add(("authors", author, kind), f"{show(name)} has the wrong form", handle.said)

    def _twice(self, values: dict[tuple[str, ...], Any], said: str, expected: str) -> None:
        first: dict[Any, tuple[str, ...]] = {}
        for loc, value in values.items():
            if (other := first.setdefault(value, loc)) != loc:
                self.add(loc, said.format(other=dotted(other)), expected)

    def _account(self, name: str, table: Table) -> str:
        """What tells whose account it is: the options without a default, or else the places of the secrets."""
        if name not in self.options:
            return ""
        options = self.options[name]
        fields = type(options).model_fields
        required = (key for key, field in fields.items() if field.is_required() and key != "base_url")
        own = {key: getattr(options, key) for key in required}
        same = own or table.get("secrets")
        return f"{table['kind']} {getattr(options, 'base_url', '')} {same}" if same else ""

    def with_hint(self, mistake: Mistake) -> Mistake:
        """For a key that stands one section too high, the section where it belongs."""
        match mistake.key.split("."):
            case ["channels", name, key] if mistake.said == UNKNOWN and not mistake.did_you_mean and name in self.kinds:
                model = self.kinds[name]
                homes = dict.fromkeys(model.secrets, "secrets") | dict.fromkeys(known_keys(model), "options")
                if meant := closest(key, homes):
                    return replace(mistake, did_you_mean=f"{homes[meant]}.{meant}")
        return mistake


def _is_secret(key: str, value: Any, model: type[Options]) -> bool:
    """Whether an option is a secret in the wrong place, by its name or its look."""
    if not isinstance(value, str):
        return False
    named = key not in known_keys(model) and re.search(r"token|secret|passw|credential|api_?key", key, re.IGNORECASE)
    return key in model.secrets or looks_secret(value) or bool(named or re.search(r"://[^/]*@", value))


def _keys(table: Any) -> list[str]:
    return list(table) if isinstance(table, dict) else []


def _tables(raw: Table, section: str) -> Iterator[tuple[str, Table]]:
    """The tables of a section, as far as they are tables."""
    tables = raw.get(section)
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            yield name, table
