"""What a patch may change: an organiser everything, a guest the own answer and the own copy."""

from copy import deepcopy

from guardian.sandbox import series, spread
from guardian.sandbox.copies import OWN_FIELDS, SHARED_FIELDS, Copy
from guardian.sandbox.errors import forbidden_for_guests
from guardian.sandbox.moments import Body, instant, is_all_day, length, plus
from guardian.sandbox.store import Store

TIME_FIELDS = ("start", "end", "recurrence")


def as_organizer(store: Store, copy: Copy, merged: Body, sent: Body, send: str) -> None:
    """Apply the change and carry it to every guest. Guests keep the answers they gave."""
    if _only_own_fields(sent):
        _apply_own(store, copy, merged, quiet=set(sent) == {"reminders"})
        return
    before = deepcopy(copy.body)
    moved = _moves(before, merged)
    merged["attendees"] = _kept_answers(store, copy, merged.get("attendees", []), sent, moved)
    if not merged["attendees"]:
        del merged["attendees"]
    merged["sequence"] = before["sequence"] + moved
    _remember_shape(store, copy, moved)
    copy.body = merged
    store.touch(copy)
    spread.spread(store, copy, send)
    _follow(store, copy, before)
    _tell(store, copy, before, send)


def _moves(before: Body, after: Body) -> bool:
    """Another time, however it is told."""
    times = all(instant(before[key], "UTC") == instant(after[key], "UTC") for key in ("start", "end"))
    kinds = is_all_day(before["start"]) == is_all_day(after["start"])
    return not times or not kinds or before.get("recurrence") != after.get("recurrence")


def _tell(store: Store, copy: Copy, before: Body, send: str) -> None:
    old = {row["email"] for row in before.get("attendees", [])}
    new = {row["email"] for row in copy.attendees}
    spread.tell_guests(store, "update", copy, send, old & new)
    spread.tell_guests(store, "invitation", copy, send, new - old)
    for email in sorted(old - new):
        store.mail("cancellation", copy.owner, email, copy, send=send)


def _only_own_fields(sent: Body) -> bool:
    """Colour, reminders and private properties concern one copy alone: nobody else hears of them."""
    private = set(sent.get("extendedProperties") or {}) <= {"private"}
    return bool(sent) and set(sent) <= {*OWN_FIELDS, "extendedProperties"} and private


def _apply_own(store: Store, copy: Copy, merged: Body, *, quiet: bool) -> None:
    copy.body = merged
    store.touch(copy, quiet=quiet)


def _kept_answers(store: Store, copy: Copy, rows: list[Body], sent: Body, moved: bool) -> list[Body]:
    """The new list with the answers people gave; the organiser answers for nobody but themselves."""
    if sent.get("attendeesOmitted"):
        rows = [_with_answer(row, sent, copy.owner) for row in copy.attendees]
    kept = []
    for row in rows:
        known = copy.row(row["email"])
        answer = known or {"responseStatus": _arrival(store, row["email"])}
        if row["email"] == copy.owner:
            answer = row if "responseStatus" in row else answer
        elif moved and (store.switches.reset_answers_on_move or store.outlook(copy.owner)):
            answer = {"responseStatus": _arrival(store, row["email"])}
        kept.append(_row(row, answer))
    return kept


def _arrival(store: Store, email: str) -> str:
    person = store.people.get(email)
    return "accepted" if person and person.room else "needsAction"


def _row(row: Body, answer: Body) -> Body:
    plain = {key: value for key, value in row.items() if key not in {"self", "responseStatus", "comment"}}
    comment = {"comment": answer["comment"]} if answer.get("comment") else {}
    return plain | {"responseStatus": answer["responseStatus"]} | comment


def _with_answer(row: Body, sent: Body, email: str) -> Body:
    given = _own_row(sent, email)
    return row | given if given is not None and row["email"] == email else row


def _own_row(sent: Body, email: str) -> Body | None:
    return next((row for row in sent.get("attendees") or [] if row.get("email") == email), None)


def _remember_shape(store: Store, copy: Copy, moved: bool) -> None:
    """Every copy of a series keeps its former times, so that increments can name the instances that are gone."""
    if not moved or not copy.recurring:
        return
    for held in store.copies(copy.id):
        held.shapes.append((store.revision + 1, {key: deepcopy(held.body.get(key)) for key in TIME_FIELDS}))


def _follow(store: Store, copy: Copy, before: Body) -> None:
    """Exceptions follow the series where they did not differ from it; those it no longer has are cancelled."""
    for held in list(store.copies(copy.id)):
        for exception in series.stored_exceptions(store.calendar(held.owner), held.id):
            if exception.cancelled:
                continue
            if not held.recurring or not series.still_in_series(held, exception):
                exception.body["status"] = "cancelled"
            else:
                _follow_one(exception, before, held.body)
            store.touch(exception)


def _follow_one(exception: Copy, before: Body, after: Body) -> None:
    for key in SHARED_FIELDS:
        if key not in TIME_FIELDS and exception.body.get(key) == before.get(key):
            exception.body.pop(key, None)
            if key in after:
                exception.body[key] = deepcopy(after[key])
    exception.body["attendees"] = _followed_rows(exception, before, after)
    if not exception.body["attendees"]:
        del exception.body["attendees"]
    _follow_length(exception, before, after)


def _followed_rows(exception: Copy, before: Body, after: Body) -> list[Body]:
    """The series' guest list; an answer given for this occurrence alone stays."""
    earlier = {row["email"]: row for row in before.get("attendees", [])}
    rows = []
    for row in after.get("attendees", []):
        own = exception.row(row["email"])
        differs = own is not None and own["responseStatus"] != earlier.get(row["email"], {}).get("responseStatus")
        rows.append(deepcopy(own) if own is not None and differs else deepcopy(row))
    return rows


def _follow_length(exception: Copy, before: Body, after: Body) -> None:
    start = exception.body["start"]
    unmoved = exception.original is not None and instant(start, "UTC") == instant(exception.original, "UTC")
    if unmoved and length(start, exception.body["end"]) == length(before["start"], before["end"]):
        exception.body["end"] = plus(start, length(after["start"], after["end"]))


def as_guest(store: Store, copy: Copy, merged: Body, sent: Body, send: str) -> None:
    """Apply the own answer everywhere and own fields here; other people's answers in the list are ignored."""
    before = copy.body
    may_modify = bool(before.get("guestsCanModify"))
    if _moves(before, merged) and not may_modify and store.switches.guest_time_edit == "refuse":
        raise forbidden_for_guests()
    merged["attendees"] = _guest_rows(store, copy, merged, sent)
    copy.body = merged
    answered = _take_answer(store, copy, sent)
    store.touch(copy, quiet=set(sent) == {"reminders"})
    _spread_guest_change(store, copy, before, send, everything=may_modify)
    if answered:
        _answer_exceptions(store, copy, before)
        spread.answer_everywhere(store, copy, copy.owner, send)


def _guest_rows(store: Store, copy: Copy, merged: Body, sent: Body) -> list[Body]:
    """The list as it was, plus guests added where guests may invite others; nobody is ever dropped."""
    rows = deepcopy(copy.attendees)
    known = {row["email"] for row in rows}
    if sent.get("attendeesOmitted") or copy.body.get("guestsCanInviteOthers") is False:
        return rows
    added = [row for row in merged.get("attendees", []) if row["email"] not in known and row["email"] != copy.owner]
    return rows + [_row(row, {"responseStatus": _arrival(store, row["email"])}) for row in added]


def _take_answer(store: Store, copy: Copy, sent: Body) -> bool:
    given, own = _own_row(sent, copy.owner), copy.row(copy.owner)
    if given is None or own is None or "responseStatus" not in given:
        return False
    comment = given.get("comment")
    if sent.get("attendeesOmitted") and store.switches.drop_comment_without_list:
        comment = own.get("comment")
    spread.set_answer(own, given["responseStatus"], comment)
    return True


def _spread_guest_change(store: Store, copy: Copy, before: Body, send: str, *, everything: bool) -> None:
    organizer = store.calendars[copy.organizer]
    hub = series.find(organizer, copy.id)
    if hub is None:
        return
    known = {row["email"] for row in hub.attendees}
    added = [deepcopy(row) for row in copy.attendees if row["email"] not in known]
    changed = {key for key in SHARED_FIELDS if before.get(key) != copy.body.get(key)} if everything else set()
    if not added and not changed:
        return
    change = deepcopy(hub.body) | {key: deepcopy(copy.body[key]) for key in changed if key in copy.body}
    change["attendees"] = deepcopy(hub.attendees) + added
    stored = series.materialise(store, organizer, copy.id)
    if stored is not None:
        as_organizer(store, stored, change, change, send)


def _answer_exceptions(store: Store, copy: Copy, before: Body) -> None:
    """An answer to the series also answers the occurrences that had no answer of their own."""
    own = copy.row(copy.owner)
    earlier = next((row for row in before.get("attendees", []) if row["email"] == copy.owner), None)
    if own is None or earlier is None or not copy.recurring:
        return
    for exception in series.stored_exceptions(store.calendar(copy.owner), copy.id):
        row = exception.row(copy.owner)
        if row is not None and not exception.cancelled and row["responseStatus"] == earlier["responseStatus"]:
            spread.set_answer(row, own["responseStatus"], own.get("comment"))
            store.touch(exception)
            spread.answer_everywhere(store, exception, copy.owner, "none")
