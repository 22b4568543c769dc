"""Tokens: what is checked, what is refused, and how long they live."""

from typing import Any

import httplib2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, AUTH_HTTP, CALENDAR, KEYS, RUI, Office, authorized, credentials, document, reason


def refresh(desk: Office, subject: str, *scopes: str) -> Any:
    http = httplib2.Http()
    token = credentials(desk.server, *(scopes or (CALENDAR,))).with_subject(subject)
    try:
        token.refresh(AUTH_HTTP.Request(http))
    finally:
        http.close()
    return token


def test_a_token_is_bound_to_one_subject(desk: Office) -> None:
    assert refresh(desk, ANA).token != refresh(desk, RUI).token
    assert desk.page(ANA)["summary"] == ANA


def test_an_unknown_or_suspended_person_is_an_invalid_grant(desk: Office) -> None:
    desk.world.people[RUI].suspended = True
    for who in ("nobody@acme.example", RUI):
        with pytest.raises(RefreshError) as refused:
            refresh(desk, who)
        assert refused.value.args[1]["error"] == "invalid_grant"


def test_any_scope_that_was_not_granted_refuses_the_whole_token(desk: Office) -> None:
    desk.world.switches.granted_scopes = frozenset({CALENDAR})
    assert refresh(desk, ANA).token
    with pytest.raises(RefreshError) as refused:
        refresh(desk, ANA, CALENDAR, "https://www.googleapis.com/auth/drive")
    assert refused.value.args[1]["error"] == "unauthorized_client"


@pytest.mark.parametrize("error", ["unauthorized_client", "invalid_grant"])
def test_token_errors_can_be_switched_on_and_ordered(desk: Office, error: str) -> None:
    desk.server.faults.add(error, path="/token")
    with pytest.raises(RefreshError):
        refresh(desk, ANA)
    desk.world.switches.token_error = error
    with pytest.raises(RefreshError) as refused:
        refresh(desk, ANA)
    assert refused.value.args[1]["error"] == error
    assert refused.value.retryable is False


def test_a_key_of_somebody_else_is_refused(desk: Office) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    info = desk.server.key_info() | {"private_key": pem.decode()}
    forged = KEYS.from_service_account_info(info, scopes=[CALENDAR]).with_subject(ANA)
    http = httplib2.Http()
    with pytest.raises(RefreshError, match="Signature"):
        forged.refresh(AUTH_HTTP.Request(http))
    http.close()


def test_expired_access_tokens_are_renewed_by_the_client(desk: Office) -> None:
    desk.page(ANA)
    desk.server.expire_access_tokens()
    assert desk.page(ANA)["summary"] == ANA
    assert [entry.status for entry in desk.server.log] == [200, 200, 401, 200, 200]


def test_a_calendar_that_keeps_saying_401_is_given_up_after_two_renewals(desk: Office) -> None:
    desk.server.faults.add("401", path="/events", times=None)
    with pytest.raises(HttpError) as refused:
        desk.page(ANA)
    assert reason(refused.value) == (401, "authError")
    assert [entry.path for entry in desk.server.log].count("/token") == 3


def test_reading_scopes_do_not_write(desk: Office) -> None:
    token = refresh(desk, ANA, f"{CALENDAR}.events.readonly")
    http = authorized(token)
    assert desk.api.list(calendarId="primary").execute(http=http)["summary"] == ANA
    with pytest.raises(HttpError) as refused:
        desk.api.insert(calendarId="primary", body={}).execute(http=http)
    http.close()
    assert reason(refused.value) == (403, "insufficientPermissions")


def directory(desk: Office, subject: str) -> Any:
    scope = "https://www.googleapis.com/auth/admin.directory.user.readonly"
    service = discovery.build_from_document(document("admin", "directory_v1", desk.server), http=httplib2.Http())
    return service.users(), authorized(credentials(desk.server, scope).with_subject(subject))


def test_the_directory_is_for_administrators_and_comes_in_pages(desk: Office) -> None:
    desk.world.people[RUI].suspended = True
    users, http = directory(desk, ANA)
    first = users.list(customer="my_customer", query="isSuspended=false", maxResults=1).execute(http=http)
    rest = users.list(
        customer="my_customer", query="isSuspended=false", maxResults=1, pageToken=first["nextPageToken"]
    ).execute(http=http)
    http.close()
    assert [user["primaryEmail"] for page in (first, rest) for user in page["users"]] == [ANA, "ben@acme.example"]
    assert "nextPageToken" not in rest
    users, http = directory(desk, "ben@acme.example")
    with pytest.raises(HttpError) as refused:
        users.list(customer="my_customer").execute(http=http)
    http.close()
    assert refused.value.status_code == 403


def test_the_key_is_for_its_owner_only(desk: Office, tmp_path: Any) -> None:
    path = desk.server.write_key(tmp_path / "key.json")
    assert path.stat().st_mode & 0o777 == 0o600
