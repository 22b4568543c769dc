"""Directories through the real clients: paging, nested groups, who is nobody to enrol, refusals with their mends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guardian.errors import AccessLost, Gone, NotSupported, ProviderDown
from guardian.model.people import Person
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.provider import GoogleProvider
from guardian.providers.ics.provider import IcsProvider
from guardian.providers.outlook.provider import OutlookProvider
from guardian.providers.shared import Patience
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.microsoft_switches import FULL
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World
from tests.providers.contract import NOW
from tests.providers.outlook_world import config_of

ADMIN, ANA, BEN = "admin@acme.example", "ana@acme.example", "ben@acme.example"
DESIGN, ENG, LOOP = "design@acme.example", "eng@acme.example", "loop@acme.example"
SCOPES = "https://www.googleapis.com/auth/"


def world_of(service: str) -> World:
    world = World(SettableClock(NOW))
    world.add_person(ADMIN, "Adam Min", service=service, admin=True)
    world.add_person(ANA, "Ana Ruiz", service=service)
    world.add_person(BEN, "Ben Oto", service=service)
    world.add_person("sue@acme.example", "Sue Pended", service=service, suspended=True)
    world.add_room("spree@acme.example", "Spree", service=service)
    world.add_group(DESIGN, [ANA, ENG])
    world.add_group(ENG, [BEN, LOOP])
    world.add_group(LOOP, [ENG, ADMIN])
    return world


@contextmanager
def google(
    folder: Path, admin: str | None = ADMIN, domains: tuple[str, ...] = (), groups: tuple[str, ...] = ()
) -> Iterator[tuple[GoogleSandbox, GoogleProvider]]:
    with GoogleSandbox(world_of("google")) as sandbox:
        config = GoogleConfig(
            sandbox.write_key(folder / "key.json"),
            sandbox.url,
            admin_subject=admin,
            domains=domains,
            groups=groups,
            directory_root=sandbox.url,
        )
        with GoogleProvider(config, frozenset[str](), now=lambda: NOW, patience=Patience(1)) as provider:
            yield sandbox, provider


@contextmanager
def outlook(*groups: str) -> Iterator[tuple[GraphSandbox, OutlookProvider]]:
    with GraphSandbox(world_of("outlook")) as sandbox:
        sandbox.world.add_account("guest@client.example", "Gus Est", guest=True)
        sandbox.world.add_account("scanner@acme.example", "Scanner")
        config = config_of(sandbox, groups=groups)
        with OutlookProvider(config, frozenset[str](), now=lambda: NOW, patience=Patience(1)) as provider:
            yield sandbox, provider


def emails(people: Iterator[Person]) -> list[str]:
    return sorted(person.email for person in people)


# --- Google


def test_google_lists_active_people_and_no_rooms(tmp_path: Path) -> None:
    with google(tmp_path) as (sandbox, provider):
        sandbox.world.store.people[BEN].archived = True
        assert list(provider.directory()) == [Person(ADMIN, "google", "Adam Min"), Person(ANA, "google", "Ana Ruiz")]


def test_google_narrows_to_domains_and_groups(tmp_path: Path) -> None:
    with google(tmp_path, domains=("acme.example",), groups=(ENG,)) as (sandbox, provider):
        sandbox.world.add_person("kim@other.example", "Kim")
        assert emails(provider.directory()) == [ADMIN, BEN]


def test_google_follows_groups_in_groups_and_circles(tmp_path: Path) -> None:
    with google(tmp_path) as (_, provider):
        assert provider.members(DESIGN) == {ANA, BEN, ADMIN}
        with pytest.raises(Gone, match="nobody@acme"):
            provider.members("nobody@acme.example")


def test_google_reads_page_after_page(tmp_path: Path) -> None:
    with google(tmp_path) as (sandbox, provider):
        many = [f"p{n:04}@acme.example" for n in range(1101)]
        for email in many:
            sandbox.world.add_person(email)
        sandbox.world.add_group("all@acme.example", many)
        assert set(many) < set(emails(provider.directory()))
        assert provider.members("all@acme.example") == set(many)


def test_google_without_an_administrator_has_no_directory(tmp_path: Path) -> None:
    with google(tmp_path, admin=None) as (sandbox, provider):
        for ask in (lambda: list(provider.directory()), lambda: provider.members(DESIGN)):
            with pytest.raises(NotSupported, match="ADMIN_SUBJECT"):
                ask()
        assert not sandbox.log


def test_google_asks_with_one_scope_at_a_time(tmp_path: Path) -> None:
    with google(tmp_path) as (sandbox, provider):
        sandbox.world.store.switches.granted_scopes = frozenset({f"{SCOPES}admin.directory.user.readonly"})
        assert emails(provider.directory()) == [ADMIN, ANA, BEN]
        with pytest.raises(AccessLost) as caught:
            provider.members(DESIGN)
        assert "admin.directory.group.member.readonly" in caught.value.mend


def test_google_refuses_somebody_who_is_no_administrator(tmp_path: Path) -> None:
    with google(tmp_path, admin=ANA) as (_, provider), pytest.raises(AccessLost) as caught:
        list(provider.directory())
    assert "has to be an administrator" in caught.value.mend and ANA in caught.value.mend


# --- Outlook


def test_outlook_lists_people_with_a_mailbox_of_their_own() -> None:
    with outlook() as (_, provider):
        assert emails(provider.directory()) == [ADMIN, ANA, BEN]


def test_outlook_leaves_out_mailboxes_the_app_may_not_enter() -> None:
    with outlook() as (sandbox, provider):
        sandbox.switches.allowed = frozenset({ANA})
        assert emails(provider.directory()) == [ANA]


def test_outlook_that_may_enter_no_mailbox_lists_nobody_as_an_error() -> None:
    with outlook() as (sandbox, provider):
        sandbox.switches.allowed = frozenset[str]()
        with pytest.raises(AccessLost) as caught:
            list(provider.directory())
        assert "MailboxSettings.Read" in caught.value.mend


def test_outlook_narrows_to_groups_and_sees_contacts_in_them() -> None:
    with outlook(ENG) as (sandbox, provider):
        sandbox.world.add_group(LOOP, [ENG, ADMIN, "gia@acme.example"])
        assert emails(provider.directory()) == [ADMIN, BEN]
        assert provider.members(DESIGN) == {ANA, BEN, ADMIN, "gia@acme.example"}
        with pytest.raises(Gone, match="o'neil@acme"):
            provider.members("o'neil@acme.example")


def test_outlook_follows_opaque_links() -> None:
    with outlook() as (sandbox, provider):
        sandbox.switches.page_size = 2
        assert emails(provider.directory()) == [ADMIN, ANA, BEN]
        assert provider.members(DESIGN) == {ANA, BEN, ADMIN}


def test_outlook_goes_to_no_other_host_for_the_next_page() -> None:
    with outlook() as (sandbox, provider):
        sandbox.switches.page_size = 2
        sandbox.faults.add("next-link-to-other-host", times=None)
        for ask in (lambda: list(provider.directory()), lambda: provider.members(DESIGN)):
            with pytest.raises(ProviderDown, match="another host"):
                ask()


@pytest.mark.parametrize(
    ("missing", "mend"), [("User.Read.All", "User.Read.All"), ("GroupMember.Read.All", "GroupMember")]
)
def test_outlook_names_the_permission_it_lacks(missing: str, mend: str) -> None:
    with outlook(*([DESIGN] if "Group" in missing else [])) as (sandbox, provider):
        sandbox.switches.permissions = FULL - {missing, "Directory.Read.All", "Group.Read.All"}
        with pytest.raises(AccessLost, match="Authorization_RequestDenied") as caught:
            list(provider.directory())
        assert mend in caught.value.mend


# --- folders


def test_folders_are_people_and_know_no_groups(tmp_path: Path) -> None:
    for name in (ANA, "notes", "Ben@acme.example", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / BEN).write_text("no folder")
    provider = IcsProvider(tmp_path, lambda _: True, lambda: NOW)
    assert list(provider.directory()) == [Person(ANA, "ics")]
    with pytest.raises(NotSupported):
        provider.members(DESIGN)
    with pytest.raises(ProviderDown):
        list(IcsProvider(tmp_path / "gone", lambda _: True, lambda: NOW).directory())
