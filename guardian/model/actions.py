"""Decisions and plans as data. Nothing here does anything."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from guardian.model.events import EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import Interval, When


class Mode(StrEnum):
    OFF = "off"
    OBSERVE = "observe"
    FLAG = "flag"
    ENFORCE = "enforce"

    @property
    def rank(self) -> int:
        return list(Mode).index(self)


class Outcome(StrEnum):
    """What a decision comes to; also the public vocabulary of the run report."""

    DECLINE = "decline"
    TENTATIVE = "tentative"
    SHORTEN = "shorten"
    NOTIFY = "notify"
    FLAG = "flag"
    OBSERVE = "observe"
    NONE = "none"


class State(StrEnum):
    """Where a decision stands: recorded (nothing to write), held, done, skipped or failed."""

    RECORDED = "recorded"
    HELD = "held"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One guard, bypass entry or rule that was tried.

    `step` is `guard`, `bypass`, `rule` or `limit`; `result` is `match`, `no`, `cannot_tell`, `bypassed`, `capped` or
    `off`; `where` is `file:line` for what stands in the policy file.
    """

    step: str
    id: str
    result: str
    reason: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says about one occurrence on one enrolled person's calendar.

    `rule` is the rule whose words are used, `mode` its effective mode after every ceiling and cap, `bypass` the entry that let the
    meeting through. `flagged_by` are all rules that ask for a label. `uses` are the bypass entries with a limit that
    this meeting would use up. `would` is what a rule in observe mode would have done. `new_when` is set for `shorten`.
    `window` is the focus window or day a response rests on, as people read it ("09:00-13:00", "Wednesday").
    """

    member: str
    occurrence: Occurrence
    outcome: Outcome
    rule: str | None
    mode: Mode | None
    reason: str
    policy_version: str
    bypass: str | None = None
    where: str = ""
    flagged_by: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    would: Outcome | None = None
    new_when: Interval | None = None
    window: str = ""
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Precondition:
    """What must still be true of the event when we write: the time, the person's answer and the organiser are
    compared; `etag`, where given, guards the write itself."""

    when: When | None = None
    response: Response | None = None
    organizer: str = ""
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Decline, or answer tentatively, on the person's own copy. `comment` is plain text for the organiser; `proposed` is
    a free time to propose instead, for services that carry one."""

    response: Response
    comment: str
    proposed: Interval | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A label on the person's own copy that names the rule; nobody is told."""

    label: str


@dataclass(frozen=True, slots=True)
class Unflag:
    """Take our label off the person's own copy; `labels` are the ones that stood there before ours."""

    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shorten:
    """A new time for a meeting whose organiser is the enrolled person."""

    when: Interval


@dataclass(frozen=True, slots=True)
class BookFocus:
    """A focus block on the person's own calendar. `zone` is the IANA name to show it in."""

    block: Interval
    zone: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class MoveFocus:
    """A new time for a focus block of ours."""

    block: Interval
    zone: str


@dataclass(frozen=True, slots=True)
class RemoveFocus:
    """Delete a focus block of ours."""


@dataclass(frozen=True, slots=True)
class Restore:
    """Give back the answer that stood before ours."""

    response: Response
    comment: str


Effect = Answer | Flag | Unflag | Shorten | BookFocus | MoveFocus | RemoveFocus | Restore


@dataclass(frozen=True, slots=True)
class Action:
    """One change to one calendar.

    `key` is the identity that makes it happen at most once. `ref` is None only for BookFocus, whose event does not
    exist yet. `rule` is the id of the rule that asks for it.
    """

    key: str
    mailbox: str
    ref: EventRef | None
    meeting: MeetingKey | None
    rule: str
    expects: Precondition
    effect: Effect

    @property
    def verb(self) -> str:
        return verb_of(self.effect)


VERBS: dict[type, str] = {
    Flag: "flag",
    Unflag: "unflag",
    Shorten: "shorten",
    BookFocus: "book",
    MoveFocus: "move",
    RemoveFocus: "remove",
    Restore: "restore",
}


def verb_of(effect: Effect) -> str:
    """`decline`, `tentative`, `flag`, `unflag`, `shorten`, `book`, `move`, `remove` or `restore`."""
    if isinstance(effect, Answer):
        return "decline" if effect.response is Response.DECLINED else "tentative"
    return VERBS[type(effect)]


def action_key(rule: str, verb: str, mailbox: str, meeting: str, start: datetime | date) -> str:
    """The same act has the same key for ever: a title edit does not act again, a reschedule is judged anew."""
    text = "\n".join((rule, verb, mailbox, meeting, start.isoformat()))
    return hashlib.sha256(text.encode()).hexdigest()


class Verdict(StrEnum):
    GO = "go"
    HOLD = "hold"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Planned:
    """An action and what the limits say about it. `held_by` is `hold` or `breaker` where the verdict is hold;
    `hold_until` ends a hold, None waits for approval."""

    action: Action
    verdict: Verdict
    reason: str
    decision: Decision | None = None
    held_by: str | None = None
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one pass wants, in stable order. `decisions` holds all that are worth telling, with or without an act."""

    as_of: datetime
    policy_version: str
    decisions: tuple[Decision, ...]
    items: tuple[Planned, ...]
    tripped: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the service said after a write: the event as it now is (None when it is gone), and how it was done where the provider
    had to fall back (`note`)."""

    after: Occurrence | None
    note: str = ""
