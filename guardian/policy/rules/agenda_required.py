"""`agenda_required`: from `due_before` the start on, too few words are left of the description and no document is linked."""

from guardian.policy.case import Case, Found
from guardian.policy.model import AgendaRequired
from guardian.policy.wording import length_text


class AgendaRequiredCheck:
    __slots__ = ("_condition", "_not_yet")

    def __init__(self, condition: AgendaRequired) -> None:
        self._condition = condition
        self._not_yet = f"an agenda is asked for from {length_text(condition.due_before)} before the start on"

    def match(self, case: Case) -> Found | None:
        if case.now < case.start - self._condition.due_before:
            return None
        agenda = case.occurrence.agenda
        if agenda is None:
            return Found("the description cannot be read", certain=False)
        if agenda.has_document or agenda.words >= self._condition.min_words:
            return None
        due = length_text(self._condition.due_before)
        return Found(f"no agenda {due} before the start ({agenda.words} of {self._condition.min_words} words)")

    def why_not(self, case: Case) -> str:
        if case.now < case.start - self._condition.due_before:
            return self._not_yet
        agenda = case.occurrence.agenda
        return "a document is linked" if agenda and agenda.has_document else "there is an agenda"
