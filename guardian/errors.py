"""Every error the guardian raises on purpose, named by what the caller does next.

GuardianError
  Retryable    wait, then try again        RateLimited, ProviderDown, OutcomeUnknown
  Resync       drop the cursor, read all   CursorExpired
  Stop         give this mailbox up        AccessLost, NotSupported
  Moot         nothing left to do          PreconditionFailed, Gone
  UserError    tell the person, exit       PolicyProblems, SettingsError, InputError, NotReady
"""

from collections.abc import Sequence
from dataclasses import dataclass


class GuardianError(Exception):
    """The root of all errors below; catching it catches nothing else."""


class Retryable(GuardianError):
    """The same request may succeed later."""


class RateLimited(Retryable):
    """The service asked to slow down.

    `retry_after` is the service's own wish in seconds, `account` is true when the whole mailbox is blocked for hours.
    """

    def __init__(self, message: str, retry_after: float | None = None, *, account: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.account = account


class ProviderDown(Retryable):
    """The service did not answer, or answered with a fault of its own; nothing was written."""


class OutcomeUnknown(Retryable):
    """A write may or may not have been applied: read the event again before anything else."""


class Resync(GuardianError):
    """What we remember of the service's state is no longer valid."""


class CursorExpired(Resync):
    """The cursor is dead; a full read is due."""


class Stop(GuardianError):
    """Trying again will not help."""


class AccessLost(Stop):
    """We may not read or act for this mailbox.

    `credentials` is true when the credentials themselves were refused (token, 401, missing permission), false when only
    this mailbox is out of reach. `mend` says what an administrator can do, where that is known.
    """

    def __init__(self, message: str, *, credentials: bool = True, mend: str = "") -> None:
        super().__init__(message)
        self.credentials = credentials
        self.mend = mend


class NotSupported(Stop):
    """The service cannot do this for this event; the message says why."""


class Moot(GuardianError):
    """The world moved on and the act has lost its object."""


class PreconditionFailed(Moot):
    """The event is no longer as it was when the act was decided."""


class Gone(Moot):
    """The event does not exist any more."""


class UserError(GuardianError):
    """Something a person wrote or asked for is wrong. Printed without a traceback."""


class SettingsError(UserError):
    """A setting, the roster or a credentials file is missing or wrong; the message names the place and the mend."""


class InputError(UserError):
    """A file or an argument given to a command cannot be used."""


class NotReady(UserError):
    """The command cannot run now: no data, no database, another pass under way."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in a policy file: `line` and `column` count from 1; `level` is `error`, `warning` or `notice`."""

    file: str
    line: int
    column: int
    level: str
    code: str
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {self.level} {self.code} {place}{self.message}"


class PolicyProblems(UserError):
    """The policy cannot be used; `problems` holds all findings, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)
