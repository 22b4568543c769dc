"""What a calendar service says of itself and of a mailbox."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a service cannot do, said up front. `restore_unanswered`: an answer can be taken back to "not answered".
    `marks_answers`: our mark and the comment of an answer are written with it, and can be read back.
    `decline_removes`: a declined event may leave the calendar, so that one that is gone after our decline was declined.
    `guards_answers`: an answer to another version than the one we looked at is refused, so that a call that arrives late
    does no harm."""

    restore_unanswered: bool = True
    focus_time: bool = True
    shorten: bool = True
    marks_answers: bool = True
    decline_removes: bool = False
    guards_answers: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """The answer of the tripwire. `cursor` is to be stored once the read that follows is stored; None where the service
    gave none (then every poll reads)."""

    changed: bool
    cursor: str | None


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """`timezone` is an IANA name, None when the mailbox does not say."""

    timezone: str | None = None
