"""How a Bluesky server is spoken to: its sessions, what its refusals mean, and how its records are read.

What is published there is made in `adapters/bluesky/adapter.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from requests import Response

from adapters.bluesky.text import time_of
from adapters.contract import (
    Adapter,
    AdapterError,
    CannotTellError,
    CredentialError,
    DuplicateError,
    InDoubtError,
    RejectedError,
    TransientError,
)
from adapters.http.replies import json_of, retry_after, scrub, turning
from adapters.http.session import PlatformSession, telling_doubt

POST = "app.bsky.feed.post"
URI = re.compile(rf"at://(did:[a-z]+:[\w.:%-]+)/{re.escape(POST)}/([\w.:~-]+)", re.ASCII)
"""The address of a post's record: whose it is, and its key."""
LIMIT, PAGES = 100, 10
"""Records in one reply, and replies that are read at most when looking for one."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PASSWORD = "check identifier and base_url, and make a new one in Bluesky's settings, App passwords."  # noqa: S105


class SessionOverError(TransientError):
    """The access token is not good any more; nothing was done."""


class Meaning(NamedTuple):
    """What a refusal means for the delivery."""

    error: type[AdapterError]
    reason: str


REFUSED = Meaning(RejectedError, "Bluesky refused it.")
ROWS: Mapping[str, Meaning] = {
    "ExpiredToken InvalidToken": Meaning(SessionOverError, "Bluesky wants a new session."),
    "AuthFactorTokenRequired": Meaning(
        CredentialError, "Bluesky asks for a code by e-mail, as for the account's own password: use an app password."
    ),
    "AccountTakedown": Meaning(CredentialError, "Bluesky has taken the account down."),
    "AccountDeactivated": Meaning(CredentialError, "The Bluesky account is deactivated."),
    "InvalidSwap": Meaning(DuplicateError, "Bluesky has another post under this post's own key."),
    "BlobNotFound": Meaning(RejectedError, "Bluesky has lost the picture: it is uploaded anew when it is tried again."),
    "401": Meaning(CredentialError, f"Bluesky does not accept the app password: {PASSWORD}"),
    "403": Meaning(CredentialError, "Bluesky does not allow this to the account or its app password: look at both."),
    "429": Meaning(TransientError, "Bluesky asks for fewer requests."),
}
MEANINGS = {name: meaning for names, meaning in ROWS.items() for name in names.split()}
"""By name, else by status. Source: the lexicons of com.atproto.server and com.atproto.repo, and the server's source."""


@dataclass(frozen=True, slots=True)
class Login:
    """A session with the server; its token lives in memory only."""

    did: str
    handle: str
    token: str = field(repr=False)
    made: datetime

    def is_younger(self, age: timedelta) -> bool:
        """Whether it was made less than that ago, and not in the future of a clock that was set back."""
        return timedelta(0) <= datetime.now(UTC) - self.made < age


class Record(NamedTuple):
    """A record of a post as it is read."""

    uri: str
    key: str
    value: Mapping[str, Any]


class BlueskyServer(Adapter):
    """The account's server (its PDS): one session for many requests, and reading that needs none."""

    real = "https://bsky.social"
    session: PlatformSession
    _login: Login | None = None

    def login(self) -> Login:
        """The session, opened anew when it is an hour old: a token lasts two, and 300 sessions a day are allowed.

        While it is opened nothing can become public, so nothing here is in doubt.
        """
        if self._login is None or not self._login.is_younger(HOUR):
            self._login = None
            self._login = self._opened()
        return self._login

    def _opened(self) -> Login:
        given = {"identifier": self.options.identifier, "password": self.credentials["app_password"]}
        with turning(InDoubtError, TransientError):
            try:
                told = self.ask("POST", "com.atproto.server.createSession", json=given)
            except RejectedError as refused:  # another host than a Bluesky server, too: a person must look
                raise CredentialError(f"{refused} Check identifier and base_url.") from None
            did, token = told.get("did"), told.get("accessJwt")
            if not (isinstance(did, str) and did and isinstance(token, str) and token):
                raise InDoubtError("Bluesky's reply about the session could not be read.")
        if told.get("active") is False:
            raise CredentialError(f"The Bluesky account is not active ({str(told.get('status'))[:40]}).")
        return Login(did, str(told.get("handle") or self.options.identifier), token, datetime.now(UTC))

    def write(self, name: str, **content: Any) -> dict[str, Any]:
        """What a method answers that needs the session.

        Where the session is over, nothing was done: a new one tells whether the password is still good, and the next
        attempt uses it. A session that is refused as soon as it was made must not become a circle of new ones.
        """
        login = self.login()
        try:
            return self.ask("POST", name, login.token, **content)
        except SessionOverError as over:
            at_once = None if login.is_younger(MINUTE) else timedelta(0)
            self._login = None
            self.login()
            raise TransientError(str(over), at_once) from None

    def ask(self, method: str, name: str, token: str = "", **content: Any) -> dict[str, Any]:
        """The JSON object of a clear yes; everything else is an AdapterError."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        headers = {**content.pop("headers", {}), **bearer}
        with telling_doubt():
            reply = self.session.request(method, f"{self.real}/xrpc/{name}", headers=headers, **content)
        told = json_of(reply)
        if not 200 <= reply.status_code < 300:
            raise _refusal(reply, told, [*self.credentials.values(), token])
        if not isinstance(told, dict):
            raise InDoubtError("Bluesky's reply could not be read.")
        return told

    def record(self, repo: str, key: str) -> Iterator[Record]:
        """The record under a key, if there is one; reading needs no session (lexicon of com.atproto.repo.getRecord)."""
        if not key:
            return
        query = {"repo": repo, "collection": POST, "rkey": key}
        with turning(AdapterError, CannotTellError):
            try:
                told = self.ask("GET", "com.atproto.repo.getRecord", params=query)
            except RejectedError:  # not there; what proves absence is the list
                return
        yield from _records([told])

    def records(self, repo: str, since: datetime) -> Iterator[Record]:
        """The records of posts back to then, newest first.

        The list is ordered by key, and the key of a post of ours tells when it was prepared; the end is believed only
        where the keys come in that order. Source: the lexicon of com.atproto.repo.listRecords, and the server's source.
        """
        query, keys = {"repo": repo, "collection": POST, "limit": str(LIMIT)}, list[str]()
        for _ in range(PAGES):
            with turning(AdapterError, CannotTellError):
                page = self.ask("GET", "com.atproto.repo.listRecords", params=query)
            found = _records(page.get("records"))
            yield from (record for record in found if (at := time_of(record.key)) is None or at >= since)
            keys += [record.key for record in found]
            if not found or not page.get("cursor") or _goes_back_to(since, keys):
                return
            query["cursor"] = str(page["cursor"])
        raise CannotTellError("Bluesky has more posts since then than were read: look there for this one.")


def _goes_back_to(since: datetime, keys: list[str]) -> bool:
    oldest = time_of(keys[-1])
    return oldest is not None and oldest < since and keys == sorted(keys, reverse=True)


def _records(listed: Any) -> list[Record]:
    """Records out of a reply. Raises CannotTellError for what is none."""
    found = []
    for record in listed if isinstance(listed, list) else [None]:
        told = record if isinstance(record, dict) else {}
        uri, value = URI.fullmatch(str(told.get("uri"))), told.get("value")
        if uri is None or not isinstance(value, dict):
            raise CannotTellError("Bluesky's list of posts could not be read.")
        found.append(Record(uri[0], uri[2], value))
    return found


def _refusal(reply: Response, told: Any, secrets: Iterable[str]) -> AdapterError:
    """The error for a reply that is no clear yes."""
    status = reply.status_code
    if not 400 <= status < 500 or status == 408:
        return InDoubtError(f"Bluesky's reply (HTTP {status}) does not say whether it was done.")
    told = told if isinstance(told, dict) else {}
    name = str(told.get("error", "without a name"))
    meaning = MEANINGS.get(name) or MEANINGS.get(str(status), REFUSED)
    if meaning.error is TransientError:
        return TransientError(meaning.reason, _pause(reply))
    words = scrub(f"{told.get('message', 'none')} (HTTP {status}, {name})", secrets)[:300]
    return meaning.error(f"{meaning.reason} Bluesky's words: {words}")


def _pause(reply: Response) -> timedelta:
    """The time the reply names, as seconds to wait or of the epoch. Source: bsky-docs, Rate Limits."""
    until = timedelta(0)
    with suppress(ValueError, OverflowError):
        until = datetime.fromtimestamp(int(reply.headers.get("RateLimit-Reset", "")), UTC) - datetime.now(UTC)
        until = min(max(until, MINUTE), DAY)
    return retry_after(reply) or until or HOUR / 4
