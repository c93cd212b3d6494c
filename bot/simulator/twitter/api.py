"""X, API v2: posts, pictures, the account's timeline, rate limits, credits and prices.

Sources: X docs (manage-tweets, timelines, media, pricing, rate-limits), its OpenAPI document, and what others saw.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.faults import Purpose, verb
from bot.simulator.network import Ids, Network, Published, Timeline, kind_of_picture
from bot.simulator.server import Refused, Reply, Request, json_reply, now
from bot.simulator.twitter import input as given
from bot.simulator.twitter import oauth1
from bot.simulator.twitter import text as tweet_text
from bot.simulator.twitter.rules import (
    ALT_TEXT,
    DELETION,
    OWN_POST_READ,
    POST,
    POST_WITH_LINK,
    ROUTES,
    USER_READ,
    Rates,
    Route,
    invalid,
    limited_until,
    no_credits,
    not_found,
    problem,
    too_many,
)

USER_ID, USERNAME, NAME = "1700000000", "TheCancerBlog", "The Cancer Blog"
APP_ONLY_TOKEN = "simulated-app-bearer"  # noqa: S105 - no secret at all
EPOCH = 1288834974657
DUPLICATES_FOR = timedelta(hours=24)
"""How long a text counts as posted recently; X does not tell."""
MEDIA_FOR = timedelta(hours=24)
MOST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class _Post:
    id: str
    text: str
    at: datetime
    media: tuple[str, ...]
    is_reply: bool
    deleted: bool = False


@dataclass(frozen=True)
class _Media:
    id: str
    at: datetime
    alt: str | None = None


class Twitter(Network):
    """One account on X, known by OAuth 1.0a keys."""

    name, accesses = "twitter", (oauth1.ACCESS,)

    def _forget(self) -> None:
        super()._forget()
        self._ids = Ids(EPOCH)
        self._guard = oauth1.Guard()
        self._rates = Rates()
        self._posts: dict[str, _Post] = {}
        self._media: dict[str, _Media] = {}
        self._has_credits = True
        self._mills = 0
        self._read_today: set[tuple[str, str]] = set()

    @property
    def published(self) -> list[Published]:
        with self.lock:
            return [self._as_read(post) for post in self._posts.values() if not post.deleted]

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        return (Timeline("x", "X", NAME, f"@{USERNAME}", self.published, colour="#0f1419"),)

    @property
    def spent(self) -> float:
        """What the account owes X, in dollars, by the price list; requests that were refused are free."""
        return self._mills / 1000

    @verb
    def runs_out_of_credits(self) -> None:
        """Answer 402 from now on."""
        self._has_credits = False

    @verb
    def buys_credits(self) -> None:
        """End the lack of credits."""
        self._has_credits = True

    @verb
    def exhausts_the_day(self, reset_in: float) -> None:
        """Refuse posts as if the day's were used up; the 15-minute window's reset is nearer, as seen on X."""
        self._rates.day_is_over_until = now() + timedelta(seconds=reset_in)

    def purpose(self, request: Request) -> Purpose:
        route, _ = _route(request)
        return route.purpose if route else "read"

    def failure(self, status: int, code: str | None = None) -> Reply:
        reply = no_credits(int(USER_ID)) if status == 402 else problem(status, code)
        return replace(reply, headers={**reply.headers, **self._rates.headers(ROUTES[0])})

    def limited(self, until: datetime | None) -> Reply:
        reply = too_many()
        return replace(reply, headers={**reply.headers, **limited_until(until, ROUTES[0])}) if until else reply

    def answer(self, request: Request) -> Reply:
        route, found = _route(request)
        if route is None or found is None:
            return problem(404)
        try:
            self._admit(request, route)
            reply: Reply = getattr(self, route.does)(request, *found.groups())
        except Refused as refused:
            reply = refused.reply
        return replace(reply, headers={**reply.headers, **self._rates.headers(route)})

    def _admit(self, request: Request, route: Route) -> None:
        if request.headers.get("Authorization") == f"Bearer {APP_ONLY_TOKEN}":
            raise Refused(problem(403, "unsupported-authentication"))
        if self._revoked or not self._guard.admits(request):
            raise Refused(problem(401))
        self._rates.count(route)
        if not self._has_credits:
            raise Refused(no_credits(int(USER_ID)))

    def _me(self, _: Request) -> Reply:
        self._read_once(f"user {USER_ID}", USER_READ)
        return json_reply(200, {"data": {"id": USER_ID, "name": NAME, "username": USERNAME}})

    def _create(self, request: Request) -> Reply:
        wanted = given.post_wanted(request)
        media = self._usable(given.media_wanted(wanted))
        text = unicodedata.normalize("NFC", wanted.get("text") or "").strip()
        self._refuse_text(text, bool(media))
        post = _Post(str(self._ids.next()), text, now(), media, "reply" in wanted)
        self._posts[post.id] = post
        self._mills += POST_WITH_LINK if tweet_text.links(text, post.id) else POST
        shown = {"id": post.id, "text": self._returned_text(post), "edit_history_tweet_ids": [post.id]}
        return json_reply(201, {"data": shown})

    def _refuse_text(self, text: str, has_media: bool) -> None:
        if not text and not has_media:
            raise invalid({"text": [""]}, "Text or media is required.")
        if tweet_text.cashtags(text) > 1:
            raise invalid({"text": [text]}, "At most one cashtag is allowed.")
        if tweet_text.weight(text) > tweet_text.MAX_WEIGHT:
            raise Refused(problem(403, "not-permitted"))
        recent = (post.text for post in self._posts.values() if now() - post.at < DUPLICATES_FOR)
        if self._sees_duplicates and text and text in recent:
            raise Refused(problem(403, "duplicate"))

    def _usable(self, media: tuple[str, ...]) -> tuple[str, ...]:
        for medium in media:
            if medium not in self._media or now() - self._media[medium].at > MEDIA_FOR:
                raise invalid({"media.media_ids": [f"[{medium}]"]}, "Your media IDs are invalid.")
        return media

    def _show(self, request: Request, identity: str) -> Reply:
        post = self._posts.get(identity)
        if post is None or post.deleted:
            return json_reply(200, not_found("tweet", identity))
        self._read_once(post.id, OWN_POST_READ)
        return json_reply(200, {"data": self._as_data(post, given.fields_wanted(request.query))})

    def _delete(self, _: Request, identity: str) -> Reply:
        post = self._posts.get(identity)
        if post is None:
            return problem(404, "resource-not-found")
        self._posts[identity] = replace(post, deleted=True)
        self._mills += DELETION
        return json_reply(200, {"data": {"deleted": True}})

    def _timeline(self, request: Request, user: str) -> Reply:
        query = request.query
        count = given.check_timeline(query)
        if user != USER_ID:
            return json_reply(200, not_found("user", user))
        matching = [post for post in self._posts.values() if self._matches(post, request)]
        matching.sort(key=lambda post: int(post.id), reverse=True)
        page = matching[:count]
        for post in page:
            self._read_once(post.id, OWN_POST_READ)
        return json_reply(200, self._page(page, len(matching) > count, given.fields_wanted(request.query)))

    def _page(self, page: list[_Post], has_more: bool, fields: set[str]) -> dict[str, Any]:
        if not page:
            return {"meta": {"result_count": 0}}
        meta = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
        if has_more:
            meta["next_token"] = given.page_token(page[-1].id)
        return {"data": [self._as_data(post, fields) for post in page], "meta": meta}

    def _matches(self, post: _Post, request: Request) -> bool:
        query, number = request.query, int(post.id)
        return (
            not post.deleted
            and self._is_shown(post.at)
            and ("start_time" not in query or post.at >= given.moment(query, "start_time"))
            and ("end_time" not in query or post.at < given.moment(query, "end_time"))
            and ("since_id" not in query or number > given.number(query, "since_id"))
            and ("until_id" not in query or number < given.number(query, "until_id"))
            and ("pagination_token" not in query or number < given.page_before(query["pagination_token"]))
            and not ("replies" in query.get("exclude", "").split(",") and post.is_reply)
        )

    def _as_data(self, post: _Post, fields: set[str]) -> dict[str, Any]:
        data: dict[str, Any] = {"id": post.id, "text": self._returned_text(post), "edit_history_tweet_ids": [post.id]}
        if "created_at" in fields:
            data["created_at"] = post.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{post.at.microsecond // 1000:03}Z"
        if "author_id" in fields:
            data["author_id"] = USER_ID
        urls = self._entities(post)
        if "entities" in fields and urls:
            data["entities"] = {"urls": urls}
        return data

    def _returned_text(self, post: _Post) -> str:
        text = tweet_text.as_returned(post.text, post.id)
        return f"{text} {tweet_text.short_address(post.id, 'picture')}".strip() if post.media else text

    def _entities(self, post: _Post) -> list[dict[str, Any]]:
        text, start, found = self._returned_text(post), 0, []
        addresses = [(link.short, link.expanded) for link in tweet_text.links(post.text, post.id)]
        if post.media:
            addresses.append((tweet_text.short_address(post.id, "picture"), f"{_permalink(post.id)}/photo/1"))
        for short, expanded in addresses:
            start = text.index(short, start)
            end = start + len(short)
            shown = re.sub(r"^https?://(www\.)?", "", expanded)
            shown = shown if len(shown) <= 27 else shown[:26] + "…"
            found.append({"start": start, "end": end, "url": short, "expanded_url": expanded, "display_url": shown})
            start = end
        return found

    def _upload(self, request: Request) -> Reply:
        data, category = given.upload(request)
        if not category:
            raise invalid({"media_category": [""]}, "media_category is required.")
        if data is None or kind_of_picture(data) is None:
            raise invalid({"media": []}, "The media type is unrecognized.")
        if len(data) > MOST_BYTES:
            raise invalid({"media": []}, f"File size exceeds {MOST_BYTES} bytes.")
        identity = str(self._ids.next())
        self._media[identity] = _Media(identity, now())
        self.pictures[identity] = data
        shown = {"id": identity, "media_key": f"3_{identity}", "size": len(data)}
        return json_reply(200, {"data": {**shown, "expires_after_secs": int(MEDIA_FOR.total_seconds())}})

    def _describe(self, request: Request) -> Reply:
        wanted = request.json()
        identity = wanted.get("id") if isinstance(wanted, dict) else None
        if identity not in self._media:
            raise invalid({"id": [str(identity)]}, "The media id is invalid.")
        alt = ((wanted.get("metadata") or {}).get("alt_text") or {}).get("text")
        if not isinstance(alt, str) or not 0 < len(alt) <= 1000:
            raise invalid({"metadata.alt_text.text": [str(alt)]}, "alt_text must have 1 to 1000 characters.")
        self._media[identity] = replace(self._media[identity], alt=alt)
        self._mills += ALT_TEXT
        return json_reply(200, {"data": {"id": identity, "associated_metadata": {"alt_text": {"text": alt}}}})

    def _read_once(self, what: str, price: int) -> None:
        key = (f"{now():%Y-%m-%d}", what)
        self._mills += 0 if key in self._read_today else price
        self._read_today.add(key)

    def _as_read(self, post: _Post) -> Published:
        links = tweet_text.links(post.text, post.id)
        link = links[-1].expanded if links else None
        card = self.look_up(link) if link and not post.media else None
        picture = f"/pictures/twitter/{post.media[0]}" if post.media else card.picture if card else None
        alt = self._media[post.media[0]].alt if post.media else None
        title = card.title if card else None
        return Published(post.id, post.text, link, post.at, title, bool(picture), alt, _permalink(post.id), picture)


def _route(request: Request) -> tuple[Route, re.Match[str]] | tuple[None, None]:
    for route in ROUTES:
        found = route.path.fullmatch(request.path)
        if found and route.method == request.method:
            return route, found
    return None, None


def _permalink(identity: str) -> str:
    return f"https://x.com/{USERNAME}/status/{identity}"
