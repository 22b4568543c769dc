"""`guardian doctor`: every part looked at one by one, each finding with its mend. Nothing is changed."""

import importlib.metadata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from guardian.bootstrap import (
    FileRoster,
    Roster,
    make_mailer,
    make_providers,
    make_rates,
    make_roster,
    read_policy,
    utc_now,
)
from guardian.errors import AccessLost, Gone, GuardianError, NotSupported, PolicyProblems
from guardian.model.ids import tombstone
from guardian.model.people import Person
from guardian.model.time import format_instant, zone_named
from guardian.ports import CalendarProvider, Check
from guardian.settings import ENV_FILE, CostSettings, Settings, read_settings, unknown_names

SOME_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
UNKNOWN = "no directory has such a group"
MOST_MAILBOXES = 5
"""Mailboxes tried per provider: enough to tell a wrong set-up from a wrong address."""

FINAL_AFTER_DAYS = 10
"""A week and the two days after which it closes lie in the window, and a day for the pass that reads them."""

HOW_TO_SET_UP: Mapping[str, str] = {
    "google": "set GUARDIAN_GOOGLE__CREDENTIALS_FILE (docs/google.md), or correct `provider` in the roster",
    "outlook": "set GUARDIAN_OUTLOOK__TENANT_ID and GUARDIAN_OUTLOOK__CLIENT_ID (docs/outlook.md), or correct `provider` "
    "in the roster",
    "ics": "set GUARDIAN_ICS__ROOT (docs/ics.md), or correct `provider` in the roster",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`result` is `ok`, `warning` or `failed`; `mend` is empty where nothing is to be done."""

    name: str
    result: str
    detail: str
    mend: str = ""


def diagnose() -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    try:
        settings = read_settings()
    except GuardianError as error:
        mend = f"correct this in the environment or in {ENV_FILE}, then run `guardian doctor` again"
        return [Finding("settings", "failed", str(error), mend)]
    return list(_looked_at(settings))


def _looked_at(settings: Settings) -> Iterator[Finding]:
    source = (
        f"environment and {Path(ENV_FILE).resolve()}" if Path(ENV_FILE).exists() else "environment; there is no .env"
    )
    yield Finding("settings", "ok", f"all values can be read ({source})")
    for sentence in unknown_names():
        yield Finding("settings", "warning", sentence, "correct the name or remove the variable")
    yield _switch(settings)
    yield _tried("zone data", _zones, "install the package `tzdata`")
    yield Finding("clock", "ok", f"it is {format_instant(utc_now())} by this machine's clock")
    database = _database(settings)
    yield database
    yield _policy(settings)
    yield from _reports(settings)
    yield from _login(settings)
    yield from _mail(settings)
    with _known_roster(settings) as roster:
        found = _roster(settings, roster)
        yield found
        if found.result != "failed":
            left = _departed(settings) if database.result == "ok" else frozenset()
            yield from _calendars(settings, roster, [p for p in roster() if tombstone(p.email) not in left])


def _tried(name: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(name, "ok", look())
    except GuardianError as error:
        return Finding(name, "failed", str(error), mend)


def _switch(settings: Settings) -> Finding:
    if settings.killed():
        why = "GUARDIAN_GOOGLE__READ_ONLY is set" if settings.google.read_only else "on"
        return Finding(
            "kill switch", "warning", f"{why}: nothing is written to any calendar", "take it away when ready"
        )
    file = f", {settings.kill_switch_file} is not there" if settings.kill_switch_file else ""
    return Finding("kill switch", "ok", f"off{file}")


def _zones() -> str:
    for name in SOME_ZONES:
        zone_named(name)
    return f"readable (tzdata {importlib.metadata.version('tzdata')} stands by)"


def _database(settings: Settings) -> Finding:
    from guardian.store.database import check

    url = settings.database_url.get_secret_value()
    try:
        wrong = check(url)
    except GuardianError as error:
        return Finding("database", "failed", str(error), "correct GUARDIAN_DATABASE_URL")
    if wrong is None:
        return Finding("database", "ok", "answers, and its tables are current")
    what, _, mend = wrong.rpartition("; ")
    if url.startswith("sqlite") and "db upgrade" in mend:
        return Finding("database", "ok", f"{what}; the first command that needs it sees to that")
    return Finding("database", "failed", what or wrong, mend)


def _departed(settings: Settings) -> frozenset[str]:
    """The marks of those who left, whose calendars are nobody's business; none where there is no database yet."""
    from guardian.store.database import check, open_store

    url = settings.database_url.get_secret_value()
    if check(url) is not None:
        return frozenset()
    store = open_store(url, migrate=False)
    try:
        return store.registry.departed()
    finally:
        store.close()


def _policy(settings: Settings) -> Finding:
    from guardian.policy.loader import load

    try:
        policy = load(read_policy(settings.policies)).policy
    except PolicyProblems as error:
        more = len(error.problems) - 1
        rest = f" (and {more} more)" if more else ""
        mend = "`guardian policy check` tells every finding with its place"
        return Finding("policy", "failed", f"{error.problems[0]}{rest}", mend)
    rules = f"{len(policy.rules)} rules, {len(policy.bypass)} bypass entries"
    return Finding("policy", "ok", f"{settings.policies}: {rules}, mode_ceiling {policy.defaults.mode_ceiling}")


def _reports(settings: Settings) -> Iterator[Finding]:
    """Whether money can be told, and whether weeks can become final."""
    if settings.cost.hourly_rate is not None or settings.cost.bands_file is not None:
        mend = "docs/methods.md shows how bands are written; a rate goes into GUARDIAN_COST__HOURLY_RATE"
        yield _tried("cost", partial(_money, settings.cost), mend)
    if settings.window_past_days < FINAL_AFTER_DAYS:
        why = "a week closes two days after its end, when its Monday lies further back than calendars are read"
        mend = f"set it to {FINAL_AFTER_DAYS} or more"
        what = f"GUARDIAN_WINDOW_PAST_DAYS is {settings.window_past_days}: no week ever becomes final; {why}"
        yield Finding("weeks", "warning", what, mend)


def _money(cost: CostSettings) -> str:
    rates = make_rates(cost)
    assert rates is not None
    bands = f" and rates for {len(rates.bands)} bands" if rates.bands else ""
    return f"one blended rate{bands} can be read"


def _login(settings: Settings) -> Iterator[Finding]:
    from guardian.web.login_check import login_checks

    yield from _once(login_checks(settings, utc_now))


def _mail(settings: Settings) -> Iterator[Finding]:
    """Connects and logs in; sends nothing. Silent where no mail is wanted."""
    smtp = settings.smtp
    if not smtp.host:
        return
    try:
        mailer = make_mailer(smtp)
        assert mailer is not None
        with mailer.connect():
            pass
    except GuardianError as error:
        what, _, mend = str(error).rpartition("; ")
        yield Finding("mail", "failed", what or str(error), mend if what else "docs/mail.md shows each setting")
        return
    yield Finding("mail", "ok", f"{smtp.host}:{smtp.port} ({smtp.tls}) lets us in")
    if not (settings.public_url or "").startswith("https://"):
        words = (
            "mails cannot be stopped with one click, and hold no links" if not settings.public_url else "is not https"
        )
        yield Finding("mail", "warning", f"GUARDIAN_PUBLIC_URL: {words}", "set the https address people reach")


@contextmanager
def _known_roster(settings: Settings) -> Iterator[Roster]:
    """With directories it stands in the database, which is read if it can be, and never made here."""
    from guardian.store.database import check, open_store

    if not settings.by_directory():
        yield FileRoster(settings.people)
        return
    url = settings.database_url.get_secret_value()
    if check(url) is not None:
        yield NobodyYet()
        return
    store = open_store(url)
    try:
        yield make_roster(settings, store)
    finally:
        store.close()


class NobodyYet:
    """The roster before the directories were asked for the first time."""

    def __call__(self) -> Sequence[Person]:
        return ()

    def enrolled(self, _: str) -> bool:
        return False


def _roster(settings: Settings, roster: Roster) -> Finding:
    if settings.by_directory():
        return _listed_roster(roster)
    found = _tried("roster", lambda: f"{settings.people} names {_people(len(roster()))}", "correct the roster")
    if found.result == "ok" and not roster():
        return Finding("roster", "warning", f"nobody is listed in {settings.people}", "add the people who agreed")
    return found


def _listed_roster(roster: Roster) -> Finding:
    found = _tried("roster", lambda: f"{_people(len(roster()))}, as the directories listed them", "")
    if found.result == "ok" and not roster():
        return Finding("roster", "warning", "nobody was listed by a directory yet", "run `guardian people sync`")
    return found


def _directories(settings: Settings, providers: Mapping[str, CalendarProvider]) -> Iterator[Finding]:
    """Who is enrolled, where directories say that, and each group of the policy, asked for now. A directory that is not set
    up is no fault by itself."""
    for name, provider in providers.items() if settings.by_directory() else ():
        found = _asked(f"directory of {name}", partial(_first_person, provider))
        yield found or Finding(f"directory of {name}", "warning", "it is not set up: nobody is enrolled from it", "")
    for group in _policy_groups(settings):
        yield _group(group, providers)


def _group(group: str, providers: Mapping[str, CalendarProvider]) -> Finding:
    """What fails comes before what is well; a group that no directory has stops every write."""
    name = f"group:{group}"
    told = [found for one in providers.values() if (found := _asked(name, partial(_size, one, group))) is not None]
    known = [found for found in told if found.detail != UNKNOWN] or told[:1]
    empty = Finding(
        name, "warning", "there is no directory with groups: it is empty", "set a directory up, or name people"
    )
    return next((found for found in known if found.result == "failed"), known[0] if known else empty)


def _asked(name: str, look: Callable[[], str]) -> Finding | None:
    """None where there is no such directory."""
    try:
        return Finding(name, "ok", look())
    except NotSupported:
        return None
    except Gone:
        return Finding(name, "failed", UNKNOWN, "correct its address in the policy; until then nothing is written")
    except GuardianError as error:
        mend = error.mend if isinstance(error, AccessLost) else ""
        return Finding(name, "failed", str(error), mend or "try again later; until then what was known stays")


def _first_person(provider: CalendarProvider) -> str:
    return "readable" if next(provider.directory(), None) else "readable, but it lists nobody to enrol"


def _size(provider: CalendarProvider, group: str) -> str:
    return f"{len(provider.members(group))} members in the directory of {provider.name}"


def _policy_groups(settings: Settings) -> list[str]:
    from guardian.policy.groups import groups_of
    from guardian.policy.loader import load

    try:
        return sorted(groups_of(load(read_policy(settings.policies)).policy))
    except PolicyProblems:
        return []


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _calendars(settings: Settings, roster: Roster, people: list[Person]) -> Iterator[Finding]:
    try:
        providers = make_providers(settings, roster, utc_now, None)
    except GuardianError as error:
        mend = "correct this; docs/google.md and docs/outlook.md show each step"
        yield Finding("providers", "failed", str(error), mend)
        return
    with ExitStack() as stack:
        for provider in providers.values():
            stack.callback(provider.close)
        yield from _services(settings, providers, people)


def _services(
    settings: Settings, providers: Mapping[str, CalendarProvider], people: Sequence[Person]
) -> Iterator[Finding]:
    for name in sorted({person.provider for person in people} - providers.keys()):
        yield Finding(name, "failed", "people on the roster use it, but it is not set up", HOW_TO_SET_UP[name])
    yield from _directories(settings, providers)
    for name, provider in providers.items():
        yield from _service(name, provider, [p for p in people if p.provider == name])


def _service(name: str, provider: CalendarProvider, people: list[Person]) -> Iterator[Finding]:
    if not people:
        yield Finding(name, "warning", "set up, but nobody on the roster uses it", "nothing to do if this is meant")
    yield from _once(_mailboxes(people[:MOST_MAILBOXES], provider))
    if len(people) > MOST_MAILBOXES:
        yield Finding(name, "ok", f"{MOST_MAILBOXES} of {len(people)} mailboxes were tried")


def _mailboxes(people: Iterable[Person], provider: CalendarProvider) -> Iterator[Check]:
    for person in people:
        yield from provider.diagnose(person.email)


def _once(checks: Iterable[Check]) -> Iterator[Finding]:
    """What says the same of every mailbox, such as the clock, is told once: by name and verdict."""
    told: set[tuple[str, bool]] = set()
    for check in checks:
        if (check.name, check.ok) not in told:
            told.add((check.name, check.ok))
            yield Finding(check.name, "ok" if check.ok else "failed", check.detail, check.mend)
