"""Local stand-ins of the platforms, spoken to over real HTTP, and a blog to feed them.

They are written from the platforms' own documents and import nothing of the rest of the project, so that they cannot
share its misunderstandings. README.md lists what is known, from where, and what is not.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count, repeat
from typing import Self

from bot.simulator.blog.invented import INVENTED_POSTS
from bot.simulator.blog.site import Blog
from bot.simulator.blog.wordpress import BlogPost
from bot.simulator.bluesky.api import Bluesky
from bot.simulator.facebook.api import Facebook
from bot.simulator.front.control import Front
from bot.simulator.linkedin.api import LinkedIn
from bot.simulator.mastodon.api import Mastodon
from bot.simulator.network import Network, Published
from bot.simulator.server import Endpoint, Request
from bot.simulator.twitter.api import Twitter

__all__ = ["INVENTED_POSTS", "BlogPost", "Published", "Request", "Simulator"]


class Simulator:
    """The platforms and a blog on ports of their own, and a front with their timelines and controls."""

    def __init__(self, port: int = 0) -> None:
        """Take ports one after the other, the front's first, then the blog's; 0 takes any that are free."""
        ports = count(port) if port else repeat(0)
        front = next(ports)
        self.blog = Blog(next(ports))
        self.twitter = Twitter(next(ports))
        self.facebook = Facebook(next(ports))
        self.linkedin = LinkedIn(next(ports))
        self.mastodon = Mastodon(next(ports))
        self.bluesky = Bluesky(next(ports))
        networks = self.twitter, self.facebook, self.linkedin, self.mastodon, self.bluesky
        self.networks: tuple[Network, ...] = networks
        for network in networks:
            network.look_up = self.blog.card
        self.front = Front(front, self.networks, self.blog)

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
