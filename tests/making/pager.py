"""A platform of our own invention: nobody can look at what was sent, it takes the same again, and its token stands in
the address of each request. The laws, the matrix and the machine run over it, so that they are ready for such a one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from adapters import contract
from adapters.contract import (
    Account,
    Adapter,
    CredentialError,
    Draft,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.replies import inside, json_of, retry_after, turning
from adapters.http.session import telling_doubt
from adapters.text.plain import plain, shorten
from adapters.traits import Limits
from adapters.wording.posts import written
from bot.simulator.faults import Purpose
from bot.simulator.network import Access, Network, Published, Timeline
from bot.simulator.server import Reply, Request, json_reply, now

TOKEN = "4711:simulated/pager token"


class Pager(Adapter):
    """One number to which messages are sent."""

    class Options(contract.Options):
        """What a pager is told."""

        secrets: ClassVar[Mapping[str, str]] = {"token": "Of the company that made the pager."}
        base_url: contract.BaseURL = "https://pager.example"

    kind, title, real = "pager", "Pager", "https://pager.example"
    template = "{{ title }}\n\n{{ summary }}\n\n{{ link }}"
    limits = Limits(400, "characters", None, with_picture=200, image_bytes=10**6, alt_text=100, secret_in_address=True)

    def compose(self, post: Post) -> Draft:
        """The words with the link in them."""
        text = written(post, self.template, self.limit_for(post), len)
        image = post.image and replace(post.image, alt=shorten(plain(post.image.alt), self.limits.alt_text, len))
        return Draft(self.kind, text, post.link, len(text), {"text": text}, image)

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Send the words, and the picture with them."""
        picture = self.picture(draft.image.sha256) if draft.image else b""
        files = {"picture": ("picture", picture)} if draft.image else None
        number = str(self._ask("send", {**draft.body, "alt": draft.image.alt if draft.image else ""}, files))
        return Receipt(number, f"https://pager.example/{number}")

    def check(self) -> Account:
        """Whose pager it is."""
        with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
            return Account("7", str(self._ask("whose", {})), "https://pager.example/")

    def _ask(self, name: str, fields: Mapping[str, str], files: Any = None) -> Any:
        with telling_doubt():
            reply = self.session.post(f"{self.real}/{self.credentials['token']}/{name}", data=fields, files=files)
        told = json_of(reply)
        if 200 <= reply.status_code < 300 and inside(told, "id"):
            return inside(told, "id")
        why = f"The pager said {reply.status_code}: {plain(str(inside(told, 'title') or inside(told, 'message')))}"
        if reply.status_code == 429:
            raise TransientError(why, retry_after(reply) or timedelta(minutes=15))
        if reply.status_code in (401, 403):
            raise CredentialError(why)
        raise RejectedError(why) if 400 <= reply.status_code < 500 and reply.status_code != 408 else InDoubtError(why)


@dataclass(frozen=True)
class _Message:
    text: str
    at: datetime
    picture: bool
    alt: str


class PagerNetwork(Network):
    """The pager's company."""

    name = "pager"
    accesses = (Access("pager", "pager", secrets={"token": TOKEN}),)

    def _forget(self) -> None:
        super()._forget()
        self._messages: list[_Message] = []

    @property
    def published(self) -> list[Published]:
        numbered = enumerate(self._messages, 1)
        return [
            Published(
                str(id), one.text, None, one.at, None, one.picture, one.alt or None, f"https://pager.example/{id}"
            )
            for id, one in numbered
        ]

    @property
    def timelines(self) -> Sequence[Timeline]:
        return (Timeline("pager", "Pager", "Of the blog", "7", self.published),)

    def purpose(self, request: Request) -> Purpose:
        return "publish" if request.path.endswith("/send") else "read"

    def answer(self, request: Request) -> Reply:
        known = request.path.startswith("/4711:simulated/pager%20token/")
        if self._revoked or not known:
            return self.failure(401)
        if request.path.endswith("/whose"):
            return json_reply(200, {"id": "The Cancer Blog"})
        picture = request.files.get("picture")
        self._messages.append(_Message(request.form["text"], now(), picture is not None, request.form["alt"]))
        return json_reply(200, {"id": len(self._messages)})

    def failure(self, status: int, code: str | None = None) -> Reply:
        return json_reply(status, {"message": "no"})

    def limited(self, until: datetime | None) -> Reply:
        headers = {"Retry-After": str(round((until - now()).total_seconds()))} if until else {}
        return json_reply(429, {"message": "not so fast"}, headers)
