"""Person-weeks and sums of groups as Parquet files, for people who want to count further with other tools."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from guardian.engine.house import Engine
from guardian.errors import InputError, SettingsError
from guardian.model.time import Week
from guardian.reports.weeks import GroupWeek, PersonWeek

FIRST, LAST = "0001-W01", "9999-W01"
MISSING = "pyarrow is not installed; it comes with the extra: pip install 'calendar-guardian[parquet]'"


class Writes(Protocol):
    """Writes rows into a file."""

    def __call__(self, path: Path, rows: Sequence[dict[str, Any]]) -> None: ...


def export_weeks(engine: Engine, folder: Path, since: date | None, until: date | None) -> Iterator[tuple[Path, int]]:
    """Write `person_weeks.parquet` and `group_weeks.parquet`; gives each file with its number of rows.

    Person-weeks are not suppressed; hidden groups keep their reason in `hidden` and have no numbers. Raises SettingsError
    without pyarrow, InputError where nothing can be written.
    """
    first = str(Week.of(since)) if since else FIRST
    last = str(Week.of(until).previous() if until and until.weekday() == 0 else Week.of(until)) if until else LAST
    rollups, write = engine.store.rollups, _writer()
    people, groups = rollups.weeks(first, last), rollups.groups(first, last)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, rows in (("person_weeks", map(person_row, people)), ("group_weeks", map(group_row, groups))):
            path, found = folder / f"{name}.parquet", list(rows)
            write(path, found)
            yield path, len(found)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error


def person_row(week: PersonWeek) -> dict[str, Any]:
    return {**asdict(week), "teams": list(week.teams)}


def group_row(week: GroupWeek) -> dict[str, Any]:
    """Bands stay inside: with the money they would tell rates."""
    told = {k: v for k, v in asdict(week).items() if k not in ("band_people", "band_minutes", "spread")}
    if not week.hidden:
        return told
    kept = ("scope", "week", "hidden")
    return {name: value if name in kept else None for name, value in told.items()}


def _writer() -> Writes:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise SettingsError(MISSING) from error

    def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), path)
        path.chmod(0o600)

    return write
