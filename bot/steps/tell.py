"""Telling the team, by e-mail or webhook, what is noted in the ledger; each matter once."""

from __future__ import annotations

import json
import logging
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

from requests import RequestException

from adapters.http.session import PlatformSession
from adapters.http.wire import attempt
from bot.ledger.database import Database
from bot.ledger.notices import Notice, claimed, mark_told, mark_untold, to_tell

log = logging.getLogger(__name__)

JSON = {"Content-Type": "application/json"}
Voice = Callable[[Sequence[str]], None]
"""Tells the team some sentences; raises OSError or RequestException when it could not."""


def due(database: Database) -> list[str]:
    """Something to act on when there is anything to tell."""
    return ["notices"] if to_tell(database) else []


def tell(database: Database, voices: Sequence[Voice], words: Callable[[Notice], str]) -> None:
    """Tell what is due, all of it in one go; the team has heard when one voice got through. The log always hears."""
    notices = claimed(database)
    texts = [words(notice) for notice in notices]
    for text in texts:
        log.warning("%s", text)
    if not notices:
        return
    heard = [_speak(voice, texts) for voice in voices]
    (mark_told if not voices or any(heard) else mark_untold)(database, notices)


def _speak(voice: Voice, texts: Sequence[str]) -> bool:
    try:
        voice(texts)
    except (OSError, RequestException, smtplib.SMTPException) as error:
        log.warning("The team could not be told by %s (%s).", type(voice).__name__, type(error).__name__)
        return False
    return True


@dataclass(frozen=True)
class Webhook:
    """Tells by a POST of JSON, `{"text": …}`, which chat programs understand."""

    url: str

    def __call__(self, texts: Sequence[str]) -> None:
        """Raises RequestException when the other side did not take it."""
        session = PlatformSession(self.url)
        with attempt(30):
            session.post(self.url, data=json.dumps({"text": "\n\n".join(texts)}), headers=JSON).raise_for_status()


@dataclass(frozen=True)
class Mail:
    """Tells by e-mail over SMTP. `security` is `starttls`, `tls` or `none`."""

    host: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    username: str = ""
    password: str = ""

    def __call__(self, texts: Sequence[str]) -> None:
        """Raises OSError or SMTPException when no server took it for all of the team."""
        letter = EmailMessage()
        letter["Subject"] = "Oncecast needs a person" if len(texts) == 1 else f"Oncecast: {len(texts)} matters"
        letter["From"], letter["To"] = self.sender, ", ".join(self.to)
        letter["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        letter.set_content("\n\n".join(texts) + "\n")
        with self._server() as server:
            if self.username:
                server.login(self.username, self.password)
            server.send_message(letter)

    def _server(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=20, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=20)
        if self.security == "starttls":
            server.starttls(context=context)
        return server
