"""Which policy is in force: the file as it is now, or the last good one while the file is broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from guardian.errors import PolicyProblems, Problem
from guardian.model.time import format_instant
from guardian.policy.loader import load
from guardian.policy.model import Defaults, PolicySet, Safety
from guardian.ports import Registry, StoredPolicy

NO_POLICY = PolicySet("", "", Defaults(), Safety(), teams=(), bypass=(), rules=())
"""Stands in where people must be listed although there is no policy to go by: no teams, the usual hours."""


@dataclass(frozen=True, slots=True)
class InForce:
    """`accepted` is false for a version nobody has accepted yet: its first real pass is dry.

    `problems` are the findings in the file when the last good version goes on in its place; empty otherwise.
    """

    policy: PolicySet
    source: Mapping[str, str]
    accepted: bool
    problems: tuple[Problem, ...] = ()

    @property
    def last_good(self) -> bool:
        return bool(self.problems)


@lru_cache(maxsize=8)
def _loaded(files: tuple[tuple[str, str], ...]) -> PolicySet:
    """The same text is the same policy: pages ask for it many times a second. Raises PolicyProblems."""
    return load(dict(files)).policy


def in_force(registry: Registry, files: Mapping[str, str]) -> InForce:
    """Load the files; while they are broken the last accepted version goes on.

    Raises PolicyProblems when the files are broken and nothing was ever accepted.
    """
    try:
        policy = _loaded(tuple(files.items()))
    except PolicyProblems as broken:
        return _last_good(registry, broken)
    stored = registry.policy(policy.version)
    return InForce(policy, files, accepted=stored is not None and stored.accepted_at is not None)


def in_force_now(registry: Registry, read_files: Callable[[], Mapping[str, str]]) -> InForce:
    """As `in_force`, also when the files cannot even be read at this moment."""
    try:
        files = read_files()
    except PolicyProblems as broken:
        return _last_good(registry, broken)
    return in_force(registry, files)


def as_accepted(stored: StoredPolicy) -> PolicySet | None:
    """The policy as it was accepted; None where this program does not know its language any more."""
    try:
        return _loaded(tuple(stored.source.items()))
    except PolicyProblems:
        return None


def _last_good(registry: Registry, broken: PolicyProblems) -> InForce:
    for stored in registry.accepted_policies():
        policy = as_accepted(stored)
        if policy is None:
            continue  # accepted by a program that knew another language; an older one may still load
        return InForce(policy, stored.source, accepted=True, problems=broken.problems)
    raise broken


def accept(registry: Registry, force: InForce, actor: str, now: datetime) -> None:
    """From now on passes under this version act, and it is the one to go on with while the file is broken.

    Accepting a version again, after a return to it, makes it the newest one.
    """
    newest = next(iter(registry.accepted_policies()), None)
    if newest is not None and newest.version == force.policy.version:
        return
    registry.save_policy(StoredPolicy(force.policy.version, force.source, first_seen=now))
    registry.accept_policy(force.policy.version, actor, now)


def status(registry: Registry, read_files: Callable[[], Mapping[str, str]]) -> dict[str, Any]:
    """What is in force and what the files on disk say: `state` is `in_force`, `not_accepted` or `broken`."""
    accepted = registry.accepted_policies()
    body: dict[str, Any] = {
        "in_force": accepted[0].version if accepted else None,
        "on_disk": None,
        "state": "broken",
        "problems": [],
        "accepted": [
            {"version": p.version, "accepted_at": format_instant(p.accepted_at)} for p in accepted if p.accepted_at
        ],
    }
    try:
        version = _loaded(tuple(read_files().items())).version
    except PolicyProblems as error:
        body["problems"] = str(error).splitlines()
        return body
    state = "in_force" if version == body["in_force"] else "not_accepted"
    return body | {"on_disk": version, "state": state}
