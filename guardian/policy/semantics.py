"""What the models cannot see, check by check."""

from collections.abc import Callable, Iterator
from itertools import chain

from guardian.errors import Problem
from guardian.policy import references, setting_checks, window_checks
from guardian.policy.draft import Draft

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    references.double_ids,
    references.references,
    references.unused_messages,
    window_checks.overlapping_windows,
    window_checks.idle_windows,
    window_checks.too_much_focus,
    setting_checks.reversed_dates,
    setting_checks.bad_trims,
    setting_checks.capped_modes,
    setting_checks.team_conflicts,
    setting_checks.directory_groups,
    setting_checks.without_effect,
    setting_checks.open_doors,
    setting_checks.nobody_external,
    setting_checks.bad_templates,
)


def findings(draft: Draft) -> Iterator[Problem]:
    """Errors, warnings and notices about the meaning of the file."""
    return chain.from_iterable(check(draft) for check in CHECKS)
