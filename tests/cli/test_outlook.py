"""Outlook from the command line: what the doctor says of each illness, and people who are listed, enrolled and leave."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.microsoft_switches import FULL
from guardian.sandbox.world import World
from tests.cli.shell import ROSTER, Shell

ANA, BEN, RUI, CREW = "ana@acme.example", "ben@acme.example", "rui@acme.example", "crew@acme.example"
SOON = timedelta(days=1)
POLICY = """\
version: 1
defaults:
  timezone: UTC
  working_hours: {days: [mon-sun], start: "00:00", end: "24:00"}
teams:
  crew: {members: ["group:crew@acme.example"]}
rules:
  - {id: no-meetings, type: meeting_free_day, days: [mon-sun], action: decline, mode: flag}
"""


@pytest.fixture
def outlook(home: Shell) -> Iterator[GraphSandbox]:
    """Ana and Ben on Outlook, members of a group, and Rui, who is not; Ana is on the roster file."""
    world = World(SettableClock(datetime.now(UTC)))
    for email, name in ((ANA, "Ana Ruiz"), (BEN, "Ben Oto"), (RUI, "Rui Alves")):
        world.add_person(email, name, "Europe/Madrid", service="outlook")
    world.add_room("spree@acme.example", "Spree", service="outlook")
    world.add_account("gus@client.example", "Gus Est", guest=True)
    world.add_group(CREW, [ANA, BEN])
    with GraphSandbox(world) as sandbox:
        home.write("secret", sandbox.client_secret)
        (home.folder / "secret").chmod(0o600)
        lines = {
            "OUTLOOK__TENANT_ID": sandbox.tenant_id,
            "OUTLOOK__CLIENT_ID": sandbox.client_id,
            "OUTLOOK__AUTHORITY": sandbox.authority,
            "OUTLOOK__GRAPH_ROOT": sandbox.url,
            "OUTLOOK__CA_FILE": str(sandbox.ca_file),
        }
        home.write(".env", "".join(f"GUARDIAN_{name}={value}\n" for name, value in lines.items()))
        home.write("config/people.yaml", ROSTER.replace("ics", "outlook"))
        yield sandbox


SECRET = {"OUTLOOK__CLIENT_SECRET_FILE": "secret"}


def checks(home: Shell, code: int, **settings: str) -> dict[str, dict[str, str]]:
    said = home("doctor", "--format", "json", **settings)
    assert said.code == code, said
    return {check["check"]: check for check in said.json["checks"]}


def test_a_healthy_outlook(home: Shell, outlook: GraphSandbox) -> None:
    found = checks(home, 0, **SECRET)
    assert found[f"calendar of {ANA}"]["result"] == "ok"
    assert "Calendars.ReadWrite" in found["Microsoft sign-in"]["detail"]
    assert outlook.writes == []


Sick = Callable[[Shell, GraphSandbox], dict[str, str]]


def lacking(_: Shell, outlook: GraphSandbox) -> dict[str, str]:
    outlook.switches.permissions = frozenset({"User.Read.All"})
    return SECRET


def out_of_scope(_: Shell, outlook: GraphSandbox) -> dict[str, str]:
    outlook.switches.allowed = frozenset({BEN})
    return SECRET


def unknown(home: Shell, _: GraphSandbox) -> dict[str, str]:
    home.write("config/people.yaml", ROSTER.replace("ics", "outlook").replace("ana@", "kim@"))
    return SECRET


def wrong_secret(home: Shell, _: GraphSandbox) -> dict[str, str]:
    home.write("secret", "wrong")
    return SECRET


def old_certificate(home: Shell, outlook: GraphSandbox) -> dict[str, str]:
    outlook.write_certificate(home.folder / "app.pem", timedelta(days=-1))
    return {"OUTLOOK__CERTIFICATE_FILE": "app.pem"}


def wrong_clock(_: Shell, outlook: GraphSandbox) -> dict[str, str]:
    assert isinstance(outlook.world.clock, SettableClock)
    outlook.world.clock.advance(timedelta(minutes=-20))
    return SECRET


def wrong_tenant(_: Shell, __: GraphSandbox) -> dict[str, str]:
    return SECRET | {"OUTLOOK__TENANT_ID": "11111111-2222-3333-4444-555555555555"}


ILLNESSES: list[tuple[Sick, str, str, str]] = [
    (lacking, f"calendar of {ANA}", "lacks Calendars.ReadWrite", "admin consent"),
    (out_of_scope, f"calendar of {ANA}", "outside the scope", "group that limits the app"),
    (unknown, "calendar of kim@acme.example", "no such person in the tenant", "roster"),
    (wrong_secret, "Microsoft sign-in", "the client secret is wrong", "value (not its id)"),
    (old_certificate, "app certificate", "expired on", "make a new certificate"),
    (wrong_clock, "clock", "ahead of Microsoft's", "NTP"),
    (wrong_tenant, "Microsoft sign-in", "no such tenant", "GUARDIAN_OUTLOOK__TENANT_ID"),
]


@pytest.mark.parametrize(("sick", "row", "detail", "mend"), ILLNESSES)
def test_the_doctor_tells_each_illness_of_outlook_apart(
    home: Shell, outlook: GraphSandbox, sick: Sick, row: str, detail: str, mend: str
) -> None:
    found = checks(home, 1, **sick(home, outlook))
    assert (found[row]["result"], outlook.writes) == ("failed", [])
    assert detail in found[row]["detail"]
    assert mend in found[row]["mend"]


@pytest.mark.parametrize("missing", ["User.Read.All", "GroupMember.Read.All"])
def test_the_doctor_names_the_permission_that_a_directory_lacks(
    home: Shell, outlook: GraphSandbox, missing: str
) -> None:
    home.write("config/policies.yaml", POLICY)
    settings = SECRET | {"PEOPLE": "directory"}
    assert checks(home, 0, **settings)[f"group:{CREW}"]["detail"] == "2 members in the directory of outlook"
    outlook.switches.permissions = frozenset(FULL - {missing})
    found = checks(home, 1, **settings)
    row = "directory of outlook" if missing == "User.Read.All" else f"group:{CREW}"
    assert found[row]["result"] == "failed"
    assert "Authorization_RequestDenied" in found[row]["detail"]
    assert missing in found[row]["mend"]


def test_no_two_illnesses_have_the_same_mend(home: Shell, outlook: GraphSandbox) -> None:
    assert len({(row, detail) for _, row, detail, _ in ILLNESSES}) == len({mend for *_, mend in ILLNESSES})


def test_people_of_outlook_are_enrolled_listed_and_leave_without_a_trace(home: Shell, outlook: GraphSandbox) -> None:
    """From the directory (no room, no guest), with the team of a group; what we put on the calendar goes, and so does the name."""
    home.write("config/policies.yaml", POLICY)
    start = outlook.world.clock() + SOON
    event = outlook.world.invite(RUI, "Status", start, start + timedelta(minutes=30), [ANA])
    settings = SECRET | {"PEOPLE": "directory", "OUTLOOK__GROUPS": CREW}
    assert home("people", "sync", **settings).out == (
        f"directory:outlook: + {ANA}\ndirectory:outlook: + {BEN}\ngroup:{CREW}: + {ANA}\ngroup:{CREW}: + {BEN}\n"
    )
    assert home("policy", "apply", "--yes", **settings).code == 0
    assert home("run", "--once", **settings).code == 0
    copy = outlook.world.store.calendars[ANA].rows[event]
    assert copy.mine["categories"] == ["Guardian: no-meetings"]
    listed = home("people", "list", "--format", "json", **settings).json["people"]
    assert [(p["email"], p["provider"], p["teams"], bool(p["last_success"])) for p in listed] == [
        (ANA, "outlook", ["crew"], True),
        (BEN, "outlook", ["crew"], True),
    ]
    assert home("people", "leave", ANA, "--yes", **settings).code == 0
    assert copy.mine["categories"] == []
    assert not any(copy.mine["properties"].values())
    home("people", "sync", **settings)
    assert [p["email"] for p in home("people", "list", "--format", "json", **settings).json["people"]] == [BEN]
    for path in (home.folder / "data").iterdir():
        assert b"Ana Ruiz" not in path.read_bytes()
