"""The account's own posts on X: how they are asked for, and which of them a draft may have become."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from adapters.contract import (
    CannotTellError,
    CredentialError,
    Draft,
    Receipt,
)
from adapters.looks import Seen, is_other
from adapters.text.links import same_page
from adapters.text.plain import same_text
from adapters.twitter.replies import CONSOLE, address

MOST_READ = 100
"""Posts read in one look: each is paid for."""


def _posts_in(body: Any) -> list[Mapping[str, Any]]:
    """The listed posts, oldest first; X leaves `data` out where there are none, but never `meta`.

    Raises KeyError or TypeError where the list has another form.
    """
    return list(reversed(body["data"])) if body["meta"]["result_count"] else []


def _receipt(post: Mapping[str, Any]) -> Receipt:
    """The receipt of a listed post."""
    return Receipt(post["id"], address(post["id"]), datetime.fromisoformat(post["created_at"]))


def own_posts(client: Any, token: str, start: datetime) -> object:
    """Ask for the posts of the account since `start`, without replies (X docs, Timelines)."""
    user = token.partition("-")[0]
    if not user.isdecimal():
        raise CredentialError(f"The access token does not begin with the account's number: copy it again, {CONSOLE}.")
    wanted = {"exclude": "replies,retweets", "tweet_fields": "created_at,entities"}
    return client.get_users_tweets(user, start_time=start, max_results=MOST_READ, user_auth=True, **wanted)


def listed(body: Any, draft: Draft, others: Collection[str]) -> tuple[list[Seen], bool]:
    """The posts of a timeline, compared with the draft, and whether these are all. Raises CannotTellError."""
    try:
        seen = [_beside(draft, post) for post in _posts_in(body) if not is_other(post["id"], others)]
        return seen, not (body["meta"].get("next_token") or body.get("errors"))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise CannotTellError("X listed the account's posts in a form that Oncecast does not know.") from None


def _beside(draft: Draft, post: Mapping[str, Any]) -> Seen:
    """A post of the account, compared with the draft: as it was sent, with X's short addresses undone.

    Our very words are ours for a person to judge where X made another link of them: it may have cut the address.
    """
    text, linked = post["text"], False
    for url in post.get("entities", {}).get("urls", ()):
        target = url["expanded_url"]
        linked = linked or same_page(target, draft.link)
        text = text.replace(url["url"], "" if f"/status/{post['id']}/" in target else target)  # its own picture
    words = same_text(_bare(text, draft.link), _bare(draft.text, draft.link))
    return Seen(_receipt(post), words, linked or "t.co/" in text or (words and not draft.link), bare=words)


def _bare(text: str, link: str) -> str:
    """The words without schemes, which X adds where they were left out, and with one form for the link."""
    return " ".join(link if same_page(word, link) else re.sub("https?://", "", word) for word in text.split())
