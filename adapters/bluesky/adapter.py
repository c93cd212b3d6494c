"""Bluesky, on the account's own server: a post with a card, put under a key of ours so that it is made once.

Sessions, refusals and reading are in `adapters/bluesky/api.py`, what is clickable in `adapters/bluesky/text.py`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from adapters import contract
from adapters.bluesky.api import POST, URI, BlueskyServer, Record
from adapters.bluesky.text import facets, langs, links, new_key
from adapters.contract import (
    Account,
    Draft,
    DuplicateError,
    Image,
    InDoubtError,
    Post,
    Receipt,
    TransientError,
    UnsupportedError,
)
from adapters.http.replies import turning
from adapters.looks import Seen, is_other, verdict
from adapters.text.counting import graphemes_and_bytes
from adapters.text.links import same_page
from adapters.text.plain import plain, same_text, shorten
from adapters.traits import Handle, Limits
from adapters.wording.posts import adds, unmarked, written

CARD_TITLE, CARD_DESCRIPTION = 150, 300
"""Characters of a card. Bluesky names no limit and shows a few lines: these are ours."""
_HANDLE = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"


def _bare(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    name = value.strip().removeprefix("@")
    return name if name.startswith("did:") else name.lower()


Identifier = Annotated[
    str, BeforeValidator(_bare), Field(pattern=rf"^(?:{_HANDLE}|did:(?:plc|web):[A-Za-z0-9._:%-]+)$")
]
"""A handle, which is a domain name, or a DID."""


class Bluesky(BlueskyServer):
    """One account, with an app password."""

    class Options(contract.Options):
        """What an account on Bluesky is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "app_password": "An app password of the account, made in Bluesky's settings under Privacy and security, "
            "App passwords; never the account's own password.",
        }
        base_url: contract.BaseURL = "https://bsky.social"
        identifier: Identifier

    kind, title = "bluesky", "Bluesky"
    handle = Handle(
        "Bluesky",
        "did:plc:[a-z2-7]{24}|did:web:[A-Za-z0-9.:%_-]+",
        "did:plc:abcdefghijklmnopqrstuvwx",
        'a DID such as "did:plc:abcdefghijklmnopqrstuvwx"; the example configuration tells where to see it',
    )
    template = "{{ title }}\n\n{{ byline }}\n\n{{ hashtags }}"
    limits = Limits(
        characters=300,
        counted="characters, an emoji 1, and 3,000 bytes at most; the link stands on the card",
        find_after=timedelta(0),  # a server reads its own writes at once
        image_bytes=1_000_000,
        image_types=("image/jpeg", "image/png", "image/webp"),
        takes_key=True,
        hashtags=3,
        # A server keeps a picture that no post uses for an hour at least (atproto.com/specs/blob), and a post appears
        # where its `createdAt` says, so an old one would be buried. When the key has run out between two attempts,
        # nothing is lost but its convenience: the next attempt is made only after the key of the last one, and the list
        # of posts, were seen empty when its request could no longer be under way.
        prepared_for=timedelta(minutes=50),
        doubt="Its own key is looked up, then the account's posts; the same key again makes no second post.",
    )

    def compose(self, post: Post) -> Draft:
        """The words as one text, and a card that carries the link with the title and summary of the entry."""
        words = written(post, self.template, self.limit_for(post), graphemes_and_bytes, on_card=True)
        text, count = unmarked(words), graphemes_and_bytes(unmarked(words))
        if count > self.limits.characters:
            raise UnsupportedError(
                f"The entry has no title and its link counts {count} of {self.limits.characters}: give it a title."
            )
        said: dict[str, Any] = {"langs": langs(post.language), "facets": facets(words, post.link, post.handle)}
        said["embed"] = {"$type": "app.bsky.embed.external", "external": _card(post)} if post.link else None
        body = {"$type": POST, "text": text, **{name: value for name, value in said.items() if value}}
        return Draft(self.kind, text, post.link, count, body, self._fitting(post.image) if post.link else None)

    def _fitting(self, image: Image | None) -> Image | None:
        if image and (image.size > self.limits.image_bytes or image.media_type not in self.limits.image_types):
            told = f"({image.media_type}, {image.size} bytes)"
            raise UnsupportedError(f"Bluesky does not take this picture {told}: use a smaller JPEG.")
        return image

    def card(self, draft: Draft) -> tuple[str, str] | None:
        """What the draft's card says."""
        card = draft.body.get("embed", {}).get("external", {})
        return (card["title"], card["description"]) if card else None

    def prepare(self, draft: Draft) -> Draft:
        """Choose the key and the time of the post, which the ledger keeps, and upload the card's picture."""
        if draft.prepared.get("rkey"):
            return draft
        at = datetime.now(UTC)
        ids = {
            "did": self.login().did,
            "rkey": new_key(at),
            "created_at": at.isoformat(timespec="milliseconds")[:23] + "Z",
        }
        if draft.image is not None:
            ids["blob"] = json.dumps(self._uploaded(draft.image), sort_keys=True)
        return draft.with_prepared(**ids)

    def _uploaded(self, image: Image) -> Mapping[str, Any]:
        """The reference to a blob. Source: the lexicon of com.atproto.repo.uploadBlob."""
        content = {"data": self.picture(image.sha256), "headers": {"Content-Type": image.media_type}}
        with turning(InDoubtError, TransientError):
            blob = self.write("com.atproto.repo.uploadBlob", **content).get("blob")
        if not isinstance(blob, dict) or not blob.get("ref"):
            raise TransientError("Bluesky took the picture but gave no reference to it.")
        return blob

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Put the record under its key, where nothing may be yet: the same again is a yes, anything else InvalidSwap.

        Source: the lexicon of com.atproto.repo.putRecord; what it does the second time, the server's own source.
        """
        did, rkey = self.login().did, draft.prepared["rkey"]
        uri = f"at://{did}/{POST}/{rkey}"
        where = {"repo": did, "collection": POST, "rkey": rkey}
        try:
            told = self.write(
                "com.atproto.repo.putRecord", json={**where, "record": _record(draft), "swapRecord": None}
            )
        except DuplicateError as error:
            raise DuplicateError(str(error), uri) from None
        if told.get("uri") != uri:
            raise InDoubtError("Bluesky answered that it took the post, but not under which address.")
        return _receipt(uri, draft.prepared.get("created_at"))

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look under the post's own key, and then through the account's posts: an older ledger may not know the key.

        `getRecord` may be answered by a server that does not hold the account and lags: only the list proves absence.
        """
        repo = draft.prepared.get("did") or self.options.identifier
        key = hint.rpartition("/")[2] or draft.prepared.get("rkey", "")
        # A post that appeared since then may have been given its key before.
        seen = chain(self.record(repo, key), self.records(repo, since - self.limits.prepared_for))
        ours = (post for post in seen if not is_other(post.uri, others) and "reply" not in post.value)
        return verdict("Bluesky", (_beside(draft, post) for post in ours))

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post; one that is not there is deleted already."""
        rkey = receipt.id.rstrip("/").rpartition("/")[2]
        where = {"repo": self.login().did, "collection": POST, "rkey": rkey}
        self.write("com.atproto.repo.deleteRecord", json=where)

    def check(self) -> Account:
        """Whose account it is, by a new session: an old one outlives its password."""
        self._login = None
        login = self.login()
        return Account(login.did, f"@{login.handle}", f"https://bsky.app/profile/{login.handle}")


def _card(post: Post) -> dict[str, str]:
    """The card's words, which Bluesky does not read from the page; a description must be there, and may be empty."""
    title, summary = plain(post.title), plain(post.summary)
    description = shorten(summary, CARD_DESCRIPTION, len) if title and adds(summary, title) else ""
    return {
        "uri": post.link,
        "title": shorten(title or summary, CARD_TITLE, len) or post.link,
        "description": description,
    }


def _record(draft: Draft) -> dict[str, Any]:
    """The whole record; its time and the reference to its picture were fixed when it was prepared."""
    record = {**draft.body, "createdAt": draft.prepared["created_at"]}
    if blob := draft.prepared.get("blob"):
        embed = record["embed"]
        record["embed"] = {**embed, "external": {**embed["external"], "thumb": json.loads(blob)}}
    return record


def _receipt(uri: str, created_at: Any) -> Receipt:
    """The receipt of a record; its address has the DID, as a handle may change."""
    url, at = "", None
    if whole := URI.fullmatch(uri):
        url = f"https://bsky.app/profile/{whole[1]}/post/{whole[2]}"
    with suppress(ValueError):
        at = datetime.fromisoformat(str(created_at))
    return Receipt(uri, url, at.astimezone(UTC) if at and at.tzinfo else None)


def _beside(draft: Draft, record: Record) -> Seen:
    """A record, compared with the draft."""
    value, leads = record.value, links(record.value)
    words = same_text(str(value.get("text", "")), draft.text)
    receipt = _receipt(record.uri, value.get("createdAt"))
    return Seen(receipt, words, any(same_page(each, draft.link) for each in leads), bare=not leads)
