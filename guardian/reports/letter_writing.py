"""Writing the weekly letter: numbers of the week beside those of the four weeks before, and everything else in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from guardian.model.mail import MailKind
from guardian.model.time import Week
from guardian.reports.cost import Money, rounded
from guardian.reports.groups import FULL_WEEK
from guardian.reports.letter import (
    MOST_ROWS,
    Bar,
    Costly,
    Deed,
    Figure,
    Letter,
    Links,
    Proposal,
    hours,
    one_line,
    plural,
    signed,
    span_of,
)
from guardian.reports.usual import AnyWeek, compared_with, usual
from guardian.reports.weeks import GroupWeek, PersonWeek

WEEKS_BEFORE = 4

PROVISIONAL = "Provisional: late answers and corrections count for two more days."
CLOSED = "The week is closed: its numbers are final."

WHY_YOU: Mapping[MailKind, str] = {
    MailKind.PERSON: "You get this because your calendar is looked after by the guardian. Only you get it.",
    MailKind.TEAM: "You get this because the meeting policy names you as an owner of this team.",
    MailKind.ORG: "You get this because this address is set to receive the organisation's numbers.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a letter is made of. `before` are up to four weeks before `now`, in any order; `name` is the reader's first name
    or the name of the team. `closed` says that the week's numbers are final, `has_bypass` that the policy has bypass entries.
    `money` is what the week costs, `money_before` what each week before did."""

    kind: MailKind
    name: str
    now: AnyWeek
    before: Sequence[AnyWeek] = ()
    min_group: int = 5
    closed: bool = False
    has_bypass: bool = False
    money: Money | None = None
    money_before: Mapping[str, Money | None] = field(default_factory=dict)
    bars: Sequence[Bar] = ()
    deeds: Sequence[Deed] = ()
    passes: Mapping[str, int] = field(default_factory=dict)
    costly: Sequence[Costly] = ()
    proposal: Proposal | None = None
    risks: Sequence[str] = ()
    unread: Sequence[str] = ()
    links: Links = field(default_factory=Links)


def write(material: Material) -> Letter:
    """The letter about the week of `material.now`, whose figures are provisional until it closes, two days after its end."""
    now, before = material.now, _usual(material)
    week = Week.parse(now.week)
    return Letter(
        kind=material.kind,
        week=now.week,
        subject=_subject(material, before),
        greeting=_greeting(material),
        headline=_headline(material, before),
        span=f"Week {week.number}, {span_of(week.monday)}. {CLOSED if material.closed else PROVISIONAL}",
        figures=_figures(material, before),
        compared=_compared(material),
        money=_money(material),
        kept=tuple(_kept(now)),
        bars=tuple(material.bars),
        deeds=tuple(material.deeds[:MOST_ROWS]),
        more_deeds=max(0, len(material.deeds) - MOST_ROWS),
        passes=tuple(_passes(material)),
        costly=tuple(material.costly[:MOST_ROWS]),
        proposal=material.proposal,
        risks=tuple(material.risks[:MOST_ROWS]),
        unread=tuple(material.unread),
        links=material.links,
        why_you=WHY_YOU[material.kind],
    )


# --- numbers ---------------------------------------------------------------------------------------------------------


def _usual(material: Material) -> Mapping[str, float] | None:
    """Minutes that the last four weeks would have brought in the working time of this one; None where that must not or
    cannot be told."""
    compared = _compared_with(material)
    found = {
        name: usual(material.now, compared, name) for name in ("focus_minutes", "meeting_minutes", "fragmented_minutes")
    }
    told = {name: minutes for name, minutes in found.items() if minutes is not None}
    return told or None


def _compared_with(material: Material) -> list[AnyWeek]:
    return compared_with(material.now, material.before, material.min_group)


def _shown(material: Material, minutes: float) -> float:
    """A person's minutes as they are; a group's per person and 40 working hours."""
    if isinstance(material.now, PersonWeek):
        return minutes
    return minutes * FULL_WEEK / material.now.available_minutes


def _figures(material: Material, before: Mapping[str, float] | None) -> tuple[Figure, ...]:
    def figure(name: str, field_name: str) -> Figure:
        value = getattr(material.now, field_name)
        change = "" if before is None else signed(_shown(material, value) - _shown(material, before[field_name]))
        return Figure(name, hours(_shown(material, value)), "h", change)

    found = [figure("focus", "focus_minutes"), figure("meetings", "meeting_minutes")]
    if material.money is None:
        return (*found, figure("scraps under 2 h", "fragmented_minutes"))
    change = "" if before is None else _change_of_money(material, material.money)
    return (*found, Figure("estimated cost", f"{material.money.shown:,}", material.money.currency, change))


def _change_of_money(material: Material, money: Money) -> str:
    """Against the same weeks as the hours; empty where one of them has no price."""
    before = _compared_with(material)
    costs = [cost.amount for week in before if (cost := material.money_before.get(week.week))]
    if len(costs) < len(before):
        return ""
    worked = sum(week.available_minutes for week in before)
    change = rounded(money.amount - sum(costs, Fraction()) * material.now.available_minutes / worked)
    return f"{change:+,}".replace("-", "\N{MINUS SIGN}") if change else "±0"


def _compared(material: Material) -> str:
    now, found = material.now, []
    if isinstance(now, GroupWeek):
        found.append("Hours are per person and 40 working hours.")
    if now.available_minutes < now.contract_minutes:
        found.append(
            f"Working time was {hours(now.available_minutes)} of {hours(now.contract_minutes)} h: holidays, leave."
        )
    if weeks := len(_compared_with(material)):
        earlier = f"the mean of the {weeks} weeks before" if weeks > 1 else "the week before"
        found.append(f"Changes are against {earlier}, at the same working time.")
    return " ".join(found)


def _money(material: Material) -> str:
    if material.money is None:
        return ""
    return "The cost is an estimate: hours in meetings at one hourly rate, two significant figures. It is capacity, not cash."


def _kept(week: AnyWeek) -> list[str]:
    found = []
    if week.focus_band_minutes:
        lost = week.focus_band_minutes - week.focus_band_kept_minutes
        told = f"Focus windows: {hours(week.focus_band_kept_minutes)} of {hours(week.focus_band_minutes)} h kept"
        found.append(
            f"{told}, {hours(lost)} h lost to meetings and other busy time." if lost else f"{told}, nothing lost."
        )
    if week.free_days:
        found.append(f"Meeting-free days: {week.free_days_kept} of {week.free_days} kept.")
    return found


# --- words -----------------------------------------------------------------------------------------------------------


def _greeting(material: Material) -> str:
    match material.kind:
        case MailKind.PERSON:
            return f"Hello {one_line(material.name, 40)}"
        case MailKind.TEAM:
            return f"Team {one_line(material.name, 40)}, {_people(material)}"
        case MailKind.ORG:
            return f"The whole organisation, {_people(material)}"


def _people(material: Material) -> str:
    return plural(material.now.people, "person", "people") if isinstance(material.now, GroupWeek) else ""


def _headline(material: Material, before: Mapping[str, float] | None) -> str:
    focus, meeting = _shown(material, material.now.focus_minutes), _shown(material, material.now.meeting_minutes)
    who = "You had" if material.kind is MailKind.PERSON else "Each person had"
    told = f"{who} {hours(focus)} hours for focused work and {hours(meeting)} hours in meetings"
    if before is None:
        return f"{told}."
    change = focus - _shown(material, before["focus_minutes"])
    if abs(change) < 30:
        return f"{told}, about as much focus as usual."
    way = "more" if change > 0 else "less"
    return f"{told}: {hours(abs(change))} hours {way} focus than usual."


def _subject(material: Material, before: Mapping[str, float] | None) -> str:
    week = Week.parse(material.now.week)
    focus, meetings, third = _figures(material, before)
    change = f" ({focus.change})" if focus.change else ""
    cost = f", est. {third.unit} {third.value}" if material.money is not None else ""
    about = {
        MailKind.PERSON: "",
        MailKind.TEAM: f"Team {one_line(material.name, 40)}, ",
        MailKind.ORG: "Organisation, ",
    }[material.kind]
    told = f"{about}week {week.number}: {focus.value} h focus{change}, {meetings.value} h meetings{cost}"
    return told[0].upper() + told[1:]


def _passes(material: Material) -> list[str]:
    """How often each bypass entry was used: also that none was, so that the urgent path stays believable."""
    if material.has_bypass and not material.passes:
        return ["no meeting by any of the policy's entries"]
    return [
        f"{plural(count, 'meeting')} by the policy's entry {one_line(entry, 40)}"
        for entry, count in sorted(material.passes.items())
    ]
