"""The registry of kinds, found where they are: each platform's adapter by name, imported only when it is used.

A platform is a module, whose name is its kind, or a folder, which says in its `__init__` the modules of its kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.contract import Adapter
    from adapters.pages import Reader

SHARED = {"contract", "http", "looks", "pages", "text", "traits", "wording"}
"""What is here and no platform."""


def _found() -> Iterator[tuple[str, str]]:
    """Each kind with its module."""
    for found in iter_modules(__path__, f"{__name__}."):
        kind = found.name.removeprefix(f"{__name__}.")
        if kind in SHARED or not kind.isidentifier():
            continue
        if found.ispkg:
            declared = getattr(import_module(found.name), "KINDS", {})
            yield from ((each, f"{found.name}.{module}") for each, module in declared.items())
        else:
            yield kind, found.name


KINDS = dict(_found())
"""The module of each kind, by the kind's name."""


def adapter_class(kind: str) -> type[Adapter]:
    """The adapter class of a kind. Raises KeyError for a kind that is not in the registry."""
    classes = (found for found in vars(import_module(KINDS[kind])).values() if isinstance(found, type))
    adapter = next((each for each in classes if getattr(each, "kind", "") == kind), None)
    if adapter is None:
        raise KeyError(kind)
    return adapter


def page_reader(kind: str) -> Reader | None:
    """How a kind's platform reads a page that is linked there; None where it reads none."""
    place = f"{KINDS[kind].rpartition('.')[0]}.cards"
    if find_spec(place) is None:
        return None
    reader: Reader = import_module(place).page_card
    return reader
