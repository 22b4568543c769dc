"""From checked models to the policy the program uses."""

from collections.abc import Sequence
from datetime import date, timedelta

from guardian.model.actions import Mode
from guardian.model.time import WallWindow
from guardian.policy import schema as s
from guardian.policy import schema_rules as r
from guardian.policy.digest import fingerprint, version
from guardian.policy.draft import Draft
from guardian.policy.model import (
    AgendaRequired,
    Bypass,
    Condition,
    Defaults,
    DoubleBooking,
    FocusBlock,
    Hours,
    Limits,
    Matcher,
    MaxAttendees,
    MeetingFreeDay,
    MeetingLength,
    NoticePeriod,
    Place,
    PolicySet,
    Rule,
    Safety,
    Scope,
    Team,
)
from guardian.policy.scalars import parse_date, parse_days, parse_duration, parse_holidays, parse_scope, parse_time
from guardian.policy.schema_match import AttendeeBounds, LengthBounds, MatcherSpec
from guardian.policy.yamltree import Path


def compiled(draft: Draft) -> PolicySet:
    """The policy of a draft without problems."""
    spec = draft.spec
    policy = PolicySet(
        version="",
        file=draft.tree.file,
        defaults=_defaults(spec.defaults),
        safety=_safety(spec.safety),
        teams=tuple(_team(draft, name, team) for name, team in sorted(spec.teams.items())),
        bypass=tuple(_bypass(draft, at, entry) for at, entry in zip(draft.bypass_at, spec.bypass, strict=True)),
        rules=tuple(_rule(draft, at, rule) for at, rule in zip(draft.rule_at, spec.rules, strict=True)),
        messages=tuple(sorted(spec.messages.items())),
    )
    return version(policy)


def _place(draft: Draft, path: Path) -> Place:
    return Place(draft.tree.file, draft.tree.mark(path, key=True).line)


def _defaults(spec: s.DefaultsSpec) -> Defaults:
    return Defaults(
        timezone=spec.timezone,
        hours=_hours(spec.working_hours) or Hours(),
        holidays=parse_holidays(spec.holidays) if spec.holidays else None,
        internal_domains=tuple(domain.lower() for domain in spec.internal_domains),
        mode_ceiling=Mode(spec.mode_ceiling),
        currency=spec.currency,
    )


def _hours(spec: s.WorkingHours | str | None) -> Hours | None:
    if spec is None:
        return None
    if isinstance(spec, str):
        return Hours(from_mailbox=True)
    return Hours(window=wall_window(spec))


def wall_window(spec: s.WorkingHours | r.WindowSpec) -> WallWindow:
    """A written window in minutes."""
    return WallWindow(parse_days(spec.days), parse_time(spec.start), parse_time(spec.end, end=True))


def _safety(spec: s.SafetySpec) -> Safety:
    return Safety(
        hold=parse_duration(spec.hold),
        freeze_before=parse_duration(spec.freeze_before),
        existing_meetings=Mode(spec.existing_meetings),
        private_meetings=Mode(spec.private_meetings),
        max_declines=Limits(**spec.max_declines.model_dump()),
        on_trip=Mode(spec.on_trip),
    )


def _team(draft: Draft, name: str, spec: s.TeamSpec) -> Team:
    return Team(
        name=name,
        place=_place(draft, ("teams", name)),
        members=tuple(member.lower() for member in spec.members),
        owners=tuple(owner.lower() for owner in spec.owners),
        timezone=spec.timezone,
        hours=_hours(spec.working_hours),
        holidays=parse_holidays(spec.holidays) if spec.holidays else None,
        mode_ceiling=Mode(spec.mode_ceiling),
    )


def _bypass(draft: Draft, at: int, spec: s.BypassSpec) -> Bypass:
    return Bypass(
        id=spec.id,
        when=_matcher(spec.when),
        place=_place(draft, ("bypass", at)),
        for_=scopes(spec.for_),
        per_organizer_week=spec.limit.per_organizer_week if spec.limit else None,
        notify=tuple(spec.notify),
    )


def scopes(texts: list[str]) -> tuple[Scope, ...]:
    """Written scopes as values."""
    return tuple(parse_scope(text) for text in texts)


def _matcher(spec: MatcherSpec) -> Matcher:
    return Matcher(
        organizer=_lower(spec.organizer),
        external=spec.external,
        external_domains=_lower(spec.external_domains),
        title=_tuple(spec.title),
        label=_tuple(spec.label),
        attendees=_attendees(spec.attendees),
        one_on_one=spec.one_on_one,
        recurring=spec.recurring,
        response=_tuple(spec.response),
        my_role=_tuple(spec.my_role),
        event_type=_tuple(spec.event_type),
        visibility=_tuple(spec.visibility),
        conference=spec.conference,
        created_before=_date(spec.created_before),
        length=_length(spec.length),
        any=tuple(_matcher(part) for part in spec.any) if spec.any else None,
        all=tuple(_matcher(part) for part in spec.all) if spec.all else None,
    )


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _lower(values: list[str] | None) -> tuple[str, ...] | None:
    """Addresses and domains in lower case; names of teams stay as written."""
    if values is None:
        return None
    return tuple(value if value.startswith("team:") else value.lower() for value in values)


def _date(text: str | None) -> date | None:
    return parse_date(text) if text else None


def _attendees(spec: AttendeeBounds | None) -> tuple[int | None, int | None] | None:
    return (spec.min, spec.max) if spec else None


def _length(spec: LengthBounds | None) -> tuple[timedelta | None, timedelta | None] | None:
    if spec is None:
        return None
    return parse_duration(spec.min) if spec.min else None, parse_duration(spec.max) if spec.max else None


def _rule(draft: Draft, at: int, spec: r.AnyRule) -> Rule:
    rule = Rule(
        id=spec.id,
        type=spec.type,
        condition=_condition(spec),
        action=spec.mine if isinstance(spec, r.MeetingLengthSpec) else spec.action,
        place=_place(draft, ("rules", at)),
        fingerprint="",
        for_=scopes(spec.for_),
        not_for=scopes(spec.not_for),
        when=_matcher(spec.when) if spec.when else None,
        unless=_matcher(spec.unless) if spec.unless else None,
        mode=Mode(spec.mode),
        message=spec.message,
        alternatives=spec.alternatives,
        bypass=None if spec.bypass is None else tuple(spec.bypass),
        series=spec.series,
        starts_on=_date(spec.starts_on),
        ends_on=_date(spec.ends_on),
    )
    return fingerprint(rule)


def _condition(spec: r.AnyRule) -> Condition:
    if isinstance(spec, r.FocusBlockSpec):
        return FocusBlock(tuple(wall_window(window) for window in spec.windows), spec.book)
    if isinstance(spec, r.MeetingFreeDaySpec):
        dates = frozenset(parse_date(text) for text in spec.except_dates)
        return MeetingFreeDay(parse_days(spec.days), dates, spec.shift_on_holiday)
    if isinstance(spec, r.MeetingLengthSpec):
        return _meeting_length(spec)
    return _plain_condition(spec)


def _meeting_length(spec: r.MeetingLengthSpec) -> MeetingLength:
    return MeetingLength(
        short=parse_duration(spec.trim.short),
        long=parse_duration(spec.trim.long),
        edge=spec.edge,
        leave_under=parse_duration(spec.leave_under),
        mine=spec.mine,
        others=spec.others,
    )


def _plain_condition(
    spec: r.AgendaRequiredSpec | r.NoticePeriodSpec | r.MaxAttendeesSpec | r.DoubleBookingSpec,
) -> Condition:
    if isinstance(spec, r.AgendaRequiredSpec):
        return AgendaRequired(parse_duration(spec.due_before), spec.min_words)
    if isinstance(spec, r.NoticePeriodSpec):
        return NoticePeriod(parse_duration(spec.at_least))
    if isinstance(spec, r.MaxAttendeesSpec):
        return MaxAttendees(spec.max)
    return DoubleBooking(spec.loser)
