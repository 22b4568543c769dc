"""`when` and `unless`: matchers made ready.

Conditions of one matcher are ANDed, the values of one condition ORed, both three-valued: what is hidden (a private title,
hidden guests) is "cannot tell". A private meeting hides everything but time, the person's own answer and the number of guests.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from guardian.model.events import Occurrence, Response
from guardian.model.people import Member
from guardian.model.time import local_date
from guardian.policy.case import Case, Predicate, Truth, all_of, any_of, negated
from guardian.policy.guests import somebody_of, somebody_outside
from guardian.policy.membership import in_team
from guardian.policy.model import Matcher, PolicySet, Team
from guardian.policy.titles import TitlePattern, plain


def ready(matcher: Matcher, policy: PolicySet) -> Predicate:
    """One function that tells whether the matcher matches a case."""
    parts = tuple(_parts(matcher, policy))
    return parts[0] if len(parts) == 1 else lambda case: all_of(parts, case)


def _parts(m: Matcher, policy: PolicySet) -> Iterator[Predicate]:
    yield from _time_and_kind(m)
    yield from _own_row(m)
    yield from _people(m, policy)
    yield from _hidden_when_private(m)
    if m.any is not None:
        alternatives = tuple(ready(each, policy) for each in m.any)
        yield lambda case: any_of(alternatives, case)
    if m.all is not None:
        required = tuple(ready(each, policy) for each in m.all)
        yield lambda case: all_of(required, case)


def _time_and_kind(m: Matcher) -> Iterator[Predicate]:
    recurring, day, length = m.recurring, m.created_before, m.length
    if recurring is not None:
        yield lambda case: case.occurrence.recurring is recurring
    if m.event_type is not None:
        kinds = _folded(m.event_type)
        yield lambda case: case.occurrence.kind.value in kinds
    if m.visibility is not None:
        visibility = _folded(m.visibility)
        yield lambda case: bool(_visibilities(case) & visibility)
    if day is not None:
        yield lambda case: local_date(case.stored.created_at, case.zone) < day
    if length is not None:
        shortest, longest = length[0] or timedelta.min, length[1] or timedelta.max
        yield lambda case: shortest <= case.interval.length <= longest


def _own_row(m: Matcher) -> Iterator[Predicate]:
    if m.response is not None:
        responses = _folded(m.response)
        yield lambda case: own_answer(case) in responses
    if m.my_role is not None:
        roles = _folded(m.my_role)
        yield lambda case: _role(case) in roles


def _people(m: Matcher, policy: PolicySet) -> Iterator[Predicate]:
    if m.organizer is not None:
        yield _organizer(m.organizer, policy)
    if m.external is not None:
        yield _external if m.external else lambda case: negated(_external(case))
    if m.external_domains is not None:
        domains = _lowered(m.external_domains)
        yield lambda case: somebody_of(case.occurrence, domains)
    if m.attendees is not None:
        low, high = m.attendees
        yield lambda case: _within(case.headcount, low, high)
    if m.one_on_one is not None:
        yield _one_on_one if m.one_on_one else lambda case: negated(_one_on_one(case))


def _hidden_when_private(m: Matcher) -> Iterator[Predicate]:
    conference = m.conference
    if m.title is not None:
        yield _title(m.title)
    if m.label is not None:
        labels = _folded(m.label)
        yield _unless_private(lambda o: any(x.strip().casefold() in labels for x in o.labels))
    if conference is not None:
        yield _unless_private(lambda o: o.conference is conference)


def _unless_private(test: Callable[[Occurrence], bool]) -> Predicate:
    return lambda case: None if case.occurrence.private else test(case.occurrence)


def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(v.strip().casefold() for v in values)


def _lowered(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(v.lower().removeprefix("@") for v in values)


def _visibilities(case: Case) -> set[str]:
    return {"private"} if case.occurrence.private else {"default", "public"}


def own_answer(case: Case) -> str:
    """The person's own answer; ours does not count as theirs, or a rule would undo itself by acting."""
    given = case.occurrence.response
    if given is None or given is case.view.our_answer:
        return Response.NEEDS_ACTION.value
    return given.value


def _role(case: Case) -> str:
    if case.occurrence.is_organizer:
        return "organizer"
    return "optional" if case.occurrence.optional else "required"


def _title(patterns: tuple[str, ...]) -> Predicate:
    prepared = tuple(TitlePattern(p) for p in patterns)

    def test(case: Case) -> Truth:
        if case.occurrence.private:
            return None
        title = plain(case.occurrence.title)
        return any(p.found_in(title) for p in prepared)

    return test


def _within(count: tuple[int, bool], low: int | None, high: int | None) -> Truth:
    seen, exact = count
    if high is not None and seen > high:
        return False
    if exact:
        return low is None or seen >= low
    return True if high is None and (low is None or seen >= low) else None


def _one_on_one(case: Case) -> Truth:
    return _within(case.headcount, 2, 2)


def _external(case: Case) -> Truth:
    return somebody_outside(case.occurrence, case.internal)


def _organizer(wanted: tuple[str, ...], policy: PolicySet) -> Predicate:
    parts = tuple(_organizer_is(w.lower(), policy) for w in wanted)
    return lambda case: any_of(parts, case)


def _organizer_is(wanted: str, policy: PolicySet) -> Predicate:
    kind, _, name = wanted.rpartition(":")
    if kind == "team":
        team = next((t for t in policy.teams if t.name.lower() == name), None)
        return lambda case: _in_team(case, team)
    if kind == "group":
        return lambda case: _in_group(case, name)
    return lambda case: organizer_address(case) == name if organizer_address(case) else None


def organizer_address(case: Case) -> str:
    """Lower case; empty when it is hidden."""
    return case.occurrence.organizer.lower() or (case.member.email if case.occurrence.is_organizer else "")


def _organizer_member(case: Case) -> Member | None:
    return case.member if case.occurrence.is_organizer else case.view.organizer_member


def _in_team(case: Case, team: Team | None) -> Truth:
    """Of somebody who is not enrolled only the address is known: a team with groups in it leaves doubt."""
    member, address = _organizer_member(case), organizer_address(case)
    if team is None:
        return False
    if member is not None:
        return team.name in member.teams
    if address and in_team(team, address, ()):
        return True
    return None if not address or any(m.startswith("group:") for m in team.members) else False


def _in_group(case: Case, group: str) -> Truth:
    """Groups are known of enrolled people only."""
    member = _organizer_member(case)
    return None if member is None else group in member.groups
