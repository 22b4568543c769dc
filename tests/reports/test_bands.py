"""The file of cost bands: what it may say, and that a broken one is told with place and mend, without the figures."""

import re
from pathlib import Path

import pytest

from guardian.errors import SettingsError
from guardian.reports.bands import parse_bands


def test_an_hourly_rate_or_what_it_is_made_from() -> None:
    text = "version: 1\nbands:\n  A: 55\n  B: {annual: 86000}\n  C: {annual: 90000, on_cost: 1.5, hours: 1500}\n  D: 40.25\n"
    assert parse_bands("bands.yaml", text) == {"A": 55, "B": 65, "C": 90, "D": 40.25}


@pytest.mark.parametrize(
    ("page", "rates"),
    [("methods.md", {"A": 55, "B": 54.42, "C": 76.36}), ("operations.md", {"A": 55, "B": 54.42})],
)
def test_the_examples_of_the_documentation_work(page: str, rates: dict[str, float]) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    (example,) = (block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "bands:" in block)
    found = parse_bands("bands.yaml", example)
    assert {band: round(rate, 2) for band, rate in found.items()} == rates


BROKEN = {
    "no YAML": ("version: 1\nbands: {A: [", "bands.yaml:2:"),
    "no version": ("bands: {A: 50}", "version: this key is missing"),
    "another version": ("version: 2\nbands: {A: 50}", "bands.yaml:1:10: version"),
    "empty": ("", "bands.yaml:1:1: the file holds no keys; it begins with"),
    "no bands": ("version: 1\nbands: {}", "bands.yaml:2:8: bands: no band is given"),
    "a list": ("version: 1\nbands: [50]", "bands.yaml:2:8: bands: not a list of bands"),
    "a word": ("version: 1\nbands:\n  A: much", "bands.yaml:3:6: bands.A: not a rate"),
    "nothing": ("version: 1\nbands:\n  A: 0", "bands.yaml:3:6: bands.A: "),
    "less than nothing": ("version: 1\nbands:\n  A: -5", "bands.yaml:3:6: bands.A: "),
    "true": ("version: 1\nbands:\n  A: true", "bands.yaml:3:6: bands.A: not a rate"),
    "an unknown key": ("version: 1\nbands:\n  A: {anual: 5}", "bands.yaml:3:7: bands.A.anual: there is no such key"),
    "hours of no year": ("version: 1\nbands:\n  A: {annual: 5, hours: 0}", "bands.yaml:3:25: bands.A.hours: "),
    "a band twice": ("version: 1\nbands:\n  A: 5\n  A: 6", "bands.yaml:4:3: duplicate key 'A'"),
    "both": ("version: 1\nbands:\n  A: {annual: 5, hourly: 5}", "bands.yaml:3:6: bands.A: give either"),
    "no name": ("version: 1\nbands:\n  '': 5", "bands.yaml:3:3: bands.: a band needs a name"),
    "control characters": ("version: 1\nbands:\n  A: \x1b[31m", "bands.yaml:3:6: unreadable character"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_bands("bands.yaml", text)
    assert told in str(caught.value)


def test_the_figures_of_a_broken_file_are_not_told() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_bands("bands.yaml", "version: 1\nbands:\n  A: 7654321\n  B: {annual: 7654321, wage: 7654321}\n")
    assert "7654321" not in str(caught.value)
