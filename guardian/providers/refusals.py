"""What services over HTTP answer when they refuse, as far as it means the same everywhere."""

import json
from dataclasses import dataclass
from typing import Any

from guardian.errors import AccessLost, GuardianError, NotSupported, OutcomeUnknown, ProviderDown


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, as far as it changes the meaning of the answer. `write`: it may have been applied.
    `event`: it names one event, so that "not found" speaks of it. `token`: it goes on from an earlier answer (a sync token,
    a delta link)."""

    write: bool = False
    event: bool = False
    token: bool = False


@dataclass(frozen=True, slots=True)
class Refusals:
    """The guardian's errors in the name of one service. An `answer` is quoted as it writes itself."""

    service: str

    def unanswered(self, error: Exception, call: Call) -> GuardianError:
        """No answer, half an answer, or one that is not the JSON it should be."""
        if call.write:
            return OutcomeUnknown(f"the answer to the write was lost ({_brief(error)})")
        return ProviderDown(f"{self.service} did not answer properly ({_brief(error)})")

    def unauthorized(self, answer: object, _: Call) -> GuardianError:
        return AccessLost(f"{self.service} refuses the token, also a fresh one ({answer})")

    def refused(self, answer: object, _: Call) -> GuardianError:
        return NotSupported(f"{self.service} refuses this ({answer})")


def no_calendar(answer: object) -> AccessLost:
    return AccessLost(f"this person has no calendar there ({answer})", credentials=False)


def error_object(content: bytes) -> dict[str, Any]:
    """The `error` object of a body, or nothing where a proxy answered in HTML or not at all."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200] if str(error) else type(error).__name__
