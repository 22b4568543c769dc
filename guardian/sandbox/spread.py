"""How a change on one copy reaches the other copies, and who is told of it by mail."""

from copy import deepcopy

from guardian.sandbox import autodecline, series
from guardian.sandbox.copies import EVENT_TYPE_PROPERTIES, SHARED_FIELDS, Copy
from guardian.sandbox.moments import Body
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
    for key in (*SHARED_FIELDS, *EVENT_TYPE_PROPERTIES.values(), "attendees", "sequence", "status", "organizer"):
        if key in source.body:
            held.body[key] = deepcopy(source.body[key])
        else:
            held.body.pop(key, None)
    if removed_by_hand:
        held.body["status"] = "cancelled"
    _align_shared_properties(source, held)
    store.touch(held)


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
    many = len(copy.attendees) > store.switches.visible_answers
    for holder in sorted(_others(store, copy)):
        if many and holder != copy.organizer:
            continue
        other = series.materialise(store, store.calendars[holder], copy.id)
        if other is not None and other is not copy:
            set_answer(other.row(email), row["responseStatus"], row.get("comment"))
            store.touch(other)
    store.mail("reply", email, copy.organizer, copy, send=send, comment=row.get("comment"))


def _others(store: Store, copy: Copy) -> set[str]:
    return (store.holders.get(copy.id, set()) | store.holders.get(copy.master or "", set())) - {copy.owner}


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
