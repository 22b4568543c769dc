"""The policy as it is written, and what each of its rules did."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian
from guardian.engine.policies import in_force_now, status
from guardian.errors import PolicyProblems
from guardian.model.actions import Outcome
from guardian.model.ledger import DecisionRow
from guardian.policy.model import Bypass, PolicySet, Rule
from guardian.reports.links import anchor
from guardian.web.access import Caller, In, Visitor
from guardian.web.html import page
from guardian.web.pages.common import Filter
from guardian.web.problems import not_found

router = APIRouter(include_in_schema=False)

LOOKS_BACK = timedelta(weeks=4)
BATCH = 500
MOST_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """One file with its lines: number, id and text. `marked` are the lines where a rule or a bypass entry begins."""

    name: str
    lines: tuple[tuple[int, str, str], ...]
    marked: frozenset[int]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule or bypass entry and what it did, by outcome."""

    id: str
    type: str
    mode: str
    covers: str
    place: str
    line: int
    did: tuple[tuple[str, int], ...]


@router.get("/policy")
def policy(request: Request, guardian: In, caller: Visitor, version: Filter = "") -> Response:
    """The version in force, or an earlier one by its name."""
    caller.need("read", "policy")
    registry, files = guardian.store.registry, guardian.engine.policy_files
    state = status(registry, files)
    try:
        force = in_force_now(registry, files)
    except PolicyProblems:
        return page(request, "policy.html", state=state, files=[], rules=[], bypass=[], old="", all=False)
    source, old = force.source, ""
    if version and version != force.policy.version:
        stored = registry.policy(version)
        if stored is None:
            raise not_found("version of the policy")
        source, old = stored.source, version
    did = _did(guardian, caller, guardian.engine.clock() - LOOKS_BACK)
    return page(
        request,
        "policy.html",
        state=state,
        files=_files(source, force.policy),
        rules=[_rule(rule, did) for rule in force.policy.rules],
        bypass=[_bypass(entry, did) for entry in force.policy.bypass],
        old=old,
        all=caller.sees_policy_faults,
    )


def _files(source: Mapping[str, str], policy: PolicySet) -> list[Written]:
    places = [*(r.place for r in policy.rules), *(b.place for b in policy.bypass), *(t.place for t in policy.teams)]
    return [
        Written(
            PurePath(name).name,
            tuple((n, anchor(f"{name}:{n}"), text) for n, text in enumerate(content.splitlines(), 1)),
            frozenset(place.line for place in places if place.file == name),
        )
        for name, content in source.items()
    ]


def _rule(rule: Rule, did: Mapping[str, Counter[str]]) -> RuleRow:
    covers = ", ".join(map(str, rule.for_)) + (f", not {', '.join(map(str, rule.not_for))}" if rule.not_for else "")
    return RuleRow(
        rule.id, rule.type, str(rule.mode), covers, f"#{anchor(str(rule.place))}", rule.place.line, _told(did, rule.id)
    )


def _bypass(entry: Bypass, did: Mapping[str, Counter[str]]) -> RuleRow:
    most = entry.per_organizer_week
    limit = f"at most {most} a week and organiser" if most else "without limit"
    covers = ", ".join(map(str, entry.for_))
    return RuleRow(
        entry.id, "bypass", limit, covers, f"#{anchor(str(entry.place))}", entry.place.line, _told(did, entry.id)
    )


def _told(did: Mapping[str, Counter[str]], name: str) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(did.get(name, Counter()).items()))


def _did(guardian: Guardian, caller: Caller, since: datetime) -> dict[str, Counter[str]]:
    """How often each rule or entry came to what: to everybody for those who answer for the policy, else to oneself.

    Who may not see everybody's decisions is told no count about few people: a rule may be for one person alone.
    """
    mailbox = None if caller.sees_policy_faults else caller.person
    fewest = guardian.engine.min_group if mailbox is None and not caller.sees_decisions_of_all else 1
    found: dict[str, Counter[str]] = {}
    people: dict[tuple[str, str], set[str]] = {}
    for row in _decided(guardian, mailbox, since):
        name, what = row.decision.bypass or row.decision.rule or "", _what(row)
        found.setdefault(name, Counter())[what] += 1
        people.setdefault((name, what), set()).add(row.decision.member)
    return {
        name: Counter({what: n for what, n in counts.items() if len(people[name, what]) >= fewest})
        for name, counts in found.items()
    }


def _decided(guardian: Guardian, mailbox: str | None, since: datetime) -> Iterator[DecisionRow]:
    """Decisions since then, newest first, as many as may be looked at."""
    before: str | None = None
    for _ in range(MOST_LOOKED_AT // BATCH):
        batch = guardian.store.ledger.decisions(mailbox=mailbox, limit=BATCH, before=before)
        yield from (row for row in batch if row.decided_at >= since)
        if len(batch) < BATCH or batch[-1].decided_at < since:
            return
        before = batch[-1].id


def _what(row: DecisionRow) -> str:
    made = row.decision
    if made.bypass:
        return "let through"
    return f"would {made.would}" if made.outcome is Outcome.OBSERVE and made.would else str(made.outcome)
