"""Mastodon: one account on one server, its statuses, its pictures, and what the server says of itself.

Sources: Mastodon's documentation (methods statuses, media, accounts and instance; rate limits), its source code, and
what its kin did when they were run; which is which stands in the README.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.faults import Purpose, verb
from bot.simulator.mastodon import rules
from bot.simulator.mastodon import text as words
from bot.simulator.mastodon.media import Pictures
from bot.simulator.mastodon.posts import ACCOUNT_ID, NAME, USERNAME, Post, account, first_card, instance
from bot.simulator.network import Access, Ids, Network, Published, Timeline
from bot.simulator.server import Refused, Reply, Request, json_reply, now

TOKEN = "simulated-mastodon-token"  # noqa: S105 - no secret at all
KEYS_FOR = timedelta(hours=1)
USUAL, LONGEST_LIST = 20, 40


class Mastodon(Network):
    """One account, known by its access token."""

    name = "mastodon"
    accesses = (Access("mastodon", "mastodon", secrets={"access_token": TOKEN}),)

    def _forget(self) -> None:
        super()._forget()
        self._ids = Ids()
        self._posts: dict[str, Post] = {}
        self._media = Pictures()
        self._keys: dict[str, tuple[datetime, str]] = {}
        self._known: set[str] = set()
        self._characters, self._per_link = 500, 23

    @property
    def published(self) -> list[Published]:
        with self.lock:
            return [self._as_read(post) for post in self._posts.values() if post.is_public]

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        return (
            Timeline("mastodon", "Mastodon", NAME, f"@{USERNAME}@{words.DOMAIN}", self.published, colour="#563acc"),
        )

    @verb
    def overlooks_duplicates(self) -> None:
        """Honour no Idempotency-Key, as most of Mastodon's kin; no server compares texts."""
        super().overlooks_duplicates()

    @verb
    def allows(self, characters: int = 500, per_link: int = 23) -> None:
        """Be a server with other limits."""
        self._characters, self._per_link = characters, per_link

    @verb
    def knows(self, account: str) -> None:
        """Let an account elsewhere, as name@domain, be one that this server finds when it is mentioned."""
        self._known.add(account.removeprefix("@"))

    @verb
    def processes_pictures_for(self, seconds: float) -> None:
        """Answer 202 to an upload, and let its picture be ready only so long afterwards."""
        self._media.processing = timedelta(seconds=seconds)

    def purpose(self, request: Request) -> Purpose:
        return rules.route(request)[1]

    def failure(self, status: int, code: str | None = None) -> Reply:
        return rules.failure(status, code)

    def limited(self, until: datetime | None) -> Reply:
        reply = rules.failure(429)
        return replace(reply, headers={**reply.headers, **rules.usage(until, 0)}) if until else reply

    def answer(self, request: Request) -> Reply:
        does, _, names = rules.route(request)
        try:
            self._admit(request, does)
            reply: Reply = getattr(self, does)(request, *names)
        except Refused as refused:
            reply = refused.reply
        return replace(reply, headers={**reply.headers, **rules.used(self._requests)})

    def _admit(self, request: Request, does: str) -> None:
        if not does:
            raise rules.refused(404)
        if does != "_instance" and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise rules.refused(401)
        if does != "_instance" and self._revoked:
            raise rules.refused(401, "revoked")

    def _me(self, _: Request) -> Reply:
        source = {"privacy": "public", "sensitive": False, "language": "en", "note": "", "fields": []}
        return json_reply(200, {**account(), "source": source})

    def _instance(self, _: Request) -> Reply:
        return json_reply(200, instance(self._characters, self._per_link))

    def _create(self, request: Request) -> Reply:
        key = request.headers.get("Idempotency-Key", "")
        if (post := self._made_with(key)) is None:
            post = self._made(rules.wanted(request))
            self._keys[key] = (now(), post.id)
        return json_reply(200, self._as_data(post, with_card=False))

    def _made_with(self, key: str) -> Post | None:
        """The status that was made with a key lately; its body is not compared. One that was deleted is a 404."""
        at, identity = self._keys.get(key, (now() - KEYS_FOR, ""))
        honoured = key and self._sees_duplicates and now() - at < KEYS_FOR
        return self._post(identity) if honoured else None

    def _made(self, wanted: rules.Wanted) -> Post:
        self._media.check(wanted.media)
        self._refuse_text(wanted)
        visibility = wanted.visibility or "public"
        if visibility not in rules.VISIBILITIES:
            raise rules.invalid("Visibility is not included in the list")
        if wanted.reply_to:
            self._post(wanted.reply_to)
        identity, language = str(self._ids.next()), wanted.language or "en"
        about = wanted.text, wanted.media, visibility, language, wanted.sensitive, wanted.spoiler, wanted.reply_to
        return self._keep(Post(identity, now(), *about))

    def _keep(self, post: Post) -> Post:
        self._posts[post.id] = post
        self._media.attach(post.media, post.id)
        return post

    def _refuse_text(self, wanted: rules.Wanted) -> None:
        if not (wanted.text or wanted.media):
            raise rules.invalid("Text can't be blank")
        if words.length(wanted.spoiler + wanted.text, self._per_link) > self._characters:
            raise rules.invalid(f"Text character limit of {self._characters} exceeded")

    def _post(self, identity: str) -> Post:
        post = self._posts.get(identity)
        if post is None or post.deleted:
            raise rules.refused(404)
        return post

    def _show(self, _: Request, identity: str) -> Reply:
        return json_reply(200, self._as_data(self._post(identity)))

    def _source(self, _: Request, identity: str) -> Reply:
        post = self._post(identity)
        return json_reply(200, {"id": post.id, "text": post.text, "spoiler_text": post.spoiler})

    def _edit(self, request: Request, identity: str) -> Reply:
        """What a request does not name is gone: pictures, the warning, the mark of sensitive content."""
        post, wanted = self._post(identity), rules.wanted(request)
        self._media.check(wanted.media, post.id)
        self._refuse_text(wanted)
        said = replace(post, text=wanted.text, spoiler=wanted.spoiler, sensitive=wanted.sensitive, edited_at=now())
        edited = self._keep(replace(said, media=wanted.media, language=wanted.language or post.language))
        return json_reply(200, self._as_data(edited))

    def _delete(self, _: Request, identity: str) -> Reply:
        post = self._post(identity)
        self._posts[identity] = replace(post, deleted=True)
        return json_reply(200, {**self._as_data(post), "text": post.text})

    def _list(self, request: Request, whose: str) -> Reply:
        """The newest first; with `min_id` those that follow it."""
        if whose != ACCOUNT_ID:
            raise rules.refused(404)
        query = request.query
        found = [post for post in self._posts.values() if post.is_listed(query) and self._is_shown(post.at)]
        limit = min(int(query.get("limit", USUAL)), LONGEST_LIST)
        found.sort(key=lambda post: post.number, reverse="min_id" not in query)
        page = sorted(found[:limit], key=lambda post: post.number, reverse=True)
        return json_reply(200, [self._as_data(post) for post in page], self._neighbours(request, page))

    def _neighbours(self, request: Request, page: list[Post]) -> dict[str, str]:
        if not page:
            return {}
        where = f"{self.base_url}{request.path}"
        older, newer = f"<{where}?max_id={page[-1].id}>", f"<{where}?min_id={page[0].id}>"
        return {"Link": f'{older}; rel="next", {newer}; rel="prev"'}

    def _upload(self, request: Request) -> Reply:
        data = request.files.get("file")
        media = self._media.receive(str(self._ids.next()), data, request.form.get("description"))
        self.pictures[media.id] = data or b""
        return json_reply(200 if media.is_ready else 202, media.as_data())

    def _picture(self, _: Request, identity: str) -> Reply:
        media = self._media.alone(identity)
        return json_reply(200 if media.is_ready else 206, media.as_data())

    def _as_data(self, post: Post, with_card: bool = True) -> dict[str, Any]:
        """A status that was just made has no card yet: its link is read afterwards."""
        card = first_card(post.text, self.look_up) if with_card else None
        return post.as_data(self._known, self._media.of(post.media), card)

    def _as_read(self, post: Post) -> Published:
        return post.as_read(self._media.of(post.media), first_card(post.text, self.look_up))
