"""A small web server on loopback, for tests that read the web; each test says what is found at which path.

To use the fixture, a test module writes `served = servers.served`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Served:
    """The server: its address, what it has been asked (path and headers), and what it answers."""

    url: str
    over: threading.Event
    """Set when the test is over; who answers slowly waits for it."""
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)

    def at(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        """Answer like this from now on; returns the address. `content_type="…"` sends Content-Type."""
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"content_length": str(len(data)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(data)

        return self.does(path, answer)

    def raw(self, path: str, *pieces: bytes, pause: float = 0.0) -> str:
        """Write these bytes as they are, and then close; with a pause in seconds between them."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            for piece in pieces:
                handler.wfile.write(piece)
                if pause and self.over.wait(pause):
                    break

        return self.does(path, answer)

    def does(self, path: str, answer: Answer) -> str:
        """Call this for a request of the path; returns the address."""
        self.answers[path] = answer
        return self.url + path


@pytest.fixture
def served() -> Iterator[Served]:
    """A server on loopback, for one test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append((self.path, self.headers))
            answer = here.answers.get(self.path, lambda handler: handler.send_error(404))
            with contextlib.suppress(OSError):  # the other side may have left, as some tests want it to
                answer(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads, block_on_close = True, False

    with Server(("127.0.0.1", 0), Handler) as server:
        here = Served(f"http://127.0.0.1:{server.server_port}", threading.Event())
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield here
        here.over.set()
        server.shutdown()
        thread.join()
