"""One long message per meeting: when a pass answers the same meeting for several people, its organiser reads the whole
text once, and one line from each of the others."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from guardian.model.actions import Answer, Decision, Planned, Verdict

Brief = Callable[[Decision], str]
"""The one line of an answer that follows another one."""


def told_once(items: Sequence[Planned], brief: Brief) -> tuple[Planned, ...]:
    """The same acts; of the answers about to be written for one meeting only that of the first address keeps its text.

    Answers that are held or skipped are not counted, nor are meetings that cannot be known again in another calendar.
    """
    first: dict[str, str] = {}
    for item in items:
        if _is_told(item):
            meeting, mailbox = str(item.action.meeting), item.action.mailbox
            first[meeting] = min(first.get(meeting, mailbox), mailbox)
    return tuple(_shortened(item, brief) if _is_echo(item, first) else item for item in items)


def _is_told(item: Planned) -> bool:
    answer = isinstance(item.action.effect, Answer)
    known = item.action.meeting is not None and bool(item.action.meeting.series_uid)
    return answer and known and item.verdict is Verdict.GO and item.decision is not None


def _is_echo(item: Planned, first: dict[str, str]) -> bool:
    return _is_told(item) and first[str(item.action.meeting)] != item.action.mailbox


def _shortened(item: Planned, brief: Brief) -> Planned:
    action, made = item.action, item.decision
    assert isinstance(action.effect, Answer)
    assert made is not None
    return replace(item, action=replace(action, effect=replace(action.effect, comment=brief(made))))
