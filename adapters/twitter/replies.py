"""What X's replies mean: its refusals, the times it names, and what it made. It sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from requests import Response

from adapters.contract import (
    AdapterError,
    CredentialError,
    DuplicateError,
    InDoubtError,
    RejectedError,
    TransientError,
)
from adapters.http.replies import json_of, retry_after
from adapters.text.plain import plain

EDGE_BLOCK = timedelta(minutes=15)
"""How long to stay away when the network in front of X answers with a page of its own."""
LONGEST_WAIT = timedelta(days=7)

CONSOLE = "under Keys and tokens of the app in the X developer console"
_NEW_TOKEN = f"make a new access token with Read and write permission, {CONSOLE}."
_REFUSALS: tuple[tuple[int | None, str, type[AdapterError], str], ...] = (
    (402, "", CredentialError, "The X app has no credits left: add some in the X developer console."),
    (None, "usage-capped", CredentialError, "The X app's plan is used up: raise its cap in the X developer console."),
    (401, "", CredentialError, f"X does not accept these keys, or the clock here is wrong: check it, or {_NEW_TOKEN}"),
    (404, "", CredentialError, "X does not know this address of its API: check base_url, or update Oncecast."),
    (410, "", CredentialError, "X has closed this address of its API: update Oncecast."),
    (403, "duplicate", DuplicateError, "X says that this text was posted already."),
    (403, "oauth1-permissions", CredentialError, f"The X access token may only read: {_NEW_TOKEN}"),
    (403, "unsupported-authentication", CredentialError, f"X wants a user's access token: {_NEW_TOKEN}"),
    (
        403,
        "client-forbidden",
        CredentialError,
        "X denies this to the app: check its access in the X developer console.",
    ),
    (
        403,
        "client-not-enrolled",
        CredentialError,
        "The X app has no project: attach it to one in the X developer console.",
    ),
    (403, "suspended", CredentialError, "X has suspended the account: sign in to x.com and follow what it says."),
    (403, "locked", CredentialError, "X has locked the account: sign in to x.com and unlock it."),
)
"""X's refusals: status, a marker in the problem's words, what it means, and what a person reads. The first that fits.

Sources: X docs, Response codes and errors; and bodies that others have seen.
"""


def refusal(reply: Response | None) -> AdapterError:
    """What a reply means that is no success; anything but a definite 4xx may have taken effect."""
    if reply is None or not 400 <= reply.status_code < 500 or reply.status_code == 408:
        return InDoubtError(f"X answered {reply.status_code if reply is not None else 'nothing'}: it may have acted.")
    problem = json_of(reply)
    if reply.status_code == 403 and not isinstance(problem, dict):
        return TransientError("The network in front of X refused the request with a page of its own.", EDGE_BLOCK)
    words = _words(problem)
    for status, marker, error, sentence in _REFUSALS:
        if status in {None, reply.status_code} and marker in words.lower():
            return error(sentence)
    if reply.status_code == 429:
        return TransientError("X asks to wait: its rate limit is reached.", _reset(reply) or retry_after(reply))
    return RejectedError(f"X refused it ({reply.status_code}): {words[:300] or 'it gave no reason.'}")


def _words(problem: Any) -> str:
    """A problem's detail, the reasons below it, its title, and the last part of its type, whose host has changed:
    each once.
    """
    if not isinstance(problem, dict):
        return ""
    below = problem.get("errors")
    reasons = [error.get("message") for error in below if isinstance(error, dict)] if isinstance(below, list) else []
    kind = str(problem.get("type", "")).rpartition("/")[2].removeprefix("about:blank")
    parts = [str(part) for part in (problem.get("detail"), *reasons, problem.get("title"), kind) if part]
    return plain(" ".join(dict.fromkeys(parts)))


def _reset(reply: Response) -> timedelta | None:
    """Until the latest reset of all limits that are used up: a day's reset is later than x-rate-limit-reset says."""
    headers = reply.headers
    resets = [
        int(value[:12])
        for name, value in headers.items()
        if name.lower().endswith("-reset") and value.isdecimal() and headers.get(f"{name[:-5]}remaining", "0") == "0"
    ]
    seconds = max(resets, default=0) - datetime.now(UTC).timestamp()
    return min(timedelta(seconds=max(seconds, 1)), LONGEST_WAIT) if resets else None


def data_of(body: Any) -> Mapping[str, Any]:
    """What X gives as `data`, or nothing."""
    data = body.get("data") if isinstance(body, dict) else None
    return data if isinstance(data, dict) else {}


def id_in(body: Any) -> str:
    """The id of what was made or found, or ""."""
    return str(data_of(body).get("id") or "")


def address(identity: str) -> str:
    """Where a post is, whatever the account is called."""
    return f"https://x.com/i/status/{identity}"
