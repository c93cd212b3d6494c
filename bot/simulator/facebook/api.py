"""A Facebook Page in the Graph API: posts, photos, the lists of posts, the token and its check.

Sources: Meta's pages-api/posts, reference/page (feed, published_posts, photos), guides/error-handling,
overview/rate-limiting; what others saw is marked in the README.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.simulator.facebook import rules as graph
from bot.simulator.facebook.posts import Photo, Post, attached, cursor, post_at
from bot.simulator.faults import Purpose, verb
from bot.simulator.network import Access, Card, Network, Published, Timeline, kind_of_picture
from bot.simulator.server import Refused, Reply, Request, json_reply, now

PAGE_ID, NAME, USERNAME = "100200300", "The Cancer Blog", "TheCancerBlog"
TOKEN = "simulated-page-token"  # noqa: S105 - no secret at all
APP_TOKEN = "1000|simulated-app-secret"  # noqa: S105 - no secret at all
LONGEST = 63_206
MOST_BYTES = 10 * 1024 * 1024

_PATH = re.compile(r"(?:/v(\d+\.\d+))?/([^/]+)(?:/(\w+))?")
_PAGES = (PAGE_ID, "me")
_USUAL_FIELDS = "created_time,message"
_LISTS = ("published_posts", "posts", "feed")


class Facebook(Network):
    """One Page, known by its access token."""

    name = "facebook"
    accesses = (Access("facebook", "facebook", {"page": PAGE_ID}, {"access_token": TOKEN}),)

    def _forget(self) -> None:
        super()._forget()
        self._posts: dict[str, Post] = {}
        self._photos: dict[str, Photo] = {}
        self._last_number = 122_100_000_000_000_000
        self._code_of_revocation = "190/463"

    @property
    def published(self) -> list[Published]:
        with self.lock:
            return [self._as_read(post) for post in self._posts.values() if post.published and not post.deleted]

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        return (
            Timeline("facebook", "Facebook Page", NAME, f"facebook.com/{USERNAME}", self.published, colour="#0866ff"),
        )

    @verb
    def revokes_the_token(self, code: str = "190/463") -> None:
        """Know the token no more, for the reason that a "code/subcode" stands for."""
        super().revokes_the_token()
        self._code_of_revocation = code

    def purpose(self, request: Request) -> Purpose:
        found = _PATH.fullmatch(request.path)
        if request.method == "GET" or not found:
            return "read"
        if request.method == "POST" and found[3] == "photos":
            return "upload" if _given(request).get("published") == "false" else "publish"
        return "publish" if request.method == "POST" and found[3] == "feed" else "change"

    def failure(self, status: int, code: str | None = None) -> Reply:
        return graph.usual_error(status, code)

    def limited(self, until: datetime | None) -> Reply:
        reply = graph.error(400, "80001")
        headers = graph.usage(PAGE_ID, graph.minutes_until(until), 0) if until else {}
        return replace(reply, headers={**reply.headers, **headers})

    def answer(self, request: Request) -> Reply:
        found = _PATH.fullmatch(request.path)
        headers = graph.usage(PAGE_ID, 0, len(self._requests))
        try:
            if found is None:
                return graph.error(400, "2500", "Unknown path components")
            headers["facebook-api-version"] = f"v{graph.effective_version(found[1])}.0"
            self._admit(request, found[2])
            reply = self._edge(request, found[2], found[3])
        except Refused as refused:
            reply = refused.reply
        return replace(reply, headers={**reply.headers, **headers})

    def _admit(self, request: Request, node: str) -> None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") or _given(request).get("access_token", "")
        if not token:
            raise graph.refused("104", "An access token is required to request this resource.")
        if token == APP_TOKEN and node == "debug_token":
            return
        if token != TOKEN:
            raise graph.refused("190")
        if self._revoked:
            raise graph.refused(self._code_of_revocation)

    def _edge(self, request: Request, node: str, edge: str | None) -> Reply:
        method = request.method
        if node == "debug_token":
            return self._debug_token(request)
        if node in _PAGES:
            if method == "POST" and edge == "feed":
                return self._create(_given(request))
            if method == "POST" and edge == "photos":
                return self._add_photo(request)
            if method == "GET" and edge in _LISTS:
                return self._list(request, str(edge))
            if method == "GET" and edge is None:
                return self._page(request)
        elif edge is None:
            return self._post(request, node)
        raise graph.refused("2500", f"Unknown path components: /{edge or node}")

    def _page(self, request: Request) -> Reply:
        link = f"https://www.facebook.com/{USERNAME}"
        whole = {"id": PAGE_ID, "name": NAME, "link": link, "username": USERNAME}
        return json_reply(200, graph.pick(whole, graph.fields(request.query.get("fields", "id,name")), "Page"))

    def _debug_token(self, request: Request) -> Reply:
        if request.query.get("input_token") == TOKEN and not self._revoked:
            scopes = ["pages_show_list", "pages_read_engagement", "pages_manage_posts"]
            times = {"expires_at": 0, "data_access_expires_at": int((now() + timedelta(days=90)).timestamp())}
            about = {"app_id": "1000", "type": "PAGE", "application": "Simulated app", "profile_id": PAGE_ID}
            return json_reply(200, {"data": {**about, **times, "is_valid": True, "scopes": scopes}})
        reason = json.loads(graph.error(400, self._code_of_revocation if self._revoked else "190").body)["error"]
        problem = {"code": reason["code"], "message": reason["message"], "subcode": reason.get("error_subcode")}
        return json_reply(200, {"data": {"is_valid": False, "scopes": [], "error": problem}})

    def _create(self, given: dict[str, str]) -> Reply:
        text, link = given.get("message", ""), given.get("link", "")
        photos = attached(given)
        if not (text or link or photos):
            raise graph.refused("197", "(#197) The post is empty. Please enter a message to share.")
        if len(text) > LONGEST:
            raise graph.refused("100", "(#100) Param message is too long")
        self._check_link(link)
        for photo in photos:
            self._check_photo(photo)
        self._refuse_repetition(text, link, photos)
        post = self._add(text, link, photos, given.get("published", "true") != "false")
        return json_reply(200, self._shown(post, given.get("fields", "")))

    def _check_link(self, link: str) -> None:
        if not link:
            return
        parts = urlsplit(link)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise graph.refused("100", "(#100) link URL is not properly formatted")
        if parts.hostname.removeprefix("www.") == "facebook.com":
            raise graph.refused("100/1609008")
        card = self.look_up(link)
        if card and not card.found:
            raise graph.refused("100/1609005")

    def _check_photo(self, identity: str) -> None:
        photo = self._photos.get(identity)
        if photo is None:
            raise graph.refused("100", f"(#100) Invalid photo id {identity}")
        if photo.posted:
            raise graph.refused("100/1366051")

    def _refuse_repetition(self, text: str, link: str, photos: tuple[str, ...]) -> None:
        standing = (post for post in reversed(self._posts.values()) if not post.deleted and self._sees_duplicates)
        last = next(standing, None)
        if last and (last.text, last.link) == (text, link) and bool(last.photos) == bool(photos) and (text or link):
            raise graph.refused("506")

    def _add(self, text: str, link: str, photos: tuple[str, ...], published: bool) -> Post:
        post = Post(f"{PAGE_ID}_{self._next_number()}", text, link, now(), photos, published)
        self._posts[post.id] = post
        for photo in photos:
            self._photos[photo] = replace(self._photos[photo], posted=True)
        return post

    def _next_number(self) -> int:
        self._last_number += 1
        return self._last_number

    def _add_photo(self, request: Request) -> Reply:
        data, given = request.files.get("source"), _given(request)
        if data is None or kind_of_picture(data) is None:
            raise graph.refused("324", "(#324) Missing or invalid image file")
        if len(data) > MOST_BYTES:
            raise graph.refused("100/1366046")
        photo = Photo(str(self._next_number()), given.get("alt_text_custom"))
        self._photos[photo.id] = photo
        self.pictures[photo.id] = data
        if given.get("published") == "false":
            return json_reply(200, {"id": photo.id})
        post = self._add(given.get("message") or given.get("caption", ""), "", (photo.id,), True)
        return json_reply(200, {"id": photo.id, "post_id": post.id})

    def _list(self, request: Request, edge: str) -> Reply:
        query = request.query
        limit = query.get("limit", "25")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:
            raise graph.refused("100", "(#100) The limit must be between 1 and 100")
        found = [post for post in self._posts.values() if self._is_listed(post, query)]
        if edge == "feed":
            found = found[::2]  # /feed is ranked: it does not promise to show everything
        found = list(reversed(found))
        page = found[: int(limit)]
        rows = [self._shown(post, query.get("fields", _USUAL_FIELDS)) for post in page]
        return json_reply(200, {"data": rows, **self._paging(request, page, len(found) > len(page))})

    def _is_listed(self, post: Post, query: Any) -> bool:
        return (
            post.published
            and not post.deleted
            and self._is_shown(post.at)
            and ("since" not in query or post.at >= graph.moment(query["since"]))
            and ("until" not in query or post.at <= graph.moment(query["until"]))
            and ("after" not in query or post.id < post_at(query["after"]))
        )

    def _paging(self, request: Request, page: list[Post], has_more: bool) -> dict[str, Any]:
        if not page:
            return {}
        cursors = {"before": cursor(page[0]), "after": cursor(page[-1])}
        query = {**request.query, "access_token": TOKEN, "after": cursors["after"]}
        following = {"next": f"{self.base_url}{request.path}?{urlencode(query)}"} if has_more else {}
        return {"paging": {"cursors": cursors, **following}}

    def _post(self, request: Request, identity: str) -> Reply:
        post = self._posts.get(identity)
        verb_used = {"GET": "get", "POST": "post", "DELETE": "delete"}.get(request.method, "")
        if post is None or post.deleted:
            text = f"Unsupported {verb_used} request. Object with ID '{identity}' does not exist, cannot be loaded due "
            raise graph.refused("100/33", text + "to missing permissions, or does not support this operation.")
        if request.method == "GET":
            return json_reply(200, self._shown(post, request.query.get("fields", _USUAL_FIELDS)))
        text = _given(request).get("message", post.text)
        self._posts[identity] = replace(post, text=text, deleted=request.method == "DELETE")
        return json_reply(200, {"success": True})

    def _card(self, post: Post) -> Card | None:
        return self.look_up(post.link) if post.link else None

    def _shown(self, post: Post, fields: str) -> dict[str, Any]:
        return graph.pick(post.as_data(self._card(post)), graph.fields(fields), "Post")

    def _as_read(self, post: Post) -> Published:
        alt = self._photos[post.photos[0]].alt if post.photos else None
        return post.as_read(self._card(post), alt)


def _given(request: Request) -> dict[str, str]:
    return {**request.query, **request.form}
