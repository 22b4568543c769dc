"""What the models cannot see: references, double names, overlaps, ceilings, conflicts between teams."""

from collections.abc import Callable, Iterator
from itertools import chain

from guardian.errors import Problem
from guardian.policy.draft import Draft
from guardian.policy.references import double_ids, references, unused_messages

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (double_ids, references, unused_messages)


def findings(draft: Draft) -> Iterator[Problem]:
    """Errors, warnings and notices about the meaning of the file."""
    return chain.from_iterable(check(draft) for check in CHECKS)
