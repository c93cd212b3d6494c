"""A LinkedIn group: shared to by a partner application, or by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import BeforeValidator, Field, model_validator

from adapters import contract
from adapters.contract import (
    Account,
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
from adapters.linkedin.adapter import UGC, UNTIL, Id, bare, card_of
from adapters.linkedin.api import LinkedInAdapter, Listed, at_ms
from adapters.text.counting import visible
from adapters.traits import Limits
from adapters.wording.posts import unmarked


class LinkedInGroup(LinkedInAdapter):
    """One group: prepared for a person to share by hand, or posted to by an application with a partner's access."""

    class Options(contract.Options):
        """What a LinkedIn group is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "access_token": "A member's token with w_member_social, from an application that LinkedIn lets into groups."
        }
        base_url: contract.BaseURL = "https://api.linkedin.com"
        group: Id
        mode: Literal["assisted", "api"] = "assisted"
        person: Annotated[str, BeforeValidator(bare), Field(pattern=r"^[A-Za-z0-9_-]*$")] = ""

        @model_validator(mode="after")
        def _names_its_author(self) -> Self:
            if self.mode == "api" and not self.person:
                raise ValueError('mode "api" needs person, the id of the member who posts: urn:li:person:…')
            return self

        def needs(self) -> Mapping[str, str]:
            """The token only where the application itself posts."""
            return self.secrets if self.mode == "api" else {}

    kind, title, collection = "linkedin_group", "LinkedIn group", "/v2/ugcPosts"
    limits = Limits(
        characters=3_000,
        counted="characters, most emoji 2",
        find_after=None,
        images=0,
        refuses_duplicates=True,
        doubt="A person shares it and says so; a partner's application asks for the group's latest posts.",
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        group = f"urn:li:group:{self.options.group}"
        self.author, self.container = f"urn:li:person:{self.options.person}", group
        self.listing = f"q=containerEntities&containerEntities=List({quote(group, safe='')})"
        self.url = f"https://www.linkedin.com/groups/{self.options.group}/"
        if not self.hands_over:
            self.limits = replace(self.limits, find_after=timedelta(seconds=120))

    @property
    def hands_over(self) -> bool:
        """True unless the application posts by itself."""
        return bool(self.options.mode == "assisted")

    def compose(self, post: Post) -> Draft:
        """The text with its link and where to share it; or the plain text and card that an application sends."""
        if self.hands_over:
            text = unmarked(self.words(post, on_card=False))
            share = f"https://www.linkedin.com/sharing/share-offsite/?url={quote(post.link, safe='')}"
            return Draft(self.kind, text, post.link, visible(text), {"share_url": share, "group_url": self.url})
        text = unmarked(self.words(post))
        card = {name: {"text": value} for name, value in card_of(post).items()}
        media = [{"status": "READY", "originalUrl": post.link, **card}]
        content = {"shareCommentary": {"text": text}, "shareMediaCategory": "ARTICLE", "media": media}
        body = {
            "author": self.author,
            "containerEntity": self.container,
            "lifecycleState": "PUBLISHED",
            "specificContent": {f"{UGC}ShareContent": content},
            "visibility": {f"{UGC}MemberNetworkVisibility": "CONTAINER"},
        }
        return Draft(self.kind, text, post.link, visible(text), body)

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Post to the group. Source: LinkedIn docs, Group Posts and their Social Actions."""
        if self.hands_over:
            raise RejectedError("A person shares in this group by hand: nothing was sent.")
        return self.create(draft.body)

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look through the group's posts, where the application may."""
        if self.hands_over:
            raise CannotTellError("A person shares in this group by hand: only they can tell.")
        return super().find(draft, since, hint, others)

    def check(self) -> Account:
        """The group, and whether the application is let in; without a request where a person shares."""
        notes: tuple[str, ...] = ("A person shares here by hand.",)
        if not self.hands_over:
            notes = (UNTIL,)
            with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
                told = json_of(self.ask("GET", f"{self.collection}?{self.listing}&start=0&count=1", restli="FINDER"))
            if not isinstance(inside(told, "elements"), list):
                raise TransientError("LinkedIn's reply about the group could not be read.")
        return Account(self.options.group, f"LinkedIn group {self.options.group}", self.url, notes=notes)

    def seen(self, post: Any) -> Listed:
        """A post of the older interface, whose text is plain."""
        share = inside(post, "specificContent", f"{UGC}ShareContent")
        media = inside(share, "media")
        link = inside(media[0], "originalUrl") if isinstance(media, list) and media else ""
        text, at = inside(share, "shareCommentary", "text") or "", at_ms(inside(post, "firstPublishedAt"))
        changed = at_ms(inside(post, "lastModified", "time"))
        return Listed(str(inside(post, "id")), str(inside(post, "author")), text, link or "", at, changed)
