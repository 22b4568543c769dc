"""Insert, patch, update and delete, as one person acts on their own calendar."""

from copy import deepcopy
from dataclasses import dataclass

from guardian.sandbox import autodecline, series, spread
from guardian.sandbox.copies import WRITABLE, Copy
from guardian.sandbox.editing import as_guest, as_organizer
from guardian.sandbox.errors import bad_request, condition_not_met, deleted, duplicate, not_found
from guardian.sandbox.moments import Body
from guardian.sandbox.object_ids import global_object_id
from guardian.sandbox.store import Store
from guardian.sandbox.validation import check_attendees, check_event_type, check_id, check_times


@dataclass(frozen=True)
class Actor:
    """Who acts and how: `send` is `sendUpdates`, `if_match` the etag the caller insists on."""

    email: str
    send: str = "none"
    if_match: str | None = None


def insert(store: Store, actor: Actor, sent: Body, *, created: str | None = None, terms: Body | None = None) -> Copy:
    """A new event organised by the actor. Raises ApiError 400 for a bad body and 409 for an id already used."""
    calendar = store.calendar(actor.email)
    body = {key: deepcopy(value) for key, value in sent.items() if key in WRITABLE and value is not None}
    event_id = (
        check_id(sent["id"])
        if sent.get("id") is not None
        else store.new_id(outside=calendar.outside or store.outlook(actor.email))
    )
    if event_id in calendar.rows:
        raise duplicate()
    _check(store, actor.email, body)
    body |= _birth(store, actor.email, event_id, sent)
    _first_answers(store, actor.email, body)
    copy = store.put(Copy(actor.email, event_id, store.next_number(), body, terms=dict(terms or {})))
    copy.body["created"] = created or copy.updated
    copy.updated = created or copy.updated
    _publish(store, actor, copy)
    return copy


def _check(store: Store, email: str, body: Body) -> None:
    check_times(body, store.calendar(email).zone)
    check_attendees(body)
    check_event_type(body, store.people.get(email), store.switches)


def _birth(store: Store, email: str, event_id: str, sent: Body) -> Body:
    person = store.people.get(email)
    who = {"email": email} | ({"displayName": person.name} if person and person.name else {})
    uid = sent.get("iCalUID") or _uid(store, email, event_id)
    return {
        "organizer": who,
        "creator": dict(who),
        "status": sent.get("status", "confirmed"),
        "iCalUID": uid,
        "sequence": 0,
    }


def _uid(store: Store, email: str, event_id: str) -> str:
    if store.outlook(email):
        return global_object_id(event_id)
    return f"{event_id.strip('_')}@{'google.com' if email in store.people else email.partition('@')[2]}"


def _first_answers(store: Store, organizer: str, body: Body) -> None:
    """A new guest has not answered; rooms accept by themselves; only the organiser may answer in the insert."""
    for row in body.get("attendees", []):
        person = store.people.get(row["email"])
        if person and person.room:
            row |= {"resource": True, "responseStatus": "accepted"}
        elif row["email"] == organizer:
            row |= {"organizer": True, "responseStatus": row.get("responseStatus", "accepted")}
        else:
            row["responseStatus"] = "needsAction"
        row.pop("self", None)


def _publish(store: Store, actor: Actor, copy: Copy) -> None:
    spread.spread(store, copy, "all")
    spread.tell_guests(store, "invitation", copy, actor.send)
    for declined in autodecline.on_block(store, copy):
        spread.answer_everywhere(store, declined, actor.email, "all")


def target(store: Store, actor: Actor, event_id: str) -> Copy:
    """The row or instance the request names, its etag compared with If-Match. Raises 404 and 412."""
    copy = series.find(store.calendar(actor.email), event_id)
    if copy is None:
        raise not_found()
    if actor.if_match not in {None, "*", copy.etag}:
        raise condition_not_met()
    return copy


def patch(store: Store, actor: Actor, event_id: str, sent: Body) -> Copy:
    """Merge the body into the event: objects are merged, arrays replaced, null clears, unknown fields ignored."""
    found = target(store, actor, event_id)
    if found.cancelled and sent.get("status") != "confirmed":
        raise deleted()
    change = {key: value for key, value in sent.items() if key in WRITABLE}
    if change.get("eventType", found.body.get("eventType", "default")) != found.body.get("eventType", "default"):
        raise bad_request("Event type cannot be changed.")
    merged = merge(found.body, change)
    _check(store, actor.email, merged)
    if change.get("status") == "cancelled":
        return delete(store, actor, event_id)
    copy = _stored(store, actor.email, event_id)
    if copy.organised_here:
        as_organizer(store, copy, merged, sent, actor.send)
    else:
        as_guest(store, copy, merged, sent, actor.send)
    return copy


def _stored(store: Store, email: str, event_id: str) -> Copy:
    copy = series.materialise(store, store.calendar(email), event_id)
    if copy is None:
        raise not_found()
    return copy


def update(store: Store, actor: Actor, event_id: str, sent: Body) -> Copy:
    """Replace the event: what the body leaves out is cleared. Revives a deleted event with `status: confirmed`."""
    found = target(store, actor, event_id)
    for what in ("start", "end"):
        if not sent.get(what):
            raise bad_request(f"Missing {what} time.", "required")
    kept = {"eventType", "status"} | ({"attendees"} if sent.get("attendeesOmitted") else set())
    cleared = {key: None for key in WRITABLE if key in found.body and key not in kept}
    replaced = {what: _replacing(found.body.get(what, {}), sent[what]) for what in ("start", "end")}
    return patch(store, actor, event_id, cleared | {"status": "confirmed"} | sent | replaced)


def _replacing(old: Body, new: Body) -> Body:
    return dict.fromkeys(old) | new if isinstance(new, dict) else new


def merge(old: Body, change: Body) -> Body:
    """JSON merge as `patch` does it; neither argument is changed."""
    merged = deepcopy(old)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = deepcopy(value)
    return merged


def delete(store: Store, actor: Actor, event_id: str) -> Copy:
    """The organiser's delete cancels every copy; a guest's removes the own copy and declines. Raises 404, 410, 412."""
    if target(store, actor, event_id).cancelled:
        raise deleted()
    copy = _stored(store, actor.email, event_id)
    if copy.organised_here:
        _cancel_all(store, copy, actor.send)
    else:
        _remove_by_hand(store, copy, actor.send)
    return copy


def _cancel_all(store: Store, copy: Copy, send: str) -> None:
    for held in [copy, *(other for other in store.copies(copy.id) if other is not copy)]:
        _cancel_row(store, held)
    if copy.master:
        spread.spread(store, copy, send)
    spread.tell_guests(store, "cancellation", copy, send)


def _cancel_row(store: Store, held: Copy) -> None:
    for row in [held, *series.stored_exceptions(store.calendar(held.owner), held.id)]:
        if not row.cancelled:
            row.body["status"] = "cancelled"
            store.touch(row)


def _remove_by_hand(store: Store, copy: Copy, send: str) -> None:
    row = copy.row(copy.owner)
    if row is not None and row["responseStatus"] != "declined":
        spread.set_answer(row, "declined", None)
        spread.answer_everywhere(store, copy, copy.owner, send)
    copy.removed = True
    _cancel_row(store, copy)
