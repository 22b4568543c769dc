"""How a change on one copy reaches the other copies, and who is told of it by mail."""

from copy import deepcopy

from guardian.sandbox import autodecline, series
from guardian.sandbox.copies import EVENT_TYPE_PROPERTIES, SHARED_FIELDS, Copy
from guardian.sandbox.moments import Body, instant
from guardian.sandbox.store import Store


def invited(store: Store, copy: Copy) -> set[str]:
    """Addresses inside the organisation that must hold a copy: organiser, attendees, members of invited groups."""
    emails = {copy.organizer}
    for row in copy.attendees:
        emails.update(store.groups.get(row["email"], [row["email"]]))
    return {email for email in emails if email in store.people}


def spread(store: Store, source: Copy, send: str) -> None:
    """Bring every other copy in line with the organiser's: shared fields, attendees, status."""
    wanted = invited(store, source) - {source.owner}
    for email in sorted(wanted | (store.holders.get(source.id, set()) - {source.owner})):
        held = series.materialise(store, store.calendar(email), source.id)
        if email not in wanted:
            _withdraw(store, held)
        elif held is None:
            _deliver(store, source, email, send)
        else:
            _align(store, source, held)


def _deliver(store: Store, source: Copy, email: str, send: str) -> None:
    body = deepcopy(source.body)
    body.pop("colorId", None)
    body.pop("reminders", None)
    body.get("extendedProperties", {}).pop("private", None)
    copy = Copy(email, source.id, store.next_number(), body, master=source.master, original=source.original)
    copy.terms = deepcopy(source.terms)
    store.put(copy)
    if source.updated:
        copy.updated = source.updated
    if autodecline.on_arrival(store, copy):
        answer_everywhere(store, copy, email, send)


def _withdraw(store: Store, held: Copy | None) -> None:
    if held is not None and not held.cancelled:
        held.body["status"] = "cancelled"
        store.touch(held)


def _align(store: Store, source: Copy, held: Copy) -> None:
    removed_by_hand = held.cancelled and not source.cancelled
    own, moved = deepcopy(held.row(held.owner)), _moved(source, held)
    for key in (*SHARED_FIELDS, *EVENT_TYPE_PROPERTIES.values(), "attendees", "sequence", "status", "organizer"):
        if key in source.body:
            held.body[key] = deepcopy(source.body[key])
        else:
            held.body.pop(key, None)
    if removed_by_hand:
        held.body["status"] = "cancelled"
    _align_shared_properties(source, held)
    held.terms = deepcopy(source.terms)
    if store.outlook(held.owner) and not source.cancelled:
        _as_outlook_does(held, own, moved=moved)
    store.touch(held)


def _moved(source: Copy, held: Copy) -> bool:
    times = any(instant(source.body[key], "UTC") != instant(held.body[key], "UTC") for key in ("start", "end"))
    return times or source.body.get("recurrence") != held.body.get("recurrence")


def _as_outlook_does(held: Copy, own: Body | None, *, moved: bool) -> None:
    """Another time asks again, and brings back a copy that had left the mailbox; otherwise the own answer stays."""
    row = held.row(held.owner)
    if moved:
        set_answer(row, "needsAction", None)
        held.answered.pop(held.owner, None)
        if held.removed:
            held.body["status"], held.removed = "confirmed", False
            held.incarnation += 1
    elif own is not None:
        set_answer(row, own["responseStatus"], own.get("comment"))


def _align_shared_properties(source: Copy, held: Copy) -> None:
    shared = source.body.get("extendedProperties", {}).get("shared")
    own = held.body.get("extendedProperties", {}).get("private")
    merged = {"shared": deepcopy(shared), "private": own}
    held.body["extendedProperties"] = {key: value for key, value in merged.items() if value}
    if not held.body["extendedProperties"]:
        del held.body["extendedProperties"]


def answer_everywhere(store: Store, copy: Copy, email: str, send: str) -> None:
    """Carry the answer of `email` on this copy to the organiser's and the other copies, and tell the organiser."""
    row = copy.row(email)
    if row is None:
        return
    copy.answered[email] = store.now()
    if store.microsoft.hold_answers and store.outlook(copy.organizer):
        store.on_the_way.append(lambda: _carry(store, copy, email, send))
    else:
        _carry(store, copy, email, send)


def _carry(store: Store, copy: Copy, email: str, send: str) -> None:
    row = copy.row(email)
    if row is None:
        return
    many = len(copy.attendees) > store.switches.visible_answers
    for holder in sorted(_others(store, copy, email)):
        if many and holder != copy.organizer:
            continue
        other = series.materialise(store, store.calendars[holder], copy.id)
        if other is not None and other is not copy:
            set_answer(_row(other, row), row["responseStatus"], row.get("comment"))
            other.answered[email] = store.now()
            store.touch(other)
    store.mail("reply", email, copy.organizer, copy, send=send, comment=row.get("comment"))


def _row(other: Copy, row: Body) -> Body:
    """The answering guest's row; one who was invited through a group gets a row now."""
    found = other.row(row["email"])
    if found is None:
        found = {"email": row["email"]}
        other.body.setdefault("attendees", []).append(found)
    return found


def _others(store: Store, copy: Copy, email: str) -> set[str]:
    """Who hears of an answer: the organiser; and guests on Google, where the answer or the meeting is Google's too."""
    holders = (store.holders.get(copy.id, set()) | store.holders.get(copy.master or "", set())) - {copy.owner}
    shared = not (store.outlook(email) and store.outlook(copy.organizer))
    return {other for other in holders if other == copy.organizer or (shared and not store.outlook(other))}


def set_answer(row: Body | None, answer: str, comment: str | None) -> None:
    """Write an answer into an attendee row; an absent comment clears the earlier one."""
    if row is None:
        return
    row["responseStatus"] = answer
    row.pop("comment", None)
    if comment:
        row["comment"] = comment


def tell_guests(store: Store, kind: str, copy: Copy, send: str, emails: set[str] | None = None) -> None:
    """Mail everybody on the list, or only the given addresses, except whoever does it."""
    for row in copy.attendees:
        if (emails is None or row["email"] in emails) and not row.get("resource"):
            store.mail(kind, copy.owner, row["email"], copy, send=send)
