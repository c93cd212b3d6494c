"""HTTP on loopback: one listening port for each platform, requests in, replies out, connections cut on demand.

It knows nothing of any platform. A port stays reserved while nobody listens on it.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

Cut = Literal["", "half", "reset"]


def now() -> datetime:
    """The simulator's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Request:
    """One request as it came in; `path` is still percent-encoded, `query` has the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes
    at: datetime
    raw_query: str = ""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form body, URL-encoded or multipart; files are left out."""
        if self.media_type == "multipart/form-data":
            return {name: data.decode() for name, data in self.parts.items() if name not in self.files}
        if self.media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return {}

    @property
    def parts(self) -> dict[str, bytes]:
        """The parts of a multipart body by name."""
        return {name: data for name, _, data in _parts(self)}

    @property
    def files(self) -> dict[str, bytes]:
        """The parts of a multipart body that came with a file name."""
        return {name: data for name, is_file, data in _parts(self) if is_file}

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def _parts(request: Request) -> list[tuple[str, bool, bytes]]:
    boundary = request.headers.get_param("boundary")
    if request.media_type != "multipart/form-data" or not isinstance(boundary, str):
        return []
    found = []
    for piece in (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        about = Message()
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(":")
            about[name] = value.strip()
        name_given = about.get_param("name", header="content-disposition")
        found.append((str(name_given), about.get_filename() is not None, data))
    return found


@dataclass(frozen=True)
class Reply:
    """One reply; `cut` says where its connection breaks: nowhere, in the middle, or before the first byte."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: Cut = ""


class Refused(Exception):
    """Ends the work on a request with a reply that says no."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A reply whose body is JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Wire

    def _answer(self) -> None:
        self._send(self.server.respond(self._request()))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def _request(self) -> Request:
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        return Request(self.command, target.path, query, self.headers, body, now(), target.query)

    def _send(self, reply: Reply) -> None:
        if reply.cut == "reset":
            self._reset()
            return
        head, body = self._head(reply), b"" if self.command == "HEAD" else reply.body
        if reply.cut == "half":
            whole = head + body
            self.wfile.write(whole[: len(head) + len(body) // 2] if body else whole[: len(head) // 2])
            self.close_connection = True
            return
        self.wfile.write(head + body)

    def _head(self, reply: Reply) -> bytes:
        phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Unknown"
        fields = {"Date": self.date_time_string(), **reply.headers}
        if reply.status not in (204, 304):
            fields.setdefault("Content-Length", str(len(reply.body)))
        if self.close_connection:
            fields["Connection"] = "close"
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in fields.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # a plain close would first say goodbye

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: what was asked is kept in `requests`."""


class _Wire(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, respond: Callable[[Request], Reply]) -> None:
        super().__init__(("127.0.0.1", port), _Exchange, bind_and_activate=False)
        self.respond = respond
        self._open: set[socket.socket] = set()
        self.server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection that is still open, so that a kept-alive one does not outlive the server."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # an OSError is a client that did not wait
            super().handle_error(request, client_address)


class Endpoint:
    """Something that answers on a port of its own. The port is taken at once and listened on from `start`."""

    def __init__(self, port: int = 0) -> None:
        self._wire = _Wire(port, self.respond)
        self._thread: Thread | None = None

    @property
    def base_url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self._wire.server_address[1]}"

    def respond(self, request: Request) -> Reply:
        """The reply to a request."""
        raise NotImplementedError

    @property
    def is_listening(self) -> bool:
        """Whether somebody would be let in."""
        return self._thread is not None

    def start(self) -> None:
        """Listen."""
        if self._thread is None:
            self._wire.server_activate()
            self._thread = Thread(target=self._wire.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Refuse connections, but keep the port."""
        if self._thread is not None:
            port = self._wire.server_address[1]
            self.stop()
            self._wire = _Wire(port, self.respond)

    def stop(self) -> None:
        """Stop listening and give the port back."""
        if self._thread is not None:
            self._wire.shutdown()
            self._thread.join()
            self._thread = None
        self._wire.server_close()
        self._wire.hang_up()
