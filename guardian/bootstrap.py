"""The only place that names concrete classes: settings in, a working guardian out."""

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from guardian.engine.directory import listed
from guardian.engine.house import Engine, Keep
from guardian.engine.mail_turn import Turn
from guardian.engine.rollup import hide_anew
from guardian.engine.sync import Reach
from guardian.engine.weekly import Post
from guardian.errors import InputError, PolicyProblems, Problem, SettingsError
from guardian.model.ids import ulid
from guardian.model.ledger import Owner
from guardian.model.people import Person
from guardian.model.time import WEEKDAYS
from guardian.ports import CalendarProvider, Clock, Registry
from guardian.reports.cost import Rates
from guardian.reports.letter_series import Offer
from guardian.roster import read_roster
from guardian.settings import CostSettings, Settings, SmtpSettings, load_settings, words_of

if TYPE_CHECKING:
    from guardian.mail.compose import Sender
    from guardian.mail.send import SmtpMailer
    from guardian.store.database import SqlStore

OnRequest = Callable[[str, str, int], None]
"""Told of every request to a calendar service: provider, method, status."""


@dataclass(frozen=True, slots=True)
class Guardian:
    """Everything a command or the web needs, open until closed."""

    settings: Settings
    store: "SqlStore"
    engine: Engine


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_guardian(
    settings: Settings | None = None, *, clock: Clock = utc_now, on_request: OnRequest | None = None
) -> Iterator[Guardian]:
    """Read the settings, open the database, make the providers; raises SettingsError and NotReady."""
    from guardian.store.database import open_store

    chosen = settings or load_settings()
    with ExitStack() as stack:
        store = open_store(chosen.database_url.get_secret_value())
        stack.callback(store.close)
        engine = make_engine(chosen, store, clock, on_request)
        for provider in engine.providers.values():
            stack.callback(provider.close)
        hide_anew(engine)
        yield Guardian(chosen, store, engine)


def make_engine(
    settings: Settings, store: "SqlStore", clock: Clock = utc_now, on_request: OnRequest | None = None
) -> Engine:
    roster = make_roster(settings, store)
    return Engine(
        store=store,
        providers=make_providers(settings, roster, clock, on_request),
        roster=roster,
        policy_files=lambda: read_policy(settings.policies),
        clock=clock,
        killed=settings.killed,
        owner=Owner(socket.gethostname(), os.getpid()),
        new_id=lambda now: ulid(now, os.urandom(10)),
        sleep=time.sleep,
        reach=Reach.days(settings.window_past_days, settings.window_future_days),
        fallback_zone=settings.timezone,
        by_directory=settings.by_directory(),
        min_group=settings.privacy.min_group,
        rates=make_rates(settings.cost),
        write_minutes=settings.email.write_minutes,
        read_minutes=settings.email.read_minutes,
        keep=Keep(settings.retention.raw_days, settings.retention.aggregate_months),
    )


def make_post(guardian: Guardian) -> Post:
    """How mail goes out; without a mail server it can be looked at only. Raises SettingsError."""
    from guardian.mail.scribe import MimeScribe

    chosen = guardian.settings
    template = _web_address("EMAIL__ASYNC_TEMPLATE", chosen.email.async_template)
    return Post(
        scribe=MimeScribe(
            make_sender(chosen.smtp), _web_address("PUBLIC_URL", chosen.public_url), mail_secret(guardian)
        ),
        mailer=make_mailer(chosen.smtp),
        turn=Turn(WEEKDAYS.index(chosen.email.day), chosen.email.hour),
        organisation=words_of(chosen.email.organisation),
        offer=Offer(chosen.email.write_minutes, chosen.email.read_minutes, template),
        halted=chosen.switched_off,
    )


def _web_address(setting: str, given: str | None) -> str:
    """Without a slash at its end; a link in a mail has no page that it could be relative to. Raises SettingsError."""
    if given and not given.startswith(("https://", "http://")):
        raise SettingsError(f"GUARDIAN_{setting} must begin with https://")
    return (given or "").rstrip("/")


def make_sender(smtp: SmtpSettings) -> "Sender":
    """Who mails come from; raises SettingsError."""
    from guardian.mail.compose import Sender

    if smtp.host and not smtp.sender:
        raise SettingsError("GUARDIAN_SMTP__FROM is missing; write it like Guardian <guardian@acme.example>")
    try:
        return Sender.parse(smtp.sender or "guardian@localhost")
    except InputError as error:
        raise SettingsError(f"GUARDIAN_SMTP__FROM: {error}") from error


def make_mailer(smtp: SmtpSettings) -> "SmtpMailer | None":
    """The way to the mail server, None without one; raises SettingsError."""
    from guardian.mail.send import SmtpConfig, SmtpMailer

    if not smtp.host:
        return None
    sender = make_sender(smtp).address
    return SmtpMailer(SmtpConfig(smtp.host, smtp.port, sender, smtp.username, smtp.secret(), smtp.tls, smtp.ca_file))


def mail_secret(guardian: Guardian) -> str:
    """What seals the links that stop mails: the setting, or one that the database keeps."""
    given = guardian.settings.session_secret
    if given:
        return given.get_secret_value()
    return guardian.store.sessions.key("mail stop", lambda: secrets.token_urlsafe(32))


def make_rates(chosen: CostSettings) -> Rates | None:
    """What an hour is taken to cost; None without a rate. Raises SettingsError for a broken file of bands."""
    if chosen.hourly_rate is None:
        if chosen.bands_file is not None:
            raise SettingsError(
                "GUARDIAN_COST__BANDS_FILE needs GUARDIAN_COST__HOURLY_RATE, the rate for everybody else"
            )
        return None
    return Rates(chosen.currency or "", chosen.hourly_rate, _bands(chosen.bands_file) if chosen.bands_file else {})


def _bands(path: Path) -> Mapping[str, float]:
    from guardian.reports.bands import parse_bands

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"GUARDIAN_COST__BANDS_FILE: cannot read {path}: {error}; check path and permissions"
        ) from error
    return parse_bands(str(path), text)


class Roster(Protocol):
    """Who is enrolled, from wherever that is known."""

    def __call__(self) -> Sequence[Person]: ...

    def enrolled(self, email: str) -> bool:
        """The allow-list every provider asks before it reads or writes for somebody."""
        ...


def make_roster(settings: Settings, store: "SqlStore") -> Roster:
    return ListedRoster(store.registry) if settings.by_directory() else FileRoster(settings.people)


@dataclass(slots=True)
class ListedRoster:
    """Those whom the directories listed when they were asked last. Calling it reads the database; the allow-list goes by the
    last call."""

    registry: Registry
    _emails: frozenset[str] | None = None

    def __call__(self) -> Sequence[Person]:
        people = listed(self.registry)
        self._emails = frozenset(person.email for person in people)
        return people

    def enrolled(self, email: str) -> bool:
        if self._emails is None:
            self()
        return email in (self._emails or ())


@dataclass(slots=True)
class FileRoster:
    """The people in the roster file, which is read again when it changed."""

    path: Path
    _stamp: tuple[int, int] | None = None
    _people: list[Person] = field(default_factory=list)

    def __call__(self) -> Sequence[Person]:
        stamp = _stamp(self.path)
        if stamp is None or stamp != self._stamp:
            self._people, self._stamp = read_roster(self.path), stamp
        return self._people

    def enrolled(self, email: str) -> bool:
        return any(person.email == email for person in self())


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def read_policy(path: Path) -> Mapping[str, str]:
    """The policy file and the per-team files beside it, by name; raises PolicyProblems when one cannot be read."""
    files = {str(path): _policy_text(path)}
    team_files = sorted((path.parent / f"{path.stem}.d").glob("*.yaml"))
    return files | {str(file): _policy_text(file) for file in team_files}


def _policy_text(path: Path) -> str:
    from guardian.policy.yamltree import decode

    try:
        return decode(str(path), path.read_bytes())
    except OSError as error:
        words = f"cannot be read ({error.strerror}); `guardian init` writes one, GUARDIAN_POLICIES names the file"
        raise PolicyProblems([Problem(str(path), 1, 1, "error", "G102", "", words)]) from error


def make_providers(
    settings: Settings, roster: Roster, clock: Clock, on_request: OnRequest | None
) -> dict[str, CalendarProvider]:
    """The services that are set up, by the name the roster uses."""
    found: dict[str, CalendarProvider] = {}
    if settings.google.credentials_file:
        found["google"] = _google(settings, roster, clock, on_request)
    if settings.outlook.tenant_id or settings.outlook.client_id:
        found["outlook"] = _outlook(settings, roster, clock, on_request)
    if settings.ics.root:
        found["ics"] = _ics(settings.ics.root, roster, clock)
    return found


def _google(settings: Settings, roster: Roster, clock: Clock, on_request: OnRequest | None) -> CalendarProvider:
    from guardian.providers.google import GoogleConfig, google_provider

    chosen = settings.google
    assert chosen.credentials_file is not None
    told = (lambda method, status: on_request("google", method, status)) if on_request else (lambda _m, _s: None)
    config = GoogleConfig(
        chosen.credentials_file,
        chosen.api_root,
        chosen.read_only,
        admin_subject=chosen.admin_subject,
        domains=words_of(chosen.domains),
        groups=words_of(chosen.groups),
        directory_root=chosen.directory_root,
    )
    return google_provider(config, roster.enrolled, sleep=time.sleep, now=clock, on_request=told)


def _outlook(settings: Settings, roster: Roster, clock: Clock, on_request: OnRequest | None) -> CalendarProvider:
    from guardian.providers.outlook import OutlookConfig, outlook_provider

    chosen = settings.outlook
    told = (lambda method, status: on_request("outlook", method, status)) if on_request else (lambda _m, _s: None)
    config = OutlookConfig(
        tenant_id=chosen.tenant_id or "",
        client_id=chosen.client_id or "",
        client_secret=chosen.secret(),
        certificate_file=chosen.certificate_file,
        authority=chosen.authority,
        graph_root=chosen.graph_root,
        ca_file=chosen.ca_file,
        in_flight=chosen.in_flight,
        past=timedelta(days=settings.window_past_days),
        future=timedelta(days=settings.window_future_days),
        focus_names=tuple(name.strip() for name in chosen.focus_names.split(",") if name.strip()),
        groups=words_of(chosen.groups),
    )
    return outlook_provider(config, roster.enrolled, sleep=time.sleep, now=clock, on_request=told)


def _ics(root: Path, roster: Roster, clock: Clock) -> CalendarProvider:
    from guardian.providers.ics.provider import IcsProvider

    return IcsProvider(root, roster.enrolled, clock)
