"""The blog: posts that appear, change and vanish, read through WordPress-like feeds and pages.

Source of the feeds' behaviour: WordPress 6 as it was run, and wp-includes/class-wp.php for conditional requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, count
from threading import Event, Thread
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from bot.simulator.blog import png, wordpress
from bot.simulator.blog.crawler import read_card
from bot.simulator.blog.invented import INVENTED_POSTS
from bot.simulator.blog.replies import as_json, conditional, feed_asked_for, html, moment, zipped
from bot.simulator.blog.wordpress import BlogPost
from bot.simulator.faults import Platform, Purpose, verb
from bot.simulator.network import Card
from bot.simulator.server import Reply, Request, now

A_PAGE = 10
_DAYS_OF_THE_BASELINE = (9, 5, 2)


class Blog(Platform):
    """A blog with a few invented posts at the start, and more whenever somebody publishes."""

    name = "blog"
    aims_at: ClassVar[Purpose] = "any"

    def __init__(self, port: int = 0) -> None:
        self._quiet = Event()
        super().__init__(port)

    def _forget(self) -> None:
        super()._forget()
        self._posts: dict[int, BlogPost] = {}
        self._raw: dict[str, Reply] = {}
        self._moved: dict[str, int] = {}
        self._ids = count(101)
        self._invented = count()
        self.rests()
        for days in _DAYS_OF_THE_BASELINE:
            self.publishes_the_next(at=now() - timedelta(days=days))

    @property
    def feed_url(self) -> str:
        """The address of the RSS feed."""
        return f"{self.base_url}/feed/"

    @property
    def posts(self) -> list[BlogPost]:
        """The posts that readers see, newest first."""
        with self.lock:
            seen = [post for post in self._posts.values() if post.at <= now()]
            return sorted(seen, key=lambda post: (post.at, post.id), reverse=True)

    @verb
    def publishes(  # noqa: PLR0913 - everything a post may have
        self,
        title: str,
        *,
        summary: str = "",
        author: str = "The editors",
        categories: Sequence[str] = ("Cancer care",),
        picture: bool = True,
        at: datetime | str | None = None,
        protected: bool = False,
        guid: str | None = None,
        alt: str = "",
    ) -> BlogPost:
        """Publish a post, now or at a time before (back-dated) or to come (scheduled)."""
        with self.lock:
            when = moment(at)
            identity, slug = next(self._ids), self._free_slug(title)
            link = f"{self.base_url}/{when:%Y/%m}/{slug}/"
            image = f"{self.base_url}/wp-content/uploads/{when:%Y/%m}/picture-{identity}.png" if picture else None
            named = guid or f"{self.base_url}/?p={identity}"
            words = (title, summary, author, tuple(categories))
            post = BlogPost(identity, slug, *words, when, max(when, now()), named, link, image, alt, protected)
            self._posts[identity] = post
            return post

    @verb
    def publishes_the_next(self, at: datetime | str | None = None) -> BlogPost:
        """Publish the next invented post; after the last comes the first again, with a number."""
        number = next(self._invented)
        turn, place = divmod(number, len(INVENTED_POSTS))
        post = INVENTED_POSTS[place]
        title = f"{post.title} ({turn + 1})" if turn else post.title
        return self.publishes(
            title, summary=post.summary, author=post.author, categories=post.categories, at=at, alt=post.alt
        )

    @verb
    def publishes_every(self, seconds: float) -> None:
        """Publish the next invented post every so many seconds, until it `rests`."""
        self.rests()
        self._quiet = quiet = Event()

        def go_on() -> None:
            while not quiet.wait(seconds):
                self.publishes_the_next()

        Thread(target=go_on, daemon=True).start()

    @verb
    def rests(self) -> None:
        """Stop publishing by itself."""
        self._quiet.set()

    @verb
    def edits(self, slug: str, *, title: str | None = None, summary: str | None = None) -> BlogPost:
        """Change a post's words; its date, guid and address stay."""
        post = self._named(slug)
        return self._keep(replace(post, title=title or post.title, summary=summary or post.summary, modified=now()))

    @verb
    def moves(self, slug: str, new_slug: str) -> BlogPost:
        """Give a post another address; the old one redirects, the guid stays."""
        post = self._named(slug)
        self._moved[unquote(urlsplit(post.link).path)] = post.id
        link = f"{self.base_url}/{post.at:%Y/%m}/{new_slug}/"
        return self._keep(replace(post, slug=new_slug, link=link, modified=now()))

    @verb
    def features(self, slug: str, alt: str = "") -> BlogPost:
        """Give a post a featured picture that neither its feed nor its page shows."""
        post = self._named(slug)
        featured = f"{self.base_url}/wp-content/uploads/{post.at:%Y/%m}/featured-{post.id}.png"
        return self._keep(replace(post, featured=featured, featured_alt=alt))

    @verb
    def withdraws(self, slug: str) -> None:
        """Put a post in the bin."""
        with self.lock:
            del self._posts[self._named(slug).id]

    @verb
    def protects(self, slug: str) -> BlogPost:
        """Put a password on a post."""
        return self._keep(replace(self._named(slug), protected=True, modified=now()))

    @verb
    def serves(
        self,
        document: bytes | str,
        content_type: str = "application/rss+xml; charset=UTF-8",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Serve this document as the feed, instead of the blog's own."""
        self.serves_page("/feed/", document, content_type, status, headers)

    @verb
    def serves_its_own_feed(self) -> None:
        """Stop serving another document as the feed."""
        self._raw.pop("/feed/", None)

    @verb
    def serves_page(
        self,
        path: str,
        document: bytes | str,
        content_type: str = "text/html; charset=UTF-8",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Serve this document at a path."""
        body = document.encode() if isinstance(document, str) else document
        self._raw[unquote(path)] = Reply(status, body, {"Content-Type": content_type, **(headers or {})})

    def card(self, url: str) -> Card | None:
        """What a crawler reads from a page of this blog; None for pages of others."""
        if not url.startswith(f"{self.base_url}/"):
            return None
        if not self.is_listening:
            return Card(False)
        with self.lock:
            reply = self._page(unquote(urlsplit(url).path))
            if reply.status == 301:
                reply = self._page(unquote(urlsplit(reply.headers["Location"]).path))
        return read_card(reply.body) if reply.status == 200 else Card(False)

    def stop(self) -> None:
        """Stop publishing and listening."""
        self.rests()
        super().stop()

    def purpose(self, request: Request) -> Purpose:
        return "read"

    def failure(self, status: int, code: str | None = None) -> Reply:
        return html(status, wordpress.notice("Something went wrong"))

    def limited(self, until: datetime | None) -> Reply:
        wait = {"Retry-After": str(max(1, round((until - now()).total_seconds())))} if until else {}
        return html(429, wordpress.notice("Too many requests"), wait)

    def answer(self, request: Request) -> Reply:
        path, query = unquote(request.path), request.query
        if path in self._raw:
            return self._raw[path]
        if path == "/" and query.get("p", "").isdecimal():
            return self._redirect(self._posts.get(int(query["p"])))
        if path.endswith("/feed"):
            return Reply(301, headers={"Location": f"{self.base_url}{request.path}/"})
        if path.startswith("/wp-json/wp/v2/posts"):
            return self._rest(path, query)
        feed = feed_asked_for(path, query)
        return self._feed(request, *feed) if feed else zipped(self._page(path), request)

    def _page(self, path: str) -> Reply:
        if path in self._raw:
            return self._raw[path]
        if path == "/":
            return html(200, wordpress.home(self.posts[:A_PAGE]))
        if path.startswith("/wp-content/uploads/"):
            return self._picture(path)
        for post in self.posts:
            if unquote(urlsplit(post.link).path) == path:
                return html(200, wordpress.page(self.base_url, post))
        moved = self._posts.get(self._moved.get(path, 0))
        return self._redirect(moved)

    def _rest(self, path: str, query: Mapping[str, str]) -> Reply:
        """One post by its number, or those with a slug; of the interface nothing else is there."""
        one, embedded = path.rstrip("/").rpartition("/")[2], "_embed" in query
        if one == "posts":
            found = [post for post in self.posts if query.get("slug", post.slug) in (post.slug, unquote(post.slug))]
            return as_json(200, [wordpress.rest(self.base_url, post, embedded) for post in found[:A_PAGE]])
        for post in self.posts:
            if str(post.id) == one:
                return as_json(200, wordpress.rest(self.base_url, post, embedded))
        return as_json(404, {"code": "rest_post_invalid_id", "message": "Invalid post ID.", "data": {"status": 404}})

    def _redirect(self, post: BlogPost | None) -> Reply:
        if post is None or post.at > now():
            return html(404, wordpress.notice("Page not found"))
        return Reply(301, headers={"Location": post.link})

    def _picture(self, path: str) -> Reply:
        for post in self._posts.values():
            if path in [urlsplit(picture).path for picture in (post.image, post.featured) if picture]:
                return Reply(200, png.picture(f"picture {post.id}"), {"Content-Type": "image/png"})
        return html(404, wordpress.notice("Page not found"))

    def _feed(self, request: Request, kind: str, category: str) -> Reply:
        posts = [post for post in self.posts if not category or category in map(wordpress.slug, post.categories)]
        modified = max((post.modified for post in posts), default=now()).replace(microsecond=0)
        page = int(request.query.get("paged", "1")) if request.query.get("paged", "1").isdecimal() else 1
        shown = posts[(page - 1) * A_PAGE : page * A_PAGE] if page else posts[:A_PAGE]
        if not shown and page > 1:
            body = wordpress.rss(self.base_url, request.path, [], modified, f"Page not found – {wordpress.TITLE}")
            return Reply(404, body, {"Content-Type": "application/rss+xml; charset=UTF-8"})
        write = wordpress.atom if kind == "atom" else wordpress.rss
        body = write(self.base_url, request.path, shown, modified)
        reply = Reply(200, body, {"Content-Type": f"application/{kind}+xml; charset=UTF-8"})
        return zipped(conditional(reply, request, modified), request)

    def _free_slug(self, title: str) -> str:
        slug = wordpress.slug(title) or str(len(self._posts) + 1)
        taken = {post.slug for post in self._posts.values()}
        return next(name for name in chain([slug], (f"{slug}-{n}" for n in count(2))) if name not in taken)

    def _named(self, slug: str) -> BlogPost:
        with self.lock:
            for post in self._posts.values():
                if post.slug == slug:
                    return post
        raise LookupError(f"The blog has no post {slug}.")

    def _keep(self, post: BlogPost) -> BlogPost:
        with self.lock:
            self._posts[post.id] = post
            return post
