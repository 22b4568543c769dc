"""From the environment to a working provider."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardian.bootstrap import FileRoster, make_providers
from guardian.errors import SettingsError
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.provider import OutlookProvider
from guardian.roster import parse_roster
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.world import World
from guardian.settings import known_names, load_settings
from tests.providers.contract import ANA, NOW, TUESDAY, WINDOW

PEOPLE = f"version: 1\npeople:\n  - {{email: {ANA}, provider: outlook}}\n"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GraphSandbox]:
    """The environment leads to it; the secret is in a file."""
    world = World(SettableClock(NOW))
    world.add_person(ANA, "Ana Ruiz", service="outlook")
    world.invite(ANA, "Dentist", TUESDAY, TUESDAY.replace(hour=12))
    (tmp_path / "people.yaml").write_text(PEOPLE)
    with GraphSandbox(world) as served:
        (tmp_path / "secret").write_text(f"{served.client_secret}\n")
        environment = {
            "PEOPLE": str(tmp_path / "people.yaml"),
            "OUTLOOK__TENANT_ID": served.tenant_id,
            "OUTLOOK__CLIENT_ID": served.client_id,
            "OUTLOOK__CLIENT_SECRET_FILE": str(tmp_path / "secret"),
            "OUTLOOK__AUTHORITY": f"{served.authority}/",
            "OUTLOOK__GRAPH_ROOT": f"{served.url}/",
            "OUTLOOK__CA_FILE": str(served.ca_file),
        }
        monkeypatch.chdir(tmp_path)
        for name, value in environment.items():
            monkeypatch.setenv(f"GUARDIAN_{name}", value)
        yield served


def made() -> OutlookProvider:
    settings = load_settings()
    provider = make_providers(settings, FileRoster(settings.people), lambda: NOW, None)["outlook"]
    assert isinstance(provider, OutlookProvider)
    return provider


@pytest.mark.usefixtures("sandbox")
def test_the_documented_settings_read_a_calendar() -> None:
    with made() as provider:
        assert len(list(provider.read_window(ANA, WINDOW))) == 1
        assert all(check.ok for check in provider.diagnose(ANA))


def test_a_secret_given_directly(sandbox: GraphSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUARDIAN_OUTLOOK__CLIENT_SECRET_FILE")
    monkeypatch.setenv("GUARDIAN_OUTLOOK__CLIENT_SECRET", sandbox.client_secret)
    with made() as provider:
        assert len(list(provider.read_window(ANA, WINDOW))) == 1
    assert sandbox.client_secret not in repr(load_settings())


@pytest.mark.usefixtures("sandbox")
def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDIAN_OUTLOOK__CLIENT_SECRET_FILE", "missing")
    with pytest.raises(SettingsError, match="OUTLOOK__CLIENT_SECRET_FILE"):
        made()


@pytest.mark.usefixtures("sandbox")
def test_half_a_registration_is_no_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUARDIAN_OUTLOOK__TENANT_ID")
    with pytest.raises(SettingsError, match="TENANT_ID"):
        made()


def test_every_documented_name_is_a_setting() -> None:
    page = (Path(__file__).parents[2] / "docs" / "outlook.md").read_text()
    words = page.replace("`", " ").replace("=", " ").split()
    names = {word.rstrip(".,;:") for word in words if word.startswith("GUARDIAN_OUTLOOK__")}
    assert len(names) >= 6
    assert names <= known_names()


def test_every_documented_cloud_has_its_own_scope() -> None:
    """A token is asked for the Graph of the same cloud."""
    page = (Path(__file__).parents[2] / "docs" / "outlook.md").read_text()
    clouds = re.findall(r"^\|[^|]+\| `(https://\S+)` \| `(https://\S+)` \|$", page, re.MULTILINE)
    assert len(clouds) == 4
    for authority, root in clouds:
        config = OutlookConfig("tenant", "client", "word", authority=authority, graph_root=root)
        assert config.scope == f"{root}/.default"
        assert config.api == f"{root}/v1.0"


def test_people_on_outlook_may_be_enrolled() -> None:
    [person] = parse_roster("people.yaml", PEOPLE)
    assert person.provider == "outlook"
