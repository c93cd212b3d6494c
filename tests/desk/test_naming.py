"""What a person means by a name: an entry, a channel of it, a round; and how what means nothing is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import decisions
from bot.desk.decisions import By
from bot.desk.naming import Name, chosen, parsed, resolve
from bot.desk.refusals import Decision, Obstacle, Refusal, RefusedError
from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger
from bot.model import Channel, delivery_name
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id

NAMES = st.from_regex("[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True)


@pytest.fixture
def database(on_sqlite: Ledger) -> Database:
    """An empty ledger."""
    return on_sqlite.database


@pytest.fixture
def x(database: Database) -> Channel:
    """X."""
    return a_channel(database)


def meant(database: Database, *said: str, channels: tuple[str, ...] = ()) -> list[list[str]]:
    """The names of what each of these means."""
    return [[one.name for one in meaning.deliveries] for meaning in resolve(database, said, channels)]


def refused(database: Database, *said: str, channels: tuple[str, ...] = ()) -> list[tuple[Obstacle, tuple[str, ...]]]:
    """Why these mean nothing, and what is known in their place."""
    with pytest.raises(RefusedError) as error:
        resolve(database, said, channels)
    return [(one.obstacle, one.known) for one in error.value.refusals]


def a_second_round(database: Database, channel: Channel, entry_id: int) -> None:
    """End the entry's delivery and share it again."""
    (meaning,) = resolve(database, [f"{entry_id}/{channel.name}"])
    decisions.cancel(By(database, "ana"), meaning.deliveries[0].delivery.id)
    decisions.repost(By(database, "ana"), channel, entry_id)


@given(st.integers(1, 10**9), NAMES, st.integers(1, 99))
def test_every_name_that_is_printed_is_understood(entry_id: int, channel: str, number: int) -> None:
    name = parsed(delivery_name(entry_id, channel, number))
    assert (name.entry, name.channel, name.round or 1) == (entry_id, channel, number)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("14", Name("14", 14)),
        ("14/x", Name("14/x", 14, "x")),
        ("14/x/2", Name("14/x/2", 14, "x", 2)),
        ("14/2", Name("14/2", 14, "2")),
        (" 14/X ", Name(" 14/X ", 14, "x")),
    ],
)
def test_a_name_has_an_entry_and_perhaps_a_channel_and_a_round(said: str, name: Name) -> None:
    assert parsed(said) == name


@pytest.mark.parametrize(
    "said", ["", "x", "x/14", "14/", "/x", "14/x/", "14/x/y", "14 x", "-1", "١٤", "14/x/2/3", "1" * 19]
)
def test_what_is_no_name_is_refused(said: str) -> None:
    with pytest.raises(RefusedError) as error:
        parsed(said)
    assert error.value.refusals == (Refusal(Obstacle.NONSENSE, said),)


def test_an_entry_means_all_its_deliveries_and_nothing_of_another_one(database: Database, x: Channel) -> None:
    other = a_delivery(database, x, an_entry_id(database, an_entry("Another")))
    entry_id = a_delivery(database, x, an_entry_id(database, an_entry("This"))).entry_id
    a_delivery(database, a_channel(database, "y"), entry_id)
    a_second_round(database, x, entry_id)
    assert meant(database, str(entry_id)) == [[f"{entry_id}/x", f"{entry_id}/x/2", f"{entry_id}/y"]]
    assert other.entry_id != entry_id


def test_an_entry_on_a_channel_means_its_latest_round_there(database: Database, x: Channel) -> None:
    entry_id = a_delivery(database, x).entry_id
    a_second_round(database, x, entry_id)
    said = [f"{entry_id}/x", f"{entry_id}/x/1", f"{entry_id}/x/2"]
    assert meant(database, *said) == [[f"{entry_id}/x/2"], [f"{entry_id}/x"], [f"{entry_id}/x/2"]]


def test_channels_beside_it_narrow_an_entry(database: Database, x: Channel) -> None:
    entry_id = a_delivery(database, x).entry_id
    a_delivery(database, a_channel(database, "y"), entry_id)
    assert meant(database, str(entry_id), channels=("y",)) == [[f"{entry_id}/y"]]
    assert meant(database, f"{entry_id}/x", channels=("y", "x")) == [[f"{entry_id}/x"]]
    assert refused(database, f"{entry_id}/x", channels=("y",)) == [(Obstacle.CONFLICT, ("y",))]


def test_what_means_nothing_is_refused_with_what_there_is(database: Database, x: Channel) -> None:
    entry_id, bare = a_delivery(database, x).entry_id, an_entry_id(database, an_entry("Bare"))
    a_channel(database, "y")
    assert refused(database, "99") == [(Obstacle.NO_ENTRY, ())]
    assert refused(database, f"{entry_id}/z") == [(Obstacle.NO_CHANNEL, ("x", "y"))]
    assert refused(database, f"{entry_id}/y") == [(Obstacle.NOT_THERE, (f"{entry_id}/x",))]
    assert refused(database, f"{bare}/y") == [(Obstacle.NOT_THERE, ())]
    assert refused(database, f"{entry_id}/x/2") == [(Obstacle.NO_ROUND, (f"{entry_id}/x",))]


def test_all_that_means_nothing_is_told_at_once(database: Database, x: Channel) -> None:
    entry_id = a_delivery(database, x).entry_id
    told = refused(database, str(entry_id), "99", "foo", f"{entry_id}/z")
    assert [obstacle for obstacle, _ in told] == [Obstacle.NO_ENTRY, Obstacle.NONSENSE, Obstacle.NO_CHANNEL]


def test_of_an_entry_only_what_fits_the_decision_is_chosen_and_each_once(database: Database, x: Channel) -> None:
    entry_id = a_delivery(database, x).entry_id
    a_second_round(database, x, entry_id)
    ones, refusals = chosen(resolve(database, [str(entry_id), f"{entry_id}/x/2"]), Decision.CANCEL)
    assert ([one.name for one in ones], refusals) == ([f"{entry_id}/x/2"], [])


def test_where_nothing_fits_it_is_told_how_each_stands(database: Database, x: Channel) -> None:
    delivery = a_delivery(database, x)
    name = f"{delivery.entry_id}/x"
    ones, (of_entry, of_delivery) = chosen(resolve(database, [str(delivery.entry_id), name]), Decision.RETRY)
    assert (ones, of_entry.obstacle, of_entry.others) == ([], Obstacle.NOTHING, ((name, delivery.state),))
    assert (of_delivery.obstacle, of_delivery.name, of_delivery.state) == (Obstacle.STANDS, name, delivery.state)
