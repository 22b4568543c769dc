"""`guardian policy check`: everything worth saying about policy files."""

from collections.abc import Mapping
from datetime import date

from guardian.errors import Problem
from guardian.policy.loader import examine
from guardian.policy.setting_checks import ended_rules


def check(files: Mapping[str, str], *, as_of: date) -> list[Problem]:
    """Errors, warnings and notices in the order of the file, as of that date; raises InputError when there is no file."""
    examined = examine(files)
    ended = ended_rules(examined.draft, as_of) if examined.draft else ()
    names = list(files)
    return sorted((*examined.problems, *ended), key=lambda p: (names.index(p.file), p.line, p.column, p.code))
