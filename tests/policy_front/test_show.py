"""`policy show`: nothing hidden, everything with its origin, and it loads again."""

from pathlib import Path

import pytest

from guardian.errors import PolicyProblems
from guardian.policy.loader import load
from guardian.policy.show import resolved
from tests.policy_front.examples import AGENCY, STARTER
from tests.policy_front.test_loader import without_later

SHIPPED = (Path(__file__).parents[2] / "config" / "policies.yaml").read_text()
TRICKY = """\
version: 1
messages:
  a: "say \\"hi\\"\\n\\tnow: # {{ rule.id }} \\\\ é"
  "007": "off"
rules: [{id: "1", type: double_booking, message: a, mode: "off", bypass: [], when: {label: ["no", "on: x", "#1", ""]}}]
"""


@pytest.mark.parametrize("why", [True, False])
@pytest.mark.parametrize("text", [STARTER, without_later(AGENCY), SHIPPED, TRICKY.replace(', ""', "")])
def test_what_is_shown_is_the_same_policy(text: str, *, why: bool) -> None:
    shown = resolved({"config/policies.yaml": text}, why=why)
    policy = load({"f": text}).policy
    assert load({"f": shown}).policy.version == policy.version
    assert shown.startswith(f"# {policy.version}\n")


def test_every_value_names_its_origin() -> None:
    lines = resolved({"config/policies.yaml": STARTER}, why=True).splitlines()
    origins = {tuple(part.strip() for part in line.rsplit("  # ", 1)) for line in lines[1:] if "  # " in line}
    assert ('end: "13:00"', "config/policies.yaml:17") in origins
    assert ("mode: enforce", "config/policies.yaml:20") in origins
    assert ('hold: "10m"', "default") in origins
    assert ("action: notify_organizer", "default") in origins
    values = [line for line in lines[1:] if not line.rstrip().endswith(":")]
    assert all("  # " in line for line in values)


def test_a_bad_policy_is_not_shown() -> None:
    with pytest.raises(PolicyProblems):
        resolved({"f": "version: 1\nrule: []\n"}, why=True)
