"""The rules: what all types share, and one model per type."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from guardian.policy import fields as f
from guardian.policy.schema_match import MatcherSpec

LATER_TYPES = ("meeting_budget", "buffer", "lunch", "recurring_review")
"""Rule types of the language that this version refuses."""

LATER_RULE_KEYS = {"focus_block": ("flexible",)}
"""Keys of a rule type that this version refuses."""

AnswerAction = Literal["decline", "tentative", "flag", "notify_person", "notify_organizer", "notify_owner"]
SoftAction = Literal["tentative", "flag", "notify_person", "notify_organizer", "notify_owner"]

ACTION = "What the rule does in mode enforce: answer (decline, tentative), label (flag) or one message (notify_...)."


class RuleBase(f.Strict):
    """Keys that every rule may have."""

    id: f.Name = Field(description="Unique name; shown in messages, labels and traces.")
    for_: f.Scopes = Field(
        ["everyone"], alias="for", description="Whose calendars: everyone, team:NAME, group:ADDRESS, person:ADDRESS."
    )
    not_for: list[f.ScopeText] = Field([], description="Whose calendars not, even where `for` covers them.")
    when: MatcherSpec | None = Field(None, description="Only meetings that match this.")
    unless: MatcherSpec | None = Field(None, description="Not the meetings that match this.")
    mode: f.ModeName = Field(
        "observe", description="off: not looked at. observe: recorded only. flag: shown to the person. enforce: acts."
    )
    message: f.Name | None = Field(None, description="Name of a text under `messages`, in place of the built-in one.")
    alternatives: int = Field(
        0, ge=0, le=5, description="How many times that are free for everybody enrolled the message offers."
    )
    bypass: list[f.Name] | None = Field(
        None, description="Bypass entries that can open this rule; all of them when left out, none when empty."
    )
    series: bool = Field(False, description="Whether an answer may be given to a whole series at once.")
    starts_on: f.Date | None = Field(None, description="Only meetings on or after this date.")
    ends_on: f.Date | None = Field(None, description="Only meetings before this date.")


class WindowSpec(f.Strict):
    """A stretch of the day on some weekdays, by the person's own clock."""

    days: f.Days = Field(description="Weekdays: mon ... sun, or ranges like mon-thu and sun-thu.")
    start: f.Time = Field(description='Start, "HH:MM".')
    end: f.EndTime = Field(description='End, "HH:MM", at most "24:00"; a window may not cross midnight.')

    check_window = model_validator(mode="after")(f.ordered_window)


class FocusBlockSpec(RuleBase):
    """Protects windows of the day: a meeting that overlaps one matches; touching ends do not overlap."""

    type: Literal["focus_block"] = Field(description="Protects windows of the day for focused work.")
    windows: list[WindowSpec] = Field(min_length=1, max_length=50, description="The windows to protect.")
    book: bool = Field(False, description="Also put the block on the calendar, from mode flag upward.")
    action: AnswerAction = Field("decline", description=ACTION)


class MeetingFreeDaySpec(RuleBase):
    """No meetings on some weekdays."""

    type: Literal["meeting_free_day"] = Field(description="No meetings on some weekdays.")
    days: f.Days = Field(description="The free weekdays: mon ... sun, or ranges.")
    except_dates: list[f.Date] = Field([], description="Dates on which meetings are welcome after all.")
    shift_on_holiday: bool = Field(False, description="true: a public holiday counts as that week's free day.")
    action: AnswerAction = Field("decline", description=ACTION)


class TrimSpec(f.Strict):
    """How much shorter meetings become; neither may be a multiple of 15 minutes, or they would shrink for ever."""

    short: f.Duration = Field("5m", description="Cut from meetings under 60 minutes.")
    long: f.Duration = Field("10m", description="Cut from meetings of 60 minutes and more.")


def _never_changed(value: object) -> object:
    if value == "shorten":
        message = "'shorten' is refused: the meeting of somebody else is never changed; write notify_organizer or flag"
        raise PydanticCustomError("G125", "{text}", {"text": message})
    return value


class MeetingLengthSpec(RuleBase):
    """25 and 50 minutes instead of 30 and 60: lengths that are multiples of 15 minutes get shorter."""

    type: Literal["meeting_length"] = Field(description="25 and 50 minutes instead of 30 and 60.")
    trim: TrimSpec = Field(TrimSpec(), description="How much shorter meetings become.")
    edge: Literal["end", "start"] = Field("end", description="Which end of the meeting gives way.")
    leave_under: f.Duration = Field("20m", description="Meetings shorter than this stay as they are.")
    mine: Literal["shorten", "notify_person"] = Field(
        "shorten", description="Meetings the person organises: shorten them, or only tell the person."
    )
    others: Annotated[Literal["notify_organizer", "flag"], BeforeValidator(_never_changed)] = Field(
        "flag",
        description="Meetings of anybody else: suggest it to the organiser once, or label. They are never changed.",
    )


class AgendaRequiredSpec(RuleBase):
    """A meeting needs a written aim in time."""

    type: Literal["agenda_required"] = Field(description="A meeting needs a written aim in time.")
    due_before: f.Duration = Field("24h", description="How long before the start the agenda is due.")
    min_words: int = Field(
        8, ge=1, le=1000, description="Words that make an agenda; join links, dial-ins and signatures do not count."
    )
    action: AnswerAction = Field("notify_organizer", description=ACTION)


class NoticePeriodSpec(RuleBase):
    """Invitations come early enough."""

    type: Literal["notice_period"] = Field(description="Invitations come early enough.")
    at_least: f.Duration = Field("24h", description="Time between invitation (or its move) and start.")
    action: SoftAction = Field("flag", description=ACTION)


class MaxAttendeesSpec(RuleBase):
    """Meetings stay small."""

    type: Literal["max_attendees"] = Field(description="Meetings stay small.")
    max: int = Field(8, ge=1, le=100_000, description="The most people; rooms do not count.")
    action: SoftAction = Field("notify_organizer", description=ACTION)


class DoubleBookingSpec(RuleBase):
    """Two meetings at once."""

    type: Literal["double_booking"] = Field(description="Two meetings at once.")
    loser: Literal["later_created"] = Field(
        "later_created", description="Which of the two matches: the one created later."
    )
    action: AnswerAction = Field("tentative", description=ACTION)


AnyRule = (
    FocusBlockSpec
    | MeetingFreeDaySpec
    | MeetingLengthSpec
    | AgendaRequiredSpec
    | NoticePeriodSpec
    | MaxAttendeesSpec
    | DoubleBookingSpec
)
RuleSpec = Annotated[AnyRule, Field(discriminator="type")]

RULE_MODELS: dict[str, type[BaseModel]] = {
    "focus_block": FocusBlockSpec,
    "meeting_free_day": MeetingFreeDaySpec,
    "meeting_length": MeetingLengthSpec,
    "agenda_required": AgendaRequiredSpec,
    "notice_period": NoticePeriodSpec,
    "max_attendees": MaxAttendeesSpec,
    "double_booking": DoubleBookingSpec,
}
