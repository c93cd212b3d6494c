"""Changes the configuration file: keeps its comments, checks the outcome first, and replaces the file in one step.

Every edit leaves the file as it was when it raises, and raises ConfigError when its outcome would be wrong.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit

from config.loading import parse, read_text, read_toml
from config.mistakes import ConfigError, Mistake
from config.settings import Settings

Table = Mapping[str, Any]

TEMPLATE = """\
# Oncecast publishes each new post of this blog to the channels below, and never twice.
# Every option is explained in oncecast.example.toml.

[blog]
name = ""

# One feed that has all posts is enough.
[feeds.all]
url = ""

# A channel is one account, page or group. Secrets never stand in this file, only the places where they are:
# { env = "NAME" }, { file = "path" } or { credential = "name" }.
"""


def write_new(path: Path, blog_name: str, feed_url: str) -> Settings:
    """Make a configuration file with one feed and no channels. Raises ConfigError, also if the file is there."""
    document = tomlkit.parse(TEMPLATE)
    _put(document, ["blog", "name"], blog_name)
    _put(document, ["feeds", "all", "url"], feed_url)
    text = tomlkit.dumps(document)
    settings = parse(text, path)
    with _telling(path), path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return settings


def add_channel(
    path: Path,
    name: str,
    kind: str,
    options: Table | None = None,
    secrets: Table | None = None,
    routes: Sequence[Table] = (),
    **fields: Any,
) -> Settings:
    """Add a channel at the end of the file; `fields` are its other keys, such as approve or wait. Raises ConfigError.

    Durations are written as text, such as "5m"; a secret is a reference, such as {"env": "NAME"}.
    """
    text = read_text(path)
    meant = read_toml(text, path)
    if name in meant.get("channels", {}):
        raise ConfigError([Mistake(path, f"channels.{name}", "is there already; choose another name")])
    heading = f"channels.{tomlkit.key(name).as_string()}"
    sections: list[tuple[str, Table]] = [(f"[{heading}]", {"kind": kind, **fields})]
    sections += [(f"[{heading}.options]", options)] if options else []
    sections += [(f"[{heading}.secrets]", secrets)] if secrets else []
    sections += [(f"[[{heading}.routes]]", route) for route in routes]
    with _refusing(path, f"channels.{name}"):
        block = "\n".join(f"{head}\n{_lines(values)}" for head, values in sections)
    parts = {"options": options, "secrets": secrets, "routes": routes}
    channel = {"kind": kind, **fields} | {key: value for key, value in parts.items() if value}
    _put(meant, ["channels", name], _plain(channel))
    return _save(path, f"{text.rstrip()}\n\n{block}", meant)


def set_value(path: Path, key: str, value: Any) -> Settings:
    """Give a dotted key, such as "channels.x.approve", a new value; missing tables on the way are made.

    A part that is a number counts in a list, from 0. Raises ConfigError.
    """
    text = read_text(path)
    data = read_toml(text, path)
    parts = key.split(".")
    meant = copy.deepcopy(data)
    with _refusing(path, key):
        _put(meant, parts, _plain(value))
        changed = _changed(text, data, parts, value)
    return _save(path, changed, meant)


def _put(table: Any, parts: Sequence[str], value: Any) -> None:
    for part in parts[:-1]:
        if isinstance(table, dict):
            table.setdefault(part, {})
        table = table[int(part) if isinstance(table, list) else part]
    table[int(parts[-1]) if isinstance(table, list) else parts[-1]] = value


def _changed(text: str, data: Table, parts: Sequence[str], value: Any) -> str:
    """The text with one value changed, or added where a person would add it."""
    above, key = parts[:-1], parts[-1]
    table: Any = data
    for part in above:
        table = table.get(part) if isinstance(table, dict) else None
    if isinstance(table, dict) and key not in table:
        # tomlkit would put a new key below the comment that belongs to the next section.
        heading = re.search(rf"^[ \t]*\[{re.escape('.'.join(above))}\].*\n?", text, re.MULTILINE)
        if heading:
            end = _end_of_section(text, heading.end())
            return f"{text[:end].rstrip()}\n{_lines({key: value})}{text[end:]}"
    if table is None and not any(part.isdigit() for part in above):
        heading_text = ".".join(tomlkit.key(part).as_string() for part in above)
        return f"{text.rstrip()}\n\n[{heading_text}]\n{_lines({key: value})}"
    document = tomlkit.parse(text)
    _put(document, parts, _inline(value))
    return tomlkit.dumps(document)


def _end_of_section(text: str, start: int) -> int:
    """Where the last line with content ends, before the next heading."""
    end = start
    for line in text[start:].splitlines(keepends=True):
        if line.lstrip().startswith("["):
            break
        start += len(line)
        end = start if line.strip() and not line.lstrip().startswith("#") else end
    return end


def _lines(values: Table) -> str:
    """Keys and values as TOML lines, tables inside on one line each."""
    document = tomlkit.document()
    for key, value in values.items():
        document.add(key, _inline(value))
    return tomlkit.dumps(document)


def _inline(value: Any) -> Any:
    """A value for tomlkit that stays on one line."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.add(key, _inline(inner))
        return table
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for inner in value:
            array.append(_inline(inner))
        return array
    return value


def _plain(value: Any) -> Any:
    """A value as it will be read back."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _save(path: Path, text: str, meant: Table) -> Settings:
    """Put a text in the place of the file, once it is valid and says what was meant."""
    settings = parse(text, path)
    if read_toml(text, path) != meant:
        raise ConfigError(
            [Mistake(path, "", "the layout of this file is too unusual to edit safely; change it by hand")]
        )
    target = path.resolve()
    with _telling(path):
        if b"\r\n" in target.read_bytes():
            text = text.replace("\n", "\r\n")
        _replace(target, text.encode())
    return settings


def _replace(target: Path, content: bytes) -> None:
    """Replace a file in one step that survives a power cut; its permissions and owner stay."""
    was = target.stat()
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            with contextlib.suppress(PermissionError):
                os.fchown(number, was.st_uid, was.st_gid)
            os.fchmod(number, was.st_mode & 0o7777)
            file.flush()
            os.fsync(number)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turns what the file system says into a sentence."""
    try:
        yield
    except FileExistsError:
        raise ConfigError([Mistake(path, "", "there is such a file already; it was left as it is")]) from None
    except OSError as error:
        raise ConfigError([Mistake(path, "", f"the file cannot be written ({error.strerror})")]) from None


@contextmanager
def _refusing(path: Path, key: str) -> Iterator[None]:
    """Turns what tomlkit and Python say of a value, or of its place, into a sentence."""
    try:
        yield
    except (TypeError, ValueError, LookupError):
        raise ConfigError([Mistake(path, key, "this value cannot stand here")]) from None
