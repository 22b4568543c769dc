"""Which request does what: the Calendar and Directory routes of the sandbox, and the scopes they ask for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from guardian.sandbox import actions, directory, freebusy, listing, mailbox, push, view
from guardian.sandbox.auth import Grant, Tokens
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.errors import ApiError, bad_request, insufficient_scope, not_found, unauthorized
from guardian.sandbox.listing import Pages, flag, one
from guardian.sandbox.moments import Body
from guardian.sandbox.store import Store
from guardian.sandbox.wire import Answer, Request

SCOPE = "https://www.googleapis.com/auth/"
READ = ("calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly", "calendar.events.owned")
WRITE = ("calendar", "calendar.events", "calendar.events.owned")
SETTINGS = ("calendar", "calendar.readonly", "calendar.settings.readonly")
CALENDARS = ("calendar", "calendar.readonly", "calendar.calendars.readonly", "calendar.calendarlist.readonly")
BUSY = ("calendar", "calendar.readonly", "calendar.freebusy", "calendar.events.freebusy")


@dataclass
class Service:
    """What all requests share."""

    store: Store
    tokens: Tokens
    pages: Pages
    channels: push.Channels


@dataclass
class Call:
    """One request on its way: who makes it, with which parameters."""

    service: Service
    request: Request
    subject: str

    @property
    def store(self) -> Store:
        return self.service.store

    def calendar(self, name: str) -> Calendar:
        """The own calendar, as `primary` or by address; any other is not found."""
        if name not in {"primary", self.subject}:
            raise not_found()
        return self.store.calendar(self.subject)

    def body(self) -> Body:
        try:
            data = self.request.json()
        except ValueError:
            raise bad_request("Parse Error", "parseError") from None
        if not isinstance(data, dict):
            raise bad_request("Parse Error", "parseError")
        return data

    def actor(self) -> actions.Actor:
        send = one(self.request.query, "sendUpdates")
        if send is None:
            send = "all" if flag(self.request.query, "sendNotifications") else "none"
        if send not in {"all", "externalOnly", "none"}:
            raise bad_request(f"Invalid value '{send}'.", "invalidParameter", "sendUpdates")
        return actions.Actor(self.subject, send, self.request.headers.get("if-match"))

    def look(self) -> view.Look:
        limit = one(self.request.query, "maxAttendees")
        return view.Look(one(self.request.query, "timeZone"), int(limit) if limit and limit.isdigit() else None)

    def show(self, copy: Copy) -> Answer:
        shown = view.event(self.store, self.store.calendar(self.subject), copy, self.look())
        return Answer(200, shown, headers={"ETag": copy.etag})


Handler = Callable[..., Answer]


def events_list(call: Call, calendar: str) -> Answer:
    return Answer(200, listing.list_events(call.store, call.service.pages, call.calendar(calendar), call.request.query))


def events_get(call: Call, calendar: str, event_id: str) -> Answer:
    call.calendar(calendar)
    return call.show(actions.target(call.store, actions.Actor(call.subject), event_id))


def events_insert(call: Call, calendar: str) -> Answer:
    call.calendar(calendar)
    return call.show(actions.insert(call.store, call.actor(), call.body()))


def events_patch(call: Call, calendar: str, event_id: str) -> Answer:
    call.calendar(calendar)
    return call.show(actions.patch(call.store, call.actor(), event_id, call.body()))


def events_update(call: Call, calendar: str, event_id: str) -> Answer:
    call.calendar(calendar)
    return call.show(actions.update(call.store, call.actor(), event_id, call.body()))


def events_delete(call: Call, calendar: str, event_id: str) -> Answer:
    call.calendar(calendar)
    actions.delete(call.store, call.actor(), event_id)
    return Answer(204)


def events_instances(call: Call, calendar: str, event_id: str) -> Answer:
    own = call.calendar(calendar)
    return Answer(200, listing.list_instances(call.store, call.service.pages, own, event_id, call.request.query))


def events_watch(call: Call, calendar: str) -> Answer:
    own = call.calendar(calendar)
    return Answer(200, call.service.channels.watch(own, call.body(), call.store.clock()))


def channels_stop(call: Call) -> Answer:
    call.service.channels.stop(call.body())
    return Answer(204)


def free_busy(call: Call) -> Answer:
    return Answer(200, freebusy.query(call.store, call.body()))


def settings_list(call: Call) -> Answer:
    return Answer(200, mailbox.settings(call.store.calendar(call.subject)))


def settings_get(call: Call, name: str) -> Answer:
    return Answer(200, mailbox.setting(call.store.calendar(call.subject), name))


def calendars_get(call: Call, calendar: str) -> Answer:
    return Answer(200, mailbox.calendar(call.calendar(calendar)))


def calendar_list(call: Call) -> Answer:
    return Answer(200, mailbox.calendar_list(call.store.calendar(call.subject)))


def directory_users(call: Call) -> Answer:
    return Answer(200, directory.users(call.store, call.subject, call.request.query))


def directory_members(call: Call, group: str) -> Answer:
    return Answer(200, directory.members(call.store, call.subject, group, call.request.query))


_CAL = "/calendar/v3/calendars/([^/]+)"
_EVENT = _CAL + "/events/([^/]+)"
_ROUTES: tuple[tuple[str, str, Handler, tuple[str, ...]], ...] = (
    ("GET", _CAL + "/events", events_list, READ),
    ("POST", _CAL + "/events", events_insert, WRITE),
    ("POST", _CAL + "/events/watch", events_watch, READ),
    ("GET", _EVENT, events_get, READ),
    ("PATCH", _EVENT, events_patch, WRITE),
    ("PUT", _EVENT, events_update, WRITE),
    ("DELETE", _EVENT, events_delete, WRITE),
    ("GET", _EVENT + "/instances", events_instances, READ),
    ("POST", "/calendar/v3/channels/stop", channels_stop, READ),
    ("POST", "/calendar/v3/freeBusy", free_busy, BUSY),
    ("GET", "/calendar/v3/users/me/settings", settings_list, SETTINGS),
    ("GET", "/calendar/v3/users/me/settings/([^/]+)", settings_get, SETTINGS),
    ("GET", "/calendar/v3/users/me/calendarList", calendar_list, CALENDARS),
    ("GET", _CAL, calendars_get, CALENDARS),
    ("GET", "/admin/directory/v1/users", directory_users, ("admin.directory.user.readonly",)),
    (
        "GET",
        "/admin/directory/v1/groups/([^/]+)/members",
        directory_members,
        ("admin.directory.group.member.readonly",),
    ),
)
ROUTES = tuple(
    (verb, re.compile(path), handler, frozenset(SCOPE + s for s in scopes)) for verb, path, handler, scopes in _ROUTES
)


def grant_of(service: Service, request: Request) -> Grant | None:
    """The grant of the bearer token, None when there is none or it has expired."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return service.tokens.grant(token) if scheme == "Bearer" else None


def answer(service: Service, request: Request) -> Answer:
    """Do what the request asks, or say why not. Everything happens under the store's lock."""
    try:
        grant = grant_of(service, request)
        if grant is None:
            raise unauthorized()
        handler, groups = _route(request, grant)
        with service.store.lock:
            reply = handler(Call(service, request, grant.subject), *groups)
            service.channels.notify(service.store)
    except ApiError as error:
        return Answer(error.status, error.body())
    return _selected(request, reply)


def _route(request: Request, grant: Grant) -> tuple[Handler, tuple[str, ...]]:
    for verb, pattern, handler, scopes in ROUTES:
        if verb == request.verb and (found := pattern.fullmatch(request.path)):
            if not scopes & grant.scopes:
                raise insufficient_scope()
            return handler, found.groups()
    raise not_found()


def _selected(request: Request, reply: Answer) -> Answer:
    fields = one(request.query, "fields")
    if fields and reply.data is not None:
        reply.data = view.select(reply.data, view.parse_fields(fields))
    return reply
