"""What is wrong in a configuration, as sentences for the person who wrote it. No secret ever gets into one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

Loc = tuple[int | str, ...]

SECRET_LIKE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_.%~|-]{30,}")
"""Long, without spaces, letters and digits mixed: tokens look so, and nothing else in this file does."""

UNKNOWN = "is not a known key"

SAID = {
    "missing": ("is missing", ""),
    "string_type": ("is not text", "text in quotes"),
    "bool_type": ("is not a yes or no", "true or false, without quotes"),
    "bool_parsing": ("is not a yes or no", "true or false, without quotes"),
    "int_type": ("is not a number", "a whole number, without quotes"),
    "int_parsing": ("is not a number", "a whole number, without quotes"),
    "dict_type": ("is not a table", "a section of its own, with a heading in square brackets"),
    "model_type": ("is not a table", "a section of its own, with a heading in square brackets"),
    "tuple_type": ("is not a list", "a list in square brackets"),
    "greater_than_equal": ("is too small", "{ge} or more"),
    "less_than_equal": ("is too large", "{le} or less"),
    "too_short": ("is empty", "at least one"),
}
"""What pydantic's own kinds of error say here: what is wrong, and what was expected."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: in which file, at which dotted key, and what was expected there instead."""

    file: Path
    key: str
    said: str
    expected: str = ""
    did_you_mean: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}: " if self.key else f"{self.file}: "
        expected = f"; expected {self.expected}" if self.expected else ""
        meant = f' Did you mean "{self.did_you_mean}"?' if self.did_you_mean else ""
        return f"{place}{self.said}{expected}.{meant}"


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` has every reason, and `str()` prints one line for each."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.key))
        super().__init__("\n".join(map(str, self.mistakes)))


def looks_secret(value: object) -> bool:
    """Whether a value looks like a token that somebody pasted."""
    return isinstance(value, str) and SECRET_LIKE.fullmatch(value.strip()) is not None


def show(value: object) -> str:
    """A wrong value as it may be shown: in quotes, shortened, and not at all when it may be a secret."""
    text = str(value)
    if looks_secret(value) or "@" in text:
        return "the value"
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    return next(iter(get_close_matches(word.lower(), list(known), 1)), "")


def one_of(words: Iterable[str]) -> str:
    """The words as a choice."""
    return "one of " + ", ".join(sorted(words))


def wrong(said: str, expected: str = "", meant: str = "") -> PydanticCustomError:
    """The error that a validator of the configuration raises."""
    return PydanticCustomError("wrong", "{said}", {"said": said, "expected": expected, "meant": meant})


def dotted(loc: Sequence[int | str]) -> str:
    """A place in the file as a person reads it; `routes#1` is the first of the routes."""
    text = ""
    for part in loc:
        bare = isinstance(part, int) or re.fullmatch(r"[A-Za-z0-9_-]+", part)
        text += f"#{part + 1}" if isinstance(part, int) else f".{part}" if bare else f'."{part}"'
    return text.removeprefix(".")


def variable(*parts: str) -> str:
    """The environment variable that belongs to a place: ("x", "consumer_key") is ONCECAST_X_CONSUMER_KEY."""
    return "_".join(("oncecast", *parts)).replace("-", "_").upper()


def by_reference(loc: Sequence[int | str]) -> str:
    """How a secret at this place is written down instead of its value."""
    name = variable(*(part for part in loc if isinstance(part, str) and part not in ("channels", "secrets", "options")))
    return (
        f'{{ env = "{name}" }}, {{ file = "path" }} or {{ credential = "name" }}: '
        "move the value there, and make a new one if this file was ever shared"
    )


def mistakes_in(error: ValidationError, model: type[BaseModel], file: Path, within: Loc = ()) -> list[Mistake]:
    """Every mistake that pydantic found in a table, whose place in the file is `within`."""
    return [_mistake(details, model, file, within) for details in error.errors(include_url=False)]


def _mistake(details: ErrorDetails, model: type[BaseModel], file: Path, within: Loc) -> Mistake:
    loc = tuple(part for part in details["loc"] if not str(part).startswith(("<", "[")))
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    said, expected, meant = context.get("said", ""), context.get("expected", ""), context.get("meant", "")
    match details["type"]:
        case "extra_forbidden":
            known = known_keys(_model_at(model, loc[:-1]))
            said, expected, meant = UNKNOWN, one_of(known), closest(str(loc[-1]), known)
        case "literal_secret":
            expected = by_reference(within + loc)
        case "literal_error":
            words = re.findall(r"'([^']+)'", expected)
            said, expected, meant = f"{show(value)} is not known here", one_of(words), closest(str(value), words)
        case "string_pattern_mismatch":
            field = _model_at(model, loc[:-1]).model_fields[str(loc[-1])]
            said, expected = f"{show(value)} has the wrong form", _form(field, context["pattern"])
        case kind if kind in SAID:
            said, expected = SAID[kind][0], SAID[kind][1].format_map(context)
        case kind if kind != "wrong":
            said = _clean(details["msg"], value)
    return Mistake(file, dotted(within + loc), said, expected, meant)


def _form(field: FieldInfo, pattern: str) -> str:
    """What a text should look like, for a person rather than as a pattern."""
    if pattern in ("^[0-9]+$", r"^\d+$"):
        return "digits only, in quotes"
    return field.description or (f'something like "{field.default}"' if field.default else f"the pattern {pattern}")


def _clean(text: str, value: object) -> str:
    """Somebody else's sentence in our form: no full stop, and without the value if that may be a secret."""
    if isinstance(value, str) and looks_secret(value):
        text = text.replace(value, "•••")
    return text.removeprefix("Value error, ").rstrip(".")


def known_keys(model: type[BaseModel]) -> list[str]:
    """The keys a table may have; fields that the loader fills in are not among them."""
    return [name for name, field in model.model_fields.items() if not str(field.validation_alias).startswith("*")]


def _model_at(kind: Any, loc: Loc) -> type[BaseModel]:
    """The model of the table at a place below `kind`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _model_at(kind.model_fields[str(loc[0])].annotation, loc[1:]) if loc else kind
    inner = [part for part in get_args(kind) if part is not NoneType]
    if get_origin(kind) in (dict, tuple):
        return _model_at(inner[1 if get_origin(kind) is dict else 0], loc[1:])
    return next(
        _model_at(part, loc)
        for part in (get_args(part)[0] if get_args(part) else part for part in inner)
        if isinstance(part, type) and issubclass(part, BaseModel)
    )
