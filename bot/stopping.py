"""A bell that a signal may ring while the main thread waits for it.

An Event would not do: its lock is not reentrant, and a signal that comes while the waiting thread holds it would
wait for ever.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue


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
