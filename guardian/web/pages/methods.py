"""How every number is made."""

from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

import guardian as package
from guardian.reports.body import METHOD
from guardian.web.access import Visitor
from guardian.web.html import page
from guardian.web.markdown import render

router = APIRouter(include_in_schema=False)

PACKAGE = Path(package.__file__).parent
PLACES = (PACKAGE / "shipped" / "methods.md", PACKAGE.parent / "docs" / "methods.md")
"""In an installed package, and in a checkout."""


@lru_cache(maxsize=1)
def _text() -> Markup:
    source = next(place for place in PLACES if place.exists())
    return render(source.read_text(encoding="utf-8"))


@router.get("/methods")
def methods(request: Request, _caller: Visitor) -> Response:
    """The definitions, with their version."""
    return page(request, "methods.html", text=_text(), method=METHOD)
