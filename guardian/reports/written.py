"""What writing instead of meeting saves, and the texts to begin with."""

from dataclasses import dataclass
from fractions import Fraction

WRITE, READ = 2.0, 5.0
"""Minutes to write an update, and to read everybody's; settings of the installation, always shown with the result."""

TRIAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Saving:
    """Minutes of people's time each time: `people` x `minutes` of meeting against writers who write and readers who read."""

    people: int
    minutes: int
    writers: int
    readers: int
    write: float = WRITE
    read: float = READ

    @property
    def meeting(self) -> int:
        return self.people * self.minutes

    @property
    def writing(self) -> int:
        """Rounded up: what is not known exactly must not be counted as saved."""
        exact = self.writers * Fraction(str(self.write)) + self.readers * Fraction(str(self.read))
        return -(-exact.numerator // exact.denominator)

    @property
    def saved(self) -> int:
        """Never less than nothing: where writing takes longer nothing is proposed."""
        return max(0, self.meeting - self.writing)

    def over(self, occurrences: int) -> int:
        """Counts only while the series stays ended."""
        return occurrences * self.saved

    def __str__(self) -> str:
        writing = f"{self.writers} x {self.write:g} to write + {self.readers} x {self.read:g} to read = {self.writing}"
        return (
            f"{self.minutes} min x {self.people} people = {self.meeting} against {writing}: {self.saved} min each time"
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A text to copy, plain (and good Markdown)."""

    name: str
    text: str


DAILY = Template(
    "daily update",
    """Daily update, DATE

Done yesterday:
-

Today:
-

Blocked or asking (with what is needed to answer):
-

Read within 2 hours, blockers answered within 4, questions by the end of the day.
""",
)
WEEKLY = Template(
    "weekly report",
    """Weekly report, week ending DATE

Progress:
-

Key figures:
-

Risks, and what we do about them:
-

Decisions needed (from whom, by when):
-

Next week:
-
""",
)
DECISION = Template(
    "decision",
    """Decision: WHAT IS TO BE DECIDED

Context:

Options (two at least), with the trade-offs of each:
1.
2.

Recommendation, and why:

Who must weigh in, by when:

Consensus in the comments decides; a call settles only the rest.
""",
)
REVIEW = Template(
    "review request",
    """Please look at these three points by DAY; we work the answers in next sprint.

1.
2.
3.
""",
)
OUTCOME = Template(
    "meeting outcome",
    """Decided:
-

Who does what by when:
-

Still open:
-
""",
)
TEMPLATES = (DAILY, WEEKLY, DECISION, REVIEW, OUTCOME)


def template_for(rhythm_days: float | None) -> Template:
    """A daily update for what comes every day or two, a weekly report for the rest."""
    return DAILY if rhythm_days is not None and rhythm_days <= 2 else WEEKLY
