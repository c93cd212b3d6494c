"""A channel of Telegram, through its Bot API: how a bot posts there, and what a refusal means.

Nobody can look at what was posted: a bot reads no channel's history, and no key is taken. The sources are sections of
the Bot API, https://core.telegram.org/bots/api, and the code of its server, tdlib/telegram-bot-api.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field
from requests import Response

from adapters import contract
from adapters.contract import (
    Account,
    Adapter,
    AdapterError,
    CredentialError,
    Draft,
    Image,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
    UnsupportedError,
)
from adapters.http.replies import inside, json_of, retry_after, scrub, turning
from adapters.http.session import PlatformSession, telling_doubt
from adapters.text.counting import utf16_units
from adapters.text.plain import plain
from adapters.traits import Handle, Limits
from adapters.wording.posts import written

PAUSE, LONGEST = timedelta(minutes=15), timedelta(days=1)
"""How long to wait where Telegram asks for it and names no time, and at most."""
SIDES, RATIO = 10_000, 20
"""Pixels of a photo's width and height together, and how often the one may be the other (Bot API, sendPhoto)."""
_LOOKS_LIKE_A_TOKEN = r"[0-9]+:[A-Za-z0-9_-]+"  # noqa: S105
_CHANNEL = r"@[A-Za-z][A-Za-z0-9_]{3,31}"
_PLACE = re.compile(r"(?P<chat>-[0-9]+|@\w+)/(?P<number>[0-9]+)")
_ADDRESS = re.compile(
    r"(?:https?://)?(?:t|telegram)\.me/(?:c/(?P<inner>[0-9]+)|(?:s/)?(?P<name>\w+))/(?P<number>[0-9]+)/?(?:[?#].*)?"
)
_TOKEN = "ask @BotFather in Telegram for the bot's token and store it for this channel."  # noqa: S105
_RIGHTS = "make the bot an administrator of the channel who may post messages."
_REFUSALS: tuple[tuple[int, str, type[AdapterError], str], ...] = (
    (401, "", CredentialError, f"Telegram does not accept the bot's token: {_TOKEN}"),
    (404, "", CredentialError, f"Telegram knows no such bot: {_TOKEN}"),
    (403, "", CredentialError, f"The bot is not in the channel, or was removed from it: {_RIGHTS}"),
    (
        400,
        r"not enough rights|need administrator rights|CHAT_RESTRICTED|CHAT_\w+_(?:FORBIDDEN|REQUIRED)",
        CredentialError,
        f"The bot may not post in the channel: {_RIGHTS}",
    ),
    (
        400,
        "chat not found|PEER_ID_INVALID|CHANNEL_(?:INVALID|PRIVATE)",
        CredentialError,
        f"Telegram finds no such channel, or hides it from the bot: check chat, and {_RIGHTS}",
    ),
    (400, "message can't be deleted", RejectedError, "A bot deletes no post older than 48 hours: delete it yourself."),
)
"""Status, words, what it means, and what a person reads; the first that fits, else it is a refusal of the post.

The words are meant for people and may change: what they do not settle ends as a refusal of one post. Sources: Bot API,
Making requests; Client.cpp of the server, `fail_query_with_error`; most of the words as others saw them.
"""


class Telegram(Adapter):
    """One channel, to which a bot posts that is an administrator there."""

    class Options(contract.Options):
        """What a channel of Telegram is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "bot_token": "The token of a bot, which @BotFather in Telegram gives for /newbot; then make the bot an "
            "administrator of the channel who may post messages. It ends only when @BotFather revokes it.",
        }
        chat: str = Field(
            pattern=rf"^({_CHANNEL}|-100[0-9]+)$",
            description='the channel as "@name", or the number of a private one, such as "-1001234567890"',
        )
        attach_image: bool = True
        """Whether the entry's picture is sent; without it Telegram shows a preview of the linked page."""
        base_url: contract.BaseURL = "https://api.telegram.org"

    kind, title, real = "telegram", "Telegram", "https://api.telegram.org"
    known_as = ("tg",)
    handle = Handle("Telegram", _CHANNEL, "@name", 'the name on Telegram, such as "@name"')
    template = "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ link }}\n\n{{ hashtags }}"
    # Bot API, sendMessage and sendPhoto: lengths after the entities were parsed, which are counted in UTF-16 units.
    limits = Limits(
        characters=4_096,
        counted="characters, most emoji 2",
        find_after=None,
        with_picture=1_024,
        image_bytes=10_000_000,
        secret_in_address=True,
        hashtags=3,
        doubt="No bot can look into a channel: it is sent at most once, and a person looks.",
    )
    options: Options
    session: PlatformSession

    def compose(self, post: Post) -> Draft:
        """Plain text with the link in it, also where a card of the link is shown (Bot API, LinkPreviewOptions)."""
        shown = replace(post, image=_bare(post.image) if self.options.attach_image else None)
        text = written(shown, self.template, self.limit_for(shown), utf16_units)
        card = {"link_preview_options": {"url": post.link, "prefer_large_media": True}} if post.link else {}
        body = {"caption": text} if shown.image else {"text": text, **card}
        return Draft(self.kind, text, post.link, utf16_units(text), body, shown.image)

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Send the message, a photo with its caption in one request; the same again is another message (Bot API)."""
        fields = {"chat_id": self.options.chat, **draft.body}
        if draft.image is None:
            return self._receipt(self._ask("sendMessage", json=fields))
        name = draft.image.media_type.replace("image/", "picture.")
        file = (name, self.picture(draft.image.sha256), draft.image.media_type)
        return self._receipt(self._ask("sendPhoto", data=fields, files={"photo": file}))

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post, of the last 48 hours; that it is gone already is as good (Bot API, deleteMessage)."""
        try:
            gone = self._ask("deleteMessage", json=_place(receipt))
        except RejectedError:
            gone = self._said("message to delete not found")
            if not gone:
                raise
        if gone is not True:
            raise InDoubtError(f"Telegram did not say whether it deleted the post: look at {receipt.url}.")

    def revise(self, receipt: Receipt, draft: Draft) -> None:
        """Give the post the draft's words; that it has them already is as good (Bot API, Updating messages)."""
        method = "editMessageCaption" if draft.image else "editMessageText"
        place = _place(receipt)
        try:
            changed = inside(self._ask(method, json={**draft.body, **place}), "message_id")
        except RejectedError:
            if not self._said("message is not modified"):
                raise
            changed = place["message_id"]
        if changed != place["message_id"]:
            raise InDoubtError(f"Telegram did not say whether it changed the post: look at {receipt.url}.")

    def check(self) -> Account:
        """The channel, and whether the bot may post there (Bot API, getMe, getChat and getChatMember)."""
        chat_id = {"chat_id": self.options.chat}
        with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
            bot, chat = self._ask("getMe"), self._ask("getChat", json=chat_id)
            identity, number = inside(bot, "id"), inside(chat, "id")
            if not identity or not number:
                raise InDoubtError("Telegram did not say which bot or which channel this is.")
            member = self._ask("getChatMember", json={**chat_id, "user_id": identity})
        called = f"@{inside(bot, 'username')}"
        if inside(chat, "type") != "channel":
            raise CredentialError(f"{self.options.chat} is no channel of Telegram: set chat to one.")
        if inside(member, "status") != "administrator" or inside(member, "can_post_messages") is not True:
            raise CredentialError(f"The bot {called} may not post in {self.options.chat}: {_RIGHTS}")
        title, name = str(inside(chat, "title") or self.options.chat), _name(chat, self.options.chat)
        url, note = f"https://t.me/{name}" if name else "", f"The bot {called} posts there."
        return Account(str(number), title, url, notes=(note,))

    def _receipt(self, message: Any) -> Receipt:
        """The receipt of a message; its number is the channel's own, so that the id names the channel too."""
        number, at = inside(message, "message_id"), inside(message, "date")
        if type(number) is not int:
            raise InDoubtError("Telegram answered that it took the post, but gave no number for it.")
        chat = inside(message, "chat")
        sent = datetime.fromtimestamp(at, UTC) if type(at) is int and 0 < at < 2**33 else None
        where = _name(chat, self.options.chat) or f"c/{self.options.chat.removeprefix('-100')}"
        return Receipt(f"{inside(chat, 'id') or self.options.chat}/{number}", f"https://t.me/{where}/{number}", sent)

    def _said(self, words: str) -> bool:
        """Whether these words are in the latest refusal."""
        return words in str(inside(json_of(self.session.last), "description"))

    def _ask(self, method: str, **content: Any) -> Any:
        """The result in a clear yes; every other reply is raised as what it means."""
        token = self.credentials["bot_token"]
        if not re.fullmatch(_LOOKS_LIKE_A_TOKEN, token):  # it would be another address
            raise CredentialError(f"What is stored is not a bot's token, a number with a colon and letters: {_TOKEN}")
        with telling_doubt():
            reply = self.session.post(f"{self.real}/bot{token}/{method}", **content)
        told = json_of(reply)
        if 200 <= reply.status_code < 300 and inside(told, "ok") is True:
            return inside(told, "result")
        raise _refusal(reply, told, self.credentials.values())


def _bare(image: Image | None) -> Image | None:
    """The picture as Telegram takes it: without alternative text, and in no extreme shape."""
    if image is None:
        return None
    least, most = sorted((image.width, image.height))
    if least + most > SIDES or most > RATIO * least or image.size > Telegram.limits.image_bytes:
        told = f"{image.width} × {image.height}, {image.size} bytes"
        raise UnsupportedError(f"Telegram does not take this picture ({told}): use a smaller one.")
    return replace(image, alt="")


def _place(receipt: Receipt) -> dict[str, Any]:
    """Where a post is, by its id or by an address that a person gave."""
    if found := _PLACE.fullmatch(receipt.id):
        return {"chat_id": found["chat"], "message_id": int(found["number"])}
    if found := _ADDRESS.fullmatch(receipt.id):
        chat = f"-100{found['inner']}" if found["inner"] else f"@{found['name']}"
        return {"chat_id": chat, "message_id": int(found["number"])}
    raise RejectedError("This is not the address of a post on Telegram, such as https://t.me/name/7.")


def _name(chat: Any, called: str) -> str:
    """The name by which readers find a channel; a private one has none."""
    return str(inside(chat, "username") or (called[1:] if called.startswith("@") else ""))


def _refusal(reply: Response, told: Any, secrets: Iterable[str]) -> AdapterError:
    """What a reply means that is no clear yes; anything but a definite 4xx may have taken effect."""
    status = reply.status_code
    if not 400 <= status < 500 or status == 408:
        return InDoubtError(f"Telegram's reply (HTTP {status}) does not say whether it was done.")
    if status == 429:
        seconds = inside(told, "parameters", "retry_after")
        wait = timedelta(seconds=min(seconds, 10**7)) if type(seconds) is int and seconds > 0 else retry_after(reply)
        return TransientError("Telegram asks for fewer requests.", min(wait or PAUSE, LONGEST))
    if type(moved := inside(told, "parameters", "migrate_to_chat_id")) is int:
        return CredentialError(f'Telegram has given the chat another number: set chat = "{moved}" for this channel.')
    words = scrub(plain(str(inside(told, "description") or "none")), secrets)[:300]
    fitting = (row for row in _REFUSALS if row[0] == status and re.search(row[1], words))
    _, _, error, reason = next(fitting, (0, "", RejectedError, "Telegram refused it."))
    return error(f"{reason} Its words: {words} (HTTP {status})")
