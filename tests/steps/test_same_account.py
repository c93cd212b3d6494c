"""One account under two channel names would publish twice: the second is refused, with both names."""

from __future__ import annotations

import shutil

import pytest

from bot.house import open_house, pause_what_is_closed
from bot.ledger.channels import go_on
from bot.ledger.deliveries import Ledger
from bot.model import Channel
from bot.simulator import Simulator
from bot.steps import deliver, watch
from config.editing import add_channel
from config.loading import load
from tests.making import commanding
from tests.making.commanding import Stage
from tests.making.kinds import KINDS, staged
from tests.making.ledger import a_channel, a_delivery, told

stage = commanding.stage


@pytest.fixture(params=[kind for kind in KINDS if kind != "facebook photo"])
def both(request: pytest.FixtureRequest, on_sqlite: Ledger, simulator: Simulator) -> list[Channel]:
    """Two channels with the same account, on each kind; nothing of them was checked yet."""
    adapters = [staged(request.param, simulator).adapter for _ in range(2)]
    return [a_channel(on_sqlite.database, name, each) for name, each in zip(("one", "two"), adapters, strict=True)]


def test_the_second_channel_of_an_account_is_paused_and_names_the_first(both: list[Channel], on_sqlite: Ledger) -> None:
    for channel in both:
        watch.check(on_sqlite.database, channel, both)
        a_delivery(on_sqlite.database, channel)
    (text,) = told(on_sqlite.database)
    assert text.startswith("two is paused. It is the same account as the channel one")
    assert deliver.due(on_sqlite, both) == [both[0]]


def test_a_person_who_took_the_first_one_out_can_resume_the_second(both: list[Channel], on_sqlite: Ledger) -> None:
    for channel in both:
        watch.check(on_sqlite.database, channel, both)
    with on_sqlite.database.write() as connection:
        go_on(connection, both[1].id)
    watch.check(on_sqlite.database, both[1], both[1:])
    a_delivery(on_sqlite.database, both[1])
    assert deliver.due(on_sqlite, both[1:]) == both[1:]


def again(stage: Stage, name: str, like: str) -> None:
    """Add a channel under another name with the options and secrets of one that is there."""
    was = load(stage.config).channels[like]
    options = {key: value for key, value in was.options.model_dump().items() if value is not None}
    folder, places = stage.config.parent / "secrets", {}
    for key in was.options.needs():
        shutil.copy(folder / f"{like}_{key}", folder / f"{name}_{key}")
        places[key] = {"file": f"secrets/{name}_{key}"}
    add_channel(stage.config, name, was.kind, options, places)


def test_check_refuses_the_second_with_both_names(stage: Stage) -> None:
    again(stage, "x_again", "x")
    result = stage.say("check")
    assert result.exit_code == 1
    assert "Channel x_again: WRONG. It is the same account as the channel x" in " ".join(result.stdout.split())


def test_at_the_start_what_an_older_program_took_for_two_is_paused_before_anything_is_sent(stage: Stage) -> None:
    again(stage, "x_again", "x")
    house = open_house(load(stage.config))
    for name in ("x", "x_again"):
        watch.check(house.database, house.channel(name))
    pause_what_is_closed(house)
    assert [text.partition(".")[0] for text in told(house.database)] == ["x_again is paused"]
    house.database.close()
