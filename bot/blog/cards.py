"""The cards that platforms make of a linked page: each adapter says how, here the page's picture is measured."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from adapters.pages import Card, Measured, Reader
from bot.blog.pages import Page
from bot.blog.pictures import measured


def cards(page: Page, readers: Iterable[Reader], loopback: bool = False) -> list[Card]:
    """The cards that platforms will make of a page; each picture is fetched once to be measured."""

    @cache
    def measure(link: str) -> Measured | None:
        return measured(link, loopback) if link else None

    return [read(page.tags, measure) for read in readers]
