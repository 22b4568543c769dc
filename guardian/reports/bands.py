"""The file of cost bands: what an hour is taken to cost, by band. Opt-in, and never shown to anybody.

version: 1
bands:
  A: 55                                                an hour, everything included
  B: {annual: 72000}                                   pay midpoint of a year x 1.3 / 1,720 hours
  C: {annual: 90000, on_cost: 1.4, hours: 1650}
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from guardian.errors import SettingsError
from guardian.policy.yamltree import Path as YamlPath
from guardian.policy.yamltree import Tree, path_text, read

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]

EXAMPLE = "write `A: 55` (an hour) or `A: {annual: 72000, on_cost: 1.3, hours: 1720}`"


class Pay(BaseModel):
    """What one band costs: a plain number is the hour itself; `annual` is the pay midpoint of a year."""

    model_config = ConfigDict(extra="forbid", strict=True)

    hourly: float | None = Field(None, gt=0, le=100_000)
    annual: float | None = Field(None, gt=0, le=100_000_000)
    on_cost: float = Field(1.3, ge=1, le=5)
    hours: float = Field(1720, ge=100, le=8784)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        return {"hourly": value} if plain else value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.hourly is None) == (self.annual is None):
            raise ValueError(f"give either hourly or annual; {EXAMPLE}")
        return self

    @property
    def rate(self) -> float:
        """An hour: annual pay midpoint x on-cost / productive hours."""
        return self.hourly if self.hourly is not None else (self.annual or 0) * self.on_cost / self.hours


class BandsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: Literal[1]
    bands: dict[Name, Pay] = Field(min_length=1)


HINTS: Mapping[str, str] = {
    "extra_forbidden": "there is no such key; the keys are version and bands, and for a band hourly, annual, on_cost, hours",
    "missing": "this key is missing",
    "float_type": f"not a number; {EXAMPLE}",
    "model_type": f"not a rate; {EXAMPLE}",
    "dict_type": f"not a list of bands; {EXAMPLE}",
    "too_short": f"no band is given; {EXAMPLE}",
    "string_too_short": "a band needs a name",
    "string_too_long": "the name of a band has at most 60 characters",
    "string_pattern_mismatch": "a band needs a name",
}
EMPTY = "the file holds no keys; it begins with `version: 1`, then `bands:`"


def parse_bands(name: str, text: str) -> dict[str, float]:
    """Hourly rates by band from the text of the file called `name`; raises SettingsError naming every place and the mend.

    The values themselves are never repeated in an error.
    """
    tree = read(name, text)
    if tree.problems:
        raise SettingsError("\n".join(f"{p.file}:{p.line}:{p.column}: {p.message}" for p in tree.problems))
    try:
        file = BandsFile.model_validate(tree.data)
    except ValidationError as error:
        raise SettingsError("\n".join(_located(tree, item) for item in error.errors(include_input=False))) from None
    return {band: pay.rate for band, pay in file.bands.items()}


def _located(tree: Tree, item: object) -> str:
    assert isinstance(item, dict)
    kind, path = item["type"], _without_key_mark(item["loc"])
    if not path:
        return f"{tree.file}:1:1: {EMPTY}"
    shown = path if kind == "missing" else _written(tree, path)
    mark = tree.mark(shown, key=kind in ("extra_forbidden", "string_too_short", "string_too_long"))
    words = HINTS.get(kind, str(item["msg"]).removeprefix("Value error, "))
    return f"{tree.file}:{mark.line}:{mark.column}: {path_text(shown)}: {words}"


def _without_key_mark(path: YamlPath) -> YamlPath:
    return path[:-1] if path and path[-1] == "[key]" else path


def _written(tree: Tree, path: YamlPath) -> YamlPath:
    """The nearest place of the path that stands in the file: a plain number is the hour, without a key of its own."""
    while path and path not in tree.values:
        path = path[:-1]
    return path
