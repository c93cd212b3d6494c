"""Telegram's own ways: counted in UTF-16, less beside a photo, looked at by nobody, and a token in every address."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from time_machine import Traveller

from adapters.contract import (
    AdapterError,
    CredentialError,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
    UnsupportedError,
)
from adapters.http.session import PlatformSession
from adapters.telegram import LONGEST, PAUSE, Telegram
from adapters.text.counting import utf16_units
from bot.ledger.deliveries import Ledger
from bot.ledger.schema import deliveries, events
from bot.model import State
from bot.simulator import Simulator
from bot.simulator.telegram import CHAT_ID, TOKEN, USERNAME
from bot.steps import deliver, reconcile
from tests.making.kinds import IMAGE, PICTURE, built
from tests.making.ledger import a_channel, a_delivery, read, told

POST = Post(
    title="What is a biopsy?",
    link="https://blog.example.org/biopsy/",
    summary="How it is done, and what comes next.",
    author="Ana Lopez",
    handle="@analopez",
    hashtags=("Biopsy", "Care"),
)
PICTURED = replace(POST, image=IMAGE)
RIBBON = "🎗"
"""One character, two UTF-16 units."""


def channel(simulator: Simulator, **options: Any) -> Any:
    return built(Telegram, simulator.telegram.base_url, **{"chat": f"@{USERNAME}", **options})


def published(adapter: Any, post: Post = POST) -> Receipt:
    receipt = adapter.publish(adapter.compose(post), "key")
    assert isinstance(receipt, Receipt)
    return receipt


def answer(simulator: Simulator, **options: Any) -> Receipt | AdapterError:
    """What comes of one attempt."""
    try:
        return published(channel(simulator, **options))
    except AdapterError as error:
        return error


def test_a_message_is_plain_text_with_a_large_preview_of_its_link(simulator: Simulator) -> None:
    receipt = published(channel(simulator), replace(POST, title="*Bold* <b>claims</b> [here]"))
    (request,) = simulator.telegram.requests
    assert request.json() == {
        "chat_id": f"@{USERNAME}",
        "text": "*Bold* <b>claims</b> [here]\n\nHow it is done, and what comes next.\n\nBy Ana Lopez (@analopez)\n\n"
        "https://blog.example.org/biopsy/\n\n#Biopsy #Care",
        "link_preview_options": {"url": POST.link, "prefer_large_media": True},
    }
    assert (receipt.id, receipt.url) == (f"{CHAT_ID}/1", f"https://t.me/{USERNAME}/1")
    assert receipt.at is not None
    assert abs(datetime.now(UTC) - receipt.at) < timedelta(minutes=1)


def test_the_preview_is_of_the_posts_link_whatever_address_stands_before_it(simulator: Simulator) -> None:
    there = simulator.blog.publishes("Our new day clinic").link
    published(channel(simulator), replace(POST, link=there, wording=f"After https://example.org/other comes {there}"))
    (shown,) = simulator.telegram.published
    assert (shown.link, shown.title) == (there, "Our new day clinic")


def test_a_photo_is_sent_with_its_caption_in_one_request_and_has_no_card(simulator: Simulator) -> None:
    there = simulator.blog.publishes("Our new day clinic").link
    published(channel(simulator), replace(PICTURED, link=there))
    (request,), (shown,) = simulator.telegram.requests, simulator.telegram.published
    assert request.path.endswith("/sendPhoto")
    assert request.files == {"photo": PICTURE}
    assert (shown.picture, shown.title, shown.alt) == (True, None, None)
    assert there in shown.text


def test_a_channel_without_pictures_sends_the_longer_text_and_the_preview(simulator: Simulator) -> None:
    adapter = channel(simulator, attach_image=False)
    draft = adapter.compose(replace(PICTURED, summary="word " * 600))
    assert draft.image is None
    assert draft.count > adapter.limits.with_picture
    adapter.publish(draft, "key")
    assert simulator.telegram.requests[0].json()["link_preview_options"]["url"] == POST.link


@pytest.mark.parametrize(("image", "limit"), [(None, 4096), (IMAGE, 1024)])
def test_an_emoji_counts_two_and_the_last_unit_may_be_used(simulator: Simulator, image: Any, limit: int) -> None:
    adapter, beyond = channel(simulator), f"\n\n{POST.link}"
    whole = RIBBON * ((limit - len(beyond)) // 2)
    draft = adapter.compose(replace(POST, wording=whole, image=image))
    assert draft.count == utf16_units(draft.text) == limit
    adapter.publish(draft, "key")
    assert simulator.telegram.published[0].text == draft.text
    with pytest.raises(UnsupportedError, match=f"{limit + 1} with its link, and {limit} are allowed"):
        adapter.compose(replace(POST, wording=f"{whole}.", image=image))


def test_the_simulated_channel_refuses_one_unit_more(simulator: Simulator) -> None:
    adapter = channel(simulator)
    for name, image, limit in (("text", None, 4096), ("caption", IMAGE, 1024)):
        draft = adapter.compose(replace(POST, image=image))
        with pytest.raises(RejectedError, match="too long"):
            adapter.publish(replace(draft, body={**draft.body, name: RIBBON * (limit // 2) + "."}), "key")
    assert simulator.telegram.published == []


def test_what_is_too_long_for_a_caption_is_shortened_for_it_alone(simulator: Simulator) -> None:
    adapter, long = channel(simulator), "A nurse explains it all, step by step. " * 40
    text, caption = (adapter.compose(replace(POST, summary=long, image=image)) for image in (None, IMAGE))
    assert text.count > 1024 >= caption.count
    assert "…" in caption.text
    assert caption.text.endswith("https://blog.example.org/biopsy/\n\n#Biopsy #Care")


@pytest.mark.parametrize("odd", [{"width": 9000, "height": 1001}, {"width": 2101, "height": 100}, {"size": 10**7 + 1}])
def test_a_picture_that_telegram_does_not_take_is_refused_before_any_request(
    simulator: Simulator, odd: dict[str, int]
) -> None:
    with pytest.raises(UnsupportedError, match="use a smaller one"):
        channel(simulator).compose(replace(POST, image=replace(IMAGE, **odd)))
    assert simulator.telegram.requests == []


@pytest.mark.parametrize("chat", ["cancerblog", "@", "@1st", "@name/7", "-12345", "https://t.me/name", "@name\n"])
def test_a_chat_that_is_no_channel_is_told_by_the_configuration(chat: str) -> None:
    with pytest.raises(ValidationError):
        Telegram.Options(chat=chat)


def test_a_private_channel_has_a_number_and_an_address_for_its_members(simulator: Simulator) -> None:
    message = {"message_id": 7, "date": 1_800_000_000, "chat": {"id": CHAT_ID, "type": "channel"}}
    simulator.telegram.refuses_the_next(200, {"ok": True, "result": message})
    receipt = published(channel(simulator, chat=str(CHAT_ID)))
    assert (receipt.id, receipt.url) == (f"{CHAT_ID}/7", "https://t.me/c/1234567890/7")


TO_A_PERSON = (
    (401, "Unauthorized", "does not accept the bot's token: ask @BotFather"),
    (404, "Not Found", "knows no such bot: ask @BotFather"),
    (403, "Forbidden: bot is not a member of the channel chat", "make the bot an administrator"),
    (403, "Forbidden: bot was kicked from the channel chat", "was removed from it: make the bot an administrator"),
    (400, "Bad Request: chat not found", "finds no such channel, or hides it from the bot: check chat"),
    (400, "Bad Request: not enough rights to send text messages to the chat", "may not post in the channel"),
    (400, "Bad Request: need administrator rights in the channel chat", "may not post in the channel"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "may not post in the channel"),
)
TO_THE_POST = (
    (400, "Bad Request: message is too long"),
    (400, "Bad Request: can't parse entities: unsupported start tag"),
    (400, "Bad Request: IMAGE_PROCESS_FAILED"),
    (413, "Request Entity Too Large"),
)


@pytest.mark.parametrize(("status", "words", "told"), TO_A_PERSON)
def test_what_a_person_must_mend_pauses_the_channel(simulator: Simulator, status: int, words: str, told: str) -> None:
    simulator.telegram.refuses_the_next(status, code=words)
    error = answer(simulator)
    assert type(error) is CredentialError
    assert told in str(error)
    assert str(error).endswith(f"Its words: {words} (HTTP {status})")


@pytest.mark.parametrize(("status", "words"), TO_THE_POST)
def test_a_refusal_of_the_post_is_told_in_telegrams_words(simulator: Simulator, status: int, words: str) -> None:
    simulator.telegram.refuses_the_next(status, code=words)
    error = answer(simulator)
    assert type(error) is RejectedError
    assert str(error) == f"Telegram refused it. Its words: {words} (HTTP {status})"


def test_a_refusal_that_repeats_the_token_is_told_without_it(simulator: Simulator) -> None:
    simulator.telegram.refuses_the_next(400, code=f"Bad Request: no /bot{TOKEN}/ here")
    assert str(answer(simulator)) == "Telegram refused it. Its words: Bad Request: no /bot•••/ here (HTTP 400)"


def test_a_chat_that_got_another_number_is_told_with_it(simulator: Simulator) -> None:
    simulator.telegram.moves_to(-1_009_876_543_210)
    error = answer(simulator)
    assert type(error) is CredentialError
    assert 'set chat = "-1009876543210"' in str(error)


@pytest.mark.parametrize(("status", "may_post"), [("left", True), ("kicked", True), ("administrator", False)])
def test_a_bot_that_lost_its_place_pauses_the_channel_and_check_says_so(
    simulator: Simulator, status: str, may_post: bool
) -> None:
    simulator.telegram.makes_the_bot(status, may_post)
    assert type(answer(simulator)) is CredentialError
    with pytest.raises(CredentialError, match="make the bot an administrator of the channel who may post"):
        channel(simulator).check()
    assert simulator.telegram.published == []


def test_check_names_the_channel_and_the_bot(simulator: Simulator) -> None:
    account = channel(simulator).check()
    assert (account.id, account.name, account.url) == (str(CHAT_ID), "The Cancer Blog", f"https://t.me/{USERNAME}")
    assert account.notes == ("The bot @CancerBlogBot posts there.",)


def test_check_gives_no_address_of_a_private_channel(simulator: Simulator) -> None:
    chat = {"id": CHAT_ID, "title": "For the ward only", "type": "channel"}
    for result in ({"id": 1, "username": "bot"}, chat, {"status": "administrator", "can_post_messages": True}):
        simulator.telegram.refuses_the_next(200, {"ok": True, "result": result}, to="read")
    account = channel(simulator, chat=str(CHAT_ID)).check()
    assert (account.name, account.url) == ("For the ward only", "")


def test_check_says_of_a_group_that_it_is_no_channel(simulator: Simulator) -> None:
    adapter = channel(simulator)
    simulator.telegram.refuses_the_next(200, {"ok": True, "result": {"id": 1, "username": "bot"}}, to="read")
    simulator.telegram.refuses_the_next(200, {"ok": True, "result": {"id": -5, "type": "supergroup"}}, to="read")
    with pytest.raises(CredentialError, match="is no channel of Telegram"):
        adapter.check()


@pytest.mark.parametrize(
    ("parameters", "headers", "wait"),
    [
        ({"retry_after": 30}, {}, timedelta(seconds=30)),
        ({"retry_after": 30}, {"Retry-After": "9"}, timedelta(seconds=30)),
        ({"retry_after": 10**30}, {}, LONGEST),
        ({"retry_after": "soon"}, {"Retry-After": "9"}, timedelta(seconds=9)),
        ({}, {}, PAUSE),
    ],
)
def test_a_limit_is_waited_for_as_long_as_telegram_says(
    simulator: Simulator, parameters: dict[str, Any], headers: dict[str, str], wait: timedelta
) -> None:
    told = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": parameters}
    simulator.telegram.refuses_the_next(429, told, headers=headers)
    error = answer(simulator)
    assert isinstance(error, TransientError)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "body", ['{"ok": false}', '{"ok": 1, "result": {"message_id": 7}}', '{"ok": true, "result": {"message_id": true}}']
)
def test_a_yes_that_is_not_clear_is_doubt(simulator: Simulator, body: str) -> None:
    simulator.telegram.refuses_the_next(200, body)
    assert type(answer(simulator)) is InDoubtError


def test_a_lost_reply_ends_with_a_person_and_is_never_sent_again(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    on = a_channel(on_sqlite.database, "news", channel(simulator))
    delivery = a_delivery(on_sqlite.database, on)
    simulator.telegram.loses_the_next_reply()
    for _ in range(5):
        deliver.deliver(on_sqlite, on)
        reconcile.reconcile(on_sqlite, on)
        clock.shift(timedelta(days=1))
    assert read(on_sqlite.database, delivery).state is State.IN_DOUBT
    assert len(simulator.telegram.requests) == len(simulator.telegram.published) == 1
    assert any("news" in words for words in told(on_sqlite.database))


@pytest.mark.parametrize("trouble", ["lost", "down", "echoed", "revoked"])
def test_the_token_is_in_no_event_and_in_nothing_that_a_person_is_told(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    {
        "lost": simulator.telegram.loses_the_next_reply,
        "down": simulator.telegram.is_down,
        "echoed": lambda: simulator.telegram.refuses_the_next(400, code=f"Bad Request: no /bot{TOKEN}/ here"),
        "revoked": simulator.telegram.revokes_the_token,
    }[trouble]()
    on = a_channel(on_sqlite.database, "news", channel(simulator))
    a_delivery(on_sqlite.database, on)
    deliver.deliver(on_sqlite, on)
    with on_sqlite.database.read() as connection:
        kept = [*connection.execute(select(events)), *connection.execute(select(deliveries))]
    assert kept
    assert TOKEN not in f"{kept}{told(on_sqlite.database)}{caplog.text}"


@pytest.mark.parametrize("token", ["", "4711", "4711:a/../b", "4711:two words", "4711:x\n", "4711:x?y=1"])
def test_what_is_no_token_is_told_and_makes_no_other_address(simulator: Simulator, token: str) -> None:
    options = Telegram.Options(chat=f"@{USERNAME}", base_url=simulator.telegram.base_url)
    session = PlatformSession(Telegram.real, options.base_url)
    adapter = Telegram(options, {"bot_token": token}, session, {}.__getitem__)
    with pytest.raises(CredentialError, match="not a bot's token") as caught:
        published(adapter)
    assert not token or token not in str(caught.value)
    assert simulator.telegram.requests == []


def test_a_post_is_taken_back_and_that_it_is_gone_already_is_as_good(simulator: Simulator) -> None:
    adapter = channel(simulator)
    receipt = published(adapter)
    simulator.telegram.loses_the_next_reply(to="change")
    with pytest.raises(InDoubtError):
        adapter.withdraw(receipt)
    adapter.withdraw(receipt)
    assert simulator.telegram.published == []


def test_a_post_of_two_days_ago_is_taken_back_by_hand(simulator: Simulator, clock: Traveller) -> None:
    adapter = channel(simulator)
    receipt = published(adapter)
    clock.shift(timedelta(hours=48))
    with pytest.raises(RejectedError, match="no post older than 48 hours: delete it yourself"):
        adapter.withdraw(receipt)
    assert len(simulator.telegram.published) == 1


@pytest.mark.parametrize(
    "address",
    [f"https://t.me/{USERNAME}/1", f"t.me/s/{USERNAME}/1?single", "https://t.me/c/1234567890/1/", f"@{USERNAME}/1"],
)
def test_a_post_is_taken_back_by_the_address_that_a_person_gave(simulator: Simulator, address: str) -> None:
    adapter = channel(simulator)
    published(adapter)
    adapter.withdraw(Receipt(address, address))
    assert simulator.telegram.published == []


@pytest.mark.parametrize("address", ["1", "https://t.me/name", "https://example.org/name/1", "-100x/1"])
def test_what_names_no_post_takes_none_back(simulator: Simulator, address: str) -> None:
    adapter = channel(simulator)
    published(adapter)
    with pytest.raises(RejectedError, match="not the address of a post"):
        adapter.withdraw(Receipt(address, address))
    assert len(simulator.telegram.published) == 1


def test_a_post_of_another_channel_with_the_same_number_stays(simulator: Simulator) -> None:
    adapter = channel(simulator)
    published(adapter)
    with pytest.raises(CredentialError, match="finds no such channel"):
        adapter.withdraw(Receipt("-1005555555555/1", "https://t.me/earlier/1"))
    assert len(simulator.telegram.published) == 1


@pytest.mark.parametrize("post", [POST, PICTURED], ids=["text", "photo"])
def test_words_are_changed_and_that_they_stand_already_is_as_good(simulator: Simulator, post: Post) -> None:
    adapter = channel(simulator)
    receipt = published(adapter, post)
    better = adapter.compose(replace(post, wording="Better words."))
    simulator.telegram.loses_the_next_reply(to="change")
    with pytest.raises(InDoubtError):
        adapter.revise(receipt, better)
    adapter.revise(receipt, better)
    (shown,) = simulator.telegram.published
    assert (shown.text, shown.picture) == (better.text, post.image is not None)


def test_words_for_a_photo_are_no_words_for_a_text(simulator: Simulator) -> None:
    adapter = channel(simulator)
    receipt = published(adapter)
    with pytest.raises(RejectedError, match="no caption in the message to edit"):
        adapter.revise(receipt, adapter.compose(PICTURED))


@pytest.mark.parametrize("trouble", ["answers_nonsense", "answers_without_an_id"])
def test_a_change_that_is_not_confirmed_is_doubt(simulator: Simulator, trouble: str) -> None:
    adapter = channel(simulator)
    receipt = published(adapter)
    getattr(simulator.telegram, trouble)(to="change")
    with pytest.raises(InDoubtError):
        adapter.revise(receipt, adapter.compose(replace(POST, wording="Better words.")))


@pytest.mark.parametrize(("handle", "fits"), [("@name", True), ("@na_1", True), ("@abc", False), ("name", False)])
def test_a_handle_is_a_name_on_telegram(handle: str, fits: bool) -> None:
    assert Telegram.handle.fits(handle) is fits


def test_the_simulated_api_takes_methods_in_any_case_and_parameters_in_the_address(simulator: Simulator) -> None:
    session = PlatformSession(Telegram.real, simulator.telegram.base_url)
    told = session.get(f"{Telegram.real}/bot{TOKEN}/SENDMESSAGE?chat_id={CHAT_ID}&text=Hello").json()
    assert told["result"]["text"] == "Hello"
    assert session.post(f"{Telegram.real}/botno/getMe").status_code == 404
    assert session.post(f"{Telegram.real}/bot1:other/getMe").json()["description"] == "Unauthorized"
    refused = session.post(
        f"{Telegram.real}/bot{TOKEN}/sendMessage", json={"chat_id": CHAT_ID, "text": "<b>", "parse_mode": "HTML"}
    )
    assert "can't parse entities" in refused.json()["description"]
