"""Where secrets are: a reference names the place, and `resolve` reads it at the last moment. No value is kept here."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from config.mistakes import looks_secret, variable, wrong

DOCKER = Path("/run/secrets")
"""Where Docker and Podman put secrets (Docker docs, Manage sensitive data with Docker secrets)."""

LITERAL = "a secret must not be written into this file"


class MissingSecretError(Exception):
    """Secrets are needed and not there; `lacks` tells by dotted key where each was looked for, and the way out."""

    def __init__(self, lacks: Mapping[str, str]) -> None:
        self.lacks = dict(lacks)
        super().__init__("\n".join(f"{key}: {sentence}" for key, sentence in self.lacks.items()))


class Reference(BaseModel):
    """A secret by its place: one of an environment variable, a file, or a credential of systemd or Docker."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    env: str | None = None
    file: Path | None = None
    """A relative path starts at the configuration file's folder."""
    credential: str | None = None
    """A file's name in systemd's $CREDENTIALS_DIRECTORY or in /run/secrets."""

    @model_validator(mode="before")
    @classmethod
    def _never_literal(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise PydanticCustomError("literal_secret", "{said}", {"said": LITERAL})
        if isinstance(value, dict) and set(value) <= set(cls.model_fields) and len(value) != 1:
            raise wrong("does not name one place", "exactly one of env, file and credential")
        return value

    @field_validator("env")
    @classmethod
    def _a_variable(cls, name: str) -> str:
        if looks_secret(name) and not name.isupper():
            raise wrong("looks like the secret itself", "the name of an environment variable that holds it")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise wrong("is not the name of an environment variable", "letters, digits and underscores")
        return name

    @field_validator("credential")
    @classmethod
    def _a_plain_name(cls, name: str) -> str:
        if looks_secret(name):
            raise wrong("looks like the secret itself", "the name of the credential that holds it")
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
            raise wrong("is not the name of a credential", "a file's name, without a folder")
        return name

    @field_validator("file")
    @classmethod
    def _from_the_folder(cls, file: Path, info: ValidationInfo) -> Path:
        if looks_secret(str(file)) and not set("/.") & set(str(file)):
            raise wrong("looks like the secret itself", "the path of a file that holds it")
        return Path((info.context or {}).get("folder", "")) / file.expanduser()


def resolve(channel: str, needs: Mapping[str, str], references: Mapping[str, Reference]) -> dict[str, str]:
    """The secrets that a channel needs, by name; `needs` tells of each where to get it.

    Raises MissingSecretError, which names all that are missing.
    """
    found: dict[str, str] = {}
    lacks: dict[str, str] = {}
    for name, source in needs.items():
        places = [references[name]] if name in references else _usual(channel, name)
        value, tried = _first(places)
        if value:
            found[name] = value
        else:
            lacks[f"channels.{channel}.secrets.{name}"] = f"{tried}. {source}"
    if lacks:
        raise MissingSecretError(lacks)
    return found


def reveal(reference: Reference, key: str) -> str:
    """The secret at a reference that stands at this dotted key of the configuration. Raises MissingSecretError."""
    value, tried = _first([reference])
    if not value:
        raise MissingSecretError({key: f"{tried}."})
    return value


def open_files(references: Iterable[Reference]) -> list[str]:
    """A sentence for each file with a secret that other users of this machine may read."""
    files = {reference.file for reference in references if reference.file}
    return [f"{file} can be read by others; chmod 600 makes it yours alone." for file in sorted(files) if _open(file)]


def _open(file: Path) -> bool:
    return file.exists() and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _usual(channel: str, name: str) -> list[Reference]:
    """Where a secret is looked for when the configuration does not say."""
    return [Reference(env=variable(channel, name)), Reference(credential=f"{channel}_{name}")]


def _first(places: list[Reference]) -> tuple[str, str]:
    """The first value found, and a sentence on every place where there was none."""
    troubles = []
    for place in places:
        for value, trouble in _look(place):
            if value:
                return value, ""
            troubles.append(trouble)
    return "", ", and ".join(troubles)


def _look(place: Reference) -> Iterator[tuple[str, str]]:
    """The value there or what is wrong with it."""
    if place.env:
        value = os.environ.get(place.env, "")
        trouble = f"the environment variable {place.env} is {'empty' if place.env in os.environ else 'not set'}"
        yield _one_line(value, f"the environment variable {place.env}") if value.strip() else ("", trouble)
    elif place.file:
        yield _read(place.file)
    elif place.credential:
        folders = [Path(os.environ[name]) for name in ("CREDENTIALS_DIRECTORY",) if os.environ.get(name)] + [DOCKER]
        there = [folder / place.credential for folder in folders if (folder / place.credential).exists()]
        yield from map(_read, there)
        if not there:
            yield "", f"there is no {place.credential} in systemd's $CREDENTIALS_DIRECTORY or in {DOCKER}"


def _read(file: Path) -> tuple[str, str]:
    try:
        return _one_line(file.read_text("utf-8"), f"the file {file}")
    except OSError as error:
        return "", f"the file {file} cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        return "", f"the file {file} is not text"


def _one_line(text: str, place: str) -> tuple[str, str]:
    """A secret is one line: a line break inside would be refused, value and all, when a header is made of it."""
    value = text.strip()
    if not value:
        return "", f"{place} is empty"
    return ("", f"{place} holds more than one line") if len(value.splitlines()) > 1 else (value, "")
