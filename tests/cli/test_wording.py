"""How the commands name many deliveries at once, and how a person's words get back into a shell."""

from __future__ import annotations

import subprocess

import pytest

from bot.cli.wording import filled, pasted

HELD = "To keep {it} back, say `oncecast hold {names}`."


def test_a_few_deliveries_are_named_one_by_one() -> None:
    assert filled(HELD, ["13/x", "14/x/2"]) == "To keep them back, say `oncecast hold 13/x 14/x/2`."


def test_many_deliveries_are_named_by_their_entries() -> None:
    names = [f"{entry}/{channel}" for entry in range(13, 19) for channel in ("x", "page")]
    said = filled(HELD, [*names, "19/x"])
    both = "`oncecast hold 13 14 15 16 17 18 --channel page --channel x`"
    assert said == f"To keep them back, say {both} and `oncecast hold 19 --channel x`."


def test_of_very_many_entries_ten_are_named() -> None:
    names = [f"{entry}/x" for entry in range(1, 26)]
    said = "To keep them back, say `oncecast hold 1 2 3 4 5 6 7 8 9 10 --channel x` and 15 more posts."
    assert filled(HELD, names) == said
    assert filled("{all}", names) == ", ".join(names[:10]) + " and 15 more"
    assert filled("{again}", names).endswith("`oncecast repost 10 --channel x` and 15 more")


@pytest.mark.parametrize("text", ["Plain", "Don't", 'Say "hello" $HOME `date`', "One\nand 'two' \\ three"])
def test_a_shell_takes_a_person_s_words_as_they_were(text: str) -> None:
    told = subprocess.run(["bash", "-c", f"printf %s {pasted(text)}"], capture_output=True, text=True, check=True)
    assert told.stdout == text
    assert "\n" not in pasted(text)
