"""The team hears of each matter once, by webhook or e-mail, and of nothing that is secret."""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message

import pytest
from sqlalchemy import select

from bot.ledger.database import Database, now
from bot.ledger.deliveries import Ledger
from bot.ledger.notices import claimed, note_ledger
from bot.ledger.schema import notices
from bot.model import Matter
from bot.simulator.server import Endpoint, Reply, Request
from bot.steps.tell import Mail, Voice, Webhook, due, tell


class Room(Endpoint):
    """A chat program's room: it takes a webhook's words, or answers with another status."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.heard = 200, list[str]()

    def respond(self, request: Request) -> Reply:
        if self.status == 200:
            self.heard.append(request.json()["text"])
        return Reply(self.status)


class _Conversation(socketserver.StreamRequestHandler):
    """Enough of SMTP for a letter (RFC 5321), without encryption."""

    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example.org")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "DATA":
                self._letter()
            elif verb == "RCPT":
                self._say("250 OK" if self.server.takes else "550 No such person")
            else:
                self._say({"EHLO": "250 mail.example.org", "QUIT": "221 Bye"}.get(verb, "250 OK"))

    def _letter(self) -> None:
        self._say("354 Go on")
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.letters.append(message_from_bytes(b"".join(lines)))
        self._say("250 OK")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on loopback, and the letters it has taken."""

    daemon_threads, takes = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[Message] = []

    def handle_error(self, *_: object) -> None:
        """Stay silent: who asks for encryption here leaves in the middle."""


@dataclass
class Team:
    """Where the team can be told, and the ledger that has something to tell."""

    database: Database
    room: Room
    mail: MailServer

    @property
    def webhook(self) -> Webhook:
        return Webhook(f"{self.room.base_url}/hooks/s3cret-part-of-the-address")

    @property
    def letter(self) -> Mail:
        port = self.mail.server_address[1]
        return Mail("127.0.0.1", port, "none", "oncecast@example.org", ("ana@example.org", "ben@example.org"))

    @property
    def again_at(self) -> datetime:
        """When telling is tried the next time."""
        with self.database.read() as connection:
            return connection.execute(select(notices.c.tell_at).where(notices.c.told_at.is_(None))).scalar_one()

    def told_by(self, voices: Sequence[Voice]) -> None:
        """One round of telling, in which a notice's reason is all that is said of it."""
        tell(self.database, voices, lambda notice: notice.why)

    def must_hear(self, *matters: str) -> None:
        with self.database.write() as connection:
            for matter in matters:
                note_ledger(connection, Matter.GENERATION, f"About {matter}.", matter)


@pytest.fixture
def team(on_sqlite: Ledger, clock) -> Iterator[Team]:
    """A chat room and a mail server, both ready."""
    room = Room()
    with MailServer() as mail:
        room.start()
        threading.Thread(target=mail.serve_forever, args=(0.01,), daemon=True).start()
        yield Team(on_sqlite.database, room, mail)
        mail.shutdown()
        room.stop()


def test_with_nothing_to_tell_nothing_is_due(team: Team) -> None:
    assert due(team.database) == []
    team.must_hear("a")
    assert due(team.database) != []


def test_a_webhook_hears_each_matter_once(team: Team) -> None:
    for matters in (("a",), ("a", "b"), ("b",)):
        team.must_hear(*matters)
        if due(team.database):
            team.told_by([team.webhook])
    assert team.room.heard == ["About a.", "About b."]


def test_what_is_due_at_once_is_told_in_one_go(team: Team) -> None:
    team.must_hear("a", "b")
    team.told_by([team.webhook])
    assert team.room.heard == ["About a.\n\nAbout b."]


def test_more_than_fifty_matters_are_told_in_their_order(team: Team) -> None:
    team.must_hear(*(f"number {n}" for n in range(51)))
    for _ in range(2):
        assert due(team.database)
        team.told_by([team.webhook])
    assert due(team.database) == []
    assert [text.count("About") for text in team.room.heard] == [50, 1]
    assert team.room.heard[1] == "About number 50."


def test_a_letter_goes_to_all_of_the_team_once(team: Team) -> None:
    team.must_hear("a page with “quotes” and ümlauts")
    for _ in range(2):
        if due(team.database):
            team.told_by([team.letter])
    (letter,) = team.mail.letters
    assert (letter["Subject"], letter["To"]) == ("Oncecast needs a person", "ana@example.org, ben@example.org")
    assert letter["Message-ID"].endswith("@example.org>")
    assert letter.get_payload(decode=True).decode().strip() == "About a page with “quotes” and ümlauts."


def test_a_letter_about_several_matters_says_how_many(team: Team) -> None:
    team.must_hear("a", "b", "c")
    team.told_by([team.letter])
    assert team.mail.letters[0]["Subject"] == "Oncecast: 3 matters"


def test_every_voice_speaks(team: Team) -> None:
    team.must_hear("a")
    team.told_by([team.webhook, team.letter])
    assert len(team.room.heard) == len(team.mail.letters) == 1


def test_a_team_that_could_not_be_told_is_told_later_and_ever_later(team: Team, clock) -> None:
    team.must_hear("a")
    team.room.status, pauses = 503, []
    for _ in range(10):
        team.told_by([team.webhook])
        assert due(team.database) == []
        pauses.append((team.again_at - now()).total_seconds() // 60)
        clock.move_to(team.again_at)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360]
    team.room.status = 200
    team.told_by([team.webhook])
    assert team.room.heard == ["About a."]


@pytest.mark.parametrize("away", ["the chat room", "the mail server", "everybody of the team"])
def test_one_voice_that_gets_through_is_enough_and_nobody_hears_twice(team: Team, away: str, clock) -> None:
    team.must_hear("a")
    mail = replace(team.letter, port=9) if away == "the mail server" else team.letter
    team.mail.takes = away != "everybody of the team"
    if away == "the chat room":
        team.room.pause()
    team.told_by([mail, team.webhook])
    clock.shift(timedelta(hours=1))
    assert due(team.database) == []
    assert len(team.mail.letters) + len(team.room.heard) == 1
    team.room.start()


def test_what_two_daemons_find_due_is_told_by_one(team: Team) -> None:
    team.must_hear("a")
    assert len(claimed(team.database)) == 1
    team.told_by([team.webhook])
    assert team.room.heard == []


def test_with_nothing_to_tell_nobody_is_disturbed(team: Team) -> None:
    team.told_by([team.webhook, team.letter])
    assert team.room.heard == team.mail.letters == []


def test_a_letter_is_never_sent_in_the_clear_when_encryption_was_asked_for(team: Team) -> None:
    team.must_hear("a")
    for security in ("starttls", "tls"):
        team.told_by([replace(team.letter, security=security)])
    assert team.mail.letters == []


def test_without_a_voice_the_log_is_told_once(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    team.must_hear("a")
    team.told_by([])
    team.told_by([])
    assert caplog.messages == ["About a."]


def test_the_secret_address_of_a_webhook_is_never_logged(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    team.must_hear("a")
    team.room.status = 404
    team.told_by([team.webhook])
    assert caplog.messages == ["About a.", "The team could not be told by Webhook (HTTPError)."]
    assert "s3cret" not in caplog.text
