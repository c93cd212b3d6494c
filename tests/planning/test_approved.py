"""What readers will read, network by network: drafts that an editor has approved, kept as text in `approved`.

ONCECAST_WRITE_DOCS=1 writes them anew; read the difference as an editor would before you keep it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import KINDS, adapter_class
from adapters.contract import Draft, Image
from bot.blog.documents import parse
from bot.model import Channel, Entry, StoredEntry, Style
from bot.planning import drafts
from bot.planning.hashtags import folded
from bot.simulator.linkedin import text as littletext
from tests.making import wordpress
from tests.making.kinds import options
from tests.making.ledger import offline

APPROVED = Path(__file__).parent / "approved"
BLOG = "The Cancer Blog"
GUEST = folded("María José Núñez")
URN = "urn:li:person:MaRiA-7"
DID = "did:plc:mariajosenunez2222222222"
DOCUMENTS: dict[str, Callable[..., bytes]] = {
    "rss": wordpress.rss,
    "atom": wordpress.atom,
    "rdf": wordpress.rdf,
    "rss092": wordpress.rss092,
}
NETWORKS: dict[str, tuple[str, dict[str, str], str]] = {
    "x": ("twitter", {}, "@mjnunez"),
    "facebook": ("facebook", {"page": "100200300"}, ""),
    "linkedin": ("linkedin", {"organization": "2414183"}, URN),
    "linkedin_group": ("linkedin_group", {"group": "4119103"}, URN),
    "mastodon": ("mastodon", {"base_url": "https://social.example"}, "@mjnunez@clinic.example"),
    "bluesky": ("bluesky", {"identifier": "cancerblog.example.org"}, DID),
}
for _kind in KINDS:
    if _kind not in {named for named, _, _ in NETWORKS.values()}:
        _handle = adapter_class(_kind).handle
        NETWORKS[_kind] = (_kind, options(_kind), _handle.example if _handle else "")


def entries() -> Iterator[tuple[str, Entry]]:
    """Each entry by its name, read from a document as WordPress would write it."""
    for told in json.loads((APPROVED / "entries.json").read_text(encoding="utf-8")):
        name, document = told.pop("name"), DOCUMENTS[told.pop("document", "rss")]
        (entry,) = parse(document(wordpress.BlogPost(**told)), "", wordpress.FEED).entries
        yield name, entry


def channel(network: str) -> Channel:
    """A channel with the network's own defaults, where the guest is known and `admin` is nobody."""
    kind, options, handle = NETWORKS[network]
    style = Style(handles={GUEST: handle} if handle else {}, no_byline=frozenset({"admin"}))
    return Channel(id=1, name=network, adapter=offline(kind, **options), style=style)


def composed(entry: Entry, on: Channel) -> Draft:
    """The channel's draft, with the first picture that the entry names."""
    image = Image("0" * 64, "image/jpeg", 1200, 630, 100_000, entry.images[0][1]) if entry.images else None
    draft = drafts.draft_for(on, StoredEntry(1, BLOG, entry, image))
    assert isinstance(draft, Draft), draft
    return draft


def as_sent(draft: Draft) -> str:
    """The words in what is sent, as the network shows them; little text is read by the simulator's own reader."""
    body = draft.body
    if "commentary" in body:
        return littletext.shown(littletext.read(body["commentary"]))
    return str(body.get("text") or body.get("message") or body.get("status") or draft.text)


def around(draft: Draft) -> Iterator[str]:
    """What a reader meets around the words: who is mentioned, the card, the picture."""
    pieces = littletext.read(draft.body.get("commentary", ""))
    yield from (f"[mentions {piece.text}, {piece.urn}]" for piece in pieces if piece.urn)
    yield from clickable(draft)
    card: dict[str, Any] = draft.body.get("content", {}).get("article") or draft.body.get("embed", {}).get(
        "external", {}
    )
    if card:
        leads = card.get("source") or card["uri"]
        yield f"[card: {card['title']} | {card.get('description') or 'no description'} | {leads}]"
    elif "link" in draft.body:
        yield f"[card of the page: {draft.body['link']}]"
    if "language" in draft.body:
        yield f"[language: {draft.body['language']}]"
    if draft.image and adapter_class(draft.kind).limits.alt_text:
        yield f"[picture: {draft.image.alt or 'without alternative text'}]"
    elif draft.image:
        yield "[picture; this network takes no alternative text]"


def clickable(draft: Draft) -> Iterator[str]:
    """What of a text on Bluesky can be clicked, as the bytes of the text say it."""
    said = draft.text.encode()
    for facet in draft.body.get("facets", []):
        (feature,), index = facet["features"], facet["index"]
        piece = said[index["byteStart"] : index["byteEnd"]].decode()
        yield f"[mentions {piece}, {feature['did']}]" if "did" in feature else f"[clickable: {piece}]"


def shown(name: str, draft: Draft) -> str:
    """A draft as it stands in the approved file."""
    parts = [f"===== {name} ({draft.count})", as_sent(draft), "\n".join(around(draft))]
    return "\n\n".join(part for part in parts if part)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_draft_reads_as_an_editor_approved_it(network: str) -> None:
    path, on = APPROVED / f"{network}.txt", channel(network)
    fresh = "\n\n\n".join(shown(name, composed(entry, on)) for name, entry in entries()) + "\n"
    if os.environ.get("ONCECAST_WRITE_DOCS"):
        path.write_text(fresh, encoding="utf-8")
        return
    assert fresh == path.read_text(encoding="utf-8"), "if it reads better now, write it anew: see the top of this file"


def test_what_linkedin_shows_of_little_text_is_the_text_that_was_meant() -> None:
    on = channel("linkedin")
    drafts = [composed(entry, on) for _, entry in entries()]
    assert [as_sent(draft) for draft in drafts] == [draft.text for draft in drafts]
    assert any("\\" in draft.body["commentary"] for draft in drafts)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_link_stands_whole_in_every_draft(network: str) -> None:
    on = channel(network)
    for _, entry in entries():
        draft = composed(entry, on)
        assert entry.link in as_sent(draft).split() or any(entry.link in line for line in around(draft))


@pytest.mark.parametrize(
    ("summary", "shown"),
    [("It is short.", "It is short."), ("x", ""), ("3", ""), ("…", ""), ("Sleep after surgery.", ""), ("睡眠", "睡眠")],
)
def test_a_summary_that_says_nothing_more_than_the_title_is_left_out(summary: str, shown: str) -> None:
    entry = Entry("g", "https://blog.example.org/sleep/", "Sleep after surgery", summary)
    lines = composed(entry, channel("facebook")).text.split("\n\n")
    assert lines == ["Sleep after surgery", *filter(None, [shown])]
