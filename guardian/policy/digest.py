"""Identities of a policy and of its rules: digests of what they say, whatever the layout of the file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import cast

from guardian.policy.model import Place, PolicySet, Rule

_DEEDS = ("book", "edge", "mine", "others")
_ANSWERING = frozenset({"decline", "tentative", "shorten"})
"""Actions that others see."""
_NOT_CONTENT = ("place", "fingerprint", "version", "file")


def version(policy: PolicySet) -> PolicySet:
    """The policy with its version: `sha256:` and the digest of everything that can change a decision or a message."""
    return replace(policy, version=f"sha256:{_digest(canonical(policy))}")


def fingerprint(rule: Rule) -> Rule:
    """The rule with its fingerprint, over id, type, condition, `when`, `unless`, and whether it answers or shortens at all: a
    rule that only flagged so far starts anew when it begins to.

    What a rule does besides (book a block, which end of a meeting gives way, how it answers) is no part of it.
    """
    condition = cast("dict[str, object]", canonical(rule.condition))
    kept = {name: value for name, value in condition.items() if name not in _DEEDS}
    parts = [rule.id, rule.type, kept, canonical(rule.when), canonical(rule.unless), rule.action in _ANSWERING]
    return replace(rule, fingerprint=_digest(parts))


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: object) -> object:
    """Plain data that is equal for equal meanings; what is not given is left out."""
    if is_dataclass(value) and not isinstance(value, (type, Place)):
        pairs = ((item.name, getattr(value, item.name)) for item in fields(value) if item.name not in _NOT_CONTENT)
        return {name: canonical(content) for name, content in pairs if content is not None}
    if isinstance(value, frozenset):
        return sorted(json.dumps(canonical(item)) for item in value)
    if isinstance(value, (tuple, list)):
        return [canonical(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f}s"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (bool, int)) or value is None else str(value)
