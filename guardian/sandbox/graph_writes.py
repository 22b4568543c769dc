"""create, PATCH, DELETE, cancel and the answers: what a request may change, and in whose mailbox it is felt."""

from datetime import datetime, timedelta
from typing import Any

from guardian.sandbox import actions, graph_answers, series
from guardian.sandbox.actions import Actor
from guardian.sandbox.copies import Copy
from guardian.sandbox.graph_answers import NAMES, Reply
from guardian.sandbox.graph_call import Call
from guardian.sandbox.graph_errors import GraphError, bad_request
from guardian.sandbox.graph_recurrence import rule
from guardian.sandbox.graph_times import stored
from guardian.sandbox.graph_view import MINE, TERMS
from guardian.sandbox.moments import Body, instant, is_all_day
from guardian.sandbox.wire import Answer

SHOWN_AS = ("unknown", "free", "tentative", "busy", "oof", "workingElsewhere")
MOST_ATTENDEES = 500
_VISIBILITY = {"normal": "default", "personal": "default", "private": "private", "confidential": "confidential"}


def create(call: Call, _: str = "") -> Answer:
    sent = call.body()
    known = _known(call, sent.get("transactionId"))
    if known is not None:
        if call.switches.repeat_transaction == "409":
            raise GraphError(
                409, "ErrorDuplicateTransactionId", "Your request can't be completed. The TransactionId is not unique."
            )
        return call.show(known, 201)
    body = _calendar_fields(sent, bool(sent.get("isAllDay")))
    for what in ("start", "end"):
        if what not in body:
            raise bad_request(f"The property '{what}' is required.", "ErrorInvalidRequest")
    if body.get("attendees"):
        body["attendees"].insert(0, {"email": call.email})
    copy = actions.insert(call.store, Actor(call.email, "all"), body, terms=_terms(call, sent))
    _take_mine(copy, sent)
    if sent.get("transactionId"):
        copy.mine["transactionId"] = sent["transactionId"]
    return call.show(copy, 201)


def _known(call: Call, transaction: object) -> Copy | None:
    """A living event of the mailbox with this transactionId."""
    if not transaction:
        return None
    rows = call.calendar.rows.values()
    return next((r for r in rows if r.mine.get("transactionId") == transaction and not r.cancelled), None)


def _calendar_fields(sent: Body, all_day: bool) -> Body:
    """The request's fields in the shared calendar's form. Raises GraphError 400."""
    if sent.get("showAs") is not None:
        _one_of(sent, "showAs", dict.fromkeys(SHOWN_AS, ""))
    body: Body = {what: stored(sent[what], what, all_day=all_day) for what in ("start", "end") if sent.get(what)}
    if "subject" in sent:
        body["summary"] = str(sent["subject"] or "")
    if isinstance(sent.get("body"), dict):
        body["description"] = str(sent["body"].get("content") or "")
    if isinstance(sent.get("location"), dict):
        body["location"] = str(sent["location"].get("displayName") or "")
    if "sensitivity" in sent:
        body["visibility"] = _one_of(sent, "sensitivity", _VISIBILITY)
    if "attendees" in sent:
        body["attendees"] = [_row(entry) for entry in sent["attendees"] or ()]
        if len(body["attendees"]) > MOST_ATTENDEES:
            raise bad_request("The number of attendees is above the limit.", "ErrorExceededMaxRecipientLimit")
    if "recurrence" in sent:
        body["recurrence"] = rule(sent["recurrence"], body.get("start", {})) if sent["recurrence"] else None
    return body


def _one_of(sent: Body, name: str, known: dict[str, str]) -> str:
    if sent[name] not in known:
        raise bad_request(f"Requested value '{sent[name]}' was not found.", "RequestBodyRead")
    return known[sent[name]]


def _row(entry: Any) -> Body:
    try:
        row: Body = {"email": str(entry["emailAddress"]["address"]).lower()}
    except (KeyError, TypeError):
        raise bad_request("At least one recipient isn't valid.", "ErrorInvalidRecipients") from None
    return row | ({"optional": True} if entry.get("type") == "optional" else {})


def _terms(call: Call, sent: Body) -> Body:
    terms = {key: sent[key] for key in TERMS if key in sent}
    if terms.get("isOnlineMeeting"):
        url = f"https://teams.microsoft.com/l/meetup-join/{call.store.made + 1}"
        terms |= {"onlineMeeting": {"joinUrl": url}, "onlineMeetingProvider": "teamsForBusiness"}
    return terms


def _take_mine(copy: Copy, sent: Body) -> None:
    """Properties that stay in this mailbox."""
    copy.mine |= {key: sent[key] for key in MINE if key in sent}
    if "sensitivity" in sent:
        copy.mine["sensitivity"] = sent["sensitivity"]
    kept = copy.mine.setdefault("properties", {})
    for entry in sent.get("singleValueExtendedProperties") or ():
        kept[str(entry["id"])] = entry.get("value")


def patch(call: Call, event_id: str) -> Answer:
    """An organiser's change reaches everybody, a guest's stays in the own mailbox."""
    found, sent = call.copy(event_id), call.body()
    call.check_version(found)
    all_day = bool(sent.get("isAllDay", is_all_day(found.body["start"])))
    change = _calendar_fields(sent, all_day)
    _check_neighbours(call, found, change)
    copy = series.materialise(call.store, call.calendar, found.id) or found
    _take_mine(copy, sent)
    if not copy.organised_here:
        copy.body |= change
    elif change or set(sent) & set(TERMS):
        _as_organizer(call, copy, change, sent)
    call.store.touch(copy)
    return call.show(copy)


def _as_organizer(call: Call, copy: Copy, change: Body, sent: Body) -> None:
    terms = {key: sent[key] for key in TERMS if key in sent}
    online = copy.terms.get("onlineMeeting")
    if online and "description" in change and online["joinUrl"] not in change["description"]:
        terms |= {"isOnlineMeeting": False, "onlineMeeting": None, "onlineMeetingProvider": "unknown"}
    copy.terms |= terms
    if "attendees" in change:
        change["attendees"].insert(0, {"email": copy.owner})
    for what in ("start", "end"):
        if what in change:
            change[what] = dict.fromkeys(copy.body[what]) | change[what]
    before = len(call.store.mails)
    actions.patch(call.store, Actor(call.email, "all"), copy.id, change)
    if set(change) == {"attendees"}:
        call.store.mails[before:] = [mail for mail in call.store.mails[before:] if mail["kind"] != "update"]


def _check_neighbours(call: Call, copy: Copy, change: Body) -> None:
    """An occurrence may not be moved over its neighbours. Raises GraphError 400."""
    master = call.calendar.rows.get(copy.master or "")
    if master is None or copy.original is None or "start" not in change:
        return
    at, target = instant(copy.original, "UTC"), instant(change["start"], "UTC")
    far = timedelta(days=400)
    others = [instant(start, "UTC") for start in series.instances(master, at - far, at + far)]
    before, after = [o for o in others if o < at], [o for o in others if o > at]
    if (before and target <= before[-1]) or (after and target >= after[0]):
        message = "Cannot modify this occurrence. It would cross or overlap an adjacent occurrence."
        raise bad_request(message, "ErrorOccurrenceCrossingBoundary")


def delete(call: Call, event_id: str) -> Answer:
    """The organiser's DELETE cancels for everybody; a guest's takes away the own copy and says nothing."""
    found = call.copy(event_id)
    call.check_version(found)
    if found.organised_here:
        actions.delete(call.store, Actor(call.email, "all"), found.id)
    else:
        graph_answers.remove(call.store, series.materialise(call.store, call.calendar, found.id) or found)
    return Answer(204)


def cancel(call: Call, event_id: str) -> Answer:
    found, sent = call.copy(event_id), _parameters(call)
    if not found.organised_here:
        raise bad_request(
            "Your request can't be completed. You need to be an organizer to cancel a meeting.", "ErrorInvalidRequest"
        )
    before = len(call.store.mails)
    actions.delete(call.store, Actor(call.email, "all"), found.id)
    for mail in call.store.mails[before:]:
        mail["comment"] = sent.get("comment")
    return Answer(202)


def respond(call: Call, event_id: str, verb: str) -> Answer:
    """accept, tentativelyAccept, decline: 202, and nothing else to see."""
    found, sent = call.copy(event_id), _parameters(call)
    send = sent.get("sendresponse")
    reply = Reply(
        NAMES[verb], sent.get("comment") or None, True if send is None else bool(send), sent.get("proposednewtime")
    )
    _check_proposed(reply.proposal)
    graph_answers.check(found, reply)
    graph_answers.give(call.store, call.email, found.id, reply)
    return Answer(202)


def _parameters(call: Call) -> Body:
    return {name.lower(): value for name, value in call.body().items()}


def _check_proposed(proposal: object) -> tuple[datetime, datetime] | None:
    """Both times must be there and in order. Raises GraphError 400."""
    if proposal is None:
        return None
    if not isinstance(proposal, dict):
        raise bad_request("The parameter 'ProposedNewTime' is not valid.", "RequestBodyRead")
    start, end = (instant(stored(proposal.get(what), what, all_day=False), "UTC") for what in ("start", "end"))
    if end <= start:
        raise bad_request("The proposed time is not valid.", "ErrorInvalidRequest")
    return start, end
