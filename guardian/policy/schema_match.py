"""The conditions of `when` and `unless`."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from guardian.policy import fields as f
from guardian.policy.scalars import parse_duration


class AttendeeBounds(f.Strict):
    """How many people are invited, the organiser counted where listed; rooms are not people."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    min: int | None = Field(None, ge=0, le=100_000, description="At least this many.")
    max: int | None = Field(None, ge=0, le=100_000, description="At most this many.")

    @model_validator(mode="after")
    def check_bounds(self) -> Self:
        _one_given(self)
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("G121", "min is larger than max, so nothing can match")
        return self


class LengthBounds(f.Strict):
    """How long the meeting lasts."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    min: f.Duration | None = Field(None, description="At least this long.")
    max: f.Duration | None = Field(None, description="At most this long.")

    @model_validator(mode="after")
    def check_bounds(self) -> Self:
        _one_given(self)
        if self.min and self.max and parse_duration(self.min) > parse_duration(self.max):
            raise PydanticCustomError("G121", "min is longer than max, so nothing can match")
        return self


class MatcherSpec(f.Strict):
    """Conditions on a meeting: all given keys must hold, of the values of a list one is enough."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    organizer: list[f.Organizer] | None = Field(
        None, min_length=1, description="Who invites: an address, group:ADDRESS or team:NAME."
    )
    external: bool | None = Field(None, description="Somebody outside `defaults.internal_domains` takes part.")
    external_domains: list[f.Domain] | None = Field(
        None, min_length=1, description="Somebody of one of these domains takes part."
    )
    title: list[f.Pattern] | None = Field(
        None, min_length=1, description="Whole words of the title, in any case; * stands for any letters."
    )
    label: list[f.Label] | None = Field(None, min_length=1, description="A label or colour on the person's own copy.")
    attendees: AttendeeBounds | None = Field(None, description="How many people are invited.")
    one_on_one: bool | None = Field(None, description="Exactly two people meet.")
    recurring: bool | None = Field(None, description="The meeting belongs to a series.")
    response: f.Responses | None = Field(None, description="The person's answer so far.")
    my_role: f.Roles | None = Field(None, description="What the person is in this meeting.")
    event_type: f.Kinds | None = Field(None, description="The kind of event as the calendar stores it.")
    visibility: f.Visibilities | None = Field(
        None, description="Whether the event is private on the person's calendar."
    )
    conference: bool | None = Field(None, description="The meeting has a video call.")
    created_before: f.Date | None = Field(None, description="The invitation was made before this date.")
    length: LengthBounds | None = Field(None, description="How long the meeting lasts.")
    any: list["MatcherSpec"] | None = Field(None, min_length=1, description="At least one of these holds.")
    all: list["MatcherSpec"] | None = Field(None, min_length=1, description="Every one of these holds.")

    @model_validator(mode="after")
    def check_given(self) -> Self:
        _one_given(self)
        return self


def _one_given(spec: f.Strict) -> None:
    if not spec.model_fields_set:
        keys = ", ".join(type(spec).model_fields)
        raise PydanticCustomError("G107", "empty; give at least one of {keys}", {"keys": keys})
    empty = [name for name in spec.model_fields_set if getattr(spec, name) is None]
    if empty:
        raise PydanticCustomError("G108", "'{key}' has no value; give one or remove the key", {"key": empty[0]})
