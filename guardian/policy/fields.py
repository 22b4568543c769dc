"""The scalar types of the policy file: each checks its written form and brings its JSON Schema along.

The models keep what was written; `compile` turns it into values.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from guardian.policy import scalars
from guardian.policy.scalars import BadValue


class Strict(BaseModel):
    """Nothing is coerced and nothing unknown is accepted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def checked(check: Callable[[str], object]) -> WrapValidator:
    """A validator that runs the check and keeps the written form; the code of a BadValue becomes the error's type.

    A number is checked as the text it is written as, so that `hold: 10` is told about durations and not about texts.
    """

    def validate(value: Any, handler: ValidatorFunctionWrapHandler) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            _run(check, str(value))
        text: str = handler(value)
        _run(check, text)
        return text

    return WrapValidator(validate)


def _run(check: Callable[[str], object], text: str) -> None:
    try:
        check(text)
    except BadValue as error:
        raise PydanticCustomError(error.code, "{text}", {"text": str(error)}) from error


class Windowed(Protocol):
    """Anything with a start and an end of day."""

    @property
    def start(self) -> str: ...

    @property
    def end(self) -> str: ...


W = TypeVar("W", bound=Windowed)


def ordered_window(window: W) -> W:
    """Model validator: the window starts before it ends, on one day."""
    try:
        scalars.check_window(window.start, window.end)
    except BadValue as error:
        raise PydanticCustomError(error.code, "{text}", {"text": str(error)}) from error
    return window


def _text(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _end(text: str) -> object:
    return scalars.parse_time(text, end=True)


Time = Annotated[str, checked(scalars.parse_time), _text(scalars.TIME, "09:00")]
EndTime = Annotated[str, checked(_end), _text(scalars.END_TIME, "17:00")]
Duration = Annotated[str, checked(scalars.parse_duration), _text(scalars.DURATION, "30m", "2h", "1d")]
Date = Annotated[str, checked(scalars.parse_date), _text(scalars.DATE, "2026-12-01")]
DayName = Annotated[str, checked(scalars.parse_day), _text(scalars.DAYS, "mon", "mon-fri")]
Days = Annotated[list[DayName], Field(min_length=1, max_length=14)]
Zone = Annotated[str, checked(scalars.check_zone), WithJsonSchema({"type": "string", "examples": ["Europe/London"]})]
Holidays = Annotated[str, checked(scalars.parse_holidays), _text(scalars.HOLIDAYS, "NO", "GB-ENG")]
Name = Annotated[str, checked(scalars.check_name), _text(scalars.NAME)]
Address = Annotated[str, checked(scalars.check_address), _text(scalars.ADDRESS, "ana@acme.example")]
Domain = Annotated[str, checked(scalars.check_domain), _text(scalars.DOMAIN, "acme.example")]
MemberName = Annotated[str, checked(scalars.check_member), _text(scalars.MEMBER, "group:design@acme.example")]
ScopeText = Annotated[str, checked(scalars.parse_scope), _text(scalars.SCOPE, "everyone", "team:design")]
Scopes = Annotated[list[ScopeText], Field(min_length=1)]
Organizer = Annotated[str, checked(scalars.check_organizer), _text(scalars.ORGANIZER, "ceo@acme.example")]
Currency = Annotated[str, checked(scalars.check_currency), _text(scalars.CURRENCY, "EUR")]
Pattern = Annotated[str, Field(min_length=1, max_length=200), checked(scalars.check_pattern)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Message = Annotated[str, Field(min_length=1, max_length=4000)]

ModeName = Literal["off", "observe", "flag", "enforce"]
CapName = Literal["observe", "flag", "enforce"]
ResponseName = Literal["needs_action", "tentative", "accepted", "declined"]
RoleName = Literal["organizer", "required", "optional"]
KindName = Literal["meeting", "focus", "out_of_office", "working_location", "other"]
VisibilityName = Literal["public", "private"]

_Some = Field(min_length=1)
Responses = Annotated[
    list[ResponseName],
    _Some,
    BeforeValidator(_listed, json_schema_input_type=ResponseName | Annotated[list[ResponseName], _Some]),
]
Roles = Annotated[
    list[RoleName], _Some, BeforeValidator(_listed, json_schema_input_type=RoleName | Annotated[list[RoleName], _Some])
]
Kinds = Annotated[
    list[KindName], _Some, BeforeValidator(_listed, json_schema_input_type=KindName | Annotated[list[KindName], _Some])
]
Visibilities = Annotated[
    list[VisibilityName],
    _Some,
    BeforeValidator(_listed, json_schema_input_type=VisibilityName | Annotated[list[VisibilityName], _Some]),
]
