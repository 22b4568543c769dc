"""Which request does what at Microsoft Graph, and the permissions it asks for."""

import re
import uuid
from dataclasses import dataclass, field

from guardian.sandbox import graph_delta, graph_events, graph_mail, graph_schedule, graph_users, graph_writes
from guardian.sandbox.errors import ApiError
from guardian.sandbox.graph_call import Call, Handler
from guardian.sandbox.graph_delta import Rounds
from guardian.sandbox.graph_errors import (
    GraphError,
    access_denied,
    bad_request,
    directory_denied,
    no_mailbox,
    out_of_scope,
    translated,
    unknown_user,
)
from guardian.sandbox.graph_subscriptions import Subscriptions
from guardian.sandbox.graph_times import utc
from guardian.sandbox.store import Person, Store
from guardian.sandbox.wire import Answer, Request

READ = frozenset(("Calendars.Read", "Calendars.ReadWrite"))
WRITE = frozenset(("Calendars.ReadWrite",))
SETTINGS = frozenset(("MailboxSettings.Read", "MailboxSettings.ReadWrite"))
USERS = frozenset(("User.Read.All", "Directory.Read.All"))
GROUPS = frozenset(("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"))

_USER = r"/v1\.0/users/([^/]+)"
_CALENDAR = r"(?:/calendars?(?:/(?!events|calendarView|getSchedule)[^/]+)?)?"
_EVENT = _USER + _CALENDAR + r"/events/([^/]+)"
_GROUP = r"/v1\.0/groups/([^/]+)"
_CAST = r"(?:/microsoft\.graph\.user)?"

_MAILBOX: list[tuple[str, str, Handler, frozenset[str]]] = [
    ("GET", _USER + _CALENDAR + "/calendarView", graph_events.calendar_view, READ),
    ("GET", _USER + _CALENDAR + r"/calendarView/delta(?:\(\))?", graph_delta.delta, READ),
    ("POST", _USER + "/calendar/getSchedule", graph_schedule.get_schedule, READ),
    ("POST", _USER + "/sendMail", graph_mail.send_mail, frozenset(("Mail.Send",))),
    ("GET", _USER + "/calendars", graph_events.calendars, READ),
    ("GET", _USER + _CALENDAR + "/events", graph_events.list_events, READ),
    ("POST", _USER + _CALENDAR + "/events", graph_writes.create, WRITE),
    ("GET", _EVENT, graph_events.get_event, READ),
    ("PATCH", _EVENT, graph_writes.patch, WRITE),
    ("DELETE", _EVENT, graph_writes.delete, WRITE),
    ("GET", _EVENT + "/instances", graph_events.instances, READ),
    ("POST", _EVENT + "/cancel", graph_writes.cancel, WRITE),
    ("POST", _EVENT + "/(accept|tentativelyAccept|decline)", graph_writes.respond, WRITE),
    ("GET", _USER + "/mailboxSettings", graph_users.mailbox_settings, SETTINGS),
    ("GET", _USER + "/mailboxSettings/userPurpose", graph_users.purpose, SETTINGS),
]
_DIRECTORY: list[tuple[str, str, Handler, frozenset[str]]] = [
    ("GET", r"/v1\.0/users", graph_users.list_users, USERS),
    ("GET", _USER, graph_users.get_user, USERS),
    ("GET", r"/v1\.0/groups", graph_users.list_groups, GROUPS),
    ("GET", _GROUP, graph_users.get_group, GROUPS),
    ("GET", _GROUP + "/members" + _CAST, graph_users.members, GROUPS),
    ("GET", _GROUP + "/transitiveMembers" + _CAST, graph_users.transitive_members, GROUPS),
]
MAILBOX = tuple((verb, re.compile(path), handler, roles) for verb, path, handler, roles in _MAILBOX)
DIRECTORY = tuple((verb, re.compile(path), handler, roles) for verb, path, handler, roles in _DIRECTORY)


@dataclass
class GraphService:
    """What all requests share. `root` is the address of the service, without a slash at its end."""

    store: Store
    root: str
    subscriptions: Subscriptions
    rounds: Rounds = field(default_factory=Rounds)


_MAILBOX_PATH = re.compile(_USER + "/.+")
_TRACKING = re.compile(_USER + r"/(?:calendar/)?events/delta(?:\(\))?")


def mailbox_of(store: Store, path: str) -> str | None:
    """The address of the mailbox a path goes into, None for other paths and unknown people."""
    found = _MAILBOX_PATH.fullmatch(path)
    person = graph_users.find_account(store, found[1]) if found else None
    return person.email if person else None


def answer(service: GraphService, request: Request) -> Answer:
    """Do what a request with a valid token asks, or say why not, under the store's lock."""
    store = service.store
    try:
        if request.path.startswith("/v1.0/subscriptions"):
            # Without the lock: whoever is told of may ask back before answering.
            reply = service.subscriptions.answer(store, request)
        else:
            with store.lock:
                reply = _dispatch(Call(service, request))
    except GraphError as error:
        reply = refusal(store, error)
    except ApiError as error:
        reply = refusal(store, translated(error))
    return with_headers(request, reply)


def refusal(store: Store, error: GraphError) -> Answer:
    return Answer(error.status, error.body(utc(store.now())), headers=dict(error.headers))


def with_headers(request: Request, reply: Answer) -> Answer:
    """What every answer carries."""
    client = request.headers.get("client-request-id")
    reply.headers |= {"request-id": str(uuid.uuid4())} | ({"client-request-id": client} if client else {})
    if "immutableid" in request.headers.get("prefer", "").lower():
        reply.headers.setdefault("Preference-Applied", 'IdType="ImmutableId"')
    return reply


def _dispatch(call: Call) -> Answer:
    path = call.request.path
    if path.startswith("/v1.0/me"):
        raise bad_request("/me request is only valid with delegated authentication flow.", "BadRequest")
    if _TRACKING.fullmatch(path):
        raise bad_request(
            "Unsupported request: Change tracking is not supported against 'microsoft.graph.event'.", "BadRequest"
        )
    for verb, pattern, handler, roles in MAILBOX:
        if verb == call.request.verb and (found := pattern.fullmatch(path)):
            call.person = _mailbox(call, found[1], roles)
            return handler(call, *found.groups()[1:])
    for verb, pattern, handler, roles in DIRECTORY:
        if verb == call.request.verb and (found := pattern.fullmatch(path)):
            if not roles & call.switches.permissions:
                raise directory_denied()
            return handler(call, *found.groups())
    raise bad_request(f"Resource not found for the segment '{path.rpartition('/')[2]}'.", "BadRequest")


def _mailbox(call: Call, name: str, roles: frozenset[str]) -> Person:
    """Whose mailbox it is, once the application may enter it."""
    if not roles & call.switches.permissions:
        raise access_denied()
    person = graph_users.find_account(call.store, name)
    if person is None:
        raise unknown_user(name)
    if call.switches.allowed is not None and person.email not in call.switches.allowed:
        raise out_of_scope()
    if person.email in call.store.accounts:
        raise no_mailbox()
    return person
