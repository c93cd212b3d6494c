"""The tables and charts in the documents are made from the code; `make docs` writes them, this test keeps them true."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import KINDS, adapter_class
from bot.model import FINAL, TRANSITIONS, State

ROOT = Path(__file__).parent.parent


def state_chart() -> str:
    """The moves a delivery can make, as a Mermaid chart."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> held", "    [*] --> pending", "    [*] --> failed"]
    lines += [f"    {was} --> {became}" for was in State for became in State if became in TRANSITIONS[was]]
    lines += [f"    {state} --> [*]" for state in State if state in FINAL]
    return "\n".join([*lines, "```"])


def platform_table() -> str:
    """What each platform takes, and how a lost reply is settled there."""
    rows = ["| kind | platform | text | picture | alt text | price of a post | when a reply is lost |"]
    rows.append("|---|---|---|---|---|---|---|")
    for kind in KINDS:
        adapter = adapter_class(kind)
        limits = adapter.limits
        picture = f"{limits.images} of {limits.image_bytes / 1e6:.2g} MB" if limits.image_bytes else "–"
        fewer = f", {limits.with_picture:,} with a picture" if limits.with_picture else ""
        rows.append(
            f"| `{kind}` | {adapter.title} | {limits.characters:,}{fewer} ({limits.counted}) | {picture} "
            f"| {f'{limits.alt_text:,}' if limits.alt_text else '–'} "
            f"| {f'${limits.price:.2f}' if limits.price else 'free'} | {limits.doubt} |"
        )
    return "\n".join(rows)


GENERATED: dict[str, tuple[str, Callable[[], str]]] = {
    "states": ("DESIGN.md", state_chart),
    "platforms": ("README.md", platform_table),
}


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_in_the_documents_is_true(name: str) -> None:
    path, make = ROOT / GENERATED[name][0], GENERATED[name][1]
    text = path.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    fresh = block.sub(lambda found: f"{found[1]}{make()}\n{found[2]}", text)
    if os.environ.get("ONCECAST_WRITE_DOCS"):
        path.write_text(fresh, encoding="utf-8")
        return
    assert block.search(text), f"{path.name} has no place for {name}"
    assert fresh == text, "say `make docs` to write it anew"


def test_the_locks_carry_hashes_and_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        assert len(pins) > 10
        assert text.count("--hash=sha256:") >= len(pins)
        assert not re.search(r"https?:|--index|--find-links|--extra", text)
