"""The front: one page with everybody's timeline, and every verb of every platform over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from bot.simulator.blog.site import Blog
from bot.simulator.faults import Platform
from bot.simulator.front import pages
from bot.simulator.network import Network, kind_of_picture
from bot.simulator.server import Endpoint, Refused, Reply, Request, json_reply

_CONTROL = re.compile(r"/control/(\w+)/(\w+)")
_PICTURE = re.compile(r"/pictures/(\w+)/(\w+)")
_LISTS = ("published", "group_published", "member_published", "posts")


class Front(Endpoint):
    """The page and the controls of one simulator."""

    def __init__(self, port: int, networks: Sequence[Network], blog: Blog) -> None:
        super().__init__(port)
        self.networks, self.blog = networks, blog
        self._page: Callable[[], bytes] = lambda: pages.timelines(networks, blog)

    @property
    def platforms(self) -> dict[str, Platform]:
        """Everybody that can be told to misbehave, by name."""
        return {platform.name: platform for platform in (*self.networks, self.blog)}

    def respond(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self._page(), pages.HEADERS)
        if request.path == "/control":
            return json_reply(200, {name: verbs_of(platform) for name, platform in self.platforms.items()})
        try:
            found = _CONTROL.fullmatch(request.path)
            if found:
                return self._control(request, found[1], found[2])
            found = _PICTURE.fullmatch(request.path)
            return self._picture(found[1], found[2]) if found else _unknown(request.path)
        except Refused as refused:
            return refused.reply

    def _picture(self, network: str, identity: str) -> Reply:
        data = next((each.pictures.get(identity, b"") for each in self.networks if each.name == network), b"")
        kind = kind_of_picture(data)
        return Reply(200, data, {"Content-Type": kind}) if kind else _unknown(identity)

    def _control(self, request: Request, name: str, what: str) -> Reply:
        platform = self.platforms.get(name)
        if platform is None:
            return _unknown(name)
        if request.method == "POST":
            return _do(platform, what, request)
        if what == "requests":
            return _requests(platform, "count" in request.query)
        if what == "spent" and isinstance(platform, Network):
            return json_reply(200, {"spent": platform.spent})
        if what in _LISTS and hasattr(platform, what):
            return json_reply(200, _plain(getattr(platform, what)))
        return _unknown(what)


def verbs_of(platform: Platform) -> dict[str, str]:
    """The verbs of a platform, each with what it does."""
    found = ((name, getattr(type(platform), name)) for name in dir(type(platform)) if not name.startswith("_"))
    return {name: function.__doc__ or "" for name, function in found if hasattr(function, "is_verb")}


def _do(platform: Platform, what: str, request: Request) -> Reply:
    arguments = request.json() if request.body else {}
    if what not in verbs_of(platform):
        return _unknown(what)
    if not isinstance(arguments, dict):
        return json_reply(400, {"error": "The body must be a JSON object of arguments."})
    try:
        done = getattr(platform, what)(**arguments)
    except (TypeError, ValueError, LookupError) as error:
        return json_reply(400, {"error": f"{type(error).__name__}: {error}"})
    return json_reply(200, {"done": True} if done is None else _plain(done))


def _requests(platform: Platform, only_count: bool) -> Reply:
    seen = platform.requests
    if only_count:
        return json_reply(200, {"count": len(seen)})
    return json_reply(
        200, [{"method": request.method, "path": request.path, "at": request.at.isoformat()} for request in seen]
    )


def _unknown(what: str) -> Reply:
    return json_reply(404, {"error": f"There is no {what} here."})


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    return json.loads(json.dumps(value, default=_written))


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else asdict(value)
