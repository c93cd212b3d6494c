"""The guard around everything an adapter does: what came of it, as a value, and without secrets in its words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from adapters.contract import AdapterError
from adapters.http.replies import scrub
from bot.model import Channel

T = TypeVar("T")
log = logging.getLogger(__name__)


def outcome_of(channel: Channel, act: Callable[[], T], unnamed: type[AdapterError]) -> T | AdapterError:
    """What came of it. An exception that nobody named becomes `unnamed`; no secret leaves in its words."""
    try:
        return act()
    except AdapterError as error:
        error.args = (scrub(str(error), channel.adapter.credentials.values()),)
        return error
    except Exception as error:  # the guard: what nobody named, while publishing, is doubt
        log.exception("%s: not foreseen", channel.name)
        return unnamed(f"Something not foreseen happened ({type(error).__name__}).")
