"""A bell that signals ring while the main thread waits for it."""

from __future__ import annotations

import subprocess
import sys

from bot.stopping import Bell

RUNG_A_THOUSAND_TIMES = """
import os, signal, threading
from bot.stopping import Bell
bell, heard = Bell(), []
signal.signal(signal.SIGUSR1, lambda *_: (heard.append(1), bell.ring()))
ringer = threading.Thread(target=lambda: [os.kill(os.getpid(), signal.SIGUSR1) for _ in range(1000)])
ringer.start()
while ringer.is_alive():
    bell.rung = False
    bell.wait(0.0001)
ringer.join()
print("awake", len(heard) > 0)
"""


def test_a_bell_that_was_rung_is_heard_also_by_who_waits_later() -> None:
    bell = Bell()
    bell.ring()
    assert bell.wait()
    assert bell.wait(0)


def test_a_bell_that_nobody_rings_is_waited_for_only_so_long() -> None:
    assert not Bell().wait(0)


def test_signals_in_the_middle_of_a_wait_never_leave_it_waiting() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", RUNG_A_THOUSAND_TIMES], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "awake True\n"
