"""Ceilings, teams, groups, bypass entries and templates."""

from collections.abc import Iterator
from datetime import date, timedelta

from guardian.errors import Problem
from guardian.model.actions import Mode
from guardian.policy.compile import wall_window
from guardian.policy.draft import Draft
from guardian.policy.references import matchers_in, scope_texts
from guardian.policy.scalars import parse_date, parse_duration
from guardian.policy.schema import WorkingHours
from guardian.policy.schema_match import MatcherSpec
from guardian.policy.schema_rules import AnyRule, MeetingLengthSpec
from guardian.policy.templates import check_template
from guardian.policy.yamltree import Path

AN_HOUR = timedelta(hours=1)
SHARED_SETTINGS = ("timezone", "working_hours", "holidays")


def capped_modes(draft: Draft) -> Iterator[Problem]:
    """Rules whose mode a ceiling lowers."""
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        for ceiling, source in _ceilings(draft, rule):
            if Mode(ceiling).rank < Mode(rule.mode).rank:
                words = f"'{rule.mode}' is capped to '{ceiling}' by {source}"
                yield draft.tree.problem("G201", ("rules", at, "mode"), words)
                break


def _ceilings(draft: Draft, rule: AnyRule) -> Iterator[tuple[str, str]]:
    yield draft.spec.defaults.mode_ceiling, "defaults.mode_ceiling"
    for text in rule.for_:
        team = draft.spec.teams.get(text.removeprefix("team:")) if text.startswith("team:") else None
        if team:
            yield team.mode_ceiling, f"{text.replace('team:', 'teams.')}.mode_ceiling"


def team_conflicts(draft: Draft) -> Iterator[Problem]:
    """Nobody gets two values of one setting from two teams."""
    first: dict[tuple[str, str], str] = {}
    for name, team in draft.spec.teams.items():
        for index, member in enumerate(team.members):
            for key in SHARED_SETTINGS:
                if getattr(team, key) is None:
                    continue
                other = first.setdefault((member.lower(), key), name)
                if _meaning(getattr(draft.spec.teams[other], key)) != _meaning(getattr(team, key)):
                    words = f"{member} is in teams '{other}' and '{name}', which differ in {key}"
                    path: Path = ("teams", name, "members", index)
                    yield draft.tree.problem("G123", path, f"{words}; make them equal or leave one team")


def _meaning(value: object) -> object:
    return wall_window(value) if isinstance(value, WorkingHours) else value


def directory_groups(draft: Draft) -> Iterator[Problem]:
    """Groups are known to the directory alone."""
    for name, team in draft.spec.teams.items():
        for index, member in enumerate(team.members):
            if member.startswith("group:"):
                yield _group(draft, ("teams", name, "members", index), member)
    for path, text in scope_texts(draft):
        if text.startswith("group:"):
            yield _group(draft, path, text)


def _group(draft: Draft, path: Path, text: str) -> Problem:
    words = f"who is in {text.removeprefix('group:')} comes from the directory; without one it is empty"
    return draft.tree.problem("G202", path, words)


def without_effect(draft: Draft) -> Iterator[Problem]:
    """Keys that are part of the language, and that nothing reads yet."""
    for path, words in _unread(draft):
        yield draft.tree.problem("G204", path, f"has no effect in this version: {words}", key=True)


def _unread(draft: Draft) -> Iterator[tuple[Path, str]]:
    spec = draft.spec
    hours: list[tuple[Path, object]] = [(("defaults", "working_hours"), spec.defaults.working_hours)]
    hours += [(("teams", name, "working_hours"), team.working_hours) for name, team in spec.teams.items()]
    for path, value in hours:
        if value == "mailbox":
            yield path, "no calendar tells its hours, so Monday to Friday 09:00-17:00 count"
    for at, entry in zip(draft.bypass_at, spec.bypass, strict=True):
        if entry.notify:
            yield ("bypass", at, "notify"), "nobody is told by mail"
    for at, rule in zip(draft.rule_at, spec.rules, strict=True):
        if rule.series:
            yield ("rules", at, "series"), "each occurrence is answered on its own"


def open_doors(draft: Draft) -> Iterator[Problem]:
    """Bypass entries that anybody opens by writing a word."""
    for at, entry in zip(draft.bypass_at, draft.spec.bypass, strict=True):
        if entry.limit is None and _title_alone(entry.when):
            words = "title words alone let anybody through; add 'limit: {per_organizer_week: 2}' or an organizer"
            yield draft.tree.problem("G302", ("bypass", at), words)


def _title_alone(matcher: MatcherSpec) -> bool:
    if matcher.model_fields_set - {"title", "any", "all"}:
        return False
    any_open = matcher.any is None or any(_title_alone(part) for part in matcher.any)
    return any_open and all(_title_alone(part) for part in matcher.all or ())


def nobody_external(draft: Draft) -> Iterator[Problem]:
    """`external` can only be told where the own domains are known."""
    if draft.spec.defaults.internal_domains:
        return
    for path, matcher in _matchers(draft):
        if matcher.external is not None:
            words = "nobody can tell who is external; list your domains in defaults.internal_domains"
            yield draft.tree.problem("G303", (*path, "external"), words)


def _matchers(draft: Draft) -> Iterator[tuple[Path, MatcherSpec]]:
    for at, entry in zip(draft.bypass_at, draft.spec.bypass, strict=True):
        yield from matchers_in(("bypass", at, "when"), entry.when)
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        yield from matchers_in(("rules", at, "when"), rule.when)
        yield from matchers_in(("rules", at, "unless"), rule.unless)


def bad_templates(draft: Draft) -> Iterator[Problem]:
    """Messages use the allowed syntax and known variables."""
    for name, text in draft.spec.messages.items():
        path: Path = ("messages", name)
        block = draft.tree.mark(path).block
        for line, words in check_template(text):
            yield draft.tree.problem("G117", path, words, below=line if block else 0)


def reversed_dates(draft: Draft) -> Iterator[Problem]:
    """A rule starts before it ends."""
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        if rule.starts_on and rule.ends_on and parse_date(rule.ends_on) <= parse_date(rule.starts_on):
            words = "must come after starts_on, or no meeting lies between them"
            yield draft.tree.problem("G119", ("rules", at, "ends_on"), words)


def bad_trims(draft: Draft) -> Iterator[Problem]:
    """A shortened meeting is not shortened again, and something is left of it."""
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        if isinstance(rule, MeetingLengthSpec):
            least = max(parse_duration("15m"), parse_duration(rule.leave_under))
            for key, text, floor in (("short", rule.trim.short, least), ("long", rule.trim.long, AN_HOUR)):
                words = _trim_fault(parse_duration(text), floor)
                if words:
                    yield draft.tree.problem("G124", ("rules", at, "trim", key), f"{text} {words}")


def _trim_fault(trim: timedelta, shortest: timedelta) -> str:
    """Only multiples of 15 minutes are trimmed, so a trim of such a length would apply to its own result."""
    if trim >= shortest:
        return "leaves nothing of the shortest meeting it applies to"
    if trim and trim % timedelta(minutes=15) == timedelta():
        return "would shorten a meeting again and again; use for instance 5m or 10m"
    return ""


def ended_rules(draft: Draft, as_of: date) -> Iterator[Problem]:
    """Rules that no meeting of today or later can meet."""
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        if rule.ends_on and parse_date(rule.ends_on) <= as_of:
            words = f"the rule ended on {rule.ends_on}; remove it, or give a later date"
            yield draft.tree.problem("G301", ("rules", at, "ends_on"), words)
