"""How a platform misbehaves on demand: replies lost, late, damaged or refused, before or after the work is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from threading import Event, RLock
from typing import Any, ClassVar, Literal, TypeVar

from bot.simulator.server import Endpoint, Reply, Request, now

Purpose = Literal["publish", "upload", "change", "read", "any"]
Verb = TypeVar("Verb", bound=Callable[..., Any])

NONSENSE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
_NAMES_OF_IDS = (
    *("id", "post_id", "uri", "cid", "url", "permalink_url", "edit_history_tweet_ids"),
    *("x-restli-id", "x-linkedin-id", "location"),
)


def verb(function: Verb) -> Verb:
    """Mark something that may be done to a platform, in process and over HTTP."""
    function.is_verb = True  # type: ignore[attr-defined]
    return function


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request: whether the work is done all the same, and what becomes of the reply."""

    to: Purpose
    accepted: bool
    distort: Callable[[Reply], Reply]

    def meets(self, purpose: Purpose) -> bool:
        """Whether it applies to a request with this purpose."""
        return self.to in ("any", purpose)


class Platform(Endpoint):
    """A platform that can be told to misbehave. `to` names the requests a fault applies to: those that would
    publish, unless told otherwise; each fault is used up by one request, in the order they were asked for."""

    name: ClassVar[str]
    aims_at: ClassVar[Purpose] = "publish"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.lock = RLock()
        self._hurry = Event()
        self._forget()

    def purpose(self, request: Request) -> Purpose:
        """What a request is for."""
        raise NotImplementedError

    def answer(self, request: Request) -> Reply:
        """Do what is asked, as the platform would."""
        raise NotImplementedError

    def failure(self, status: int, code: str | None = None) -> Reply:
        """A failure in the platform's own form; `code` picks one where a status has several."""
        raise NotImplementedError

    def limited(self, until: datetime | None) -> Reply:
        """The platform's own way to say "too many"; None where it gives no time."""
        raise NotImplementedError

    def _forget(self) -> None:
        self._requests: list[Request] = []
        self._faults: list[Fault] = []
        self._storm: Callable[[], Fault | None] | None = None
        self._limit: tuple[datetime | None, Purpose] | None = None
        self._hurry.clear()

    @property
    def requests(self) -> list[Request]:
        """Every request that came in, oldest first."""
        with self.lock:
            return list(self._requests)

    def respond(self, request: Request) -> Reply:
        with self.lock:
            self._requests.append(request)
            purpose = self.purpose(request)
            fault = self._draw(purpose)
            if fault is None and self._is_limited(purpose):
                return self.limited(self._limit[0] if self._limit else None)
            skipped = fault is not None and not fault.accepted
            reply = Reply(200, NONSENSE) if skipped else self.answer(request)
        return fault.distort(reply) if fault else reply

    def _draw(self, purpose: Purpose) -> Fault | None:
        for place, fault in enumerate(self._faults):
            if fault.meets(purpose):
                return self._faults.pop(place)
        return self._storm() if self._storm and self.aims_at in ("any", purpose) else None

    def _is_limited(self, purpose: Purpose) -> bool:
        if self._limit is None:
            return False
        until, to = self._limit
        return to in ("any", purpose) and (until is None or now() < until)

    def _plan(self, to: Purpose | None, times: int, accepted: bool, distort: Callable[[Reply], Reply]) -> None:
        with self.lock:
            self._faults += [Fault(to or self.aims_at, accepted, distort)] * times

    @verb
    def loses_the_next_reply(self, times: int = 1, to: Purpose | None = None) -> None:
        """Do the work, then reset the connection."""
        self._plan(to, times, True, _reset)

    @verb
    def resets_the_next(self, times: int = 1, to: Purpose | None = None) -> None:
        """Reset the connection before anything is done."""
        self._plan(to, times, False, _reset)

    @verb
    def refuses_the_next(
        self,
        status: int,
        body: bytes | str | Mapping[str, Any] | None = None,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        code: str | int | None = None,
        to: Purpose | None = None,
    ) -> None:
        """Do nothing and answer with this status; the body is the platform's own form unless one is given."""
        usual = self.failure(status, None if code is None else str(code))
        given = usual if body is None else replace(usual, body=_as_bytes(body))
        refusal = replace(given, headers={**given.headers, **(headers or {})})
        self._plan(to, times, False, lambda _: refusal)

    @verb
    def fails_the_next(
        self, status: int = 503, accepted: bool = False, times: int = 1, to: Purpose | None = None
    ) -> None:
        """Answer with a 5xx, before or (`accepted`) after the work was done."""
        self._plan(to, times, accepted, lambda _: self.failure(status))

    @verb
    def answers_nonsense(self, times: int = 1, accepted: bool = True, to: Purpose | None = None) -> None:
        """Answer 2xx with a web page instead of what the platform promises."""
        self._plan(to, times, accepted, _nonsense)

    @verb
    def answers_without_an_id(self, times: int = 1, to: Purpose | None = None) -> None:
        """Do the work and answer readably, but without the id."""
        self._plan(to, times, True, _without_an_id)

    @verb
    def sends_half_a_body(self, times: int = 1, accepted: bool = True, to: Purpose | None = None) -> None:
        """Break the connection in the middle of the reply's body (of its head, where there is no body)."""
        self._plan(to, times, accepted, lambda reply: replace(reply, cut="half"))

    @verb
    def is_slow(self, seconds: float, times: int = 1, to: Purpose | None = None) -> None:
        """Do the work at once but hold the reply for that long, or until it `hurries`."""
        self._hurry.clear()

        def hold(reply: Reply) -> Reply:
            self._hurry.wait(seconds)
            return reply

        self._plan(to, times, True, hold)

    @verb
    def hurries(self) -> None:
        """Let go of the replies that are being held."""
        self._hurry.set()

    @verb
    def limits_for(self, seconds: float, to: Purpose | None = None) -> None:
        """Answer "too many requests" for so long, and say until when in the platform's own way."""
        self._limit = (now() + timedelta(seconds=seconds), to or self.aims_at)

    @verb
    def limits_without_a_time(self, to: Purpose | None = None) -> None:
        """Answer "too many requests" until the limit is lifted, and do not say until when."""
        self._limit = (None, to or self.aims_at)

    @verb
    def lifts_the_limit(self) -> None:
        """End a limit."""
        self._limit = None

    @verb
    def misbehaves(self, lost: float = 0.1, failed: float = 0.05, limited: float = 0.05, seed: int = 1) -> None:
        """From now on lose, fail (half of these after the work) or limit such shares of what would publish."""
        dice = Random(seed)  # noqa: S311 - the same seed must bring the same weather

        def draw() -> Fault | None:
            chance = dice.random()
            if chance < lost:
                return Fault("any", True, _reset)
            if chance < lost + failed:
                return Fault("any", dice.random() < 0.5, lambda _: self.failure(503))
            if chance < lost + failed + limited:
                return Fault("any", False, lambda _: self.limited(now() + timedelta(seconds=2)))
            return None

        self._storm = draw

    @verb
    def behaves(self) -> None:
        """Drop everything that was planned to go wrong."""
        with self.lock:
            self._faults, self._storm, self._limit = [], None, None
        self.is_up()

    @verb
    def is_down(self) -> None:
        """Refuse connections."""
        self.pause()

    @verb
    def is_up(self) -> None:
        """Listen again."""
        self.start()

    @verb
    def forgets_everything(self) -> None:
        """Go back to how it was at the start."""
        self.hurries()
        with self.lock:
            self._forget()
        self.is_up()

    def stop(self) -> None:
        """Stop listening; replies that are held go out first."""
        self.hurries()
        super().stop()


def _reset(reply: Reply) -> Reply:
    return replace(reply, cut="reset")


def _nonsense(reply: Reply) -> Reply:
    if reply.status >= 400:
        return reply
    return Reply(reply.status, NONSENSE, {"Content-Type": "text/html; charset=utf-8"})


def _without_an_id(reply: Reply) -> Reply:
    headers = {name: value for name, value in reply.headers.items() if name.lower() not in _NAMES_OF_IDS}
    if reply.status >= 400 or not reply.body:
        return replace(reply, headers=headers)
    content = json.loads(reply.body)
    for level in (content, content.get("data")):
        if isinstance(level, dict):
            for name in _NAMES_OF_IDS:
                level.pop(name, None)
    return replace(reply, body=json.dumps(content, ensure_ascii=False).encode(), headers=headers)


def _as_bytes(body: bytes | str | Mapping[str, Any]) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
