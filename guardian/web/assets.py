"""What pages are made of besides their text."""

from fastapi import APIRouter, Response

from guardian.web.problems import not_found
from guardian.web.sheet import sheet, sheet_path

router = APIRouter(include_in_schema=False)

KEPT = "public, max-age=31536000, immutable"


@router.get("/static/{name}")
def static(name: str) -> Response:
    """The style sheet, under its present name only."""
    if sheet_path() != f"/static/{name}":
        raise not_found("file")
    return Response(sheet(), media_type="text/css", headers={"Cache-Control": KEPT})
