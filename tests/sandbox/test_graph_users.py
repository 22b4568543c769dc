"""The directory: users, groups, nested members, settings of mailboxes."""

import pytest

from guardian.sandbox.graph_users import user_id
from tests.sandbox.graph_office import GUS, OLA, PIA, ROB, GraphOffice

ROOM, GUEST, SCANNER, LEFT = "room@acme.example", "kim@client.example", "scanner@acme.example", "left@acme.example"


def furnish(graph: GraphOffice) -> None:
    graph.world.add_room(ROOM, "Spree (8)", service="outlook")
    graph.world.add_account(GUEST, "Kim Larsen", guest=True)
    graph.world.add_account(SCANNER, "Scanner")
    graph.world.add_person(LEFT, "Lea Left", service="outlook", suspended=True)


def test_users_come_in_pages_with_everybody_among_them(graph: GraphOffice) -> None:
    furnish(graph)
    rows = graph.all("/users?$top=2&$select=id,mail,accountEnabled,userType")
    assert [row["mail"] for row in rows] == sorted([OLA, PIA, ROB, ROOM, GUEST, SCANNER, LEFT])
    assert {row["mail"] for row in rows if not row["accountEnabled"]} == {LEFT}
    assert {row["mail"] for row in rows if row["userType"] == "Guest"} == {GUEST}
    assert len(graph.server.log) >= 4


def test_without_select_only_the_default_properties_come(graph: GraphOffice) -> None:
    row = graph.call("GET", f"/users/{OLA}").data
    assert row["userPrincipalName"] == OLA
    assert "accountEnabled" not in row


def test_people_are_found_by_id_and_by_address_in_any_case(graph: GraphOffice) -> None:
    assert graph.call("GET", f"/users/{user_id(OLA)}").data["mail"] == OLA
    assert graph.call("GET", "/users/Ola@Acme.Example").data["mail"] == OLA
    assert graph.call("GET", f"/users/{GUS}").code == "Request_ResourceNotFound"


def test_an_old_page_token_is_refused(graph: GraphOffice) -> None:
    assert graph.call("GET", "/users?$skiptoken=dead").code == "Directory_ExpiredPageToken"


def test_groups_nest_and_circles_end(graph: GraphOffice) -> None:
    graph.world.add_group("team@acme.example", [OLA, "core@acme.example", GUS])
    graph.world.add_group("core@acme.example", [PIA, "team@acme.example", OLA])
    group = graph.call("GET", "/groups?$filter=mail eq 'team@acme.example'").data["value"][0]
    direct = graph.all(f"/groups/{group['id']}/members?$top=1")
    assert [row["@odata.type"].rpartition(".")[2] for row in direct] == ["user", "group", "orgContact"]
    people = graph.all(f"/groups/{group['id']}/transitiveMembers/microsoft.graph.user?$select=mail")
    assert sorted(row["mail"] for row in people) == [OLA, PIA]
    assert graph.call("GET", "/groups/unknown/members").status == 404


def test_settings_tell_windows_names_hours_and_purpose(graph: GraphOffice) -> None:
    furnish(graph)
    settings = graph.call("GET", f"/users/{PIA}/mailboxSettings").data
    assert settings["timeZone"] == "GMT Standard Time"
    assert settings["workingHours"]["daysOfWeek"][0] == "monday"
    assert graph.call("GET", f"/users/{ROOM}/mailboxSettings/userPurpose").data["value"] == "room"


def test_settings_may_tell_iana_or_custom_zones(graph: GraphOffice) -> None:
    graph.server.switches.iana_zones = frozenset({PIA})
    graph.server.switches.custom_zones = frozenset({ROB})
    assert graph.call("GET", f"/users/{PIA}/mailboxSettings").data["timeZone"] == "Europe/Lisbon"
    custom = graph.call("GET", f"/users/{ROB}/mailboxSettings").data
    assert custom["timeZone"] == custom["workingHours"]["timeZone"]["name"] == "Customized Time Zone"
    assert custom["workingHours"]["timeZone"]["@odata.type"] == "#microsoft.graph.customTimeZone"


@pytest.mark.parametrize("path", ["/me", "/me/events", "/users/ola@acme.example/nothing", "/nothing"])
def test_paths_that_are_no_use(graph: GraphOffice, path: str) -> None:
    assert graph.call("GET", path).status == 400
