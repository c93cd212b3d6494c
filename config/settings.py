"""What can be configured, as frozen models: each field is one key of `oncecast.toml`. Reading the file is not here."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    SerializeAsAny,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from adapters import KINDS, adapter_class
from adapters.contract import Options
from config.mistakes import ConfigError, Mistake, closest, one_of, show, wrong
from config.secrets import LITERAL, Reference, reveal
from config.styles import NO_BYLINE, HashtagSettings, Section, TemplateText, Text, TrackingSettings

SPAN = re.compile(
    r"((?P<days>\d{1,3})d)?((?P<hours>\d{1,4})h)?((?P<minutes>\d{1,6})m)?((?P<seconds>\d{1,8})s)?", re.ASCII
)
DURATION = 'a duration such as "30s", "5m", "1h30m" or "2d", of 365 days at most'


def duration(value: Any) -> timedelta:
    """A time span from its text, such as "1h30m"."""
    if isinstance(value, timedelta):
        return value
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found or not value:
        raise wrong(f"{show(value)} is not a duration", DURATION)
    span = timedelta(**{unit: int(number) for unit, number in found.groupdict("0").items()})
    if span > timedelta(days=365):
        raise wrong(f"{show(value)} is too long", DURATION)
    return span


def at_least(least: timedelta, text: str) -> AfterValidator:
    """The check that a duration is not shorter than this."""

    def check(value: timedelta) -> timedelta:
        if value < least:
            raise wrong("is too short", f"{text} or more")
        return value

    return AfterValidator(check)


def _named_well(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        raise wrong("is not a name", "up to 40 small letters, digits, - and _, with a letter or digit first")
    return name


def _no_number(name: str) -> str:
    if name.isdigit():
        raise wrong("is a number, and posts are called by numbers", "a name with a letter, such as x")
    return name


def _with_names(tables: Any) -> Any:
    """Tells each table in a table of tables its own name."""
    if not isinstance(tables, dict):
        return tables
    return {name: {**table, "*name": name} if isinstance(table, dict) else table for name, table in tables.items()}


def _feed_address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        good = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and not re.search(r"\s", url.strip())
        )
    except ValueError:
        good = False
    if not good:
        raise wrong(f"{show(url)} is not a web address", "an address that begins with https:// or http://")
    if "@" in parts.netloc:
        raise wrong("has a name or password in the address", "an address that works without one")
    return url.strip()


def ledger_address(url: str, folder: Path) -> str:
    """The address of the ledger's database, with the path of an SQLite file made absolute.

    Raises PydanticCustomError for what is not such an address.
    """
    if found := re.fullmatch(r"sqlite:///([^?#]+)", url):
        return f"sqlite:///{(folder / Path(found[1]).expanduser()).absolute()}"
    if re.match(r"postgresql(\+psycopg)?://", url):
        return url
    raise wrong("is not an address of a ledger", '"sqlite:///" and a file, or "postgresql://" and a server')


def _literal_address(url: str, info: ValidationInfo) -> str:
    """An address as it stands in the file: it may hold no password."""
    try:
        parts = urlsplit(url)
        password = parts.password or {"password", "passfile", "sslpassword"} & set(parse_qs(parts.query))
    except ValueError:
        raise wrong(
            "is not an address of a ledger", '"sqlite:///" and a file, or "postgresql://" and a server'
        ) from None
    if password:
        raise wrong(
            f"{LITERAL}, and this address has a password", '{ env = "ONCECAST_LEDGER_URL" }: move the address there'
        )
    return ledger_address(url, Path((info.context or {}).get("folder", "")))


def _mailbox(address: str) -> str:
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", address):
        raise wrong("is not an e-mail address", "an address such as team@example.org, without a name")
    return address


Duration = Annotated[timedelta, BeforeValidator(duration)]
Name = Annotated[str, AfterValidator(_named_well)]
ChannelName = Annotated[Name, AfterValidator(_no_number)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Address = Annotated[
    Annotated[str, AfterValidator(_literal_address), Tag("<text>")] | Annotated[Reference, Tag("<reference>")],
    Discriminator(lambda value: "<reference>" if isinstance(value, dict | Reference) else "<text>"),
]


class BlogSettings(Section):
    """The blog whose posts are published."""

    name: Text
    language: str = Field("", pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", description='a code such as "en"')
    no_byline: tuple[Text, ...] = NO_BYLINE
    card: StrictBool = False
    colour: str = Field("#1f4e5f", pattern=r"^#[0-9A-Fa-f]{6}$", description='a colour such as "#1f4e5f"')


class LedgerSettings(Section):
    """Where the record of everything published is kept."""

    url: Address = Field("sqlite:///oncecast.db", validate_default=True)


class FeedSettings(Section):
    """One feed of the blog."""

    name: str = Field(validation_alias="*name")
    url: Annotated[str, AfterValidator(_feed_address)]
    poll: Annotated[Duration, at_least(timedelta(seconds=15), "15s")] = timedelta(minutes=1)
    backlog: Annotated[StrictInt, Field(ge=0, le=100)] = 0
    guard: Annotated[StrictInt, Field(ge=0, le=1000)] = 5
    loopback: StrictBool = False


class FilterSettings(Section):
    """What an entry must show; within one list any match will do."""

    categories: tuple[Text, ...] = ()
    authors: tuple[Text, ...] = ()
    words: tuple[Text, ...] = ()
    years: tuple[Annotated[StrictInt, Field(ge=1900, le=2999)], ...] = ()


class RouteSettings(Section):
    """Which entries a channel takes: every list given in `include` must match, and none in `exclude`."""

    feeds: tuple[str, ...] = ()
    include: FilterSettings = FilterSettings()
    exclude: FilterSettings = FilterSettings()
    template: TemplateText = ""


class ChannelSettings(Section):
    """One account, page or group to publish to; without routes it takes every entry."""

    name: str = Field(validation_alias="*name")
    kind: str
    active: StrictBool = True
    approve: StrictBool = False
    wait: Duration = timedelta(0)
    gap: Duration = timedelta(0)
    price: Annotated[float, Field(ge=0, le=1000)] | None = None
    template: TemplateText = ""
    hashtags: Annotated[StrictInt, Field(ge=0, le=30)] | None = None
    utm: TrackingSettings = TrackingSettings()
    options: SerializeAsAny[Options]
    secrets: dict[str, Reference] = Field(default_factory=dict)
    routes: tuple[RouteSettings, ...] = ()

    @field_validator("kind")
    @classmethod
    def _a_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            called = (each for each in KINDS if kind.lower() in adapter_class(each).known_as)
            meant = next(called, "") or closest(kind, KINDS)
            raise wrong(f"{show(kind)} is not a kind", one_of(KINDS), meant)
        return kind


class EmailSettings(Section):
    """How Oncecast sends mail to the team."""

    host: Text
    port: Annotated[StrictInt, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Mailbox
    to: Annotated[tuple[Mailbox, ...], Field(min_length=1)]
    username: str = ""
    password: Reference | None = None

    @model_validator(mode="after")
    def _logs_in_safely(self) -> EmailSettings:
        if bool(self.username) != (self.password is not None):
            raise wrong("has one of username and password", "both or none")
        if self.username and self.security == "none":
            raise wrong("would send the password unencrypted", 'security = "starttls" or "tls"')
        return self


class TellSettings(Section):
    """How the team hears that a person is needed."""

    webhook: Reference | None = None
    email: EmailSettings | None = None


class RetrySettings(Section):
    """How often, and after how long, a delivery that was certainly not published is tried again."""

    limit: Annotated[StrictInt, Field(ge=0, le=100)] = 8
    first: Annotated[Duration, at_least(timedelta(seconds=1), "1s")] = timedelta(seconds=30)
    longest: Annotated[Duration, at_least(timedelta(seconds=1), "1s")] = timedelta(hours=2)

    @model_validator(mode="after")
    def _in_order(self) -> RetrySettings:
        if self.longest < self.first:
            raise wrong("has a longest that is shorter than first", "longest to be the longer one")
        return self


class Settings(Section):
    """The whole file, checked. `path` is absolute."""

    path: Path = Field(validation_alias="*path")
    blog: BlogSettings
    ledger: LedgerSettings = Field(default_factory=dict, validate_default=True)
    feeds: Annotated[dict[Name, FeedSettings], BeforeValidator(_with_names), Field(min_length=1)]
    channels: Annotated[dict[ChannelName, ChannelSettings], BeforeValidator(_with_names)] = Field(default_factory=dict)
    hashtags: HashtagSettings = HashtagSettings()
    authors: dict[Text, dict[str, StrictStr]] = Field(default_factory=dict)
    """The names of authors on the networks, by kind; each kind's adapter declares what they look like."""
    tell: TellSettings = TellSettings()
    retry: RetrySettings = RetrySettings()

    def references(self) -> list[Reference]:
        """Every place of a secret that the file names."""
        named = [self.ledger.url, self.tell.webhook, self.tell.email and self.tell.email.password]
        named += [reference for channel in self.channels.values() for reference in channel.secrets.values()]
        return [reference for reference in named if isinstance(reference, Reference)]

    def ledger_url(self) -> str:
        """The address of the ledger's database, read from where the file says; it may hold a password.

        Raises MissingSecretError, and ConfigError when what is there is not an address.
        """
        url = self.ledger.url
        if isinstance(url, str):
            return url
        try:
            return ledger_address(reveal(url, "ledger.url"), self.path.parent)
        except PydanticCustomError as error:
            context = error.context or {}
            raise ConfigError([Mistake(self.path, "ledger.url", context["said"], context["expected"])]) from None
