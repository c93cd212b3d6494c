"""What the crawlers of X and Facebook read from a page: its Open Graph title and picture."""

from __future__ import annotations

from html.parser import HTMLParser

from bot.simulator.network import Card


class _Meta(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_title = tag == "title"
        name = given.get("property") or given.get("name")
        if tag == "meta" and name:
            self.found.setdefault(name, given.get("content") or "")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.found.setdefault("title", data.strip())
            self._in_title = False


def read_card(document: bytes) -> Card:
    """The card of a page; without Open Graph tags its title only."""
    reader = _Meta()
    reader.feed(document.decode("utf-8", "replace"))
    found = reader.found
    return Card(True, found.get("og:title") or found.get("title") or None, found.get("og:image") or None)
