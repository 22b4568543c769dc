"""Random schedules of people, faults, crashes and passes. `HYPOTHESIS_PROFILE=long` plays thousands, and makes a failing one small."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.chaos.machine import GuardianMachine
from tests.chaos.outlook_machine import OutlookMachine

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
HOURS = 6 * 3600

PLAYED = settings(
    max_examples=5000 if LONG else 40,
    stateful_step_count=40 if LONG else 20,
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TestSchedules = pytest.mark.chaos(pytest.mark.timeout(HOURS if LONG else 600)(GuardianMachine.TestCase))
TestSchedules.settings = PLAYED

TestOutlookSchedules = pytest.mark.chaos(pytest.mark.timeout(HOURS if LONG else 600)(OutlookMachine.TestCase))
TestOutlookSchedules.settings = settings(PLAYED, max_examples=5000 if LONG else 12)
