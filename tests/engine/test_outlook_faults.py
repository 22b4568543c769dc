"""Every fault of Outlook at every request of a pass; crashes, sleeping processes and people who are faster.

While the fault lasts nothing is done twice and nothing forbidden; once it is over every act is done exactly once with exactly
one mail (I3), the store is as a fresh read (I7), and the pass after that has nothing to do (I6).
"""

from itertools import count

import pytest

from tests.engine.town import ANA, at
from tests.engine.village import Village

FAULTS = (
    "401", "ErrorAccessDenied", "Authorization_RequestDenied", "404", "MailboxNotEnabledForRESTAPI", "429",
    "500", "503-empty", "504", "504-html", "close-before-apply", "apply-then-drop", "apply-then-error", "truncated",
    "410", "resyncRequired", "next-link-to-other-host", "dying-next-link", "empty-page", "no-delta-link", "silent-miss",
)  # fmt: skip
"""One of each kind that is told apart; how every spelling is read is in `tests/providers`."""
ANSWER = "/(decline|tentativelyAccept)$"


def settle_in(village: Village) -> None:
    """Two lunches on pages of one, read before: a pass has several pages to read."""
    village.sandbox.switches.page_size = 1
    for day in (25, 26):
        village.invite("Lunch", at(day, 14))
    village.run()


def at_every_request(village: Village, fault: str, times: int | None) -> list[str]:
    """One meeting after another; the fault strikes the first request to Ana's mailbox of the pass that declines it, then the
    second, and so on until a pass has fewer. The meetings."""
    settle_in(village)
    events = []
    for nth in count(1):
        events.append(village.invite(f"Meeting {nth}", at(24, 9, nth), 10))
        order = village.sandbox.faults.add(fault, person=ANA, nth=nth, times=times)
        village.run()
        village.assert_nothing_twice()
        village.recover()
        village.assert_nothing_twice()
        if not order.fired:
            break
    assert nth > 6, "a pass is a poll, some pages, two looks, the answer and the look after it"
    return events


@pytest.mark.parametrize("fault", FAULTS)
def test_i3_i7_i8_f1_f2_f3_f8_f10_f11_f12_f20_outlook_a_fault_at_any_request(village: Village, fault: str) -> None:
    events = at_every_request(village, fault, 1)
    village.later(days=1)  # what a page hid without a word is found by the daily read
    village.run()
    village.recover()
    village.assert_all_done(events)


@pytest.mark.parametrize("fault", ["429", "503-empty", "ErrorAccessDenied", "410", "apply-then-drop"])
def test_i8_f1_f9_outlook_a_fault_from_any_request_on(village: Village, fault: str) -> None:
    """It lasts until the end of the pass, whatever is tried again."""
    events = at_every_request(village, fault, None)
    village.recover()
    village.assert_all_done(events)
