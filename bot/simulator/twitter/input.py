"""Reads what X is sent, and refuses what its OpenAPI document does not allow."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.simulator.server import Refused, Request
from bot.simulator.twitter.rules import invalid, problem

_WITHOUT_EFFECT = {"reply_settings", "made_with_ai", "paid_partnership", "nullcast", "for_super_followers_only"}
_NOT_FOR_THIS_ACCOUNT = {"quote_tweet_id", "poll", "community_id", "card_uri", "edit_options", "geo"}
_KNOWN = {"text", "media", "reply"} | _WITHOUT_EFFECT | _NOT_FOR_THIS_ACCOUNT
_TIMELINE = ("max_results", "start_time", "end_time", "since_id", "until_id", "exclude", "pagination_token")
_FIELDS = ("tweet.fields", "user.fields", "media.fields", "expansions")


def post_wanted(request: Request) -> dict[str, Any]:
    """The body of a new post, its shape checked."""
    wanted = request.json()
    if not isinstance(wanted, dict):
        raise invalid({}, "The body is no JSON object.")
    for name in wanted.keys() - _KNOWN:
        raise invalid({name: [str(wanted[name])]}, f"$.{name}: is not defined in the schema")
    if not isinstance(wanted.get("text", ""), str):
        raise invalid({"text": [str(wanted["text"])]}, "$.text: is no string")
    if not isinstance(wanted.get("media", {}), dict):
        raise invalid({"media": [str(wanted["media"])]}, "$.media: is no object")
    if wanted.keys() & _NOT_FOR_THIS_ACCOUNT:
        raise Refused(problem(403, "not-permitted"))
    return wanted


def media_wanted(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the pictures of a new post, one to four where there are any."""
    media = wanted.get("media", {})
    identities = tuple(media.get("media_ids", ()))
    for name in media.keys() - {"media_ids", "tagged_user_ids"}:
        raise invalid({f"media.{name}": [str(media[name])]}, f"$.media.{name}: is not defined in the schema")
    if len(identities) > 4 or ("media" in wanted and not identities):
        raise invalid({"media.media_ids": [str(list(identities))]}, "$.media.media_ids: must have 1 to 4 elements")
    return identities


def upload(request: Request) -> tuple[bytes | None, str]:
    """The bytes and the category of a picture that is uploaded at once, as JSON or as a form."""
    if request.media_type == "multipart/form-data":
        return request.parts.get("media"), request.parts.get("media_category", b"").decode()
    wanted = request.json()
    if not isinstance(wanted, dict):
        return None, ""
    try:
        return base64.b64decode(str(wanted.get("media", "")), validate=True), str(wanted.get("media_category", ""))
    except binascii.Error:
        return None, str(wanted.get("media_category", ""))


def check_timeline(query: Mapping[str, str]) -> int:
    """Refuse what a timeline does not take; gives how many posts are wanted."""
    for name in query.keys() - {*_TIMELINE, *_FIELDS}:
        raise invalid({name: [query[name]]}, f"The query parameter [{name}] is not one of [{','.join(_TIMELINE)}]")
    wanted = query.get("max_results", "10")
    if not wanted.isdecimal() or not 5 <= int(wanted) <= 100:
        text = f"The `max_results` query parameter value [{wanted}] is not between 5 and 100"
        raise invalid({"max_results": [wanted]}, text)
    return int(wanted)


def fields_wanted(query: Mapping[str, str]) -> set[str]:
    """The names in tweet.fields."""
    return set(query.get("tweet.fields", "").split(","))


def moment(query: Mapping[str, str], name: str) -> datetime:
    """A time in a query."""
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"):
        try:
            return datetime.strptime(query[name], form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise invalid({name: [query[name]]}, f"The `{name}` query parameter value [{query[name]}] is not a valid timestamp")


def number(query: Mapping[str, str], name: str) -> int:
    """A post's id in a query."""
    if not query[name].isdecimal():
        raise invalid({name: [query[name]]}, f"The `{name}` query parameter value [{query[name]}] is not valid")
    return int(query[name])


def page_token(identity: str) -> str:
    """The token of the page after this post."""
    return base64.urlsafe_b64encode(identity.encode()).decode().rstrip("=")


def page_before(token: str) -> int:
    """The post named in a page's token."""
    try:
        return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        text = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid({"pagination_token": [token]}, text) from None
