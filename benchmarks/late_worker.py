"""How long is left between the last look at the clock and the first byte: `python -m benchmarks.late_worker [TIMES]`.

It prints the median, the 99th percentile and the longest of TIMES requests (2,000 unless told otherwise).
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from adapters.http import wire
from adapters.http.session import PlatformSession


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Timed(wire.Attempt):
    """Remembers when its time was last looked at."""

    looked = 0

    def left(self) -> float:
        """Seconds left, as ever."""
        left = super().left()
        self.looked = time.perf_counter_ns()
        return left


def windows(times: int) -> list[float]:
    """Microseconds between the look and the moment at which the socket gets the first byte, for each request."""
    found: list[float] = []

    def heard(event: str, _arguments: tuple[Any, ...]) -> None:
        if event == "http.client.send":  # http.client says so right before it calls the socket
            moment = time.perf_counter_ns()
            if isinstance(begun := wire.under_way.get(), _Timed) and begun.looked:
                found.append((moment - begun.looked) / 1000)
                begun.looked = 0

    sys.addaudithook(heard)
    with _server() as address:
        session = PlatformSession(address)
        for _ in range(times):
            token = wire.under_way.set(_Timed(wire.WHOLE))
            session.post(f"{address}/2/tweets", json={"text": "A post."})
            wire.under_way.reset(token)
    return found


if __name__ == "__main__":
    measured = sorted(windows(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
    median, late, longest = statistics.median(measured), measured[int(len(measured) * 0.99)], measured[-1]
    print(f"{len(measured)} requests: median {median:.1f} µs, p99 {late:.1f} µs, longest {longest:.1f} µs")
