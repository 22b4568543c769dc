"""The policy file as models: the only source of what may be written, of the JSON Schema and of the reference."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from guardian.policy import fields as f
from guardian.policy.scalars import NAME
from guardian.policy.schema_match import MatcherSpec
from guardian.policy.schema_rules import RULE_MODELS, RuleSpec

LATER_KEYS = ("extends", "overrides", "personal")
"""Top-level keys of the language that this version refuses."""


_NAMES: dict[str, Any] = {"propertyNames": {"pattern": NAME}}


class WorkingHours(f.Strict):
    """One window for all working days."""

    days: f.Days = Field(description="Working days: mon ... sun, or ranges like mon-fri and sun-thu.")
    start: f.Time = Field(description='Start of the working day, "HH:MM".')
    end: f.EndTime = Field(description='End of the working day, "HH:MM", at most "24:00".')

    check_window = model_validator(mode="after")(f.ordered_window)


def _hours_tag(value: object) -> str:
    return "mailbox" if isinstance(value, str) else "hours"


def _mailbox(value: object) -> object:
    if value != "mailbox":
        words = {"text": f"expected 'mailbox', or days, start and end, got '{value}'"}
        raise PydanticCustomError("G109", "{text}", words)
    return value


Mailbox = Annotated[Literal["mailbox"], BeforeValidator(_mailbox)]
HoursChoice = Annotated[
    Annotated[WorkingHours, Tag("hours")] | Annotated[Mailbox, Tag("mailbox")], Discriminator(_hours_tag)
]


def _version(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value > 1:
        words = {"text": f"written for version {value} of the language; this program reads version 1"}
        raise PydanticCustomError("G109", "{text}", words)
    if value != 1 or isinstance(value, bool):
        raise PydanticCustomError("G109", "{text}", {"text": "expected the number 1"})
    return value


Version = Annotated[Literal[1], BeforeValidator(_version)]


class DefaultsSpec(f.Strict):
    """What holds for everybody unless a team says otherwise."""

    timezone: f.Zone | None = Field(
        None, description="IANA time zone, used where neither the roster nor the calendar says."
    )
    working_hours: HoursChoice | None = Field(
        None, description="Working days and hours, or `mailbox`: those each person set in the calendar."
    )
    holidays: f.Holidays | None = Field(
        None,
        description="Public holidays: country code, or country and subdivision (NO, GB-ENG). Nothing is declined on them.",
    )
    internal_domains: list[f.Domain] = Field(
        [], description="Mail domains of your own people; everybody else is external."
    )
    mode_ceiling: f.ModeName = Field(
        "flag", description="No rule of the file gets a stronger mode than this: off, observe, flag or enforce."
    )
    currency: f.Currency | None = Field(None, description="Currency of cost reports, such as EUR.")


class LimitsSpec(f.Strict):
    """How many declines and tentative answers may be written before the guardian stops and asks."""

    per_person_day: int = Field(5, ge=0, le=1000, description="Answers on one person's calendar in one day.")
    per_run: int = Field(50, ge=0, le=100_000, description="Answers in one pass over all calendars.")
    per_day: int = Field(200, ge=0, le=100_000, description="Answers of the whole organisation in one day.")
    percent_of_run: int = Field(
        25, ge=0, le=100, description="Share of the invitations looked at in one pass, in percent; counted from 20 on."
    )


class SafetySpec(f.Strict):
    """Brakes that hold for every rule."""

    hold: f.Duration = Field("10m", description="How long an answer waits, so that the person can veto it.")
    freeze_before: f.Duration = Field(
        "2h", description="No answer is written for meetings that start sooner than this."
    )
    existing_meetings: f.CapName = Field(
        "flag", description="The most a meeting gets that was there before its rule became enforce."
    )
    private_meetings: Literal["flag", "enforce"] = Field(
        "flag", description="The most a private meeting gets; enforce lets rules act that look at the time alone."
    )
    max_declines: LimitsSpec = Field(LimitsSpec(), description="Limits on declines and tentative answers.")
    on_trip: Literal["flag", "observe"] = Field("flag", description="What becomes of the batch when a limit trips.")


class TeamSpec(f.Strict):
    """People who share settings and rules."""

    members: list[f.MemberName] = Field(
        min_length=1, description="Addresses of people, or group:ADDRESS for a group of the directory."
    )
    owners: list[f.Address] = Field([], description="Who leads the team: sees its sums and is told about its bypasses.")
    timezone: f.Zone | None = Field(None, description="Time zone of the team, in place of the default.")
    working_hours: HoursChoice | None = Field(None, description="Working hours of the team, in place of the default.")
    holidays: f.Holidays | None = Field(None, description="Public holidays of the team, in place of the default.")
    mode_ceiling: f.ModeName = Field("enforce", description="No rule gets a stronger mode for members of this team.")


class BypassLimit(f.Strict):
    """Bounds a bypass entry."""

    per_organizer_week: int = Field(
        ge=1,
        le=1000,
        description="Meetings of one organiser this entry lets through in one week; later ones no longer.",
    )


class BypassSpec(f.Strict):
    """Meetings that are let through."""

    id: f.Name = Field(description="Unique name; rules list it under `bypass`.")
    when: MatcherSpec = Field(description="Which meetings; all given conditions must hold.")
    for_: f.Scopes = Field(["everyone"], alias="for", description="On whose calendars the entry counts.")
    limit: BypassLimit | None = Field(None, description="How often the entry may be used before it no longer counts.")
    notify: list[Literal["team_owner"]] = Field([], description="Who is told when the entry is used: team_owner.")


class PolicyFile(f.Strict):
    """The meeting policy of a team: which meetings are answered, shortened, flagged or let through, and why."""

    version: Version = Field(description="Version of the policy language; always 1.")
    defaults: DefaultsSpec = Field(DefaultsSpec(), description="Settings for all people.")
    safety: SafetySpec = Field(SafetySpec(), description="Limits on everything the rules do.")
    teams: dict[f.Name, TeamSpec] = Field({}, max_length=500, description="Teams by name.", json_schema_extra=_NAMES)
    bypass: list[BypassSpec] = Field(
        [], max_length=200, description="Meetings that are let through, whatever the rules say."
    )
    messages: dict[f.Name, f.Message] = Field(
        {},
        description="Texts by name, in place of the built-in ones; {{ ... }} inserts what the reference lists.",
        json_schema_extra=_NAMES,
    )
    rules: list[RuleSpec] = Field(
        [], max_length=500, description="The rules. Their order decides nothing but whose words are used on a tie."
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the policy file, made from the models."""
    schema = _plain(PolicyFile.model_json_schema(mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Calendar guardian policy"}


def _plain(schema: Any) -> Any:
    """What editors need and no more: no generated titles, and no null, which the file does not know."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _below(key, value) for key, value in schema.items() if not _noise(key, value)}
    options = [part for part in kept.get("anyOf", ()) if part != {"type": "null"}]
    if len(options) == 1:
        return {**options[0], **{key: value for key, value in kept.items() if key != "anyOf"}}
    return {**kept, "anyOf": options} if options else kept


def _below(key: str, value: Any) -> Any:
    """The names under `properties` and `$defs` are names, whatever they are called."""
    if key in ("properties", "$defs"):
        return {name: _plain(part) for name, part in value.items()}
    if key == "default" and isinstance(value, dict):
        return {name: part for name, part in value.items() if part is not None}
    return _plain(value)


def _noise(key: str, value: Any) -> bool:
    return (
        key in ("title", "discriminator") or (key == "default" and value is None) or (key == "examples" and not value)
    )


def rule_types() -> dict[str, type[BaseModel]]:
    """Every rule type of this version with its model."""
    return dict(RULE_MODELS)
