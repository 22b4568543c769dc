"""What is held about the visitor, and what they can do about it: take it along, name delegates, stop mails, leave."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian
from guardian.engine import undo as undoing
from guardian.engine.delegates import drop_delegate, name_delegate
from guardian.engine.export import export_person
from guardian.engine.people import member_named
from guardian.engine.weekly import leave_alone, send_again_to
from guardian.model.mail import MailKind
from guardian.settings import words_of
from guardian.web import cookies
from guardian.web.access import Caller, In, Visitor
from guardian.web.html import page, to
from guardian.web.mail import NAMES
from guardian.web.pages.common import Done, notice
from guardian.web.problems import ProblemError, conflicts, not_found

router = APIRouter(include_in_schema=False)

Address = Annotated[str, Form(max_length=400)]

WORDS: Mapping[str, str] = {
    "people": "your line of the roster",
    "occurrences": "events of your calendar, as last read",
    "versions": "what these events looked like before",
    "weeks": "hours by week",
    "decisions": "decisions about your meetings",
    "outbox": "acts on your calendar, with what stood before",
    "vetoes": "your vetoes and undos",
    "audit": "entries of the journal that name you",
    "calendars": "state of your calendar",
    "tokens": "API tokens bound to you",
    "sessions": "logins",
    "delegates": "delegates",
    "mails": "mails sent to you",
    "mail_stops": "mails you stopped",
    "rule_moments": "since when rules apply to you",
    "flips": "changes of hands of answers",
    "members": "groups you are in",
}
"""What the tables of the export hold, in the words of docs/privacy.md."""


@router.get("/me/data")
def mine(request: Request, guardian: In, caller: Visitor, done: Done = "") -> Response:
    """Everything about oneself, counted."""
    person = _person(caller)
    held = _counted(guardian, person)
    stops = {kind for recipient, kind in guardian.store.mails.stops() if recipient == person}
    return page(
        request,
        "data.html",
        said=notice(done),
        held=[(WORDS.get(name, name.replace("_", " ")), number) for name, number in held],
        enrolled=member_named(guardian.engine, person) is not None,
        delegates=guardian.store.sessions.delegates(person),
        principals=sorted(caller.standing.principals),
        roles=sorted(role.words for role in caller.roles),
        mails=[(NAMES[kind], kind in stops) for kind in _kinds(guardian, caller)],
        stopped=bool(stops),
        keep=guardian.engine.keep,
        may_act=caller.has("act"),
    )


def _person(caller: Caller) -> str:
    """Whose data it is; tokens that belong to nobody have none."""
    if caller.person is None:
        raise not_found("person")
    return caller.person


def _kinds(guardian: Guardian, caller: Caller) -> list[MailKind]:
    """The mails that this person can get."""
    addressed = caller.person in words_of(guardian.settings.email.organisation)
    found = {MailKind.PERSON: True, MailKind.TEAM: bool(caller.leads), MailKind.ORG: addressed}
    return [kind for kind, there in found.items() if there]


def _counted(guardian: Guardian, person: str) -> list[tuple[str, int]]:
    held = guardian.store.upkeep.held(person)
    return [(name, _size(rows)) for name, rows in sorted(held.items()) if _size(rows)]


def _size(rows: Any) -> int:
    return len(rows) if isinstance(rows, Sequence) and not isinstance(rows, str) else int(bool(rows))


@router.post("/me/data/export")
def take_along(guardian: In, caller: Visitor) -> Response:
    """Everything as one JSON file."""
    person = _person(caller)
    body = export_person(guardian.engine, person, caller.actor)
    text = json.dumps(body, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    name = f"calendar-guardian-{guardian.engine.clock().date()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/json", headers=headers)


@router.post("/me/data/delegates")
def name(guardian: In, caller: Visitor, delegate: Address) -> Response:
    """Let somebody see one's own pages."""
    person = _acting(caller)
    with conflicts():
        name_delegate(guardian.engine, person, delegate, caller.actor)
    return to("/me/data?done=delegate-named#delegates")


@router.post("/me/data/delegates/drop")
def drop(guardian: In, caller: Visitor, delegate: Address) -> Response:
    """Do not let them any more."""
    person = _acting(caller)
    with conflicts():
        drop_delegate(guardian.engine, person, delegate, caller.actor)
    return to("/me/data?done=delegate-dropped#delegates")


@router.post("/me/data/mails/stop")
def stop(guardian: In, caller: Visitor) -> Response:
    """No mail of any kind."""
    leave_alone(guardian.engine, _acting(caller), list(MailKind), caller.actor)
    return to("/me/data?done=mail-stopped#mails")


@router.post("/me/data/mails/resume")
def resume(guardian: In, caller: Visitor) -> Response:
    """All kinds again."""
    send_again_to(guardian.engine, _acting(caller), caller.actor)
    return to("/me/data?done=mail-resumed#mails")


@router.get("/me/data/leave")
def ask(request: Request, guardian: In, caller: Visitor) -> Response:
    """What would go, before anything does."""
    person = _acting(caller)
    held = _counted(guardian, person)
    return page(
        request,
        "leave.html",
        held=[(WORDS.get(name, name.replace("_", " ")), number) for name, number in held],
        total=sum(number for _, number in held),
        failed=[],
    )


@router.post("/me/data/leave")
def leave(request: Request, guardian: In, caller: Visitor, sure: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Every block and label of ours goes from the calendar, then everything about the person from the database."""
    person = _acting(caller)
    if sure != "yes":
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "tick the box that says you want this; nothing was done")
    cleared = undoing.leave(guardian.engine, person, caller.actor)
    failed = [item for item in cleared if item.result == "failed"]
    if failed:
        status = HTTPStatus.CONFLICT
        return page(request, "leave.html", status, held=[], total=0, failed=failed)
    request.state.visitor = None
    answer = page(request, "left.html", cleared=len(cleared))
    cookies.take(answer, guardian.settings, cookies.SESSION)
    return answer


def _acting(caller: Caller) -> str:
    """Who changes something about themselves."""
    caller.need("act")
    return _person(caller)
