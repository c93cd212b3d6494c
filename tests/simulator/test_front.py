"""The front shows the timelines and does over HTTP what can be done in process."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import bot.simulator
from bot.simulator import Simulator


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def control(sim: Simulator, path: str, **arguments: Any) -> requests.Response:
    return requests.post(f"{sim.base_url}/control/{path}", json=arguments, timeout=5)


def on_page(sim: Simulator, text: str, link: str = "") -> requests.Response:
    form = {"message": text, "link": link, "access_token": "simulated-page-token"}
    return requests.post(f"{sim.facebook.base_url}/v26.0/100200300/feed", data=form, timeout=5)


def test_the_page_shows_posts_with_their_cards(sim: Simulator) -> None:
    post = sim.blog.publishes("Soup & stories")
    on_page(sim, "Come <b>all</b>", post.link)
    page = requests.get(sim.base_url, timeout=5).text
    assert "Come &lt;b&gt;all&lt;/b&gt;" in page
    assert "<b>Soup &amp; stories</b>" in page
    assert f'src="{post.image}"' in page
    assert '<meta http-equiv="refresh" content="3">' in page


def test_an_address_that_is_no_web_address_is_never_a_link(sim: Simulator) -> None:
    on_page(sim, 'javascript:alert(1) http://x.example/"onclick="alert(1)')
    page = requests.get(sim.base_url, timeout=5).text
    assert 'href="javascript' not in page
    assert '"onclick="' not in page


def test_a_verb_works_over_http(sim: Simulator) -> None:
    made = control(sim, "blog/publishes", title="Soup", categories=["One"], at="2026-01-02T03:04:05+00:00").json()
    assert (made["title"], made["at"]) == ("Soup", "2026-01-02T03:04:05+00:00")
    assert control(sim, "facebook/refuses_the_next", status=403).json() == {"done": True}
    assert on_page(sim, "No").status_code == 403


def test_what_was_published_can_be_read_as_json(sim: Simulator) -> None:
    on_page(sim, "Hello")
    published = requests.get(f"{sim.base_url}/control/facebook/published", timeout=5).json()
    assert [one["text"] for one in published] == ["Hello"]
    assert requests.get(f"{sim.base_url}/control/linkedin/group_published", timeout=5).json() == []
    assert requests.get(f"{sim.base_url}/control/facebook/requests?count", timeout=5).json() == {"count": 1}
    assert requests.get(f"{sim.base_url}/control/twitter/spent", timeout=5).json() == {"spent": 0.0}


@pytest.mark.parametrize("path", ["twitter/stop", "twitter/_forget", "twitter/nothing", "nobody/is_down"])
def test_only_verbs_can_be_done_over_http(sim: Simulator, path: str) -> None:
    assert control(sim, path).status_code == 404


@pytest.mark.parametrize(
    ("path", "arguments"), [("twitter/is_down", {"for_long": 1}), ("blog/withdraws", {"slug": "x"})]
)
def test_wrong_arguments_are_explained(sim: Simulator, path: str, arguments: dict[str, Any]) -> None:
    reply = control(sim, path, **arguments)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_all_verbs_are_listed_with_what_they_do(sim: Simulator) -> None:
    verbs = requests.get(f"{sim.base_url}/control", timeout=5).json()
    assert verbs.keys() == {network.name for network in sim.networks} | {"blog"}
    assert all(told for platform in verbs.values() for told in platform.values())
    assert "exhausts_the_day" in verbs["twitter"]
    assert "exhausts_the_day" not in verbs["facebook"]


def test_ports_follow_each_other_and_are_given_back(worker_id: str) -> None:
    port = 18_800 + 20 * int(f"0{worker_id.strip('gwmaster')}")  # below those that a system gives away by itself
    with Simulator(port) as first:
        assert first.base_url.endswith(f":{port}")
    with Simulator(port) as second:
        everybody = (second, second.blog, *second.networks)
        assert [int(one.base_url.rpartition(":")[2]) for one in everybody] == [*range(port, port + len(everybody))]
        assert requests.get(second.base_url, timeout=5).status_code == 200


def test_the_blog_publishes_by_itself_until_it_rests(sim: Simulator) -> None:
    from threading import Event

    seen, publish = Event(), sim.blog.publishes_the_next
    sim.blog.publishes_the_next = lambda *given: (publish(*given), seen.set())[0]  # type: ignore[method-assign]
    sim.blog.publishes_every(0.01)
    assert seen.wait(5)
    sim.blog.rests()
    assert len(sim.blog.posts) > 3


def test_it_imports_nothing_but_python_and_itself() -> None:
    allowed = {*sys.stdlib_module_names, "bot"}
    for file in Path(str(bot.simulator.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in allowed, f"{file.name} imports {name}"
                assert not name.startswith("bot") or name.startswith("bot.simulator"), f"{file.name} imports {name}"
