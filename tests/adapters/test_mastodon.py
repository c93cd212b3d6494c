"""Mastodon's own ways: keys that few servers honour, limits that differ, HTML that comes back, pictures that wait."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.contract import CannotTellError, Draft, InDoubtError, Post, Receipt, TransientError
from adapters.mastodon.adapter import Mastodon
from adapters.mastodon.replies import beside, text_of
from adapters.text.plain import plain
from bot.simulator import Simulator
from bot.simulator.mastodon import text as mastodon_text
from tests.making.kinds import IMAGE, PICTURE, built
from tests.making.measuring import within

POST = Post(
    title="What is a biopsy?",
    link="https://blog.example.org/biopsy/",
    summary="How it is done, and what comes next.",
    author="Ana Lopez",
    handle="@ana@clinic.example",
    hashtags=("Biopsy", "Care"),
    language="de-CH",
)
SERVER = "https://social.example"
HOSTILE = "< <a <p <br & &amp; &# &#9 &#x amp; href='x href= @a@ @a. @ a https:// \u0301 é"
"""What a hostile status may be made of, again and again."""


def account(simulator: Simulator, **options: Any) -> Any:
    return built(Mastodon, simulator.mastodon.base_url, **options)


def published(adapter: Any, post: Post = POST, key: str = "key") -> Receipt:
    receipt = adapter.publish(adapter.prepare(adapter.compose(post)), key)
    assert isinstance(receipt, Receipt)
    return receipt


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def found(adapter: Any, post: Post = POST) -> str:
    """The id of what a look finds, or nothing."""
    receipt = adapter.find(adapter.compose(post), a_minute_ago())
    return receipt.id if receipt else ""


def asked(simulator: Simulator, end: str) -> list[Any]:
    """The requests whose path ends so."""
    return [request for request in simulator.mastodon.requests if request.path.endswith(end)]


def listing(**status: Any) -> str:
    """A list of one status, as a server gives it."""
    return json.dumps([{"id": "1", "created_at": datetime.now(UTC).isoformat(), "url": f"{SERVER}/@a/1", **status}])


def test_a_post_is_title_summary_guest_link_and_hashtags(simulator: Simulator) -> None:
    draft = account(simulator).compose(POST)
    assert draft.text == (
        "What is a biopsy?\n\nHow it is done, and what comes next.\n\nVon Ana Lopez (@ana@clinic.example)\n\n"
        "https://blog.example.org/biopsy/\n\n#Biopsy #Care"
    )
    assert draft.body == {"status": draft.text, "visibility": "public", "language": "de"}
    assert draft.count == len(draft.text) - len(POST.link) + 23 - len("@clinic.example")


@pytest.mark.parametrize(("language", "sent"), [("EN", "en"), ("pt-BR", "pt"), ("", None), ("gsw", None), ("x", None)])
def test_a_language_is_sent_in_two_letters_or_not_at_all(simulator: Simulator, language: str, sent: str | None) -> None:
    assert account(simulator).compose(replace(POST, language=language)).body.get("language") == sent


def test_the_summary_is_what_a_long_text_loses_first(simulator: Simulator) -> None:
    draft = account(simulator).compose(replace(POST, summary="Word by word. " * 50))
    assert draft.text.startswith("What is a biopsy?\n\nWord by word.")
    assert draft.text.endswith(f"\n\n{POST.link}\n\n#Biopsy #Care")
    assert 480 < draft.count <= 500


def test_a_server_with_other_limits_is_written_for_as_it_counts(simulator: Simulator) -> None:
    simulator.mastodon.allows(characters=3_000, per_link=25)
    adapter = account(simulator, characters=3_000, characters_per_link=25)
    draft = adapter.compose(replace(POST, summary="Word by word. " * 150))
    assert (adapter.limits.characters, Mastodon.limits.characters) == (3_000, 500)
    assert draft.count == mastodon_text.length(draft.text, 25) > 2_000
    assert adapter.publish(draft, "key").id == simulator.mastodon.published[0].id


def test_what_is_sent_is_json_with_its_visibility_and_a_key(simulator: Simulator) -> None:
    published(account(simulator, visibility="unlisted"))
    (request,) = asked(simulator, "/statuses")
    assert request.media_type == "application/json"
    assert request.json()["visibility"] == "unlisted"
    assert len(request.headers["Idempotency-Key"]) == 64


def test_a_ledger_that_counts_anew_never_gets_another_posts_receipt(simulator: Simulator) -> None:
    adapter = account(simulator)
    first = published(adapter, key="oncecast-1-1-1")
    assert published(adapter, replace(POST, title="Another"), key="oncecast-1-1-1").id != first.id
    assert published(adapter, key="oncecast-1-1-1") == first


def test_a_picture_that_is_uploaded_again_leaves_the_key_as_it_was(simulator: Simulator) -> None:
    adapter = account(simulator)
    first = published(adapter, replace(POST, image=IMAGE))
    assert published(adapter, replace(POST, image=IMAGE)) == first
    assert len(asked(simulator, "/media")) == 2


def test_a_picture_comes_with_its_description_and_a_name_that_tells_its_kind(simulator: Simulator) -> None:
    published(account(simulator), replace(POST, image=IMAGE))
    (request,) = asked(simulator, "/media")
    assert request.form == {"description": "A nurse and a patient talk."}
    assert b'filename="picture.png"' in request.body
    (shown,) = simulator.mastodon.published
    assert (shown.picture, shown.alt) == (True, "A nurse and a patient talk.")


def test_a_description_is_shortened_to_what_servers_take(simulator: Simulator) -> None:
    image = replace(IMAGE, alt="A nurse and a patient talk. " * 100)
    published(account(simulator), replace(POST, image=image))
    (shown,) = simulator.mastodon.published
    assert shown.alt is not None
    assert 1_400 < len(shown.alt) <= 1_500


def test_a_picture_without_a_description_is_uploaded_without_one(simulator: Simulator) -> None:
    published(account(simulator), replace(POST, image=replace(IMAGE, alt="")))
    (request,) = asked(simulator, "/media")
    assert request.form == {}
    assert request.files == {"file": PICTURE}


def test_a_picture_that_is_still_processed_is_waited_for(simulator: Simulator, clock: time_machine.Traveller) -> None:
    simulator.mastodon.processes_pictures_for(20)
    adapter = account(simulator)
    draft = adapter.prepare(adapter.compose(replace(POST, image=IMAGE)))
    with pytest.raises(TransientError, match="still working on the picture") as caught:
        adapter.publish(draft, "key")
    assert caught.value.retry_after == timedelta(seconds=30)
    clock.shift(30)
    assert adapter.publish(draft, "key").id == simulator.mastodon.published[0].id


@pytest.mark.parametrize(
    ("status", "url"),
    [
        ({"id": "7", "url": "https://a.example/@b/7"}, "https://a.example/@b/7"),
        (
            {"id": "7", "url": None, "uri": "https://a.example/users/b/statuses/7"},
            "https://a.example/users/b/statuses/7",
        ),
        ({"id": 7, "url": "http://a.example/@b/7"}, "{}/statuses/7"),
        ({"id": "7", "url": "javascript:alert(1)", "uri": ["x"]}, "{}/statuses/7"),
    ],
)
def test_a_receipt_names_an_address_that_can_be_opened(simulator: Simulator, status: dict[str, Any], url: str) -> None:
    simulator.mastodon.refuses_the_next(200, status)
    receipt = published(account(simulator))
    assert (receipt.id, receipt.url) == ("7", url.format(simulator.mastodon.base_url))


@pytest.mark.parametrize("told", [{"id": ""}, {"id": None}, {"id": {}}, {"id": True}, {"data": {"id": "7"}}])
def test_a_reply_without_an_id_is_doubt(simulator: Simulator, told: dict[str, Any]) -> None:
    simulator.mastodon.refuses_the_next(200, told)
    with pytest.raises(InDoubtError):
        published(account(simulator))


def test_a_receipt_tells_when_the_server_made_the_post(simulator: Simulator, clock: time_machine.Traveller) -> None:
    assert published(account(simulator)).at == datetime.now(UTC)


@pytest.mark.parametrize("known", [True, False])
def test_a_mention_is_found_again_with_its_domain_or_without(simulator: Simulator, known: bool) -> None:
    if known:
        simulator.mastodon.knows("ana@clinic.example")
    adapter = account(simulator)
    receipt = published(adapter)
    assert found(adapter) == receipt.id


@given(
    st.text() | st.lists(st.sampled_from(["\n", "\n\n", "a", " & ", "<b>", "#Tag", POST.link, "@a@b.org"])).map("".join)
)
def test_what_comes_back_as_html_reads_as_it_was_written(text: str) -> None:
    draft = Draft("mastodon", text, POST.link, 0, {})
    for known in (set(), {"a@b.org"}):
        status = {"id": "1", "content": mastodon_text.as_html(text, known)}
        assert beside(draft, status, SERVER).words


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>One<br>two</p><p>three</p>", "One two three"),
        ("<p>A &amp; B &lt;b&gt; &#39;c&#39; &quot;d&quot;</p>", "A & B <b> 'c' \"d\""),
        ('<p><a href="x"><span class="invisible">https://</span><span>a.org</span></a></p>', "https://a.org"),
        ("<h1>One</h1><ul><li>two</li><li>three</li></ul>", "One two three"),
        (f"&amp;amp; &#{'9' * 5_000}; &#1;", "&amp; \ufffd"),
        ("a < b <", "a < b <"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(content: str, text: str) -> None:
    assert text_of(content) == plain(text)


@pytest.mark.parametrize("piece", [*HOSTILE.split(), "https://x ", '<a href="', "<a href='https://x'>"])
def test_a_hostile_status_is_read_in_linear_time(piece: str) -> None:
    draft = Draft("mastodon", "@a@b.org and more", POST.link, 0, {})
    content = (piece * 1_000_000)[:1_000_000]
    beside(draft, {"id": "1", "content": content[:1000]}, SERVER)
    seen = within(2, lambda: beside(draft, {"id": "1", "content": content}, SERVER))
    assert (seen.words, seen.link) == (False, False)


def test_a_link_is_known_by_the_card_alone(simulator: Simulator) -> None:
    shortened = listing(content="<p>Read: https://b.example/1</p>", card={"url": POST.link + "?utm_source=x"})
    simulator.mastodon.refuses_the_next(200, '{"id": "9"}', to="read")
    simulator.mastodon.refuses_the_next(200, shortened, to="read")
    simulator.mastodon.refuses_the_next(200, "[]", to="read")
    with pytest.raises(CannotTellError, match=f"{SERVER}/@a/1"):
        found(account(simulator))


def test_the_same_link_with_other_words_is_for_a_person_to_judge(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter, replace(POST, wording="Somebody was faster."))
    with pytest.raises(CannotTellError, match=receipt.url):
        found(adapter)


def test_what_the_account_shared_of_others_does_not_count(simulator: Simulator) -> None:
    adapter = account(simulator)
    content = mastodon_text.as_html(adapter.compose(POST).text, set())
    simulator.mastodon.refuses_the_next(200, '{"id": "9"}', to="read")
    simulator.mastodon.refuses_the_next(200, listing(content=content, reblog={"id": "5"}), to="read")
    simulator.mastodon.refuses_the_next(200, "[]", to="read")
    assert found(adapter) == ""


def test_a_post_that_answers_another_is_looked_at_too(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter)
    assert found(adapter) == receipt.id
    assert {"exclude_replies"}.isdisjoint(asked(simulator, "/statuses")[-1].query)
    assert asked(simulator, "/statuses")[-1].query["exclude_reblogs"] == "true"


def test_looking_goes_on_to_the_next_page_and_asks_only_once_who_we_are(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter)
    for number in range(41):
        published(adapter, replace(POST, title=f"Number {number}", link=f"https://blog.example.org/{number}"))
    assert found(adapter) == found(adapter) == receipt.id
    assert len(asked(simulator, "verify_credentials")) == 1


def test_a_list_without_an_end_is_no_proof_of_absence(simulator: Simulator) -> None:
    adapter = account(simulator)
    simulator.mastodon.refuses_the_next(200, '{"id": "9"}', to="read")
    simulator.mastodon.refuses_the_next(200, listing(content="<p>a</p>"), times=9, to="read")
    with pytest.raises(CannotTellError, match="more posts"):
        found(adapter)


@pytest.mark.parametrize("told", ["{}", "null", "[1]", '[{"content": "<p>a</p>"}]', '[{"id": {}}]'])
def test_a_list_that_cannot_be_read_is_no_proof_of_absence(simulator: Simulator, told: str) -> None:
    adapter = account(simulator)
    simulator.mastodon.refuses_the_next(200, '{"id": "9"}', to="read")
    simulator.mastodon.refuses_the_next(200, told, to="read")
    with pytest.raises(CannotTellError):
        found(adapter)


def test_a_post_from_long_before_is_not_found(simulator: Simulator) -> None:
    adapter = account(simulator)
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)):
        published(adapter)
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
        assert found(adapter) == ""


def test_a_post_is_found_where_the_servers_clock_is_a_minute_behind(simulator: Simulator) -> None:
    adapter = account(simulator)
    published(adapter)
    assert adapter.find(adapter.compose(POST), datetime.now(UTC) + timedelta(minutes=1)) is not None


def test_withdrawing_what_is_gone_already_is_as_good(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter)
    adapter.withdraw(replace(receipt, id=receipt.url))
    adapter.withdraw(receipt)
    assert simulator.mastodon.published == []
    assert len(asked(simulator, receipt.id)) == 2


def test_a_withdrawal_that_nobody_confirms_is_doubt(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter)
    simulator.mastodon.answers_nonsense(to="change")
    with pytest.raises(InDoubtError, match=receipt.url):
        adapter.withdraw(receipt)


def test_revising_changes_the_words_and_nothing_else(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter, replace(POST, image=IMAGE))
    adapter.revise(receipt, adapter.compose(replace(POST, wording="Better words.")))
    (shown,) = simulator.mastodon.published
    assert shown.text == f"Better words.\n\n{POST.link}"
    assert (shown.picture, shown.alt) == (True, "A nurse and a patient talk.")


def test_revising_keeps_a_warning_that_a_moderator_added(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter)
    warned = {"id": receipt.id, "spoiler_text": "Surgery", "sensitive": True, "media_attachments": []}
    simulator.mastodon.refuses_the_next(200, warned, to="read")
    adapter.revise(receipt, adapter.compose(POST))
    sent = simulator.mastodon.requests[-1].json()
    assert (sent["spoiler_text"], sent["sensitive"], "visibility" in sent) == ("Surgery", True, False)


def test_check_names_the_account_on_its_server(simulator: Simulator) -> None:
    told = account(simulator).check()
    assert (told.id, told.name) == ("109876543210123456", "@TheCancerBlog@social.example")
    assert (told.url, told.expires_at, told.notes) == (f"{SERVER}/@TheCancerBlog", None, ())


@pytest.mark.parametrize(
    ("allowed", "notes"),
    [
        ({"characters": 5_000}, ["This server allows 5,000 characters: set characters = 5000, to use them."]),
        (
            {"characters": 300},
            ["This server allows 300 characters: set characters = 300, or it refuses what is longer."],
        ),
        (
            {"per_link": 40},
            ["This server counts 40 characters for a link: set characters_per_link = 40, or it may refuse."],
        ),
        ({"per_link": 10}, []),
    ],
)
def test_check_notes_where_the_server_has_other_limits(
    simulator: Simulator, allowed: dict[str, int], notes: list[str]
) -> None:
    simulator.mastodon.allows(**allowed)
    assert list(account(simulator).check().notes) == notes


def test_check_does_without_what_the_server_says_of_itself(simulator: Simulator) -> None:
    adapter = account(simulator)
    me = '{"id": "7", "username": "blog", "url": "https://a.example/@blog"}'
    simulator.mastodon.refuses_the_next(200, me, to="read")
    simulator.mastodon.refuses_the_next(404, to="read")
    told = adapter.check()
    assert (told.name, told.notes) == ("@blog@a.example", ())


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"base_url": "social.example"},
        {"base_url": "http://social.example"},
        {"base_url": "https://social.example/@blog"},
        {"base_url": SERVER, "characters": 5},
        {"base_url": SERVER, "characters": "5000"},
        {"base_url": SERVER, "characters_per_link": 0},
        {"base_url": SERVER, "visibility": "private"},
        {"base_url": SERVER, "language": "en"},
    ],
)
def test_options_that_no_server_would_take_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Mastodon.Options(**wrong)


def test_the_host_in_the_code_is_nobodys() -> None:
    assert Mastodon.real.endswith(".invalid")
