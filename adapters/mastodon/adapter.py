"""Mastodon, and the servers that speak its interface: GoToSocial, Hollo, Takahe and others.

Only some honour the key that is sent with a post, and none does when two requests meet: nothing here relies on it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field

from adapters import contract
from adapters.contract import (
    Account,
    Adapter,
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.replies import inside, json_of, turning
from adapters.http.session import PlatformSession, telling_doubt
from adapters.looks import is_other, verdict
from adapters.mastodon.replies import at_of, beside, id_of, ids_of, notes_on, receipt_of, refusal
from adapters.text.counting import mastodon
from adapters.text.plain import plain, shorten
from adapters.traits import Handle, Limits
from adapters.wording.posts import written

SKEW = timedelta(minutes=2)
"""How far the server's clock and ours may differ."""
COUNT, PAGES = 40, 5
"""Statuses in one reply, the most that Mastodon gives, and replies that are read at most when looking for one."""
PROCESSING = timedelta(seconds=30)
"""How long to wait for a picture that the server is still working on."""
STATUSES = "/api/v1/statuses"


class Mastodon(Adapter):
    """One account on one server."""

    class Options(contract.Options):
        """What an account on Mastodon is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "access_token": "The token of a new application on the account's own server, under Preferences and "
            "Development, with the scopes write:statuses, write:media, read:statuses and read:accounts.",
        }
        base_url: Annotated[contract.BaseURL, Field(pattern=r"^https?://[^/?#]+/?$")] = Field(
            description='the address of the account\'s server, such as "https://mastodon.social"'
        )
        characters: int = Field(500, ge=100, le=1_000_000)
        characters_per_link: int = Field(23, ge=1, le=1_000)
        visibility: Literal["public", "unlisted"] = "public"

    kind, title = "mastodon", "Mastodon"
    known_as = ("fediverse",)
    handle = Handle(
        "Mastodon",
        r"@[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
        "@name@mastodon.social",
        'the name on Mastodon with its server, such as "@name@mastodon.social"',
    )
    real = "https://server.invalid"
    """No host at all: each account has a server of its own, and the session always puts `base_url` in this place."""
    template = "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ link }}\n\n{{ hashtags }}"
    # Characters: Mastodon's own; servers differ. `find_after` is ours, for lists that come from a copy or a cache.
    limits = Limits(
        characters=500,
        counted="characters: a link 23, a mention without its domain; servers differ",
        find_after=timedelta(seconds=60),
        image_bytes=16_777_216,
        image_types=("image/jpeg", "image/png", "image/webp"),
        alt_text=1_500,
        takes_key=True,
        hashtags=3,
        doubt="The account's own posts are searched for the same words and link; a key is sent too, and not relied on.",
    )
    options: Options
    session: PlatformSession

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.limits = replace(self.limits, characters=self.options.characters)
        self.server = self.options.base_url.rstrip("/")
        self._own_id = ""
        if token := self.credentials.get("access_token"):
            self.session.headers["Authorization"] = f"Bearer {token}"

    def compose(self, post: Post) -> Draft:
        """The words with the link in them, as long as this server allows (Mastodon docs, Posting to your profile)."""
        text = written(post, self.template, self.limit_for(post), self._count)
        language = post.language.lower().partition("-")[0]
        body = {"status": text, "visibility": self.options.visibility}
        if re.fullmatch("[a-z]{2}", language):
            body["language"] = language
        image = post.image and replace(post.image, alt=shorten(plain(post.image.alt), self.limits.alt_text, len))
        return Draft(self.kind, text, post.link, self._count(text), body, image)

    def prepare(self, draft: Draft) -> Draft:
        """Upload the picture with its description; one that no status has is kept for a day (Mastodon docs, media)."""
        if draft.image is None or "media" in draft.prepared:
            return draft
        name = draft.image.media_type.replace("image/", "picture.")
        file = (name, self.picture(draft.image.sha256), draft.image.media_type)
        described = {"description": draft.image.alt} if draft.image.alt else {}
        with turning(InDoubtError, TransientError):
            return draft.with_prepared(
                media=id_of(self._ask("POST", "/api/v2/media", files={"file": file}, data=described))
            )

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Create the status, in JSON and with its visibility: a server was seen that reads no forms, one that hides."""
        media = [draft.prepared["media"]] if draft.image else []
        headers = {"Idempotency-Key": _key(draft, key)}
        try:
            status = self._ask("POST", STATUSES, json={**draft.body, "media_ids": media}, headers=headers)
        except RejectedError:
            if media and self._is_processing(media[0]):
                raise TransientError("The server is still working on the picture.", PROCESSING) from None
            raise
        return receipt_of(status, self.server)

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look through the account's own statuses, replies among them (Mastodon docs, accounts)."""
        ours = (status for status in self._own(since - SKEW) if not is_other(id_of(status), others))
        return verdict(self.title, (beside(draft, status, self.server) for status in ours))

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the status; that it is gone already is as good."""
        try:
            told = self._ask("DELETE", _path(receipt))
        except AdapterError:
            if self.session.last is None or self.session.last.status_code != 404:
                raise
            return
        if not isinstance(told, dict):
            raise InDoubtError(f"The server did not say whether it deleted the post: look at {receipt.url}.")

    def revise(self, receipt: Receipt, draft: Draft) -> None:
        """Give the status the draft's words. What an edit does not name is lost, so that pictures are named again."""
        status = self._ask("GET", _path(receipt))
        media = inside(status, "media_attachments")
        if not isinstance(media, list):
            raise RejectedError("The server did not show the post with its pictures: nothing was changed.")
        kept = {"spoiler_text": inside(status, "spoiler_text") or "", "sensitive": inside(status, "sensitive") is True}
        words = {name: value for name, value in draft.body.items() if name != "visibility"}
        changed = self._ask(
            "PUT", _path(receipt), json={**words, **kept, "media_ids": [id_of(medium) for medium in media]}
        )
        if inside(changed, "id") != inside(status, "id"):
            raise InDoubtError(f"The server did not say whether it changed the post: look at {receipt.url}.")

    def check(self) -> Account:
        """Whose token this is, and where the server's limits are not the configured ones; tokens do not expire."""
        with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
            told = self._ask("GET", "/api/v1/accounts/verify_credentials")
            identity = id_of(told)
        server: Any = None
        with suppress(AdapterError):  # it is asked for its notes only, and some servers have none
            server = self._ask("GET", "/api/v2/instance")
        url = str(inside(told, "url") or self.server)
        name = f"@{inside(told, 'username')}@{inside(server, 'domain') or urlsplit(url).hostname}"
        notes = notes_on(server, self.options.characters, self.options.characters_per_link)
        return Account(identity, name, url, notes=tuple(notes))

    def _count(self, text: str) -> int:
        return mastodon(text, self.options.characters_per_link)

    def _own(self, since: datetime) -> Iterator[dict[str, Any]]:
        """The account's own statuses back to then, without what it shared of others."""
        query = {"limit": str(COUNT), "exclude_reblogs": "true"}
        for _ in range(PAGES):
            with turning(AdapterError, CannotTellError):
                page = self._ask("GET", f"/api/v1/accounts/{self._me()}/statuses", params=query)
                ids = ids_of(page)
            fresh = [status for status in page if (at := at_of(status)) is None or at >= since]
            yield from (status for status in fresh if not status.get("reblog"))
            if not fresh:
                return
            query["max_id"] = ids[-1]
        raise CannotTellError("The account has more posts since then than were read: look there for this one.")

    def _me(self) -> str:
        self._own_id = self._own_id or id_of(self._ask("GET", "/api/v1/accounts/verify_credentials"))
        return quote(self._own_id, safe="")

    def _is_processing(self, media: str) -> bool:
        """Whether a picture cannot be attached yet, which a refusal says in words of any language."""
        with suppress(AdapterError):
            self._ask("GET", f"/api/v1/media/{quote(media, safe='')}")
            return self.session.last is not None and self.session.last.status_code == 206
        return False

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        """The JSON value of a 2xx reply, None for what is no JSON; every other reply is raised as what it means."""
        with telling_doubt():
            reply = self.session.request(method, self.real + path, **content)
        if 200 <= reply.status_code < 300:
            return json_of(reply)
        raise refusal(reply, self.credentials.values())


def _key(draft: Draft, key: str) -> str:
    """A key for these words only: a ledger made anew counts from one again, and servers compare keys, not words.

    Pictures are left out: their ids change when they are uploaded again.
    """
    return hashlib.sha256(json.dumps([key, draft.body], sort_keys=True).encode()).hexdigest()


def _path(receipt: Receipt) -> str:
    """Where a status is; of an address that a person gave, its last part is the id."""
    return f"{STATUSES}/{quote(receipt.id.rstrip('/').rpartition('/')[2], safe='')}"
