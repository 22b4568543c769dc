"""Which meetings no longer pass because a bypass entry's limit is used up.

A limit counts per organiser over the whole organisation and per ISO week of the meeting in the policy's own zone. The first
meetings by creation time keep passing. A series counts once a week, and a meeting once however many people it invites.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from guardian.model.actions import Decision
from guardian.model.events import StoredOccurrence
from guardian.model.time import Week, local_date, starts_at, zone_named
from guardian.policy.model import PolicySet


@dataclass(frozen=True, slots=True)
class Use:
    """One person's copy of a meeting that uses up a limited entry. `meeting` is the text of its key."""

    entry: str
    mailbox: str
    meeting: str
    series: str
    organizer: str
    start: datetime
    created_at: datetime


def uses_of(decision: Decision, stored: StoredOccurrence) -> tuple[Use, ...]:
    """What the decision on this meeting uses up. A meeting whose organiser is hidden uses up nobody's limit."""
    if not decision.uses:
        return ()
    occurrence = decision.occurrence
    organizer = occurrence.organizer.lower() or (decision.member if occurrence.is_organizer else "")
    if not organizer:
        return ()
    start = starts_at(occurrence.when, zone_named("UTC"))
    key = occurrence.meeting
    return tuple(
        Use(entry, decision.member, str(key), key.series_uid, organizer, start, stored.created_at)
        for entry in decision.uses
    )


def over_limit(policy: PolicySet, uses: Iterable[Use]) -> Mapping[tuple[str, str], frozenset[str]]:
    """The entries that no longer count, by mailbox and text of the meeting's key.

    Meetings that are not in the answer are within every limit. Made from decisions without `over_limit`, or with it: what a
    meeting would use up does not depend on it.
    """
    most = {b.id: b.per_organizer_week for b in policy.bypass if b.per_organizer_week is not None}
    zone = zone_named(policy.defaults.timezone or "UTC")
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (entry, _, _), group in _by_organizer_and_week(uses, zone).items():
        for use in _beyond(group, most.get(entry)):
            found[use.mailbox, use.meeting].add(entry)
    return {place: frozenset(entries) for place, entries in found.items()}


def _by_organizer_and_week(uses: Iterable[Use], zone: ZoneInfo) -> dict[tuple[str, str, Week], list[Use]]:
    groups: dict[tuple[str, str, Week], list[Use]] = defaultdict(list)
    for use in uses:
        groups[use.entry, use.organizer, Week.of(local_date(use.start, zone))].append(use)
    return groups


def _beyond(group: list[Use], most: int | None) -> Iterable[Use]:
    """The uses of all but the first `most` meetings; none without a limit."""
    if most is None:
        return ()
    first: dict[str, datetime] = {}
    for use in group:
        first[use.series] = min(use.created_at, first.get(use.series, use.created_at))
    passing = set(sorted(first, key=lambda series: (first[series], series))[:most])
    return [use for use in group if use.series not in passing]
