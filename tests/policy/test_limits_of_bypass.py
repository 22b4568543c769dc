"""How often an entry may be used: per organiser over the whole organisation, by week of the meeting."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Outcome
from guardian.model.events import MeetingKey, StoredOccurrence
from guardian.policy.decide import decide
from guardian.policy.limits_of_bypass import Use, over_limit, uses_of
from guardian.policy.model import Matcher
from tests.policy import worlds as w

URGENT = frozenset({"urgent"})
POLICY = w.policy(w.focus(), bypass=(w.entry("urgent", Matcher(title=("urgent",)), limit=2),))


def use(
    name: str, made: int, start: datetime | None = None, mailbox: str = w.ANA, organizer: str = w.BOB, key: str = ""
) -> Use:
    """Made so many minutes after the others."""
    start = start or w.utc(24, 9)
    return Use("urgent", mailbox, key or name, name, organizer, start, w.LONG_AGO + timedelta(minutes=made))


def test_the_first_by_creation_keep_passing() -> None:
    uses = [use("c", 3), use("a", 1), use("b", 2)]
    assert over_limit(POLICY, uses) == {(w.ANA, "c"): URGENT}


def test_organisers_count_apart() -> None:
    uses = [use("a", 1), use("b", 2), use("c", 3, organizer=w.CLIENT)]
    assert over_limit(POLICY, uses) == {}


def test_people_share_one_count() -> None:
    uses = [use("a", 1), use("b", 2, mailbox="kim@acme.example"), use("c", 3, mailbox="kim@acme.example")]
    assert over_limit(POLICY, uses) == {("kim@acme.example", "c"): URGENT}


def test_a_meeting_counts_once_however_many_it_invites() -> None:
    kim = "kim@acme.example"
    uses = [use("a", 1), use("a", 1, mailbox=kim), use("b", 2), use("b", 2, mailbox=kim)]
    assert over_limit(POLICY, uses) == {}
    late = [use("c", 3), use("c", 3, mailbox=kim)]
    assert over_limit(POLICY, uses + late) == {(w.ANA, "c"): URGENT, (kim, "c"): URGENT}


def test_a_series_counts_once_a_week() -> None:
    daily = [use("s", 1, w.utc(23 + n, 9), key=f"s/{n}") for n in range(5)]
    assert over_limit(POLICY, [*daily, use("b", 2)]) == {}
    assert over_limit(POLICY, [*daily, use("b", 2), use("c", 3)]) == {(w.ANA, "c"): URGENT}


def test_weeks_are_those_of_the_policys_zone() -> None:
    """Sunday 29 November 23:30 UTC is Monday in Berlin."""
    uses = [use("a", 1), use("b", 2), use("c", 3, w.utc(29, 23, 30))]
    assert over_limit(POLICY, uses) == {}
    assert over_limit(w.policy(bypass=POLICY.bypass, timezone=None), uses) == {(w.ANA, "c"): URGENT}


def test_unlimited_and_unknown_entries_never_run_out() -> None:
    assert over_limit(w.policy(), [use(str(n), n) for n in range(9)]) == {}


@given(st.permutations([use(str(n), n % 4, w.utc(23 + n % 3, 9)) for n in range(8)]))
def test_the_order_of_reading_does_not_matter(uses: list[Use]) -> None:
    """I6"""
    assert over_limit(POLICY, uses) == over_limit(POLICY, sorted(uses, key=lambda u: u.meeting))


def urgent(number: int) -> StoredOccurrence:
    made = w.LONG_AGO + timedelta(minutes=number)
    return w.stored(w.meeting(title="urgent", meeting=MeetingKey(f"uid-{number}"), created_at=made))


def test_decisions_under_the_limit_use_up_the_same() -> None:
    """Two rounds: what would be used up, then who is over. A third round with the answer of the second says the same."""
    meetings = [urgent(n) for n in range(4)]
    first = [decide(POLICY, w.view(m.occurrence), w.NOW) for m in meetings]
    assert {d.outcome for d in first} == {Outcome.NONE}
    over = over_limit(POLICY, (u for d, m in zip(first, meetings, strict=True) for u in uses_of(d, m)))
    keys = [(w.ANA, str(m.occurrence.meeting)) for m in meetings]
    second = [
        decide(POLICY, w.view(m.occurrence, over_limit=over.get(k, frozenset())), w.NOW)
        for m, k in zip(meetings, keys, strict=True)
    ]
    assert [d.outcome for d in second] == [Outcome.NONE, Outcome.NONE, Outcome.DECLINE, Outcome.DECLINE]
    again = over_limit(POLICY, (u for d, m in zip(second, meetings, strict=True) for u in uses_of(d, m)))
    assert again == over


def test_a_hidden_organiser_uses_up_nobodys_limit() -> None:
    meeting = w.stored(w.meeting(title="urgent", organizer=""))
    decision = decide(POLICY, w.view(meeting.occurrence), w.NOW)
    assert decision.uses == ("urgent",)
    assert uses_of(decision, meeting) == ()


def test_the_persons_own_meetings_count_for_them() -> None:
    meeting = w.stored(w.meeting(title="urgent", organizer="", is_organizer=True))
    found = uses_of(decide(POLICY, w.view(meeting.occurrence), w.NOW), meeting)
    assert [u.organizer for u in found] == [w.ANA]
