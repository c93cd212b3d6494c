"""The two ways in which the field keeps from publishing twice, each a dozen lines, on Oncecast's own adapters.

Both are given more than the field has: a reply that clearly says no is told from one that may have taken effect.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from adapters.contract import AdapterError, CredentialError, Draft, RejectedError, TransientError
from adapters.http.wire import WHOLE, attempt
from benchmarks.daemons import PACE, keep_log, shorten
from bot.blog.feeds import FeedError, Validators, read
from bot.house import House, open_house
from bot.model import Channel, StoredEntry
from bot.planning import drafts
from config.loading import load

Work = tuple[Channel, Draft]
Publish = Callable[[Work], object]


class Done:
    """What is done: a table in a file, safe on disk when `add` returns."""

    def __init__(self, folder: Path) -> None:
        self.table = sqlite3.connect(folder / "done.db", isolation_level=None, timeout=15)
        self.table.execute("PRAGMA journal_mode=WAL")
        self.table.execute("CREATE TABLE IF NOT EXISTS done (channel TEXT, link TEXT, PRIMARY KEY (channel, link))")

    def __contains__(self, work: Work) -> bool:
        query = "SELECT 1 FROM done WHERE channel = ? AND link = ?"
        return self.table.execute(query, (work[0].name, work[1].link)).fetchone() is not None

    def add(self, work: Work) -> None:
        """Write that it is done."""
        self.table.execute("INSERT INTO done VALUES (?, ?)", (work[0].name, work[1].link))

    def remove(self, work: Work) -> None:
        """Write that it is not."""
        self.table.execute("DELETE FROM done WHERE channel = ? AND link = ?", (work[0].name, work[1].link))


def record_after(done: Done, work: Work, publish: Publish) -> None:
    """Send, then write it down; what failed is sent again."""
    try:
        publish(work)
    except AdapterError:
        return
    done.add(work)


def record_before(done: Done, work: Work, publish: Publish) -> None:
    """Write it down, then send; what was clearly refused is struck out again."""
    done.add(work)
    try:
        publish(work)
    except (TransientError, RejectedError, CredentialError):
        done.remove(work)
    except AdapterError:
        return


STRATEGIES = {"record-after": record_after, "record-before": record_before}


def run(config: Path, up: Connection, name: str, once_through: bool) -> None:
    """Read the feed and share what is not done, for ever; or until all is done."""
    keep_log(config.parent)
    shorten()
    house, done = open_house(load(config)), Done(config.parent)
    up.send(True)
    while True:
        left = [work for work in _drafts(house) if work not in done]
        for work in left:
            STRATEGIES[name](done, work, _publish)
        if once_through and not left:
            return
        time.sleep(0.02)


def _drafts(house: House) -> Iterator[Work]:
    """What all pages of the feed show, composed for every channel; pictures are not what is measured."""
    for page in count(1):
        try:
            document = read(f"{house.feeds[0].url}?paged={page}", Validators(), loopback=True).document
        except FeedError:  # there are no more pages
            return
        for entry in document.entries if document else ():
            for channel in house.channels:
                draft = drafts.draft_for(channel, StoredEntry(0, house.feeds[0].blog, entry))
                if isinstance(draft, Draft):
                    yield channel, draft


def _publish(work: Work) -> object:
    channel, draft = work
    with attempt(WHOLE / PACE):
        return channel.adapter.publish(draft, "")
