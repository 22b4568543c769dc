"""A small office on both services, and plain HTTP with real tokens to look into the Microsoft side of it."""

import importlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx2

from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.world import World

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OLA, PIA, ROB, GUS, KIM = (
    "ola@acme.example",
    "pia@acme.example",
    "rob@acme.example",
    "gus@acme.example",
    "kim@client.example",
)
SCOPE = ["https://graph.microsoft.com/.default"]
Data = dict[str, Any]

# This library carries no types.
MSAL: Any = importlib.import_module("msal")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of November 2026, UTC; days above 30 lie in December."""
    return (
        datetime(2026, 11, day, hour, minute, tzinfo=UTC)
        if day <= 30
        else datetime(2026, 12, day - 30, hour, minute, tzinfo=UTC)
    )


def timed(start: datetime, end: datetime, zone: str = "UTC") -> Data:
    """Start and end as a request body writes them."""
    return {
        name: {"dateTime": value.replace(tzinfo=None).isoformat(), "timeZone": zone}
        for name, value in (("start", start), ("end", end))
    }


class Transport:
    """What msal asks of an HTTP client; it hands signed assertions over as bytes, which must go out as text."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def get(self, url: str, **more: Any) -> httpx2.Response:
        return self.client.get(url, **more)

    def post(self, url: str, data: Data | None = None, **more: Any) -> httpx2.Response:
        form = {key: value.decode() if isinstance(value, bytes) else value for key, value in (data or {}).items()}
        return self.client.post(url, data=form, **more)

    def close(self) -> None:
        """The client is closed by whoever made it."""


@dataclass
class Reply:
    """One answer; `data` is {} where there was no JSON."""

    status: int
    data: Data
    headers: httpx2.Headers

    @property
    def code(self) -> str:
        return str(self.data.get("error", {}).get("code", ""))


class GraphOffice:
    """Ola in Berlin, Pia in Lisbon and Rob in New York on Outlook; Gus in Berlin on Google."""

    def __init__(self, server: GraphSandbox, clock: SettableClock) -> None:
        self.server, self.world, self.clock = server, server.world, clock
        self.tls = ssl.create_default_context(cafile=str(server.ca_file))
        self.http = httpx2.Client(verify=self.tls, trust_env=False, timeout=10)
        self.immutable = True

    def application(self, credential: Any = None, **more: Any) -> Any:
        options = {"instance_discovery": False, "authority": f"{self.server.authority}/{self.server.tenant_id}"} | more
        secret = self.server.client_secret if credential is None else credential
        client_id = options.pop("client_id", self.server.client_id)
        return MSAL.ConfidentialClientApplication(
            client_id, client_credential=secret, http_client=Transport(self.http), **options
        )

    @cached_property
    def token(self) -> str:
        return str(self.application().acquire_token_for_client(SCOPE)["access_token"])

    def headers(self, **more: str) -> dict[str, str]:
        prefer = ['IdType="ImmutableId"'] if self.immutable else []
        prefer += [more.pop("prefer")] if "prefer" in more else []
        given = {"Authorization": f"Bearer {self.token}"} | ({"Prefer": ", ".join(prefer)} if prefer else {})
        return given | {name.replace("_", "-"): value for name, value in more.items()}

    def call(self, verb: str, path: str, body: Any = None, **headers: str) -> Reply:
        """A path below `/v1.0`, or a whole address."""
        url = path if path.startswith("https://") else f"{self.server.url}/v1.0{path}"
        answer = self.http.request(verb, url, json=body, headers=self.headers(**headers))
        is_json = "json" in answer.headers.get("content-type", "")
        return Reply(answer.status_code, answer.json() if is_json and answer.content else {}, answer.headers)

    def all(self, path: str, **headers: str) -> list[Data]:
        """All pages of a collection."""
        rows: list[Data] = []
        page = self.call("GET", path, **headers)
        while True:
            assert page.status == 200, page.data
            rows += page.data["value"]
            if "@odata.nextLink" not in page.data:
                return rows
            page = self.call("GET", page.data["@odata.nextLink"], **headers)

    def view(self, who: str, low: str = "2026-11-16", high: str = "2027-01-01", **headers: str) -> list[Data]:
        """The calendarView of these days."""
        window = f"startDateTime={low}T00:00:00Z&endDateTime={high}T00:00:00Z"
        return self.all(f"/users/{who}/calendarView?{window}&$top=200", **headers)

    def one(self, who: str, subject: str, place: int = 0) -> Data:
        """The event of this subject, the first of its occurrences by default."""
        return [row for row in self.view(who) if row["subject"] == subject][place]

    def event(self, who: str, event: Data | str, action: str = "") -> str:
        """The path of an event."""
        name = event if isinstance(event, str) else str(event["id"])
        return f"/users/{who}/events/{quote(name, safe='')}{action}"

    def get(self, who: str, event: Data | str, **headers: str) -> Reply:
        return self.call("GET", self.event(who, event), **headers)

    def respond(self, who: str, event: Data | str, verb: str = "decline", **body: Any) -> Reply:
        return self.call("POST", self.event(who, event, f"/{verb}"), body)

    def create(self, who: str, subject: str, start: datetime, end: datetime, /, **body: Any) -> Reply:
        return self.call("POST", f"/users/{who}/events", {"subject": subject} | timed(start, end) | body)

    def master(self, who: str, subject: str) -> Data:
        rows = self.all(f"/users/{who}/events?$top=100")
        return next(row for row in rows if row["subject"] == subject)


@contextmanager
def graph_office() -> Iterator[GraphOffice]:
    """A server with four people and a settable clock, gone when the block ends."""
    clock = SettableClock(NOW)
    world = World(clock)
    world.add_person(OLA, "Ola Berg", "Europe/Berlin", service="outlook")
    world.add_person(PIA, "Pia Sousa", "Europe/Lisbon", service="outlook")
    world.add_person(ROB, "Rob Hart", "America/New_York", service="outlook")
    world.add_person(GUS, "Gus Klein", "Europe/Berlin")
    with GraphSandbox(world) as server:
        office = GraphOffice(server, clock)
        yield office
        office.http.close()
