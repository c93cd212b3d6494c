"""A Bluesky server (a PDS of the AT Protocol) with one account: sessions, blobs, and the records of its posts.

Sources: the lexicons of com.atproto.server and com.atproto.repo, and the server's own source; what real servers did is
marked in the README.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.simulator.bluesky import rules
from bot.simulator.faults import Purpose, verb
from bot.simulator.network import Access, Network, Published, Timeline, kind_of_picture
from bot.simulator.server import Refused, Reply, Request, json_reply, now

DID, HANDLE, NAME = "did:plc:simulatedcancerblog22222", "cancerblog.example.org", "The Cancer Blog"
PASSWORD = "simulated-app-password"  # noqa: S105 - no secret at all
ACCESS_FOR, REFRESH_FOR = timedelta(hours=2), timedelta(days=90)
BLOBS_FOR = timedelta(hours=1)
"""How long a blob that no record names is kept: the least that the specification allows."""
MOST_BYTES = 5 * 1024 * 1024
"""Bytes of any blob."""

_SESSIONS = (rules.Window(30, 300), rules.Window(300, 86_400))
_METHODS: Mapping[str, tuple[str, Purpose]] = {
    "com.atproto.server.createSession": ("POST", "change"),
    "com.atproto.server.refreshSession": ("POST", "change"),
    "com.atproto.server.getSession": ("GET", "read"),
    "com.atproto.repo.uploadBlob": ("POST", "upload"),
    "com.atproto.repo.createRecord": ("POST", "publish"),
    "com.atproto.repo.putRecord": ("POST", "publish"),
    "com.atproto.repo.deleteRecord": ("POST", "change"),
    "com.atproto.repo.getRecord": ("GET", "read"),
    "com.atproto.repo.listRecords": ("GET", "read"),
}


@dataclass(frozen=True)
class _Record:
    key: str
    cid: str
    value: Mapping[str, Any]
    at: datetime

    @property
    def uri(self) -> str:
        return f"at://{DID}/{rules.POST}/{self.key}"

    def as_data(self) -> dict[str, Any]:
        return {"uri": self.uri, "cid": self.cid, "value": self.value}


class Bluesky(Network):
    """One account on its server, known by an app password."""

    name = "bluesky"
    accesses = (Access("bluesky", "bluesky", {"identifier": HANDLE}, {"app_password": PASSWORD}),)

    def _forget(self) -> None:
        super()._forget()
        self._records: dict[str, _Record] = {}
        self._blobs: dict[str, tuple[datetime, int]] = {}
        self._tokens: dict[str, datetime] = {}
        self._issued = self._revision = 0
        self._refusal = ""
        self._logins = [replace(window) for window in _SESSIONS]
        self._writes = rules.Window(5_000, 3_600)

    @property
    def published(self) -> list[Published]:
        with self.lock:
            return [self._as_read(record) for record in self._records.values()]

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        return (Timeline("bluesky", "Bluesky", NAME, f"@{HANDLE}", self.published, colour="#0a7aea"),)

    @verb
    def revokes_the_token(self, why: str = "AuthenticationRequired") -> None:
        """Know the app password and its sessions no more; or take the account down, or find it deactivated, if `why`
        is "AccountTakedown" or "AccountDeactivated"."""
        super().revokes_the_token()
        self._refusal = why
        if why == "AuthenticationRequired":
            self._tokens.clear()

    @verb
    def restores_the_token(self) -> None:
        """Know the app password and the account again; sessions that ended stay at their end."""
        super().restores_the_token()
        self._refusal = ""

    @verb
    def ends_the_sessions(self) -> None:
        """Let every access token that was given out be expired."""
        self._tokens = {token: now() for token in self._tokens}

    @verb
    def shows_posts_after(self, seconds: float) -> None:
        """Do nothing: a server reads its own writes at once. What lags is the AppView, and nobody asks it here."""

    def purpose(self, request: Request) -> Purpose:
        return _METHODS.get(_method(request), ("", "read"))[1]

    def failure(self, status: int, code: str | None = None) -> Reply:
        return rules.error(status, code)

    def limited(self, until: datetime | None) -> Reply:
        reply = rules.error(429)
        headers = self._writes.headers(0, until) if until else {}
        return replace(reply, headers={**reply.headers, **headers})

    def answer(self, request: Request) -> Reply:
        name = _method(request)
        if name not in _METHODS:
            return rules.error(501)
        if request.method != _METHODS[name][0]:
            return rules.error(400, None, f"Incorrect HTTP method ({request.method}) expected {_METHODS[name][0]}")
        does: Callable[[Request], Reply] = getattr(self, _snake(name.rpartition(".")[2]))
        try:
            return does(request)
        except Refused as refused:
            return refused.reply

    def _create_session(self, request: Request) -> Reply:
        told = [window.spend(1) for window in self._logins]
        given = _object(request)
        known = str(given.get("identifier")).lower() in (DID, HANDLE) and given.get("password") == PASSWORD
        if self._refusal == "AccountTakedown" and known:
            raise Refused(rules.error(401, self._refusal))
        if not known or self._refusal == "AuthenticationRequired":
            raise rules.refused("Invalid identifier or password", None, 401)
        return json_reply(200, self._opened(), told[0])

    def _opened(self) -> dict[str, Any]:
        self._issued += 1
        access, refresh = f"simulated-access-jwt-{self._issued}", f"simulated-refresh-jwt-{self._issued}"
        self._tokens |= {access: now() + ACCESS_FOR, refresh: now() + REFRESH_FOR}
        inactive = {"active": False, "status": "deactivated"} if self._refusal else {"active": True}
        return {"did": DID, "handle": HANDLE, "accessJwt": access, "refreshJwt": refresh, **inactive}

    def _refresh_session(self, request: Request) -> Reply:
        del self._tokens[self._token(request, "refresh")]
        return json_reply(200, self._opened())

    def _get_session(self, request: Request) -> Reply:
        self._token(request)
        return json_reply(200, {"did": DID, "handle": HANDLE, "active": not self._refusal})

    def _token(self, request: Request, kind: str = "access") -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            raise Refused(rules.error(401, "AuthMissing"))
        if token not in self._tokens or f"-{kind}-" not in token:
            raise Refused(rules.error(400, "InvalidToken"))
        if self._tokens[token] <= now():
            raise Refused(rules.error(400, "ExpiredToken"))
        return token

    def _upload_blob(self, request: Request) -> Reply:
        self._token(request)
        if len(request.body) > MOST_BYTES:
            raise Refused(rules.error(413))
        kind = kind_of_picture(request.body) or request.media_type
        link = rules.cid(request.body, 0x55)
        self._blobs[link] = (now(), len(request.body))
        self.pictures[link] = request.body
        blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": kind, "size": len(request.body)}
        return json_reply(200, {"blob": blob})

    def _put_record(self, request: Request) -> Reply:
        given, told = self._admitted(request, 2)
        record, current = self._checked(given), self._records.get(given["rkey"])
        if current and current.cid == record.cid:
            return json_reply(200, _made(record), told)
        if "swapRecord" in given and given["swapRecord"] != (current.cid if current else None):
            raise rules.refused(f"Record was at {current.cid if current else 'null'}", "InvalidSwap")
        return self._written(record, told)

    def _create_record(self, request: Request) -> Reply:
        given, told = self._admitted(request, 3)
        record = self._checked({"rkey": rules.tid(int(now().timestamp() * 1e6) + len(self._records)), **given})
        if record.key in self._records:
            raise Refused(rules.error(500))
        return self._written(record, told)

    def _admitted(self, request: Request, points: int) -> tuple[dict[str, Any], dict[str, str]]:
        """What a write asks for, and the headers that tell what is left of the account's points."""
        self._token(request)
        told, given = self._writes.spend(points), _object(request)
        if self._refusal in ("AccountTakedown", "AccountDeactivated"):
            raise Refused(rules.error(401, self._refusal))
        if str(given.get("repo")).lower() not in (DID, HANDLE):
            raise rules.refused("Authentication Required", None, 401)
        if given.get("collection") != rules.POST:
            raise rules.refused(f"This simulator keeps {rules.POST} only.")
        return given, told

    def _checked(self, given: Mapping[str, Any]) -> _Record:
        """The record that is wanted, by its lexicon, with its blobs at hand."""
        if not rules.is_tid(given.get("rkey")):
            raise rules.refused("Invalid record key: must be a TID")
        value = given.get("record")
        rules.check_post(value)
        if (link := _thumb(value or {})) and not self._has_blob(link):
            raise rules.refused(f"Could not find blob: {link}", "BlobNotFound")
        return _Record(given["rkey"], rules.cid_of_record(value), value or {}, now())

    def _has_blob(self, link: str) -> bool:
        in_use = any(_thumb(record.value) == link for record in self._records.values())
        return in_use or (link in self._blobs and now() - self._blobs[link][0] < BLOBS_FOR)

    def _written(self, record: _Record, told: Mapping[str, str]) -> Reply:
        self._records[record.key] = record
        return json_reply(200, {**_made(record), "commit": self._commit()}, told)

    def _commit(self) -> dict[str, str]:
        self._revision += 1
        return {"cid": rules.cid(str(self._revision).encode(), 0x71), "rev": rules.tid(self._revision)}

    def _delete_record(self, request: Request) -> Reply:
        given, told = self._admitted(request, 1)
        gone = self._records.pop(str(given.get("rkey")), None)
        return json_reply(200, {"commit": self._commit()} if gone else {}, told)

    def _repo(self, request: Request) -> None:
        """Reading needs no session; of an account that was taken down or deactivated nothing is shown."""
        repo = request.query.get("repo", "").lower()
        if repo not in (DID, HANDLE) or self._refusal in ("AccountTakedown", "AccountDeactivated"):
            raise rules.refused(f"Could not find repo: {repo}")

    def _get_record(self, request: Request) -> Reply:
        self._repo(request)
        collection, key = request.query.get("collection", ""), request.query.get("rkey", "")
        record = self._records.get(key) if collection == rules.POST else None
        if record is None:
            raise rules.refused(f"Could not locate record: at://{DID}/{collection}/{key}", "RecordNotFound")
        return json_reply(200, record.as_data())

    def _list_records(self, request: Request) -> Reply:
        self._repo(request)
        query, limit = request.query, request.query.get("limit", "50")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:
            raise rules.refused("Error: limit must be between 1 and 100")
        back = query.get("reverse") == "true"
        keys = sorted(self._records if query.get("collection") == rules.POST else (), reverse=not back)
        if cursor := query.get("cursor"):
            keys = [key for key in keys if (key > cursor if back else key < cursor)]
        page = keys[: int(limit)]
        more = {"cursor": page[-1]} if page else {}
        return json_reply(200, {"records": [self._records[key].as_data() for key in page], **more})

    def _as_read(self, record: _Record) -> Published:
        value, link = record.value, next(iter(rules.links(record.value)), None)
        card = (value.get("embed") or {}).get("external") or {}
        said = datetime.fromisoformat(value["createdAt"]).astimezone(UTC)
        thumb = _thumb(value)
        image = f"/pictures/bluesky/{thumb}" if thumb else None
        url = f"https://bsky.app/profile/{HANDLE}/post/{record.key}"
        return Published(
            record.uri, value["text"], link, min(said, record.at), card.get("title"), bool(image), None, url, image
        )


def _method(request: Request) -> str:
    return request.path.removeprefix("/xrpc/")


def _snake(name: str) -> str:
    return "_" + re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _object(request: Request) -> dict[str, Any]:
    given = request.json()
    if not isinstance(given, dict):
        raise rules.refused("Request encoding (application/json) expected")
    return given


def _made(record: _Record) -> dict[str, Any]:
    return {"uri": record.uri, "cid": record.cid, "validationStatus": "valid"}


def _thumb(value: Mapping[str, Any]) -> str:
    """The blob that a post's card names."""
    card = (value.get("embed") or {}).get("external") or {}
    return str((card.get("thumb") or {}).get("ref", {}).get("$link", ""))
