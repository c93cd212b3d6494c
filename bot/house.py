"""The one place where settings become what the steps work with: ledger, feeds, and channels with their adapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from adapters import adapter_class
from adapters.http.session import PlatformSession
from bot.ledger.channels import id_of, pause, pause_twins
from bot.ledger.database import Database
from bot.ledger.deliveries import DAEMON, Ledger
from bot.ledger.entries import picture_bytes
from bot.ledger.generation import expect_ledger, path_of
from bot.model import Channel, Feed, Filter, Retry, Route, Style
from bot.planning.hashtags import folded
from bot.steps.tell import Mail, Voice, Webhook
from config.secrets import MissingSecretError, resolve, reveal
from config.settings import ChannelSettings, FilterSettings, RouteSettings, Settings


@dataclass(frozen=True)
class House:
    """Everything a step needs, built once from the settings."""

    settings: Settings
    ledger: Ledger
    feeds: tuple[Feed, ...]
    channels: tuple[Channel, ...]
    missing: Mapping[str, str]
    """Channels without their secrets, by name, each with the sentence that says what is missing."""

    @property
    def database(self) -> Database:
        """The database under the ledger."""
        return self.ledger.database

    @property
    def generation(self) -> Path:
        """The file beside the ledger that remembers its latest heartbeat."""
        return path_of(self.database, self.settings.path.parent)

    @property
    def loopback(self) -> bool:
        """Whether pages on this machine may be fetched: when a feed says so, in a rehearsal."""
        return any(feed.loopback for feed in self.feeds)

    @property
    def looking(self) -> tuple[bool, str]:
        """How an entry's page is looked at: on this machine too or not, and the colour of a plain card, if any."""
        blog = self.settings.blog
        return self.loopback, blog.colour if blog.card else ""

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        """How the team is told. Raises MissingSecretError."""
        told = self.settings.tell
        voices: list[Voice] = []
        if told.webhook is not None:
            voices.append(Webhook(reveal(told.webhook, "tell.webhook")))
        if told.email is not None:
            password = reveal(told.email.password, "tell.email.password") if told.email.password else ""
            voices.append(Mail(**{**dict(told.email), "password": password}))
        return tuple(voices)

    def channel(self, name: str) -> Channel:
        """A channel by its name. Raises LookupError."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        names = ", ".join(channel.name for channel in self.channels) or "none"
        raise LookupError(f"There is no active channel {name!r} in the configuration; it has: {names}.")

    def secrets(self) -> set[str]:
        """Every secret value in use, so that it can be kept out of what is logged."""
        return {value for channel in self.channels for value in channel.adapter.credentials.values()}


def open_house(settings: Settings) -> House:
    """Open the ledger and build every active channel. Raises LedgerError."""
    database = Database(settings.ledger_url())
    expect_ledger(database, path_of(database, settings.path.parent))
    database.migrate()
    with database.write() as connection:
        ids = {name: id_of(connection, name, channel.kind) for name, channel in settings.channels.items()}
    missing: dict[str, str] = {}
    active = [channel for channel in settings.channels.values() if channel.active]
    return House(
        settings,
        Ledger(database, Retry(**dict(settings.retry))),
        tuple(Feed(blog=settings.blog.name, **dict(feed)) for feed in settings.feeds.values()),
        tuple(_channel(database, settings, channel, ids[channel.name], missing) for channel in active),
        missing,
    )


def pause_what_is_closed(house: House) -> None:
    """A channel without its secrets, or with another's account, is paused, and the team hears; the others go on."""
    with house.database.write() as connection:
        pause_twins(connection, house.channels)
        for channel in house.channels:
            if why := house.missing.get(channel.name):
                pause(connection, channel.id, DAEMON, why)


def _channel(
    database: Database, settings: Settings, channel: ChannelSettings, channel_id: int, missing: dict[str, str]
) -> Channel:
    adapter = adapter_class(channel.kind)
    options: Any = channel.options
    credentials: dict[str, str] = {}
    try:
        credentials = resolve(channel.name, options.needs(), channel.secrets)
    except MissingSecretError as error:
        missing[channel.name] = str(error)
    session = PlatformSession(adapter.real, options.base_url)
    return Channel(
        id=channel_id,
        name=channel.name,
        adapter=adapter(options, credentials, session, partial(picture_bytes, database)),
        routes=tuple(_route(each) for each in channel.routes),
        approve=channel.approve,
        wait=channel.wait,
        gap=channel.gap,
        price=channel.price,
        style=_style(settings, channel),
    )


def _style(settings: Settings, channel: ChannelSettings) -> Style:
    """How the channel's posts are written; only networks with mentions have handles."""
    handles = {folded(name): names.get(channel.kind, "") for name, names in settings.authors.items()}
    return Style(
        template=channel.template,
        hashtags=channel.hashtags,
        mapping={folded(name): tag for name, tag in settings.hashtags.mapping.items()},
        stop=frozenset(map(folded, settings.hashtags.stop)),
        handles={name: handle for name, handle in handles.items() if handle},
        no_byline=frozenset(map(folded, settings.blog.no_byline)),
        utm={f"utm_{name}": template for name, template in dict(channel.utm).items() if template},
        language=settings.blog.language,
    )


def _route(route: RouteSettings) -> Route:
    return Route(route.feeds, _filter(route.include), _filter(route.exclude), route.template)


def _filter(settings: FilterSettings) -> Filter:
    return Filter(**dict(settings))
