"""Kinds are found where they are, and what lies beside them by chance is none."""

from __future__ import annotations

from pathlib import Path

import pytest

import adapters


def test_what_lies_in_the_folder_by_chance_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "looks copy.py").write_text("")
    (tmp_path / "stray").mkdir()
    (tmp_path / "stray" / "__init__.py").write_text("")
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    assert dict(adapters._found()) == adapters.KINDS


def test_a_module_without_an_adapter_is_no_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helper.py").write_text("")
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    monkeypatch.setattr(adapters, "KINDS", dict(adapters._found()))
    with pytest.raises(KeyError):
        adapters.adapter_class("helper")
