"""What can be configured about how posts are written: templates, hashtags and tracking tags."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from adapters.text.plain import is_hashtag, plain
from adapters.wording.templates import TAG_WORDS, mistake
from config.mistakes import show, wrong

NO_BYLINE = ("admin", "administrator", "editor", "webmaster", "wordpress")
"""Accounts that write in many blogs and are nobody."""


class Section(BaseModel):
    """One table of the file: it takes no unknown keys, and its errors never repeat a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _written(value: str) -> str:
    if not value.strip():
        raise wrong("is empty", "some text")
    return value.strip()


def _template(text: str) -> str:
    if why := mistake(text):
        raise wrong(f"cannot be used: {why}")
    return text


def _tag_template(text: str) -> str:
    if why := mistake(text, TAG_WORDS):
        raise wrong(f"cannot be used: {why}")
    return text


def _hashtag(text: str) -> str:
    tag = plain(text).removeprefix("#")
    if tag and not is_hashtag(tag):
        raise wrong(f"{show(text)} is not a hashtag", 'letters and digits in one word, or "" for none')
    return tag


Text = Annotated[str, AfterValidator(_written)]
TemplateText = Annotated[str, AfterValidator(_template)]
TagTemplate = Annotated[str, AfterValidator(_tag_template)]
Hashtag = Annotated[str, AfterValidator(_hashtag)]


class HashtagSettings(Section):
    """How categories become hashtags."""

    stop: tuple[Text, ...] = ()
    mapping: dict[str, Hashtag] = {}


class TrackingSettings(Section):
    """Tracking tags that are added to the shared link, each a template; none unless asked for."""

    source: TagTemplate = ""
    medium: TagTemplate = ""
    campaign: TagTemplate = ""
    content: TagTemplate = ""
    term: TagTemplate = ""
