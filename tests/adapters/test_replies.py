"""What adapters read out of replies, whatever the platform."""

from __future__ import annotations

import pytest

from adapters.http.replies import scrub
from adapters.looks import is_other

POST = "109999888877776666"


@pytest.mark.parametrize(
    ("identity", "known"),
    [
        (POST, {POST}),
        (POST, {"1", f"https://social.example/@blog/{POST}"}),
        (POST, {f"https://social.example/users/blog/statuses/{POST}?x=1#y"}),
        ("100200300_122100", {"https://www.facebook.com/100200300/posts/122100"}),
        ("100200300_122100", {"100200300_122100"}),
        ("urn:li:share:7300", {"https://www.linkedin.com/feed/update/urn:li:share:7300/"}),
        ("01J9ZK-A", {"https://social.example/@blog/statuses/01J9ZK-A"}),
    ],
)
def test_a_post_of_another_delivery_is_known_by_its_id_or_its_address(identity: str, known: set[str]) -> None:
    assert is_other(identity, known)


@pytest.mark.parametrize("known", [set(), {POST + "1"}, {"1" + POST}, {f"https://social.example/@blog/{POST}9"}])
def test_an_id_within_a_longer_one_is_not_the_same(known: set[str]) -> None:
    assert not is_other(POST, known)


@pytest.mark.parametrize("shown", ["4711:a/b c", "4711:a/b%20c", "4711%3Aa%2Fb%20c"])
def test_a_secret_is_scrubbed_also_as_it_stands_in_an_address(shown: str) -> None:
    assert (
        scrub(f"https://pager.example/{shown}/send failed", ["4711:a/b c"]) == "https://pager.example/•••/send failed"
    )
