"""The roster file: who agreed to be read and acted for. Someone who is not on it is never touched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from guardian.errors import InputError, PolicyProblems, SettingsError
from guardian.model.people import Person
from guardian.model.time import zone_named
from guardian.policy.yamltree import Path as YamlPath
from guardian.policy.yamltree import Tree, decode, path_text, read


class PersonLine(BaseModel):
    """One line of `people`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: str = Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,255}$")
    provider: Literal["google", "outlook", "ics"]
    name: str = ""
    timezone: str | None = None
    manager: bool = False
    band: str | None = None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            return zone_named(value).key if value else None
        except InputError as error:
            raise ValueError(str(error)) from error


class RosterFile(BaseModel):
    """`people.yaml`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: Literal[1]
    people: list[PersonLine]


HINTS: Mapping[str, str] = {
    "string_pattern_mismatch": "write an e-mail address",
    "extra_forbidden": "there is no such key; the keys are email, name, provider, timezone, manager, band",
    "missing": "this key is missing",
}


def read_roster(path: Path) -> list[Person]:
    """The enrolled people, in the order of the file; raises SettingsError that names every place and the mend."""
    try:
        text = decode(str(path), path.read_bytes())
    except OSError as error:
        mend = "`guardian init` writes an example; GUARDIAN_PEOPLE names the file"
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); {mend}") from error
    except PolicyProblems as error:
        raise SettingsError(str(error)) from error
    return parse_roster(str(path), text)


def parse_roster(name: str, text: str) -> list[Person]:
    """As `read_roster`, on text."""
    tree = read(name, text)
    if tree.problems:
        raise SettingsError("\n".join(f"{p.file}:{p.line}:{p.column}: {p.message}" for p in tree.problems))
    try:
        roster = RosterFile.model_validate(tree.data)
    except ValidationError as error:
        raise SettingsError("\n".join(_located(tree, item) for item in error.errors())) from error
    people = [_person(line) for line in roster.people]
    _refuse_twins(tree, people)
    return people


def _person(line: PersonLine) -> Person:
    return Person(line.email.lower(), line.provider, line.name, line.timezone, line.manager, line.band)


def _located(tree: Tree, item: object) -> str:
    assert isinstance(item, dict)
    path: YamlPath = tuple(item["loc"])
    words = HINTS.get(item["type"], str(item["msg"]).removeprefix("Value error, "))
    mark = tree.mark(path, key=item["type"] == "extra_forbidden")
    return f"{tree.file}:{mark.line}:{mark.column}: {path_text(path)}: {words}"


def _refuse_twins(tree: Tree, people: list[Person]) -> None:
    seen: dict[str, int] = {}
    for n, person in enumerate(people):
        if person.email in seen:
            mark = tree.mark(("people", n, "email"))
            raise SettingsError(
                f"{tree.file}:{mark.line}:{mark.column}: {person.email} is listed twice; keep one of the two lines"
            )
        seen[person.email] = n
