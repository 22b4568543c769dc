"""A town on both services: Ana and Rui on Google, Ben and Dan on Outlook; the directories enrol the members of the group
"pilot" (Ana and Ben)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from guardian.bootstrap import ListedRoster
from guardian.engine.account import PassReport
from guardian.engine.cycle import Request, accept_now, run_pass
from guardian.engine.house import Engine
from guardian.model.ids import ulid
from guardian.model.ledger import Owner
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.provider import GoogleProvider
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.provider import OutlookProvider
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.microsoft_switches import FULL
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World
from guardian.store.database import SqlStore, open_store
from tests.engine.policies import POLICY
from tests.engine.town import ANA, BEN, NOW, RUI, fresh_database, quick_folder

ADMIN, DAN = "admin@acme.example", "dan@acme.example"
PILOT = "pilot@acme.example"


class Towns:
    """`asked` are the calls answered, by method. The policy and the roster's group may be changed between passes."""

    def __init__(self, folder: Path, google: GoogleSandbox, graph: GraphSandbox, store: SqlStore) -> None:
        self.google, self.graph, self.store, self.world = google, graph, store, google.world
        assert isinstance(self.world.clock, SettableClock)
        self.clock, self.policy = self.world.clock, POLICY
        self.asked: list[str] = []
        self.roster = ListedRoster(store.registry)
        self._ids = count()
        self.google_provider, self.outlook_provider = self._google(folder), self._outlook()
        self.engine = Engine(
            store=store,
            providers={"google": self.google_provider, "outlook": self.outlook_provider},
            roster=self.roster,
            policy_files=lambda: {"policies.yaml": self.policy},
            clock=self.clock,
            killed=lambda: False,
            owner=Owner("towns", os.getpid()),
            new_id=lambda now: ulid(now, next(self._ids).to_bytes(10, "big")),
            sleep=lambda _: None,
            by_directory=True,
        )

    def _google(self, folder: Path) -> GoogleProvider:
        key, url = self.google.write_key(folder / "key.json"), self.google.url
        config = GoogleConfig(key, url, admin_subject=ADMIN, groups=(PILOT,), directory_root=url)
        return GoogleProvider(
            config, self.roster.enrolled, sleep=lambda _: None, now=self.clock, on_request=self._heard
        )

    def _outlook(self) -> OutlookProvider:
        graph = self.graph
        config = OutlookConfig(
            graph.tenant_id,
            graph.client_id,
            graph.client_secret,
            authority=graph.authority,
            graph_root=graph.url,
            ca_file=graph.ca_file,
            groups=(PILOT,),
        )
        return OutlookProvider(
            config, self.roster.enrolled, sleep=lambda _: None, now=self.clock, on_request=self._heard
        )

    def _heard(self, method: str, _: int) -> None:
        self.asked.append(method)

    def directory_calls(self) -> int:
        return sum(name in ("users.list", "members.list", "groups.list") for name in self.asked)

    def run(self, **request: Any) -> PassReport:
        report = run_pass(self.engine, Request(**request))
        self.clock.advance(timedelta(minutes=5))
        return report

    def accept(self, policy: str) -> None:
        self.policy = policy
        accept_now(self.engine, "test")

    def invite(self, title: str, start: datetime, *guests: str, by: str = RUI, **fields: Any) -> str:
        return self.world.invite(by, title, start, start + timedelta(minutes=30), guests, **fields)

    def enrolled(self) -> list[str]:
        return [person.email for person in self.roster()]

    def notes(self, report: PassReport) -> str:
        return "\n".join(report.run.summary["directory"])

    def lock_directories(self) -> None:
        """Both directories refuse from now on; calendars do not."""
        self.world.store.people[ADMIN].admin = False
        self.graph.switches.permissions = frozenset({"Calendars.ReadWrite", "MailboxSettings.Read"})

    def open_directories(self) -> None:
        self.world.store.people[ADMIN].admin = True
        self.graph.switches.permissions = FULL


@contextmanager
def two_services() -> Iterator[Towns]:
    world = World(SettableClock(NOW))
    for email, name, service in (
        (ADMIN, "Adam Min", "google"),
        (ANA, "Ana Ruiz", "google"),
        (RUI, "Rui Alves", "google"),
        (BEN, "Ben Oto", "outlook"),
        (DAN, "Dan Moe", "outlook"),
    ):
        world.add_person(email, name, "Etc/UTC", service=service, admin=email == ADMIN)
    world.add_group(PILOT, [ANA, BEN])
    with quick_folder() as folder, GoogleSandbox(world) as google, GraphSandbox(world) as graph:
        store = open_store(fresh_database(folder))
        try:
            found = Towns(folder, google, graph, store)
            with found.google_provider, found.outlook_provider:
                accept_now(found.engine, "test")
                yield found
        finally:
            store.close()
