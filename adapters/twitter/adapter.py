"""X, through API v2 and tweepy: how it takes a post, and how a post is found again.

It judges the platform's reply and never tweepy's word; it retries, waits and stores nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import tweepy
from requests import Response

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
    UnsupportedError,
)
from adapters.http.replies import json_of, turning
from adapters.http.session import PlatformSession, telling_doubt
from adapters.looks import verdict
from adapters.text.counting import LINK, weighted
from adapters.text.links import host_of
from adapters.text.plain import plain, shorten
from adapters.traits import Handle, Limits
from adapters.twitter.replies import CONSOLE, address, data_of, id_in, refusal
from adapters.twitter.timeline import listed, own_posts
from adapters.wording.posts import written

for _name in ("tweepy", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # at DEBUG they print the Authorization header

CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
"""Hosts of a rehearsal's blog, which is on no network anyway."""
MARGIN = timedelta(minutes=2)
"""How far the clocks of X and of this machine may differ."""


class Twitter(Adapter):
    """One account on X, with OAuth 1.0a tokens, which do not expire."""

    class Options(contract.Options):
        """What an account on X is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "consumer_key": f"The API key, {CONSOLE}.",
            "consumer_secret": f"The API key secret, {CONSOLE}.",
            "access_token": f"The access token of the account, {CONSOLE}; the app needs Read and write first.",
            "access_token_secret": f"The access token secret, {CONSOLE}.",
        }
        base_url: contract.BaseURL = "https://api.x.com"
        attach_image: bool = True
        """Whether the entry's picture is attached; without it X shows the card of the linked page."""

    kind, title, real = "twitter", "X", "https://api.twitter.com"
    known_as = ("x",)
    handle = Handle("X", "@[A-Za-z0-9_]{1,15}", "@name", 'the name on X, such as "@name"')
    template = "{{ title }}\n\n{{ byline }}\n\n{{ link }}\n\n{{ hashtags }}"
    limits = Limits(
        characters=280,
        counted="weighted: a link 23, an emoji 2, most alphabets 1, all else 2",
        find_after=timedelta(seconds=60),
        image_bytes=5 * 1024 * 1024,
        image_types=("image/jpeg", "image/png", "image/webp"),
        alt_text=1000,
        refuses_duplicates=True,
        hashtags=2,
        price=0.20,
        price_without_link=0.015,
        doubt="Oncecast looks for the link in the account's own posts.",
    )
    options: Options
    session: PlatformSession

    def compose(self, post: Post) -> Draft:
        """The words and the link as one text, within 280 weighted characters (X docs, Counting characters)."""
        text = written(post, self.template, self.limit_for(post), weighted)
        image = post.image if self.options.attach_image else None
        if image and (image.size > self.limits.image_bytes or image.media_type not in self.limits.image_types):
            raise UnsupportedError(
                f"X does not take this picture ({image.media_type}, {image.size} bytes): use a smaller JPEG."
            )
        if image:
            image = replace(image, alt=shorten(plain(image.alt), self.limits.alt_text, len))
        return Draft(self.kind, text, post.link, weighted(text), {"text": text}, image)

    def warnings(self, draft: Draft) -> Iterator[str]:
        """What X refuses, or does not make a link of (X docs, Create Post and Counting characters)."""
        found = CASHTAG.findall(draft.text.replace(draft.link, " ") if draft.link else draft.text)
        if len(found) > 1:
            yield f"It has {len(found)} cashtags ({' '.join(found)}), and X refuses a post with more than one."
        host = host_of(draft.link)
        if host and host not in ON_THIS_MACHINE and weighted(f"https://{host}/{'x' * 2 * LINK}") > LINK:
            yield f"X may not make a link of {host}: its ending is none that X is known to link."

    def prepare(self, draft: Draft) -> Draft:
        """Upload the picture with its alternative text; X keeps both for 24 hours (X docs, Media best practices)."""
        if draft.image is None or draft.prepared.get("media_id"):
            return draft
        file = ("picture", self.picture(draft.image.sha256), draft.image.media_type)
        with turning(InDoubtError, TransientError):
            body = self._post("/2/media/upload", files={"media": file}, data={"media_category": "tweet_image"})
            if not (media_id := id_in(body)):
                raise InDoubtError("X took the picture but gave no id for it.")
            if draft.image.alt:
                alt = {"alt_text": {"text": draft.image.alt}}
                self._post("/2/media/metadata", json={"id": media_id, "metadata": alt})
        return draft.with_prepared(media_id=media_id)

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Create the post. X takes no key, but refuses the same text again (X docs, Create Post)."""
        media = [draft.prepared["media_id"]] if draft.image else None
        body = self._ask(lambda: self._client().create_tweet(text=draft.body["text"], media_ids=media))
        if not (identity := id_in(body)):
            raise InDoubtError("X answered that it took the post, but gave no id for it.")
        return Receipt(identity, address(identity))

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look in the account's own posts for the draft's words and link (X docs, Timelines)."""
        with turning(AdapterError, CannotTellError):
            body = self._ask(lambda: own_posts(self._client(), self.credentials["access_token"], since - MARGIN))
        seen, complete = listed(body, draft, others)
        if (found := verdict(self.title, seen)) is None and not complete:
            raise CannotTellError("X did not list all posts of the account since then: look there yourself.")
        return found

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post; that it is gone already is as good (X docs, Delete Post)."""
        with suppress(CredentialError):
            body = self._ask(lambda: self._client().delete_tweet(receipt.id))
            if data_of(body).get("deleted") is not True:
                raise InDoubtError(f"X did not say whether it deleted the post: look at {receipt.url}.")
        if self.session.last is None or self.session.last.status_code not in (200, 404):
            raise refusal(self.session.last)

    def check(self) -> Account:
        """Whose tokens these are (X docs, Get my User); they do not expire."""
        with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
            body = self._ask(lambda: self._client().get_me())
            if not id_in(body):
                raise InDoubtError("X did not say whose account this is.")
        name = data_of(body).get("username", "")
        return Account(id_in(body), f"@{name}", f"https://x.com/{name}")

    def _client(self) -> Any:
        client = tweepy.Client(**self._keys(), return_type=Response)
        client.session, client.user_agent = self.session, self.session.headers["User-Agent"]
        return client

    def _keys(self) -> dict[str, str]:
        return {name: self.credentials[name] for name in self.options.secrets}

    def _post(self, path: str, **content: Any) -> Any:
        auth = tweepy.OAuth1UserHandler(**self._keys()).apply_auth()
        return self._ask(lambda: self.session.post(self.real + path, auth=auth, **content))

    def _ask(self, call: Callable[[], object]) -> Any:
        """The JSON value of a 2xx reply (None for what is no JSON); every other reply is raised as what it means."""
        self.session.last = None
        with telling_doubt():
            try:
                call()
            except (tweepy.TweepyException, AttributeError, TypeError, ValueError):  # it stumbles over odd error bodies
                if self.session.last is None:
                    raise
        reply = self.session.last
        if reply is None or not 200 <= reply.status_code < 300:
            raise refusal(reply)
        return json_of(reply)
