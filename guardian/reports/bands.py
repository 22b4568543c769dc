"""The file of cost bands: what an hour is taken to cost, by band. Opt-in, and never shown to anybody.

version: 1
bands:
  A: 55                                                an hour, everything included
  B: {annual: 72000}                                   pay midpoint x 1.3 / 1,720 hours
  C: {annual: 90000, on_cost: 1.4, hours: 1650}
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guardian.errors import SettingsError
from guardian.policy.yamltree import Tree, path_text, read

Rate = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]


class Pay(BaseModel):
    """An hourly rate made from a year: annual pay midpoint x on-cost / productive hours."""

    model_config = ConfigDict(extra="forbid", strict=True)

    annual: float = Field(gt=0, le=100_000_000)
    on_cost: float = Field(1.3, ge=1, le=5)
    hours: float = Field(1720, ge=100, le=8784)


class BandsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: Literal[1]
    bands: dict[Name, Rate | Pay] = Field(min_length=1)


EXAMPLE = "write `A: 55` (an hour) or `A: {annual: 72000, on_cost: 1.3, hours: 1720}`"
HINTS: Mapping[str, str] = {
    "extra_forbidden": "there is no such key; the keys are version and bands, and for a band annual, on_cost and hours",
    "missing": "this key is missing",
    "float_type": f"not a number; {EXAMPLE}",
    "model_type": f"not a rate; {EXAMPLE}",
    "model_attributes_type": f"not a rate; {EXAMPLE}",
    "dict_type": f"not a list of bands; {EXAMPLE}",
    "too_short": f"no band is given; {EXAMPLE}",
}


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
        lines = dict.fromkeys(_located(tree, item) for item in error.errors(include_input=False))
        raise SettingsError("\n".join(lines)) from None
    return {band: _hourly(rate) for band, rate in file.bands.items()}


def _hourly(rate: float | Pay) -> float:
    return rate.annual * rate.on_cost / rate.hours if isinstance(rate, Pay) else rate


def _located(tree: Tree, item: object) -> str:
    assert isinstance(item, dict)
    path = tuple(
        part for part in item["loc"] if part not in ("Pay", "[key]") and not str(part).startswith("constrained")
    )
    while path and path not in tree.values and path[:-1] in tree.values and item["type"] not in ("missing",):
        path = path[:-1]
    mark = tree.mark(path, key=item["type"] == "extra_forbidden")
    words = HINTS.get(item["type"], str(item["msg"]))
    place = f"{path_text(path)}: " if path else ""
    return f"{tree.file}:{mark.line}:{mark.column}: {place}{words}"
