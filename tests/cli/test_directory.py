"""Enrolment by directory from the command line, and what the doctor says of a directory that refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from guardian.sandbox.clock import SettableClock
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World
from tests.cli.shell import POLICY, Shell

ADMIN, ANA, BEN, DESIGN = "admin@acme.example", "ana@acme.example", "ben@acme.example", "design@acme.example"
SCOPES = "https://www.googleapis.com/auth/"
CALENDAR = frozenset({f"{SCOPES}calendar.events", f"{SCOPES}calendar.settings.readonly"})


def listed(home: Shell) -> list[str]:
    return [person["email"] for person in home("people", "list", "--format", "json", PEOPLE="directory").json["people"]]


def test_folders_enrol_leave_and_return(home: Shell) -> None:
    (home.folder / "calendars" / BEN).mkdir()
    said = home("people", "sync", PEOPLE="directory")
    assert (said.code, said.out) == (0, f"directory:ics: + {ANA}\ndirectory:ics: + {BEN}\n")
    assert listed(home) == [ANA, BEN]
    assert home("people", "leave", BEN, "--yes", PEOPLE="directory").code == 0
    assert home("people", "sync", PEOPLE="directory").out == "Nothing changed.\n"
    assert listed(home) == [ANA]
    assert home("people", "return", BEN, PEOPLE="directory").code == 0
    assert BEN in home("people", "sync", PEOPLE="directory").out
    assert listed(home) == [ANA, BEN]


def test_a_directory_that_fails_is_told_and_keeps_everybody(home: Shell) -> None:
    home("people", "sync", PEOPLE="directory")
    said = home("people", "sync", PEOPLE="directory", ICS__ROOT="nowhere")
    assert said.code == 1
    assert "directory:ics (as of" in said.err and "cannot be listed" in said.err
    assert listed(home) == [ANA]
    assert "directory:ics (as of" in home("people", "list", PEOPLE="directory").err


@pytest.fixture
def google(home: Shell) -> Iterator[GoogleSandbox]:
    """Three people on Google, a group that the policy names, and the settings that lead there."""
    world = World(SettableClock(datetime.now(UTC)))
    world.add_person(ADMIN, "Adam Min", admin=True)
    world.add_person(ANA, "Ana Ruiz")
    world.add_person(BEN, "Ben Oto")
    world.add_group(DESIGN, [ANA, BEN])
    with GoogleSandbox(world) as sandbox:
        sandbox.write_key(home.folder / "key.json")
        lines = {
            "GOOGLE__CREDENTIALS_FILE": "key.json",
            "GOOGLE__API_ROOT": sandbox.url,
            "GOOGLE__DIRECTORY_ROOT": sandbox.url,
            "GOOGLE__ADMIN_SUBJECT": ADMIN,
            "PEOPLE": "directory",
        }
        home.write(".env", "".join(f"GUARDIAN_{name}={value}\n" for name, value in lines.items()))
        home.write("config/policies.yaml", POLICY.replace("[ana@acme.example]", f'["group:{DESIGN}"]'))
        yield sandbox


def checks(home: Shell, **settings: str) -> dict[str, dict[str, str]]:
    said = home("doctor", "--format", "json", **settings)
    return {check["check"]: check for check in said.json["checks"]}


def test_the_doctor_on_a_directory_in_order(home: Shell, google: GoogleSandbox) -> None:
    found = checks(home)
    assert found["roster"]["mend"] == "run `guardian people sync`"
    assert found["directory of google"]["result"] == "ok"
    assert found[f"group:{DESIGN}"]["detail"] == "2 members in the directory of google"
    assert home("people", "sync").code == 0
    assert checks(home)["roster"]["detail"].startswith("3 people")
    assert google.writes == []


def test_the_doctor_on_a_missing_scope(home: Shell, google: GoogleSandbox) -> None:
    google.world.store.switches.granted_scopes = CALENDAR
    found = checks(home)
    assert f"add the scope {SCOPES}admin.directory.user.readonly" in found["directory of google"]["mend"]
    assert f"add the scope {SCOPES}admin.directory.group.member.readonly" in found[f"group:{DESIGN}"]["mend"]


def test_the_doctor_on_somebody_who_is_no_administrator(home: Shell, google: GoogleSandbox) -> None:
    found = checks(home, GOOGLE__ADMIN_SUBJECT=ANA)
    assert "has to be an administrator" in found["directory of google"]["mend"]
    assert google.writes == []


def test_the_doctor_on_a_group_that_nobody_has(home: Shell, google: GoogleSandbox) -> None:
    google.world.store.groups.clear()
    found = checks(home)[f"group:{DESIGN}"]
    assert (found["result"], found["detail"]) == ("failed", "no directory has such a group")


def test_the_doctor_where_no_directory_knows_groups(home: Shell) -> None:
    home.write("config/policies.yaml", POLICY.replace("[ana@acme.example]", f'["group:{DESIGN}"]'))
    assert checks(home)[f"group:{DESIGN}"]["result"] == "warning"
