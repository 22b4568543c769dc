"""`/docs`: the description of the interface as one plain page. No script, nothing from elsewhere."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined, Template

router = APIRouter(include_in_schema=False)

STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}section{border-top:1px solid #bbb;margin-top:1.5rem}
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}\
"""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/docs", response_class=HTMLResponse)
def docs(request: Request) -> HTMLResponse:
    """Every route with its parameters and answers, as `/openapi.json` has them."""
    return HTMLResponse(page(request.app.openapi()), headers={"Content-Security-Policy": POLICY})


def page(description: Mapping[str, Any]) -> str:
    """The OpenAPI document as HTML."""
    return _template().render(
        info=description["info"],
        style=STYLE,
        operations=list(_operations(description)),
        shapes=description["components"]["schemas"],
        kind=kind,
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    source = Path(__file__).with_name("docs.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        source
    )


def _operations(description: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "about": operation.get("description", operation["summary"]),
                "open": "security" not in operation,
                "parameters": operation.get("parameters", []),
                "answers": [(code, _content(answer)) for code, answer in operation["responses"].items()],
            }


def _content(answer: Mapping[str, Any]) -> str:
    """What an answer brings, else what it means."""
    schemas = [content["schema"] for content in answer.get("content", {}).values() if content.get("schema")]
    return kind(schemas[0]) if schemas else answer["description"]


def kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words, such as `Decision`, `string or null` or `list of Run`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    words = " or ".join(map(str, schema.get("enum", ()))) or str(schema.get("const", schema.get("type", "anything")))
    return f"{words} ({schema['format']})" if "format" in schema else words
