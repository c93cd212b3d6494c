"""LinkedIn: a company page through the Posts API. Its posts are written in LinkedIn's little text format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BeforeValidator, Field

from adapters import contract
from adapters.contract import (
    Account,
    CredentialError,
    Draft,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.replies import inside, json_of, turning
from adapters.linkedin.api import LinkedInAdapter, Listed, at_ms, little_text, unescape
from adapters.text.counting import visible
from adapters.text.plain import plain, shorten
from adapters.traits import Handle, Limits
from adapters.wording.posts import adds, unmarked

LINKEDIN = re.compile(r"https://(?:[a-z0-9-]+\.)+linkedin\.com/")
UNTIL = "LinkedIn ends a token 60 days after it was made and does not say here when that is: note the day."
UGC = "com.linkedin.ugc."


def bare(value: Any) -> Any:
    return re.sub(r"^urn:li:\w+:", "", value) if isinstance(value, str) else value


Id = Annotated[str, BeforeValidator(bare), Field(pattern=r"^[0-9]+$")]
"""A number, or the URN that ends with it."""


class LinkedIn(LinkedInAdapter):
    """One company page."""

    class Options(contract.Options):
        """What a LinkedIn page is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "access_token": "A token with w_organization_social, r_organization_social and rw_organization_admin, "
            "made by an administrator of the page at linkedin.com/developers; it lasts 60 days.",
        }
        base_url: contract.BaseURL = "https://api.linkedin.com"
        organization: Id
        version: str = Field("202609", pattern=r"^[0-9]{6}$")

    kind, title, collection = "linkedin", "LinkedIn page", "/rest/posts"
    known_as = ("linkedin_page",)
    handle = Handle(
        "LinkedIn",
        "urn:li:(person|organization):[A-Za-z0-9_-]+",
        "urn:li:person:AbC123",
        'an id such as "urn:li:person:AbC123" or "urn:li:organization:123"',
    )
    limits = Limits(
        characters=3_000,
        counted="characters, most emoji 2; the link stands on the card",
        find_after=timedelta(seconds=120),
        image_bytes=8_000_000,  # LinkedIn names only a number of pixels; this bound is ours
        image_pixels=36_152_320,
        refuses_duplicates=True,
        hashtags=3,
        doubt="A refusal as duplicate names the post; else the page's latest posts are searched.",
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.session.headers["LinkedIn-Version"] = self.options.version
        self.author = f"urn:li:organization:{self.options.organization}"
        self.listing = f"q=author&author={quote(self.author, safe='')}&sortBy=LAST_MODIFIED"

    def compose(self, post: Post) -> Draft:
        """A card with its own title and description, as LinkedIn does not read the page behind the link."""
        words = self.words(post)
        text = unmarked(words)
        body = {
            "author": self.author,
            "commentary": little_text(words, post.handle),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "content": {"article": {"source": post.link, **card_of(post)}},
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        return Draft(self.kind, text, post.link, visible(text), body, post.image)

    def card(self, draft: Draft) -> tuple[str, str]:
        """What the draft's card says."""
        article = draft.body["content"]["article"]
        return article["title"], article.get("description", "")

    def prepare(self, draft: Draft) -> Draft:
        """Upload the card's picture. Source: LinkedIn docs, Images API."""
        if draft.image is None or "image" in draft.prepared:
            return draft
        with turning(InDoubtError, TransientError):
            wanted = {"initializeUploadRequest": {"owner": self.author}}
            told = json_of(self.ask("POST", "/rest/images?action=initializeUpload", wanted))
            urn, url = str(inside(told, "value", "image")), str(inside(told, "value", "uploadUrl"))
            if not urn.startswith("urn:li:image:"):
                raise InDoubtError("LinkedIn did not say where to upload the picture.")
            if not url.startswith(self.options.base_url.rstrip("/") + "/") and not LINKEDIN.match(url):
                raise RejectedError(
                    "LinkedIn named an address to upload to that is not its own: nothing was sent there."
                )
            self.ask("PUT", url, self.picture(draft.image.sha256))
        return draft.with_prepared(image=urn)

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Post the card."""
        if draft.image is None:
            return self.create(draft.body)
        article = {**draft.body["content"]["article"], "thumbnail": draft.prepared["image"]}
        return self.create({**draft.body, "content": {"article": article}})

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post."""
        self.ask("DELETE", f"{self.collection}/{quote(receipt.id, safe='')}", restli="DELETE")

    def revise(self, receipt: Receipt, draft: Draft) -> None:
        """Change the words; the card stays as it is."""
        change = {"patch": {"$set": {"commentary": draft.body["commentary"]}}}
        self.ask("POST", f"{self.collection}/{quote(receipt.id, safe='')}", change, "PARTIAL_UPDATE")

    def check(self) -> Account:
        """The page's name; only its administrators may ask for it."""
        with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
            told = json_of(self.ask("GET", f"/rest/organizations/{self.options.organization}"))
        if not (name := inside(told, "localizedName")):
            raise TransientError("LinkedIn's reply about the page could not be read.")
        url = f"https://www.linkedin.com/company/{self.options.organization}/"
        return Account(self.options.organization, str(name), url, notes=(UNTIL,))

    def seen(self, post: Any) -> Listed:
        text, link = (
            unescape(str(inside(post, "commentary") or "")),
            str(inside(post, "content", "article", "source") or ""),
        )
        at = inside(post, "publishedAt") or inside(post, "createdAt")
        return Listed(
            post["id"], str(inside(post, "author")), text, link, at_ms(at), at_ms(inside(post, "lastModifiedAt"))
        )


def card_of(post: Post) -> dict[str, str]:
    """The card's words. Source: LinkedIn docs, Share on LinkedIn: 200 and 256 characters."""
    title, summary = plain(post.title), plain(post.summary)
    description = {"description": shorten(summary, 256, visible)} if title and adds(summary, title) else {}
    return {"title": shorten(title or summary, 200, visible) or post.link, **description}
