"""Exit codes of every command."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian.engine.account import PassReport
    from guardian.engine.sync import SyncResult
    from guardian.model.actions import Plan

OK = 0
FAILED = 1
USAGE = 2
COULD_NOT_RUN = 3
CHANGES = 4
PARTIAL = 5
INTERRUPTED = 130


def of_calendars(synced: "Sequence[SyncResult]") -> int:
    """3 when every calendar was refused for credentials, 5 when some or all failed otherwise."""
    failed = [r for r in synced if r.error]
    if failed and len(failed) == len(synced) and all(r.credentials for r in failed):
        return COULD_NOT_RUN
    return PARTIAL if failed else OK


def of_pass(report: "PassReport") -> int:
    """As for calendars; going on with the last good policy is partial too."""
    return of_calendars(report.synced) or (PARTIAL if report.force.last_good else OK)


def changes(plan: "Plan") -> bool:
    """Whether the plan wants anything of a calendar; what is skipped wants nothing."""
    from guardian.model.actions import Verdict

    return any(item.verdict is not Verdict.SKIP for item in plan.items)
