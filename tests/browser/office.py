"""The town with its dashboard on a real port: hostile titles, things to take back, weeks of numbers, a team that is too small."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from guardian.bootstrap import Guardian
from guardian.model.people import Person
from guardian.reports.cost import Rates
from guardian.settings import CostSettings
from guardian.web.metrics import Metrics
from guardian.web.server import listening, make_server
from tests.engine.policies import policy
from tests.engine.town import ANA, BEN, RUI, Town, at, town
from tests.web.house import CROWD, LED, settings, weigh

HOSTILE = "<img src=x onerror=alert(1)>\u202e=1+1|\"'"
WEEKS = ("2026-W44", "2026-W45", "2026-W46", "2026-W47")
RULES = policy(hold="0m", book=True) + LED


@dataclass
class Office:
    """A running dashboard. `events` are what Ana was invited to on 24 November, by hour: declined, each."""

    place: Town
    guardian: Guardian
    url: str
    events: dict[int, str] = field(default_factory=dict)

    def decision(self, hour: int) -> str:
        return self.place.decision(self.events[hour]).id


@contextmanager
def office() -> Iterator[Office]:
    """After two passes: five meetings of Ana were declined, one is let through, one flagged; one series goes on."""
    with town(RULES) as place:
        place.engine = replace(place.engine, rates=Rates("EUR", 80))
        place.invite("Budget round", at(26, 10))
        place.run()
        place.later(minutes=1)
        events = {
            hour: place.invite(title, at(24, hour))
            for hour, title in ((9, "Vendor pitch"), (10, HOSTILE), (11, "Status call"), (12, "Quick sync"))
        }
        events[13] = place.invite("Second vendor", at(25, 10))
        place.invite("[urgent] Payments are down", at(25, 11), guests=(ANA, BEN))
        place.invite("Planning " + "x" * 300, at(26, 14), minutes=60, guests=(ANA, BEN))
        place.invite("Other planning", at(26, 14, 30), minutes=60)
        place.run()
        place.enrolled += [Person(email, "google") for email in CROWD]
        for number, week in enumerate(WEEKS):
            weigh(place, week, {p.email: 300 + 30 * number for p in place.enrolled})
        chosen = settings(place.folder, cost=CostSettings(currency="EUR", hourly_rate=80))
        with served(place, Guardian(chosen, place.store, place.engine)) as found:
            found.events.update(events)
            yield found


@contextmanager
def served(place: Town, guardian: Guardian) -> Iterator[Office]:
    server = make_server(guardian, Metrics(), demo=True)
    with listening("127.0.0.1", 0) as (bound, (host, port)):
        thread = threading.Thread(target=lambda: server.run(sockets=[bound]))
        thread.start()
        try:
            yield Office(place, guardian, f"http://{host}:{port}")
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@dataclass
class Visit:
    """A browser window of somebody who is logged in; `complaints` are errors of the console and of the page, which are all
    violations of the content policy too."""

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        answer = self.page.goto(self.url + path)
        assert answer is not None
        return answer.status

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")


@contextmanager
def visit(browser: Browser, office: Office, who: str | None = ANA, **options: Any) -> Iterator[Visit]:
    """A window of its own; `options` are those of a browser context."""
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
    try:
        page = context.new_page()
        page.set_default_timeout(15_000)
        found = Visit(context, page, office.url)
        page.on("console", found.hear)
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        if who is not None:
            log_in(found, who)
        yield found
    finally:
        context.close()


def log_in(found: Visit, who: str) -> None:
    found.go("/login")
    found.page.select_option("#person", who)
    found.page.click("form[action='/login/demo'] button")
    found.page.wait_for_url(f"{found.url}/")


__all__ = ["ANA", "BEN", "HOSTILE", "RUI", "Office", "Visit", "log_in", "office", "visit"]
