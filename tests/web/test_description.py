"""What is written about the interface is true: the committed description, the page, and the examples."""

import base64
import hashlib
import inspect
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi.routing import iter_route_contexts

from guardian.web.docs import page
from guardian.web.openapi import document
from guardian.web.server import listening, make_server
from tests.web.house import Web, house
from tests.web.test_passes import NAMES

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", (DOCS / "http.md").read_text(), re.DOTALL)
    for line in block.splitlines()
]


def test_the_committed_description_is_the_one_that_is_served(web: Web) -> None:
    assert (DOCS / "openapi.json").read_text() == document(), "run `make openapi`"
    assert web.client.get("/openapi.json").json() == web.app.openapi()


def test_every_problem_is_described_as_problem_json(web: Web) -> None:
    for methods in web.app.openapi()["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if "security" in operation and status != "200":
                    assert list(answer["content"]) == ["application/problem+json"]


def test_routes_are_plain_functions_so_that_no_query_of_the_database_blocks_the_others(web: Web) -> None:
    routes = [route for route in iter_route_contexts(web.app.routes) if route.path != "/openapi.json"]
    assert routes
    assert not [route.path for route in routes if inspect.iscoroutinefunction(route.endpoint)]


class Parts(HTMLParser):
    """Tags, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_the_page_needs_no_script_and_nothing_from_elsewhere(web: Web) -> None:
    answer = web.client.get("/docs")
    parts = Parts(answer.text)
    assert parts.links == ["openapi.json"]
    assert not parts.handlers
    assert not parts.tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in rules
    assert f"style-src 'sha256-{digest}'" in rules
    assert not any("unsafe" in rule for rule in rules)


def test_the_page_tells_every_route_parameter_and_shape(web: Web) -> None:
    text, description = web.client.get("/docs").text, web.app.openapi()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in text
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in text
    for name in description["components"]["schemas"]:
        assert f'id="{name}"' in text


def test_the_page_escapes_what_it_tells() -> None:
    shapes = {"<b>": {"description": "<script>x</script>", "properties": {"<i>": {"type": "<u>"}}}}
    told = page(
        {"info": {"title": "<b>", "version": "&", "description": "<a>"}, "paths": {}, "components": {"schemas": shapes}}
    )
    assert not Parts(told).tags & {"b", "script", "i", "u"}


def test_the_metrics_of_the_documents_are_those_that_are_served() -> None:
    written = set(re.findall(r"^\| `(guardian_\w+)", (DOCS / "http.md").read_text(), re.MULTILINE))
    assert written == {re.sub("_(bucket|sum|count)$", "", name) for name in NAMES}


def test_every_route_has_an_example(web: Web) -> None:
    told = {re.sub(r"\$(DECISION|RUN)", "ID", re.split(r'[?"\s]', line.split("$GUARDIAN")[1])[0]) for line in EXAMPLES}
    described = {re.sub(r"{\w+}", "ID", path) for path in web.app.openapi()["paths"]}
    assert told == described


@contextmanager
def running(web: Web) -> Iterator[str]:
    """The interface on a real port."""
    with listening("127.0.0.1", 0) as (bound, (host, port)):
        server: uvicorn.Server = make_server(web.guardian, web.metrics)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join()


def test_every_example_works_as_written_from_top_to_bottom() -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl on this machine")
    with house() as web, running(web) as url:
        row = web.town.rows("held")[0]
        assert row.decision
        values = {"GUARDIAN": url, "TOKEN": web.secrets["admin"], "DECISION": row.decision, "RUN": row.run}
        for line in EXAMPLES:
            command = shlex.split(_filled(line, values))
            done = subprocess.run([curl, "-sS", *command[1:]], capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0 or (command[-1].endswith("/undo") and "409" in done.stderr), (line, done.stderr)
            assert done.stdout or done.returncode


def _filled(line: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        line = line.replace(f"${name}", value)
    return line


def test_problems_look_as_written(web: Web) -> None:
    (written,) = re.findall(r"```json\n(.*?)\n```", (DOCS / "http.md").read_text(), re.DOTALL)
    answer: httpx2.Response = web.client.get("/api/v1/people", headers=web.headers("act"))
    assert answer.json() == httpx2.Response(200, text=written).json()
