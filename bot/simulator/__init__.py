"""Local stand-ins of the platforms, spoken to over real HTTP, and a blog to feed them.

They are written from the platforms' own documents and import nothing of the rest of the project, so that they cannot
share its misunderstandings. README.md lists what is known, from where, and what is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import count, repeat
from pkgutil import iter_modules
from typing import Any, Self

from bot.simulator.blog.invented import INVENTED_POSTS
from bot.simulator.blog.site import Blog
from bot.simulator.blog.wordpress import BlogPost
from bot.simulator.front.control import Front
from bot.simulator.network import Network, Published
from bot.simulator.server import Endpoint, Request

__all__ = ["INVENTED_POSTS", "NETWORKS", "BlogPost", "Published", "Request", "Simulator"]


SHARED = {"blog", "faults", "front", "network", "server"}
"""What is here and no network."""


def _found() -> Iterator[type[Network]]:
    """Every network, found where it is: a module, or a folder that has it in its module `api`."""
    for found in iter_modules(__path__, f"{__name__}."):
        if found.name.removeprefix(f"{__name__}.") not in SHARED:
            module = import_module(f"{found.name}.api" if found.ispkg else found.name)
            classes = (value for value in vars(module).values() if isinstance(value, type))
            networks = (each for each in classes if issubclass(each, Network))
            yield from (network for network in networks if network.__module__ == module.__name__)


NETWORKS: tuple[type[Network], ...] = tuple(_found())


class Simulator:
    """The platforms and a blog on ports of their own, and a front with their timelines and controls.

    Each network is an attribute by its name, as `simulator.mastodon`.
    """

    def __init__(self, port: int = 0) -> None:
        """Take ports one after the other, the front's first, then the blog's; 0 takes any that are free."""
        ports = count(port) if port else repeat(0)
        front = next(ports)
        self.blog = Blog(next(ports))
        self.networks: list[Network] = []
        for network in NETWORKS:
            self._add(network(next(ports)))
        self.front = Front(front, self.networks, self.blog)

    def _add(self, network: Network) -> None:
        network.look_up = self.blog.card
        self.networks.append(network)

    def __getattr__(self, name: str) -> Any:
        for network in self.__dict__.get("networks", ()):
            if network.name == name:
                return network
        raise AttributeError(f"There is no network {name} here.")

    @property
    def base_url(self) -> str:
        """The address of the timelines page and of the controls."""
        return self.front.base_url

    def start(self) -> Self:
        """Listen on all ports."""
        for endpoint in self._endpoints():
            endpoint.start()
        return self

    def stop(self) -> None:
        """Stop listening and give the ports back."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda endpoint: endpoint.stop(), self._endpoints()))

    def _endpoints(self) -> tuple[Endpoint, ...]:
        return self.blog, *self.networks, self.front

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
