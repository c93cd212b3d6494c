"""How things go wrong with one delivery: the acts of which the rows in `tests/promise/fault_rows.py` are made."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import Any

from adapters.contract import Draft, Receipt
from adapters.http.wire import attempt
from bot.ledger import attempts
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.model import Channel, Delivery
from bot.simulator.network import Network
from bot.steps import deliver
from tests.making.kinds import KINDS, POST, Kind, Stage

X, CARD, PHOTO, PAGE, GROUP = "twitter", "facebook", "facebook photo", "linkedin", "linkedin_group"
MASTODON, SKY = "mastodon", "bluesky"
PAGE_OF_FACEBOOK = (CARD, PHOTO)
PICTURED = tuple(name for name, kind in KINDS.items() if kind.uploads)
"""The kinds that upload a picture before they publish."""
IMPATIENCE = 0.5
"""Seconds that an attempt gets where the platform does not answer."""

PUBLISHED, IN_DOUBT, ASKED = "published", "in doubt", "person asked"


@dataclass(frozen=True)
class Scene:
    """One delivery that is due, its channel, and the platform that is about to misbehave."""

    stage: Stage
    ledger: Ledger
    channel: Channel
    delivery: Delivery
    draft: Draft

    @property
    def platform(self) -> Network:
        """The simulated platform."""
        return self.stage.platform

    @property
    def session(self) -> Any:
        """The session of the adapter."""
        return self.stage.adapter.session


Act = Callable[[Scene], object]


def nothing(scene: Scene) -> None:
    """What is wrong is in the attempt itself."""


def delivers(scene: Scene) -> None:
    """The usual first attempt."""
    deliver.deliver(scene.ledger, scene.channel)


def everywhere(kind: Kind) -> bool:
    """On any kind."""
    return True


def searchable(kind: Kind) -> bool:
    """Where one can look."""
    return kind.limits.searchable


def lagging(kind: Kind) -> bool:
    """Where what is public may be hidden from a look for a while."""
    return bool(kind.limits.find_after)


def comparing(kind: Kind) -> bool:
    """Where the same words again are refused."""
    return kind.limits.refuses_duplicates


def _own_ends(name: str) -> Mapping[str, str]:
    """How it goes on where what a kind declares does not tell, as its own tests say: by fault and what was done."""
    place = f"tests.adapters.test_{name}"
    return getattr(import_module(place), "ENDS", {}) if find_spec(place) else {}


OWN_ENDS = {name: _own_ends(name) for name in KINDS}


@dataclass(frozen=True)
class Fault:
    """One row of the matrix."""

    name: str
    done: str
    """Whether the platform did what it was asked: "before" it did, "after" it did, or "–" where that is no question."""
    make: Act
    ends: str = ""
    """How it goes on for every kind that `but` does not name; "" where it cannot occur."""
    but: Mapping[str, str] = field(default_factory=dict)
    where: Callable[[Kind], bool] = everywhere
    """On which of these it can occur at all."""
    first: Act = delivers
    """How the first attempt is made."""
    mend: Act = nothing
    """What is put right after the first attempt."""
    sees_duplicates: bool = False
    others: int = 0
    """Public posts that are not this delivery's."""
    unseen: int = 0
    """1 where the post is public although the ledger does not say so in the end; a person has been told to look."""

    def expected(self, kind: str) -> str:
        """How it must end on a kind; "" where it cannot occur. Where nobody can look, a doubt ends with a person."""
        if (own := OWN_ENDS[kind].get(f"{self.name}, {self.done}")) is not None:
            return own
        ends = self.but.get(kind, self.ends if self.where(KINDS[kind]) else "")
        before, doubt, _ = ends.partition(IN_DOUBT)
        return ends if KINDS[kind].limits.searchable or not doubt else f"{before}{IN_DOUBT} → {ASKED}"

    def hidden(self, kind: str) -> int:
        """1 where the post is public although nobody has told the ledger so."""
        if self.expected(kind).endswith(ASKED) and not KINDS[kind].limits.searchable:
            return int(self.done == "after")
        return self.unseen

    def public(self, kind: str) -> int:
        """How many posts are public in the end."""
        return self.others + (1 if self.expected(kind).endswith(PUBLISHED) else self.hidden(kind))


def told(verb: str, *args: Any, **named: Any) -> Act:
    """Tell the platform to misbehave."""
    return lambda scene: getattr(scene.platform, verb)(*args, **named)


def both(*acts: Act) -> Act:
    """One after the other."""
    return lambda scene: [act(scene) for act in acts]


def on(kinds: Iterable[str], ends: str) -> dict[str, str]:
    """The same end on several kinds."""
    return dict.fromkeys(kinds, ends)


def _elsewhere(address: str) -> Act:
    return lambda scene: setattr(scene.session, "base_url", address)


def _home(scene: Scene) -> None:
    scene.session.base_url = scene.platform.base_url


def _claimed(scene: Scene, uploads: bool = True) -> tuple[Delivery, Draft]:
    claimed = attempts.claim(scene.ledger, scene.channel)
    assert claimed is not None
    ready = deliver._prepare(scene.ledger, scene.channel, claimed) if uploads else scene.draft
    assert isinstance(ready, Draft)
    return claimed, ready


def impatiently(scene: Scene) -> None:
    claimed, ready = _claimed(scene)
    with attempt(IMPATIENCE):
        outcome = deliver._publish(scene.ledger, scene.channel, claimed, ready)
    assert outcome is not None
    deliver.settle(scene.ledger, scene.channel, claimed, outcome)


def without_an_answer(scene: Scene) -> None:
    """The platform takes the connection, and never says anything."""
    claimed, ready = _claimed(scene)
    with socket.create_server(("127.0.0.1", 0)) as silent, attempt(IMPATIENCE):
        _elsewhere(f"http://127.0.0.1:{silent.getsockname()[1]}")(scene)
        outcome = deliver._publish(scene.ledger, scene.channel, claimed, ready)
    assert outcome is not None
    _home(scene)
    deliver.settle(scene.ledger, scene.channel, claimed, outcome)


def without_tls(scene: Scene) -> None:
    """Something that speaks no TLS answers at the address."""
    with socket.create_server(("127.0.0.1", 0)) as plain:
        Thread(target=_answers_plainly, args=(plain,), daemon=True).start()
        _elsewhere(f"https://127.0.0.1:{plain.getsockname()[1]}")(scene)
        delivers(scene)
        _home(scene)


def _answers_plainly(listening: socket.socket) -> None:
    wire, _ = listening.accept()
    with wire, suppress(OSError):
        wire.recv(1)
        wire.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        wire.shutdown(socket.SHUT_WR)
        while wire.recv(4096):
            pass


def dies_unprepared(scene: Scene) -> None:
    _claimed(scene, uploads=False)


def dies_prepared(scene: Scene) -> None:
    _claimed(scene)


def dies_marked(scene: Scene) -> None:
    claimed, _ = _claimed(scene)
    attempts.mark_attempted(scene.ledger, claimed)


def dies_published(scene: Scene) -> None:
    deliver._publish(scene.ledger, scene.channel, *_claimed(scene))


def _share(scene: Scene, draft: Draft) -> Any:
    """The post appears without the ledger's knowledge: by a person, or by a daemon whose ledger is lost."""
    return scene.stage.adapter.publish(scene.stage.adapter.prepare(draft), "another")


def is_there(scene: Scene) -> None:
    _share(scene, scene.draft)


def was_deleted(scene: Scene) -> None:
    scene.stage.adapter.withdraw(_share(scene, scene.draft))


def deletes_what_is_there(scene: Scene) -> None:
    """A person takes the post back whose receipt nobody has."""
    (shown,) = scene.stage.published
    scene.stage.adapter.withdraw(Receipt(shown.id, shown.url))


def colleague_shares(scene: Scene) -> None:
    _share(scene, scene.stage.adapter.compose(replace(POST, wording="Our new text, well worth reading.")))


def uses_up_window_and_day(scene: Scene) -> None:
    """X names a reset for each of its limits that is used up."""
    families = {"x-rate-limit": 15, "x-user-limit-24hour": 6 * 60, "x-app-limit-24hour": 60}
    resets = {
        f"{family}-reset": str(int((now() + timedelta(minutes=each)).timestamp())) for family, each in families.items()
    }
    left = {f"{family}-remaining": "0" for family in families}
    scene.platform.refuses_the_next(429, headers=resets | left)


def says_duplicate(scene: Scene) -> None:
    refusals: dict[str, Act] = {
        "twitter": told("refuses_the_next", 403, code="duplicate"),
        "facebook": told("refuses_the_next", 400, code="506"),
    }
    refusals.get(scene.stage.adapter.kind, told("names_a_ghost_next"))(scene)


def refuses(status: int, **named: Any) -> Act:
    return told("refuses_the_next", status, **named)


def loses_the_reply_and(*acts: Act) -> Act:
    return both(told("loses_the_next_reply"), *acts)


def spoils_the_picture(scene: Scene) -> None:
    """LinkedIn says so afterwards, Mastodon at once."""
    at_once = {MASTODON: refuses(422, to="upload")}
    at_once.get(scene.stage.adapter.kind, told("spoils_the_next_picture"))(scene)


def is_logged_in(scene: Scene) -> None:
    scene.stage.adapter.check()


def names_a_ghost(scene: Scene) -> None:
    scene.stage.simulator.linkedin.names_a_ghost_next()


def never(status: int) -> Act:
    return told("fails_the_next", status, times=99, to="read")
