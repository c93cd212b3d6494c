"""The fault matrix: every fault on every kind of channel ends where the table says, and the table is in the docs.

The faults and their ends stand in `tests/promise/fault_rows.py`. With ONCECAST_WRITE_DOCS the table is written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, product
from pathlib import Path

import pytest
from sqlalchemy import select
from time_machine import Traveller

import adapters
from bot.desk.decisions import By, resume, settle_absent, settle_published
from bot.ledger import recovery
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger, delivery_by_id
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.schema import channels
from bot.model import State
from bot.simulator import Simulator
from bot.steps import deliver, reconcile
from tests.making.kinds import KINDS, POST, staged
from tests.making.ledger import a_channel, a_delivery, an_entry_id, log_of, offline, read, told
from tests.promise.fault_rows import ASKED, FAILED, MATRIX, PAUSED, REVOKED
from tests.promise.faults import (
    CARD,
    PHOTO,
    PICTURED,
    PUBLISHED,
    Act,
    Fault,
    Scene,
    delivers,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
WORDS: dict[tuple[str | None, str], list[str]] = {
    (State.SENDING, State.PUBLISHED): [PUBLISHED],
    (State.SENDING, State.FAILED): [FAILED],
    (State.SENDING, State.IN_DOUBT): ["in doubt"],
    (State.IN_DOUBT, State.PUBLISHED): ["found", PUBLISHED],
    (State.IN_DOUBT, State.PENDING): ["not there"],
    (State.IN_DOUBT, State.FAILED): ["not there", FAILED],
}
"""What the moves of the ledger are called in the table; the way from `sending` back to `pending` is told by `waits`."""


OF_A_PHOTO = ("No reply", "Looks", "Uploads of pictures", "The daemon dies")
"""Where a photo differs from a card: in its upload, and in its link, by which a look knows it. Both are one request to
the same address, so that what the Page answers to it means the same."""


def cells() -> Iterator[tuple[Fault, str]]:
    """The cells of the matrix; those of a photo where it differs from a card."""
    for title, faults in MATRIX.items():
        for fault, kind in product(faults, KINDS):
            as_a_card = title not in OF_A_PHOTO and fault.expected(PHOTO) == fault.expected(CARD)
            if fault.expected(kind) and not (kind == PHOTO and as_a_card):
                yield fault, kind


def named(chosen: Iterable[tuple[Fault, str]]) -> list[object]:
    """Cells as the parameters of a test."""
    return [pytest.param(fault, kind, id=f"{fault.name}, {fault.done}, {kind}") for fault, kind in chosen]


def rows(*names: str) -> list[object]:
    """The rows of these names, for every kind."""
    return named((fault, kind) for fault, kind in cells() if fault.name in names)


NO_ANSWER = "no answer"
LABELS = {CARD: "card", PHOTO: "photo"}
"""What a kind is called that publishes in more than one way."""
COLUMNS = {kind: [name for name, one in KINDS.items() if one.access.kind == kind] for kind in adapters.KINDS}
"""The names of each kind in the registry."""
TITLES = " | ".join(adapters.adapter_class(kind).title for kind in COLUMNS)
HEAD = f"| fault | platform acted | {TITLES} |"
INTRODUCTION = """# The fault matrix

What can go wrong with one delivery, and how it then goes on until nothing more happens by itself. This page is written
by the test that lets every fault happen on every kind of channel (`tests/promise/test_fault_matrix.py`): `make docs`.

Where a row does not speak of duplicates or keys, the platforms take the same post again, and Mastodon honours no key:
a second sending would be seen as a second post. Where a cell ends with *published*, exactly one post is public, and
nobody is told of anything. Every other end is told to a person, once.

| word | meaning |
|---|---|
| before, after | the platform had not done, or had done, what it was asked for when the fault came |
| waits | certainly nothing is public; tried again after a growing pause, or after the one the platform asked for |
| in doubt | it may be public or not; nothing is sent until that is known |
| found, not there | a look at the platform showed it; absence is believed only after the lease and a delay |
| no answer | a look, or more than one, proved nothing; looked for again, ever later |
| person asked | no look gave an answer for a day, or none can be made; a person looks and says `oncecast settle` |
| channel paused | certainly nothing is public, and nothing will be until a person mends the channel and resumes it |
| failed | nothing more is sent; a person decides |
| – | cannot occur there |

A LinkedIn group in which a person shares by hand is asked for nothing over the network: it ends with *handed over*,
whatever the platform does. The group below is one where LinkedIn made the application a partner.

Bluesky compares no texts and hides nothing from a look, so that those rows cannot occur there. What it has instead is a
key for each post, chosen before anything is sent: the same request again makes no second post.
"""


def recovers(scene: Scene) -> None:
    """The step of the daemon that ends what was being sent when a lease ran out."""
    recovery.recover(scene.ledger, [scene.channel])


def looks(scene: Scene) -> None:
    """The step of the daemon that looks for what is in doubt."""
    reconcile.reconcile(scene.ledger, scene.channel)


@pytest.fixture(scope="module")
def platforms() -> Iterator[Simulator]:
    """One simulator for all cells; each cell finds it as new."""
    with Simulator() as started:
        yield started


@pytest.fixture
def scene(platforms: Simulator, on_sqlite: Ledger, clock: Traveller, fault: Fault, kind: str) -> Scene:
    """A delivery with a picture that is due now, on a platform that takes the same post twice if the row allows it."""
    for platform in platforms.networks:
        platform.forgets_everything()
    stage = staged(kind, platforms)
    if not fault.sees_duplicates:
        stage.platform.overlooks_duplicates()
    channel, draft = a_channel(on_sqlite.database, "channel", stage.adapter), stage.adapter.compose(POST)
    entry_id = an_entry_id(on_sqlite.database)
    with on_sqlite.database.write() as connection:
        delivery_id = write_delivery(connection, Planned(entry_id, channel, draft, now()))
        assert delivery_id is not None
        return Scene(stage, on_sqlite, channel, delivery_by_id(connection, delivery_id), draft)


def run(fault: Fault, scene: Scene, clock: Traveller) -> str:
    """Let the fault happen, and then all that follows by itself; returns it in the words of the table."""
    fault.make(scene)
    words = happening(scene, fault.first)
    fault.mend(scene)
    return in_short(words + all_that_follows(scene, clock))


def all_that_follows(scene: Scene, clock: Traveller) -> list[str]:
    """What the daemon does with the delivery while time passes, until only a person can go on."""
    words: list[str] = []
    for _ in range(50):
        if (moment := next_moment(scene)) is None:
            stands = read(scene.ledger.database, scene.delivery)
            return words + [ASKED] * (stands.state is State.IN_DOUBT)
        clock.move_to(max(moment, now()))
        for step in (recovers, looks, delivers):
            words += happening(scene, step)
    raise AssertionError(f"there was no end to it: {words}")


def next_moment(scene: Scene) -> datetime | None:
    """When the daemon has something to do with the delivery; None when it has not."""
    stands, (paused_at, not_before) = read(scene.ledger.database, scene.delivery), channel_of(scene)
    if stands.state is State.PENDING:
        at = stands.due_at
        return None if paused_at else max(at, not_before or at, stands.believe_at or at)
    return {State.SENDING: stands.lease_until, State.IN_DOUBT: stands.look_at}.get(stands.state)


def happening(scene: Scene, act: Act) -> list[str]:
    """Do it, and tell what became of the delivery."""
    was, before = read(scene.ledger.database, scene.delivery), log_of(scene.ledger.database, scene.delivery)
    act(scene)
    stands, fresh = read(scene.ledger.database, scene.delivery), log_of(scene.ledger.database, scene.delivery)
    words = [word for move in fresh[len(before) :] for word in WORDS.get(move, ())]
    if fresh[-1] == (State.SENDING, State.PENDING) and len(fresh) > len(before):
        words.append(pause_of(scene))
    if stands.looks > was.looks and stands.look_at != stands.believe_at:
        words.append(NO_ANSWER)
    return words


def pause_of(scene: Scene) -> str:
    """How a delivery waits that certainly is not public: until a person comes, so long as was asked for, or a while."""
    paused_at, not_before = channel_of(scene)
    if paused_at:
        return PAUSED
    minutes = round((not_before - now()) / timedelta(minutes=1), 1) if not_before else 0
    for unit, size in (("d", 1440), ("h", 60), ("min", 1)):
        if minutes >= size:
            return f"waits {minutes / size:g} {unit}"
    return "waits" if not minutes else f"waits {minutes * 60:g} s"


def channel_of(scene: Scene) -> tuple[datetime | None, datetime | None]:
    """Since when the channel is paused, and until when it has to wait."""
    query = select(channels.c.paused_at, channels.c.not_before).where(channels.c.id == scene.channel.id)
    with scene.ledger.database.read() as connection:
        paused_at, not_before = connection.execute(query).one()
        return paused_at, not_before


def in_short(words: list[str]) -> str:
    """The words as a way; pauses are counted, looks without an answer are not."""
    counted = [(word, len(list(same))) for word, same in groupby(words)]
    return " → ".join(f"{word} ×{times}" if times > 1 and word != NO_ANSWER else word for word, times in counted)


@pytest.mark.parametrize(("fault", "kind"), named(cells()))
def test_every_fault_ends_where_the_table_says(fault: Fault, kind: str, scene: Scene, clock: Traveller) -> None:
    assert run(fault, scene, clock) == fault.expected(kind)
    assert len(scene.stage.published) == fault.public(kind)
    # What a person need not know is not told; what only a person can end is told once.
    assert len(told(scene.ledger.database)) == (not fault.expected(kind).endswith(PUBLISHED))


@pytest.mark.parametrize(("fault", "kind"), rows(REVOKED, "403, no partner access"))
def test_a_paused_channel_publishes_once_when_it_is_mended_and_resumed(
    fault: Fault, kind: str, scene: Scene, clock: Traveller
) -> None:
    run(fault, scene, clock)
    scene.platform.restores_the_token()
    scene.platform.admit()
    resume(By(scene.ledger.database, "ana"), scene.channel.id)
    assert all_that_follows(scene, clock) == [PUBLISHED]
    assert len(scene.stage.published) == 1


@pytest.mark.parametrize(("fault", "kind"), rows("reply lost, 403 to every look", "reset, 503 to every look"))
def test_a_true_answer_of_a_person_makes_it_public_once(
    fault: Fault, kind: str, scene: Scene, clock: Traveller
) -> None:
    run(fault, scene, clock)
    scene.platform.behaves()
    by = By(scene.ledger.database, "ana")
    hidden = fault.hidden(kind)
    if hidden:
        settle_published(by, scene.delivery.id, scene.stage.published[-1].url)
    else:
        settle_absent(by, scene.delivery.id)
    assert all_that_follows(scene, clock) == ([] if hidden else [PUBLISHED])
    assert len(scene.stage.published) == fault.others + 1


@pytest.mark.parametrize("fault", [fault for fault in MATRIX["The daemon dies"] if "succeeded" in fault.name])
@pytest.mark.parametrize("kind", PICTURED)
def test_an_upload_that_succeeded_before_the_crash_is_not_made_again(
    fault: Fault, kind: str, scene: Scene, clock: Traveller
) -> None:
    fault.first(scene)
    uploads = [request for request in scene.platform.requests if request.method in ("POST", "PUT")]
    assert all_that_follows(scene, clock) == ["waits", PUBLISHED]
    sent = [request for request in scene.platform.requests if request.method in ("POST", "PUT")]
    assert len(sent) == len(uploads) + 1


def test_a_group_that_is_shared_by_hand_asks_the_platform_for_nothing(
    platforms: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    platforms.linkedin.forgets_everything()
    platforms.linkedin.revokes_the_token()
    by_hand = offline("linkedin_group", group="4119103", base_url=platforms.linkedin.base_url)
    delivery = a_delivery(on_sqlite.database, channel := a_channel(on_sqlite.database, "group", by_hand))
    deliver.deliver(on_sqlite, channel)
    reconcile.reconcile(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.HANDED_OVER
    assert platforms.linkedin.requests == []


def cell(fault: Fault, *names: str) -> str:
    """The end on a kind; where it publishes in several ways, together what is the same."""
    ends = {name: fault.expected(name) for name in names}
    if len(set(ends.values())) == 1:
        return ends[names[0]] or "–"
    return "; ".join(f"{LABELS[name]}: {end}" for name, end in ends.items() if end)


def table() -> Iterator[str]:
    """The rows as the document shows them."""
    for title, rows in MATRIX.items():
        yield from (f"## {title}", "", HEAD, "|---" * HEAD.count(" |") + "|")
        for fault in rows:
            yield f"| {' | '.join((fault.name, fault.done, *(cell(fault, *names) for names in COLUMNS.values())))} |"
        yield ""


def test_the_document_shows_this_table() -> None:
    fresh = "\n".join([INTRODUCTION, *table()])
    if os.environ.get("ONCECAST_WRITE_DOCS"):
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(fresh, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == fresh, "say `make docs` to write it anew"
