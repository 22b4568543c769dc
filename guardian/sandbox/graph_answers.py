"""accept, tentativelyAccept and decline: what is refused, what reaches the organiser, and what leaves the mailbox."""

from copy import deepcopy
from dataclasses import dataclass

from guardian.sandbox import series, spread
from guardian.sandbox.copies import Copy
from guardian.sandbox.editing import as_guest
from guardian.sandbox.graph_errors import GraphError, bad_request
from guardian.sandbox.moments import Body
from guardian.sandbox.store import Store

ORGANIZER = "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer."
NOT_REQUESTED = "Your request can't be completed. The meeting organizer hasn't requested a response."
NAMES = {"accept": "accepted", "tentativelyAccept": "tentative", "decline": "declined"}


@dataclass(frozen=True)
class Reply:
    """One answer: "accepted", "tentative" or "declined", and how it is given."""

    answer: str
    comment: str | None = None
    send: bool = True
    proposal: Body | None = None


def check(copy: Copy, reply: Reply) -> None:
    """Raises GraphError 400 for what the service refuses."""
    if copy.organised_here and copy.attendees:
        raise bad_request(ORGANIZER, "ErrorInvalidRequest")
    if not copy.attendees:
        raise bad_request("The request is not valid: this event has no attendees.", "ErrorInvalidRequest")
    if copy.cancelled:
        raise bad_request("The meeting has been cancelled.", f"ErrorCalendarIsCancelledFor{_verb(reply)}")
    if reply.send and not copy.terms.get("responseRequested", True):
        raise bad_request(NOT_REQUESTED, "ErrorInvalidRequest")
    if reply.proposal is not None:
        _check_proposal(copy, reply)


def _verb(reply: Reply) -> str:
    return {"accepted": "Accept", "tentative": "Tentative", "declined": "Decline"}[reply.answer]


def _check_proposal(copy: Copy, reply: Reply) -> None:
    if reply.answer == "accepted":
        raise GraphError(
            400, "RequestBodyRead", "The parameter 'ProposedNewTime' is not valid for the operation 'Accept'."
        )
    if not reply.send:
        raise bad_request("A new time can't be proposed without sending a response.", "ErrorInvalidRequest")
    if not copy.terms.get("allowNewTimeProposals", True):
        raise bad_request("The organizer does not allow new time proposals.", "ErrorInvalidRequest")


def give(store: Store, email: str, event_id: str, reply: Reply) -> None:
    """Answer on the own copy: one occurrence, or by the id of the series all of it."""
    copy = series.materialise(store, store.calendar(email), event_id)
    if copy is None:
        return
    _own_row(copy)
    if reply.send:
        before = len(store.mails)
        _send(store, copy, reply)
        for mail in store.mails[before:]:
            mail["proposedNewTime"] = reply.proposal
    else:
        _keep_to_oneself(store, copy, reply)
    if reply.answer == "declined":
        leave(store, copy)


def _own_row(copy: Copy) -> None:
    """Whoever was invited through a group gets a row by answering."""
    if copy.row(copy.owner) is None:
        copy.body.setdefault("attendees", []).append({"email": copy.owner, "responseStatus": "needsAction"})


def _send(store: Store, copy: Copy, reply: Reply) -> None:
    row: Body = {"email": copy.owner, "responseStatus": reply.answer}
    row |= {"comment": reply.comment} if reply.comment else {}
    as_guest(store, copy, deepcopy(copy.body), {"attendeesOmitted": True, "attendees": [row]}, "all")
    hub = series.find(store.calendar(copy.organizer), copy.id)
    if hub is not None:
        proposals = hub.mine.setdefault("proposals", {})
        proposals.pop(copy.owner, None)
        if reply.proposal is not None:
            proposals[copy.owner] = reply.proposal


def _keep_to_oneself(store: Store, copy: Copy, reply: Reply) -> None:
    """The organiser is not told at all."""
    for row in [copy, *series.stored_exceptions(store.calendar(copy.owner), copy.id)]:
        spread.set_answer(row.row(copy.owner), reply.answer, reply.comment)
        row.answered[copy.owner] = store.now()
        store.touch(row)


def leave(store: Store, copy: Copy) -> None:
    """What is declined goes, unless the mailbox keeps it."""
    if copy.owner not in store.microsoft.preserve_declined and not copy.organised_here:
        remove(store, copy)


def remove(store: Store, copy: Copy) -> None:
    """The copy leaves the calendar (Deleted Items), a series with all its exceptions."""
    for row in [copy, *series.stored_exceptions(store.calendar(copy.owner), copy.id)]:
        row.body["status"], row.removed = "cancelled", True
        store.touch(row)
