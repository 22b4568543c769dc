"""The answers of the report routes, as documented in OpenAPI. `docs/methods.md` defines each number."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, create_model

from guardian.reports.body import FIELDS, PERSONAL, RATIOS


class SuppressedWeek(BaseModel):
    """A week whose numbers would tell of too few people."""

    week: str
    suppressed: Literal[True]
    reason: str


def _type_of(field: str) -> Any:
    if field == "week":
        return str
    if field == "suppressed":
        return Literal[False]
    if field in RATIOS:
        return float | None
    return int | None if field in ("effective_gap_minutes", PERSONAL) else int


MONEY: dict[str, Any] = {"currency": str | None, "cost": int | None, "list_price": int | None}


def _week(name: str, words: str, money: dict[str, Any]) -> type[BaseModel]:
    """A week's row with the fields of the report's body, in their order."""
    fields = [*FIELDS[:-1], *money, FIELDS[-1]]
    types: dict[str, Any] = {field: (money.get(field, _type_of(field)), ...) for field in fields}
    return create_model(name, __doc__=words, **types)


if TYPE_CHECKING:
    LoadWeek = BaseModel
    CostWeek = BaseModel
else:
    LoadWeek = _week("LoadWeek", "One ISO week; minutes are whole, ratios are those of the sums.", {})
    CostWeek = _week(
        "CostWeek", "One ISO week with an estimate in two significant figures; null without a rate.", MONEY
    )


class Report(BaseModel):
    """What every report begins with; `from` is inclusive, `to` exclusive."""

    schema_: str = Field(alias="schema")
    scope: str
    from_: str = Field(alias="from")
    to: str
    timezone: str
    method: str


class LoadReport(Report):
    """`guardian.report.load/1`: sums in whole minutes."""

    weeks: list[LoadWeek | SuppressedWeek]


class CostReport(Report):
    """`guardian.report.cost/1`: the load report with money; `note` says how it is made, or why there is none."""

    note: str
    weeks: list[CostWeek | SuppressedWeek]


class SavingsWeek(BaseModel):
    """One closed ISO week; `saved_capacity` is the lower figure at the blended rate: capacity, not cash."""

    week: str
    people: int
    saved_lower_minutes: int
    saved_upper_minutes: int
    saved_focus_minutes: int
    would_save_minutes: int
    currency: str | None
    saved_capacity: int | None
    suppressed: Literal[False]


class SavingsReport(Report):
    """`guardian.report.savings/1`: hours saved by the guardian, lower and upper."""

    note: str
    weeks: list[SavingsWeek | SuppressedWeek]


class Reason(BaseModel):
    """One thing that speaks for a written update."""

    points: int
    text: str


class Template(BaseModel):
    """A text to begin with."""

    name: str
    text: str


class Candidate(BaseModel):
    """Whether a series could be a written update; `sum` shows the saving with its inputs."""

    suggested: bool
    score: int
    reasons: list[Reason]
    against: list[str]
    write_minutes: float
    read_minutes: float
    meeting_minutes: int
    writing_minutes: int
    saved_minutes: int
    saved_each_week_minutes: int
    sum: str
    template: Template


class SeriesRow(BaseModel):
    """One recurring meeting. Title and organiser are null for whoever does not take part; `series` is a digest then."""

    series: str
    title: str | None
    organizer: str | None
    attending: int
    occurrences: int
    minutes: int
    people: int
    person_minutes: int
    at_least: bool
    private: bool
    external: bool
    age_weeks: int
    rhythm_days: float | None
    in_eight_weeks: int
    planned_weeks: int
    size: str
    next: str | None
    last_agenda: str | None
    agendas_seen: int
    without_agenda: int
    accepted: int
    tentative: int
    declined: int
    unanswered: int
    optional: int
    currency: str | None
    list_price: int | None
    candidate: Candidate


class SeriesReport(Report):
    """`guardian.report.series/1`: recurring meetings by the time they take."""

    note: str
    series: list[SeriesRow]


class LeftOut(BaseModel):
    week: str
    reason: str


class Shift(BaseModel):
    """Minutes (or counts) per 40 working hours, medians of four weeks; `net` is the change less that of teams without the
    rule."""

    metric: str
    before: float
    after: float
    change: float
    elsewhere: float | None
    net: float | None


class ChangeReport(Report):
    """`guardian.report.change/1`: what changed, never why. `observed_weeks` is how long the rule only showed what it would do."""

    rule: str | None
    start: str
    observed_weeks: int | None
    before: list[str]
    after: list[str]
    left_out: list[LeftOut]
    notes: list[str]
    changes: list[Shift]
