"""A bell that a signal may ring while the main thread waits for it.

An Event would not do: its lock is not reentrant, and a signal that comes while the waiting thread holds it would
wait for ever.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any


class Bell:
    """Rung once or more, by a signal or another thread; `rung` tells whether it was."""

    def __init__(self) -> None:
        self.rung = False
        self._rings: SimpleQueue[None] = SimpleQueue()

    def ring(self) -> None:
        """Ring it; safe in the middle of a wait of the same thread."""
        self.rung = True
        self._rings.put(None)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it rings, at most so long; True when it was rung."""
        if not self.rung:
            with suppress(Empty):
                self._rings.get(timeout=seconds)
        return self.rung


@contextmanager
def stopped_by_signals() -> Iterator[Bell]:
    """A bell that SIGTERM and Ctrl-C set while inside; a second one ends at once, as usual."""
    asked = Bell()
    before: dict[signal.Signals, Any] = {}

    def ask(number: int, _frame: Any) -> None:
        asked.ring()
        signal.signal(number, before[signal.Signals(number)])

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
