"""A ledger that is older than the world: restored, copied, asleep or gone. What is out is not published again."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ledger import generation
from bot.ledger.backup import backup, restore
from bot.ledger.database import Database, LedgerError
from bot.ledger.deliveries import Ledger, find
from bot.ledger.generation import LedgerGoneError
from bot.ledger.schema import deliveries, feeds, marks
from bot.model import Channel, Delivery, Entry, Hold, State
from bot.simulator import Simulator
from bot.steps import deliver, reconcile
from bot.steps.intake import take_in
from tests.making.kinds import SEARCHABLE, UNSEEN, Stage, staged
from tests.making.ledger import FEED, a_channel, a_delivery, an_entry, an_entry_id, lately, offline, read, told

OLD = an_entry("Old one", published=lately(days=3))


class World:
    """A ledger in a file, one channel, and a platform that would take the same post twice."""

    def __init__(self, path: Path, stage: Stage) -> None:
        self.path, self.stage = path, stage
        self.ledger = Ledger(Database(f"sqlite:///{path}"))
        self.file = generation.path_of(self.ledger.database, path.parent)
        self.channel: Channel = a_channel(self.ledger.database, "channel", stage.adapter)
        stage.platform.overlooks_duplicates()
        self.blog_shows(OLD)
        generation.beat(self.ledger.database, self.file)

    def blog_shows(self, *entries: Entry) -> None:
        """The feed shows these entries, and whatever is due is done. Pages are public here."""
        with self.ledger.database.write() as connection:
            take_in(connection, FEED, entries, [self.channel])
            connection.execute(feeds.update().values(in_question=False))
            held = deliveries.c.state == State.HELD
            for each in find(connection, held):
                if each.holds == {Hold.PAGE}:
                    connection.execute(
                        deliveries.update().where(deliveries.c.id == each.id).values(state=State.PENDING, holds=[])
                    )
        self.works()

    def works(self) -> None:
        """One round on the channel."""
        reconcile.reconcile(self.ledger, self.channel)
        while deliver.deliver(self.ledger, self.channel):
            pass

    def backup(self) -> None:
        """Take a backup."""
        backup(self.ledger.database, self.path.with_name("backup"))

    def restore(self) -> str:
        """Bring the backup back and start again; returns why the ledger is in question."""
        generation.beat(self.ledger.database, self.file)
        self.ledger.database.close()
        restore(self.ledger.database, self.path.with_name("backup"))
        return generation.examine(self.ledger.database, self.file)

    def stands(self) -> list[Delivery]:
        """All deliveries as they stand."""
        with self.ledger.database.read() as connection:
            return find(connection, deliveries.c.id > 0)


@pytest.fixture(params=[kind for kind in SEARCHABLE if kind != "facebook photo"])
def world(request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path, blank: Path, clock) -> Iterator[World]:
    """A world whose platform is each of the kinds on which one can look."""
    made = World(Path(shutil.copy(blank, tmp_path / "oncecast.db")), staged(request.param, simulator))
    yield made
    made.ledger.database.close()


def test_a_restored_backup_publishes_nothing_that_is_out_already(world: World, clock) -> None:
    world.backup()
    new = an_entry("Published after the backup")
    clock.shift(60)
    world.blog_shows(new, OLD)
    assert len(world.stage.published) == 1
    assert "older than it was" in world.restore()
    assert world.stands() == []
    world.blog_shows(new, OLD)
    assert [one.state for one in world.stands()] == [State.PUBLISHED]
    assert len(world.stage.published) == 1


def test_what_a_restored_ledger_finds_nowhere_is_published(world: World, clock) -> None:
    world.backup()
    clock.shift(60)
    assert world.restore()
    world.blog_shows(an_entry("Really new"), OLD)
    assert [one.state for one in world.stands()] == [State.PUBLISHED]
    assert len(world.stage.published) == 1


def test_what_was_waiting_in_the_backup_is_looked_for_too(world: World, clock) -> None:
    world.stage.platform.is_down()
    world.blog_shows(an_entry("Waiting"), OLD)
    world.backup()
    world.stage.platform.is_up()
    clock.shift(60)
    world.works()
    assert len(world.stage.published) == 1
    assert world.restore()
    assert [one.state for one in world.stands()] == [State.PENDING]
    world.works()
    assert [one.state for one in world.stands()] == [State.PUBLISHED]
    assert len(world.stage.published) == 1


@pytest.mark.parametrize("kind", [*UNSEEN, "by hand"])
def test_where_there_is_no_way_to_look_it_is_held_with_the_reason(
    on_sqlite: Ledger, simulator: Simulator, tmp_path: Path, clock, kind: str
) -> None:
    by_hand = offline("linkedin_group", group="1")
    adapter = by_hand if kind == "by hand" else staged(kind, simulator).adapter
    channel = a_channel(on_sqlite.database, "group", adapter)
    delivery = a_delivery(on_sqlite.database, channel)
    generation.beat(on_sqlite.database, tmp_path / "generation")
    clock.shift(timedelta(days=2))
    assert "Nothing was written" in generation.examine(on_sqlite.database, tmp_path / "generation")
    reconcile.reconcile(on_sqlite, channel)
    assert not deliver.deliver(on_sqlite, channel)
    stands = read(on_sqlite.database, delivery)
    assert (stands.state, stands.holds) == (State.HELD, {Hold.LEDGER})
    assert "may be older than the world" in told(on_sqlite.database)[-1]


def test_a_ledger_that_ran_until_a_moment_ago_is_not_questioned(ledger: Ledger, tmp_path: Path, clock) -> None:
    generation.beat(ledger.database, generation.path_of(ledger.database, tmp_path))
    clock.shift(timedelta(hours=23))
    assert generation.examine(ledger.database, generation.path_of(ledger.database, tmp_path)) == ""
    assert told(ledger.database) == []


def test_a_new_ledger_is_not_questioned(ledger: Ledger, tmp_path: Path) -> None:
    assert generation.examine(ledger.database, tmp_path / "generation") == ""
    assert generation.examine(ledger.database, tmp_path / "generation") == ""


def test_a_copy_without_the_file_beside_it_is_questioned(on_sqlite: Ledger, tmp_path: Path) -> None:
    generation.beat(on_sqlite.database, tmp_path / "generation")
    assert "may be a copy" in generation.examine(on_sqlite.database, tmp_path / "elsewhere")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_another_machine_on_the_same_postgresql_ledger_is_not_questioned(ledger: Ledger, tmp_path: Path) -> None:
    generation.beat(ledger.database, tmp_path / "one")
    assert generation.examine(ledger.database, tmp_path / "other") == ""


def test_a_generation_file_without_its_ledger_stops_the_start_with_the_way_out(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'oncecast.db'}")
    path = generation.path_of(database, tmp_path)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(LedgerGoneError, match=r"is gone.*there was one"):
        generation.expect_ledger(database, path)


def test_an_empty_ledger_beside_the_file_of_another_stops_the_start_and_baselines_nothing(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = generation.path_of(ledger.database, tmp_path)
    generation.beat(ledger.database, path)
    with ledger.database.write() as connection:
        connection.execute(marks.delete())
    with pytest.raises(LedgerGoneError, match=r"is empty, but .* says that there was one"):
        generation.examine(ledger.database, path)
    path.unlink()
    assert generation.examine(ledger.database, path) == ""


def test_a_backup_taken_under_load_is_whole(on_sqlite: Ledger, tmp_path: Path) -> None:
    channel = a_channel(on_sqlite.database)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            a_delivery(on_sqlite.database, channel, an_entry_id(on_sqlite.database, an_entry(f"Entry {number}")))

    writer = threading.Thread(target=write)
    writer.start()
    sizes = [backup(on_sqlite.database, tmp_path / f"backup-{n}") for n in range(5)]
    stop.set()
    writer.join()
    assert sizes == sorted(sizes)
    copied = Database(f"sqlite:///{tmp_path / 'backup-4'}")
    with copied.read() as connection:
        assert all(one.draft for one in find(connection, deliveries.c.id > 0))
    copied.close()


def test_a_backup_overwrites_nothing(on_sqlite: Ledger, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep me", encoding="utf-8")
    with pytest.raises(LedgerError, match="exists already"):
        backup(on_sqlite.database, tmp_path / "precious")
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "keep me"


def test_what_is_no_ledger_is_not_restored(own_file: Ledger, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"not a ledger")
    with pytest.raises(LedgerError, match="nothing was changed"):
        restore(own_file.database, tmp_path / "photo.jpg")
    assert own_file.database.version()


def test_the_ledger_before_a_restore_is_kept_aside(own_file: Ledger, tmp_path: Path) -> None:
    a_delivery(own_file.database, a_channel(own_file.database))
    backup(own_file.database, tmp_path / "backup")
    aside = restore(own_file.database, tmp_path / "backup")
    assert aside is not None
    kept = Database(f"sqlite:///{aside}")
    with kept.read() as connection:
        assert len(find(connection, deliveries.c.id > 0)) == 1
    kept.close()


def test_a_damaged_ledger_is_moved_aside_unread_and_the_backup_brought_back(own_file: Ledger, tmp_path: Path) -> None:
    a_delivery(own_file.database, a_channel(own_file.database))
    backup(own_file.database, tmp_path / "backup")
    own_file.database.close()
    path = Path(str(own_file.database.url.database))
    path.write_bytes(b"no ledger any more")
    aside = restore(own_file.database, tmp_path / "backup")
    assert aside is not None
    assert aside.read_bytes() == b"no ledger any more"
    with own_file.database.read() as connection:
        assert len(find(connection, deliveries.c.id > 0)) == 1


def test_a_backup_into_a_folder_that_is_not_there_is_a_sentence(on_sqlite: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"cannot be written: No such file or directory\. Name a file"):
        backup(on_sqlite.database, tmp_path / "nowhere" / "backup")
