"""What `decide` is given: one occurrence, the person, and the facts about both that the file cannot know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from guardian.model.events import Response, StoredOccurrence
from guardian.model.people import Member


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What holds for all meetings of one person in one pass.

    `enforced_since` maps a rule's id to the moment it became `enforce` for this person; a rule that is missing became so
    just now. `killed` is the kill switch: it caps every mode at observe.
    """

    member: Member
    enforced_since: Mapping[str, datetime] = field(default_factory=dict)
    killed: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One occurrence on one person's calendar.

    `clashes` are the person's other busy meetings, not declined, that overlap it. `our_answer` is the answer that we
    wrote and that still stands (None when the present answer is the person's own). `organizer_member` is the organiser
    when enrolled. `over_limit` names the bypass entries that no longer count for this meeting. `bound_rules` are rules
    that a person vetoed or undid for this occurrence at this time. `frozen` is true after three flips in 24 hours.
    `series_kept` is true when somebody edited the length of this series back.
    """

    person: PersonFacts
    stored: StoredOccurrence
    clashes: tuple[StoredOccurrence, ...] = ()
    our_answer: Response | None = None
    organizer_member: Member | None = None
    over_limit: frozenset[str] = frozenset()
    bound_rules: frozenset[str] = frozenset()
    frozen: bool = False
    series_kept: bool = False
