"""How long a thousand drafts take on each network: `python -m benchmarks.compose` prints seconds on one core."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from adapters import adapter_class
from adapters.http.session import PlatformSession
from bot.model import Channel, Entry, StoredEntry, Style
from bot.planning import drafts
from bot.simulator import NETWORKS
from bot.simulator.network import Access

DRAFTS = 1_000
NOWHERE = "http://127.0.0.1:9"
SHORT = "How sleep changes during and after treatment, and what helps: nine people tell, and a nurse explains. "
STYLE = Style(utm={"utm_source": "{{ channel }}", "utm_campaign": "{{ blog }}"}, handles={"ana lopez": "@analopez"})


def an_entry(number: int, length: int) -> StoredEntry:
    """An entry of the blog, unlike the others, with a title and a summary so many times as long."""
    title = f"Sleeping well after treatment, part {number}: “naïve” hopes & plans"
    categories = ("Breast cancer", "Patient guides", "ASCO26", "Uncategorized", "患者")
    link = f"https://blog.example.org/2026/11/sleep-{number}/?p={number}#top"
    entry = Entry(
        guid=f"guid-{number}",
        link=link,
        title=title * length,
        summary=SHORT * 3 * length,
        author="Ana Lopez",
        categories=categories,
        published=datetime(2026, 11, 22, tzinfo=UTC),
    )
    return StoredEntry(number, "The Cancer Blog", entry)


def seconds(access: Access, length: int) -> float:
    """How long the drafts of one network take."""
    adapter = adapter_class(access.kind)
    options: Any = {**access.options, "base_url": NOWHERE}
    session = PlatformSession(adapter.real, NOWHERE)
    made = adapter(adapter.Options(**options), access.secrets, session, lambda _: b"")
    channel = Channel(1, access.channel, made, style=STYLE)
    entries = [an_entry(number, length) for number in range(DRAFTS)]
    start = time.process_time()
    for known in entries:
        assert not isinstance(drafts.draft_for(channel, known), str)
    return time.process_time() - start


if __name__ == "__main__":
    for access in (access for network in NETWORKS for access in network.accesses):
        usual, long = seconds(access, 1), seconds(access, 3)
        print(f"{access.channel:15} {DRAFTS} drafts: {usual:.2f} s; three times as long: {long:.2f} s")
