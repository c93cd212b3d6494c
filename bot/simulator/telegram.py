"""Telegram's Bot API, with one bot and one channel: messages, photos with a caption, edits, deletions, refusals.

Sources: *Bot API* is https://core.telegram.org/bots/api; *server* the code of its server, tdlib/telegram-bot-api, and
*library* that of tdlib under it; *seen* what others reported.

- The token in the address; a method's name in any case; parameters in the address, JSON or a form; `ok`, `result`,
  `error_code`, `description`, `parameters`: Bot API, Making requests. 404 for what is no token and no method: seen.
- sendMessage, sendPhoto, 4,096 and 1,024 characters after the entities were parsed; a photo of 10 MB at most: Bot API.
  Nothing is a duplicate, and no key is taken: Bot API, which knows none.
- A card of the link that `link_preview_options` names, else of the first in the text: Bot API, LinkPreviewOptions. None
  under a photo: sendPhoto takes no such options.
- deleteMessage: the last 48 hours only: Bot API; also for a bot that may delete others' messages: library,
  `can_delete_channel_message`. "message to delete not found", "message can't be deleted for everyone": seen.
- editMessageText and editMessageCaption give the message: Bot API. "message is not modified": server,
  `fail_query_with_error`. "there is no text in the message to edit", "message to edit not found": seen.
- 429 with `parameters.retry_after`: Bot API, ResponseParameters; the same as `Retry-After`: server, `send_response`.
  One without a time is a 500 there (`fail_query_with_error`); `limits_without_a_time` answers 429 all the same.
- 400 with `parameters.migrate_to_chat_id`: Bot API, ResponseParameters; it is a group's.
- 403 for a bot outside of the channel, "need administrator rights in the channel chat" without the right: seen.

Not known: whether the limits are UTF-16 units, as the offsets of entities are (here they are: no count is larger); how
long a post can be edited (here for ever); what is cut off a text beside the spaces around it; how soon a second message
may follow (Bots FAQ: about one a second to a chat, 20 a minute to a group; here only `limits_for` limits); the words of
other refusals than those above.

Not here: formatting (`parse_mode` and entities are refused), albums, other chats, bounds of a photo's sides, updates.
`overlooks_duplicates` and `shows_posts_after` change nothing: there are no duplicates and no lists.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.faults import Purpose, verb
from bot.simulator.network import Access, Network, Published, Timeline, kind_of_picture
from bot.simulator.server import Refused, Reply, Request, json_reply, now

BOT_ID, BOT, TOKEN = 4_711_000_815, "CancerBlogBot", "4711000815:simulated-telegram-token"
CHAT_ID, NAME, USERNAME = -1_001_234_567_890, "The Cancer Blog", "TheCancerBlog"
LONGEST, LONGEST_CAPTION, MOST_BYTES = 4_096, 1_024, 10 * 1024 * 1024
DELETABLE_FOR = timedelta(hours=48)

_PATH = re.compile(r"/bot(\d+:[\w-]+)/(\w+)")
_LINK = re.compile(r"https?://\S+")
_USUAL = {
    400: "Bad Request: message text is empty",
    401: "Unauthorized",
    403: "Forbidden: bot was kicked from the channel chat",
    404: "Not Found",
    429: "Too Many Requests",
}
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
)
_OUTSIDE = {"left": "bot is not a member of the channel chat", "kicked": "bot was kicked from the channel chat"}


@dataclass(frozen=True)
class _Message:
    number: int
    text: str
    preview: str
    at: datetime
    photo: bool

    @property
    def as_data(self) -> dict[str, Any]:
        chat = {"id": CHAT_ID, "title": NAME, "username": USERNAME, "type": "channel"}
        about = {"message_id": self.number, "sender_chat": chat, "chat": chat, "date": int(self.at.timestamp())}
        photo = [{"file_id": f"photo-{self.number}", "file_unique_id": str(self.number), "width": 90, "height": 47}]
        return {**about, "photo": photo, "caption": self.text} if self.photo else {**about, "text": self.text}


class Telegram(Network):
    """One channel, in which the bot is an administrator."""

    name = "telegram"
    accesses = (Access("telegram", "telegram", {"chat": f"@{USERNAME}"}, {"bot_token": TOKEN}),)

    def _forget(self) -> None:
        super()._forget()
        self._messages: dict[int, _Message] = {}
        self._last = 0
        self._status, self._may_post = "administrator", True
        self._moved: int | None = None

    @property
    def published(self) -> list[Published]:
        with self.lock:
            return [self._as_read(message) for message in self._messages.values()]

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        return (Timeline("telegram", "Telegram", NAME, f"t.me/{USERNAME}", self.published, colour="#229ed9"),)

    @verb
    def makes_the_bot(self, status: str = "administrator", may_post: bool = True) -> None:
        """Give the bot another status in the channel: administrator, left or kicked; and the right to post, or not."""
        self._status, self._may_post = status, may_post

    @verb
    def moves_to(self, number: int) -> None:
        """Have another number from now on, as a group that became a supergroup."""
        self._moved = number

    @verb
    def answers_without_an_id(self, times: int = 1, to: Purpose | None = None) -> None:
        """Do the work and answer readably, but without the number of the message."""
        self._plan(to, times, True, _without_a_number)

    def purpose(self, request: Request) -> Purpose:
        method = request.path.rpartition("/")[2].lower()
        if method.startswith("send"):
            return "publish"
        return "change" if method.startswith(("edit", "delete")) else "read"

    def failure(self, status: int, code: str | None = None) -> Reply:
        return _error(status, code or _USUAL.get(status, "Internal Server Error" if status >= 500 else "Bad Request"))

    def limited(self, until: datetime | None) -> Reply:
        if until is None:
            return self.failure(429)
        seconds = max(1, math.ceil((until - now()).total_seconds()))
        reply = _error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return replace(reply, headers={**reply.headers, "Retry-After": str(seconds)})

    def answer(self, request: Request) -> Reply:
        methods: Mapping[str, Callable[[Request, dict[str, Any]], Any]] = {
            "getme": self._me,
            "getchat": self._chat,
            "getchatmember": self._member,
            "sendmessage": self._send,
            "sendphoto": self._send_photo,
            "editmessagetext": self._edit_text,
            "editmessagecaption": self._edit_caption,
            "deletemessage": self._delete,
        }
        found = _PATH.fullmatch(request.path)
        if found is None or found[2].lower() not in methods:
            return self.failure(404)
        if found[1] != TOKEN or self._revoked:
            return self.failure(401)
        try:
            return json_reply(200, {"ok": True, "result": methods[found[2].lower()](request, _given(request))})
        except Refused as refused:
            return refused.reply

    def _me(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": NAME, "username": BOT}

    def _chat(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        self._enter(given)
        return {"id": CHAT_ID, "title": NAME, "username": USERNAME, "type": "channel"}

    def _member(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        self._enter(given)
        rights = {"can_post_messages": self._may_post, "can_edit_messages": False, "can_delete_messages": False}
        return {"status": self._status, "user": self._me(request, given), **rights}

    def _send(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        self._enter(given, posting=True)
        return self._add(_words(given, "text"), _preview(given), photo=False)

    def _send_photo(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        self._enter(given, posting=True)
        data = request.files.get("photo", b"")
        if not data:
            raise _refused("there is no photo in the request")
        if len(data) > MOST_BYTES:
            raise Refused(_error(413, "Request Entity Too Large"))
        if kind_of_picture(data) is None:
            raise _refused("IMAGE_PROCESS_FAILED")
        message = self._add(_words(given, "caption"), "", photo=True)
        self.pictures[str(message["message_id"])] = data
        return message

    def _edit_text(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        message = self._the_message(given, "edit")
        if message.photo:
            raise _refused("there is no text in the message to edit")
        return self._change(message, _words(given, "text"), _preview(given))

    def _edit_caption(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        message = self._the_message(given, "edit")
        if not message.photo:
            raise _refused("there is no caption in the message to edit")
        return self._change(message, _words(given, "caption"), "")

    def _delete(self, request: Request, given: dict[str, Any]) -> bool:
        message = self._the_message(given, "delete")
        if now() - message.at >= DELETABLE_FOR:
            raise _refused("message can't be deleted for everyone")
        del self._messages[message.number]
        return True

    def _enter(self, given: Mapping[str, Any], posting: bool = False) -> None:
        """Let the bot into the chat that it names."""
        if self._moved is not None:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(_error(400, words, migrate_to_chat_id=self._moved))
        if str(given.get("chat_id", "")).lower() not in (str(CHAT_ID), f"@{USERNAME}".lower()):
            raise _refused("chat not found")
        if self._status in _OUTSIDE:
            raise Refused(_error(403, f"Forbidden: {_OUTSIDE[self._status]}"))
        if posting and not self._may_post:
            raise _refused("need administrator rights in the channel chat")

    def _the_message(self, given: Mapping[str, Any], to: str) -> _Message:
        self._enter(given, posting=True)
        message = self._messages.get(int(given.get("message_id", 0)))
        if message is None:
            raise _refused(f"message to {to} not found")
        return message

    def _add(self, text: str, preview: str, photo: bool) -> dict[str, Any]:
        self._last += 1
        self._messages[self._last] = _Message(self._last, text, preview, now(), photo)
        return self._messages[self._last].as_data

    def _change(self, message: _Message, text: str, preview: str) -> dict[str, Any]:
        changed = replace(message, text=text, preview=preview)
        if changed == message:
            raise _refused(_SAME)
        self._messages[message.number] = changed
        return changed.as_data

    def _as_read(self, message: _Message) -> Published:
        card = self.look_up(message.preview) if message.preview else None
        uploaded = f"/pictures/telegram/{message.number}" if message.photo else None
        picture = uploaded or (card.picture if card else None)
        named = _LINK.search(message.text)
        return Published(
            id=f"{CHAT_ID}/{message.number}",
            text=message.text,
            link=message.preview or (named[0] if named else None),
            at=message.at,
            title=card.title if card else None,
            picture=bool(picture),
            alt=None,
            url=f"https://t.me/{USERNAME}/{message.number}",
            image=picture,
        )


def _given(request: Request) -> dict[str, Any]:
    """The parameters; objects in a form are JSON in its fields."""
    body = request.json() if request.media_type == "application/json" else None
    given = {**request.query, **request.form, **(body if isinstance(body, dict) else {})}
    if isinstance(options := given.get("link_preview_options"), str):
        given["link_preview_options"] = json.loads(options)
    return given


def _words(given: Mapping[str, Any], name: str) -> str:
    """The text, or the caption, which may be empty."""
    if {"parse_mode", "entities", "caption_entities"} & given.keys():
        raise _refused("can't parse entities: there is no formatting here")
    words = str(given.get(name, "")).strip()
    if name == "text" and not words:
        raise _refused("message text is empty")
    if len(words.encode("utf-16-le")) // 2 > (LONGEST if name == "text" else LONGEST_CAPTION):
        raise _refused("message is too long" if name == "text" else "message caption is too long")
    return words


def _preview(given: Mapping[str, Any]) -> str:
    """The address of which a card is shown."""
    options = given.get("link_preview_options") or {}
    if options.get("is_disabled"):
        return ""
    named = _LINK.search(str(given.get("text", "")))
    return str(options.get("url") or (named[0] if named else ""))


def _error(status: int, words: str, **parameters: int) -> Reply:
    more = {"parameters": parameters} if parameters else {}
    return json_reply(status, {"ok": False, "error_code": status, "description": words, **more})


def _refused(words: str) -> Refused:
    return Refused(_error(400, f"Bad Request: {words}"))


def _without_a_number(reply: Reply) -> Reply:
    content = json.loads(reply.body)
    if isinstance(content.get("result"), dict):
        content["result"].pop("message_id", None)
    return replace(reply, body=json.dumps(content).encode())
