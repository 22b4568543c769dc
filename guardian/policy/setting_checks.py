"""Ceilings, teams, groups, bypass entries and templates."""

from collections.abc import Iterator
from datetime import date

from guardian.errors import Problem
from guardian.model.actions import Mode
from guardian.policy.compile import wall_window
from guardian.policy.draft import Draft
from guardian.policy.references import matchers_in, scope_texts
from guardian.policy.scalars import parse_date
from guardian.policy.schema import TeamSpec, WorkingHours
from guardian.policy.schema_match import MatcherSpec
from guardian.policy.schema_rules import AnyRule
from guardian.policy.templates import check_template
from guardian.policy.yamltree import Path

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
    teams = list(draft.spec.teams.items())
    for position, (name, team) in enumerate(teams):
        for index, member in enumerate(team.members):
            path: Path = ("teams", name, "members", index)
            for other_name, other in teams[:position]:
                if member.lower() in {known.lower() for known in other.members}:
                    yield from _conflicts(draft, path, (name, team), (other_name, other))


def _conflicts(draft: Draft, path: Path, one: tuple[str, TeamSpec], two: tuple[str, TeamSpec]) -> Iterator[Problem]:
    for key in SHARED_SETTINGS:
        mine, theirs = getattr(one[1], key), getattr(two[1], key)
        if mine is not None and theirs is not None and _meaning(mine) != _meaning(theirs):
            words = f"is in teams '{two[0]}' and '{one[0]}', whose {key} differ; make them equal or leave one team"
            member = one[1].members[int(path[-1])]
            yield draft.tree.problem("G123", path, f"{member} {words}")


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


def ended_rules(draft: Draft, as_of: date) -> Iterator[Problem]:
    """Rules that no meeting of today or later can meet."""
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        if rule.ends_on and parse_date(rule.ends_on) <= as_of:
            words = f"the rule ended on {rule.ends_on}; remove it, or give a later date"
            yield draft.tree.problem("G301", ("rules", at, "ends_on"), words)
