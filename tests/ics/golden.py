"""What a calendar file comes to, as JSON: the form of the expectation files beside the golden corpus."""

from pathlib import Path
from typing import Any

from guardian.model.events import Occurrence
from guardian.model.time import Interval, format_instant
from guardian.providers.ics.folder import read_file

GOLDEN = Path(__file__).parent.parent / "golden" / "ics"


def summary(path: Path) -> dict[str, Any]:
    """Owner, zone, what was read and what was left out."""
    found = read_file(path)
    return {
        "owner": found.owner,
        "zone": found.zone,
        "occurrences": [_row(o) for o in found.occurrences],
        "bad": {b.event_id: b.reason for b in found.bad},
    }


def _row(o: Occurrence) -> dict[str, Any]:
    if isinstance(o.when, Interval):
        when = f"{format_instant(o.when.start)}/{format_instant(o.when.end)}"
    else:
        when = f"{o.when.first}/{o.when.last}"
    told = {
        "busy": o.busy,
        "private": o.private,
        "kind": str(o.kind),
        "comment": o.comment,
        "organizer": o.organizer,
        "guests": o.guests,
        "conference": o.conference,
        "zone": o.zone,
        "created": format_instant(o.created_at) if o.created_at else None,
    }
    usual = {"busy": True, "private": False, "kind": "meeting", "comment": "", "organizer": "", "guests": 0}
    unusual = {k: v for k, v in told.items() if (v and v != usual.get(k)) or (k == "busy" and not v)}
    return {"id": o.ref.event_id, "when": when, "title": o.title, "response": o.response, **unusual}
