"""The fault matrix: what can go wrong with one delivery, on every kind of channel, and how it must end."""

from __future__ import annotations

from collections.abc import Mapping

from bot.simulator.faults import NONSENSE
from tests.promise.faults import (
    ASKED,
    GROUP,
    MASTODON,
    PAGE,
    PAGE_OF_FACEBOOK,
    PICTURED,
    PUBLISHED,
    SKY,
    Act,
    Fault,
    X,
    both,
    colleague_shares,
    comparing,
    deletes_what_is_there,
    dies_marked,
    dies_prepared,
    dies_published,
    dies_unprepared,
    impatiently,
    is_logged_in,
    is_there,
    lagging,
    loses_the_reply_and,
    names_a_ghost,
    never,
    nothing,
    on,
    refuses,
    says_duplicate,
    searchable,
    spoils_the_picture,
    told,
    uses_up_window_and_day,
    was_deleted,
    without_an_answer,
    without_tls,
)

FAILED, PAUSED = "failed", "channel paused"
REVOKED = "401 (Facebook: 190 with 463; Bluesky: to the password, when the session is over)"
NOT_SENT = "waits → published"
NOT_DONE = "in doubt → not there → published"
DONE = "in doubt → found → published"
DUPLICATE_OF_NOTHING = "in doubt → not there → failed"
FOUND_LATER = "in doubt → no answer → found → published"
NEVER_ANSWERED = "in doubt → no answer → person asked"

TROUBLE_WITH_A_LOOK: Mapping[str, Act] = {
    "503": told("fails_the_next", to="read"),
    "a reset": told("resets_the_next", to="read"),
    "429": told("fails_the_next", 429, to="read"),
    "a web page": told("answers_nonsense", to="read"),
    "half a list": told("sends_half_a_body", to="read"),
    "an empty object": refuses(200, body="{}", to="read"),
}
TROUBLE_WITH_AN_UPLOAD: Mapping[str, tuple[Act, str]] = {
    "reset": (told("resets_the_next", to="upload"), NOT_SENT),
    "reply lost": (told("loses_the_next_reply", to="upload"), NOT_SENT),
    "503": (told("fails_the_next", 503, to="upload"), NOT_SENT),
    "503 after the work": (told("fails_the_next", 503, accepted=True, to="upload"), NOT_SENT),
    "429 with Retry-After": (refuses(429, headers={"Retry-After": "120"}, to="upload"), "waits 2 min → published"),
    "a web page instead of JSON": (told("answers_nonsense", to="upload"), NOT_SENT),
    "200 without an id": (refuses(200, body="{}", to="upload"), NOT_SENT),
    "400": (refuses(400, to="upload"), FAILED),
    "401": (refuses(401, to="upload"), PAUSED),
}

NO_REPLY = (
    Fault("connection refused", "before", told("is_down"), NOT_SENT, mend=told("is_up")),
    Fault("connection refused for hours", "before", told("is_down"), "waits ×7 → failed"),
    Fault("TLS failure", "before", nothing, NOT_SENT, first=without_tls),
    Fault("no answer in time", "before", nothing, NOT_DONE, first=without_an_answer),
    Fault("no answer in time", "after", told("is_slow", 30), DONE, first=impatiently, mend=told("hurries")),
    Fault("connection reset", "before", told("resets_the_next"), NOT_DONE),
    Fault("connection reset", "after", told("loses_the_next_reply"), DONE),
    Fault("half a body", "before", told("sends_half_a_body", accepted=False), NOT_DONE),
    # LinkedIn's page names the post in the head of a reply that has no body.
    Fault("half a body", "after", told("sends_half_a_body"), DONE, {PAGE: PUBLISHED}),
)
ODD_REPLIES = (
    *(
        Fault(str(status), done, told("fails_the_next", status, accepted=done == "after"), ends)
        for status in (500, 502, 503)
        for done, ends in (("before", NOT_DONE), ("after", DONE))
    ),
    Fault("502 with a web page", "before", refuses(502, body=NONSENSE), NOT_DONE),
    Fault("408", "before", refuses(408), NOT_DONE),
    Fault("302 to elsewhere", "before", refuses(302, headers={"Location": "/elsewhere"}), NOT_DONE),
    Fault("200 with a web page instead of JSON", "before", told("answers_nonsense", accepted=False), NOT_DONE),
    Fault("200 with a web page instead of JSON", "after", told("answers_nonsense"), DONE),
    Fault("200 without an id", "before", refuses(200, body="{}"), NOT_DONE),
    Fault("200 without an id", "after", told("answers_without_an_id"), DONE),
    Fault("200 with more than 4 MB", "before", refuses(200, body=b" " * 4_000_001), NOT_DONE),
    Fault("400 with code 2, “retry later”", "before", refuses(400, code=2), but=on(PAGE_OF_FACEBOOK, NOT_DONE)),
)
LIMITS = (
    Fault(
        "429 until a time 10 min ahead (LinkedIn never names one)",
        "before",
        told("limits_for", 600),
        "waits 10 min → published",
        on((PAGE, GROUP), "waits 15 min → published"),
    ),
    Fault(
        "429 without a time",
        "before",
        told("limits_without_a_time"),
        "waits 15 min → published",
        {X: NOT_SENT, **on(PAGE_OF_FACEBOOK, "waits 1 h → published"), MASTODON: "waits 5 min → published"},
        mend=told("lifts_the_limit"),
    ),
    Fault("429 with Retry-After", "before", refuses(429, headers={"Retry-After": "120"}), "waits 2 min → published"),
    Fault(
        "429 with several limits used up: for 15 min, 1 h and 6 h",
        "before",
        uses_up_window_and_day,
        but={X: "waits 6 h → published"},
    ),
    Fault(
        "429 with the day used up for 6 h, and the next reset of the 15 min sooner",
        "before",
        lambda scene: scene.stage.simulator.twitter.exhausts_the_day(6 * 3600),
        but={X: "waits 6 h → published"},
    ),
    Fault(
        "368 with 1390008, the Page posts too often",
        "before",
        refuses(400, code="368/1390008"),
        but=on(PAGE_OF_FACEBOOK, "waits 1 d → published"),
    ),
    Fault(
        "the session is over, 429 to a new one",
        "before",
        both(is_logged_in, refuses(400, code="ExpiredToken"), refuses(429, to="change")),
        but={SKY: "waits 15 min → published"},
    ),
)
REFUSALS = (
    Fault("400", "before", refuses(400), FAILED),
    Fault("400 with a web page", "before", refuses(400, body=NONSENSE), FAILED),
    Fault(REVOKED, "before", told("revokes_the_token"), PAUSED),
    Fault("400 ExpiredToken, the session is over", "before", refuses(400, code="ExpiredToken"), but={SKY: NOT_SENT}),
    Fault(
        "400 ExpiredToken, 503 to a new session",
        "before",
        both(is_logged_in, refuses(400, code="ExpiredToken"), refuses(503, to="change")),
        but={SKY: NOT_SENT},
    ),
    *(
        Fault(f"401 {name}", "before", refuses(401, code=name), but={SKY: PAUSED})
        for name in ("AccountTakedown", "AccountDeactivated")
    ),
    Fault(
        "400 BlobNotFound, the uploaded picture is gone", "before", refuses(400, code="BlobNotFound"), but={SKY: FAILED}
    ),
    Fault("401 with a web page", "before", refuses(401, body=NONSENSE), PAUSED),
    *(
        Fault(f"190 with {code}", "before", refuses(400, code=f"190/{code}"), but=on(PAGE_OF_FACEBOOK, PAUSED))
        for code in (458, 459, 460)
    ),
    Fault("402", "before", refuses(402), but={X: PAUSED}),
    Fault("403", "before", refuses(403), PAUSED, {X: FAILED}),
    Fault("403 for the app's permissions", "before", refuses(403, code="oauth1-permissions"), but={X: PAUSED}),
    Fault(
        "403 with a web page",
        "before",
        refuses(403, body=NONSENSE),
        PAUSED,
        {X: "waits 15 min → published"},
    ),
    Fault(
        "403, no partner access",
        "before",
        lambda scene: scene.stage.simulator.linkedin.grants_partner_access(False),
        but={GROUP: PAUSED},
    ),
    Fault("426", "before", refuses(426), but={PAGE: PAUSED}),
    Fault("422, the text is too long for this server", "before", refuses(422), but={MASTODON: FAILED}),
    Fault("400 that names the token, as Takahe's", "before", refuses(400, code="token"), but={MASTODON: PAUSED}),
    Fault("404 with a web page, from another address", "before", refuses(404, body=NONSENSE), but={MASTODON: PAUSED}),
)
DUPLICATES = (
    Fault(
        "first attempt refused as a duplicate of nothing",
        "before",
        says_duplicate,
        DUPLICATE_OF_NOTHING,
        where=comparing,
    ),
    Fault(
        "first attempt refused as a duplicate of this very post",
        "before",
        is_there,
        DONE,
        where=comparing,
        sees_duplicates=True,
    ),
    Fault(
        "first attempt refused as a duplicate of a deleted post",
        "before",
        was_deleted,
        but={X: DUPLICATE_OF_NOTHING, **on(PAGE_OF_FACEBOOK, PUBLISHED), PAGE: DUPLICATE_OF_NOTHING},
        sees_duplicates=True,
    ),
    Fault(
        "reset, then refused as a duplicate of a ghost",
        "before",
        both(told("resets_the_next"), names_a_ghost),
        but=on((PAGE, GROUP), f"in doubt → not there → in doubt → no answer → {ASKED}"),
    ),
    Fault(
        "reply lost, hidden for 400 s, then refused as a duplicate",
        "after",
        loses_the_reply_and(told("shows_posts_after", 400)),
        "in doubt → not there → in doubt → found → published",
        where=comparing,
        sees_duplicates=True,
    ),
    Fault(
        "reply lost, hidden for an hour, then refused as a duplicate",
        "after",
        loses_the_reply_and(told("shows_posts_after", 3600)),
        "in doubt → not there → in doubt → no answer → found → published",
        on((PAGE, GROUP), "in doubt → not there → in doubt → found → published"),
        where=comparing,
        sees_duplicates=True,
    ),
)
FIRST_POSTS = (
    Fault(
        "reply lost, hidden for 400 s, then answered with the first post",
        "after",
        loses_the_reply_and(told("shows_posts_after", 400)),
        but={MASTODON: NOT_DONE},
        sees_duplicates=True,
    ),
    Fault(
        "reply lost, hidden for 400 s, then refused because the picture is in a post already",
        "after",
        loses_the_reply_and(told("shows_posts_after", 400)),
        but={MASTODON: "in doubt → not there → in doubt → found → published"},
    ),
    Fault(
        "reply lost, the post deleted there, then answered that it is gone",
        "after",
        told("loses_the_next_reply"),
        but={MASTODON: DUPLICATE_OF_NOTHING},
        mend=deletes_what_is_there,
        sees_duplicates=True,
    ),
)
LOOKS = (
    *(
        Fault(
            f"reply lost, listed only after {lag} s",
            "after",
            loses_the_reply_and(told("shows_posts_after", lag)),
            DONE,
            where=lagging,
        )
        for lag in (30, 200)
    ),
    *(
        Fault(f"reply lost, {trouble} to the look", "after", loses_the_reply_and(act), FOUND_LATER, where=searchable)
        for trouble, act in TROUBLE_WITH_A_LOOK.items()
    ),
    Fault(
        "reset, 503 to the look",
        "before",
        both(told("resets_the_next"), told("fails_the_next", to="read")),
        "in doubt → no answer → not there → published",
        where=searchable,
    ),
    Fault(
        "reply lost, 503 to every look",
        "after",
        loses_the_reply_and(never(503)),
        NEVER_ANSWERED,
        where=searchable,
        unseen=1,
    ),
    Fault(
        "reply lost, 403 to every look",
        "after",
        loses_the_reply_and(never(403)),
        NEVER_ANSWERED,
        where=searchable,
        unseen=1,
    ),
    Fault(
        "reset, 503 to every look",
        "before",
        both(told("resets_the_next"), never(503)),
        NEVER_ANSWERED,
        where=searchable,
    ),
    Fault(
        "reset, and a colleague shared the link in other words",
        "before",
        both(colleague_shares, told("resets_the_next")),
        NEVER_ANSWERED,
        where=searchable,
        others=1,
    ),
    Fault(
        "reply lost, and a colleague shared the link in other words",
        "after",
        both(colleague_shares, told("loses_the_next_reply")),
        DONE,
        where=searchable,
        others=1,
    ),
)
UPLOADS = (
    *(
        Fault(f"upload: {trouble}", "–", act, but=on(PICTURED, ends))
        for trouble, (act, ends) in TROUBLE_WITH_AN_UPLOAD.items()
    ),
    Fault(
        "upload: the picture is still processed",
        "–",
        told("processes_pictures_for", 20),
        but=on((PAGE, MASTODON), "waits 30 s → published"),
    ),
    Fault(
        "upload: the picture cannot be processed",
        "–",
        spoils_the_picture,
        but=on((PAGE, MASTODON), FAILED),
    ),
)
CRASHES = (
    Fault("the daemon dies before the upload", "before", nothing, NOT_SENT, first=dies_unprepared),
    Fault("the daemon dies after the upload succeeded", "before", nothing, NOT_SENT, first=dies_prepared),
    Fault("the daemon dies right before the request", "before", nothing, NOT_DONE, first=dies_marked),
    Fault("the daemon dies right after the request", "after", nothing, DONE, first=dies_published),
)
MATRIX: Mapping[str, tuple[Fault, ...]] = {
    "No reply": NO_REPLY,
    "Replies that tell nothing": ODD_REPLIES,
    "Limits": LIMITS,
    "Refusals": REFUSALS,
    "Duplicates": DUPLICATES,
    "Keys and pictures that belong to the first post": FIRST_POSTS,
    "Looks": LOOKS,
    "Uploads of pictures": UPLOADS,
    "The daemon dies": CRASHES,
}
