"""Thousands of random schedules. `HYPOTHESIS_PROFILE=long` runs many more."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.chaos.machine import GuardianMachine

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"

TestSchedules = pytest.mark.chaos(GuardianMachine.TestCase)
TestSchedules.settings = settings(
    max_examples=5000 if LONG else 40,
    stateful_step_count=40 if LONG else 20,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
