"""`guardian doctor`: every part looked at one by one, each finding with its mend. Nothing is changed."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from guardian.bootstrap import Roster, make_providers, read_policy, utc_now
from guardian.errors import GuardianError, PolicyProblems
from guardian.model.people import Person
from guardian.model.time import zone_named
from guardian.ports import Check
from guardian.settings import Settings, load_settings, unknown_names

SOME_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
SET_UP_BY = {
    "google": "GUARDIAN_GOOGLE__CREDENTIALS_FILE",
    "outlook": "GUARDIAN_OUTLOOK__TENANT_ID and GUARDIAN_OUTLOOK__CLIENT_ID",
    "ics": "GUARDIAN_ICS__ROOT",
}
MOST_MAILBOXES = 5
"""Mailboxes tried per provider: enough to tell a wrong set-up from a wrong address."""


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
        settings = load_settings()
    except GuardianError as error:
        return [Finding("settings", "failed", str(error), "correct the settings above and run `guardian doctor` again")]
    return [Finding("settings", "ok", "all values can be read"), *_looked_at(settings)]


def _looked_at(settings: Settings) -> Iterator[Finding]:
    for sentence in unknown_names(os.environ):
        yield Finding("settings", "warning", sentence, "correct the name or remove the variable")
    yield _switch(settings)
    yield _tried("zone data", _zones, "install the package `tzdata`")
    yield _database(settings)
    yield from _policy(settings)
    roster = Roster(settings.people)
    found = _tried("roster", lambda: f"{len(roster())} people in {settings.people}", "correct the roster")
    yield found
    if found.result == "ok":
        yield from _calendars(settings, roster)


def _tried(name: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(name, "ok", look())
    except GuardianError as error:
        return Finding(name, "failed", str(error), mend)


def _switch(settings: Settings) -> Finding:
    if settings.killed():
        return Finding("kill switch", "warning", "on: nothing is written anywhere", "switch it off when you are ready")
    return Finding("kill switch", "ok", "off")


def _zones() -> str:
    for name in SOME_ZONES:
        zone_named(name)
    return "the zone data can be read"


def _database(settings: Settings) -> Finding:
    from guardian.store.database import check

    def look() -> str | None:
        return check(settings.database_url.get_secret_value())

    try:
        wrong = look()
    except GuardianError as error:
        return Finding("database", "failed", str(error), "correct GUARDIAN_DATABASE_URL")
    if wrong and settings.database_url.get_secret_value().startswith("sqlite"):
        return Finding("database", "ok", f"{wrong.split(';')[0]}; the next command that needs it creates it")
    return (
        Finding("database", "failed", wrong, "run `guardian db upgrade`")
        if wrong
        else Finding("database", "ok", "current")
    )


def _policy(settings: Settings) -> Iterator[Finding]:
    from guardian.policy.loader import load

    try:
        loaded = load(read_policy(settings.policies))
    except PolicyProblems as error:
        yield Finding("policy", "failed", str(error.problems[0]), "run `guardian policy check` for all findings")
        return
    except GuardianError as error:
        yield Finding("policy", "failed", str(error), "run `guardian init`, or correct GUARDIAN_POLICIES")
        return
    ceiling = loaded.policy.defaults.mode_ceiling
    yield Finding("policy", "ok", f"{len(loaded.policy.rules)} rules, mode_ceiling {ceiling}")


def _calendars(settings: Settings, roster: Roster) -> Iterator[Finding]:
    try:
        providers = make_providers(settings, roster, utc_now, None)
    except GuardianError as error:
        yield Finding(
            "providers",
            "failed",
            str(error),
            "correct the provider's settings; `docs/outlook.md` shows each step for Outlook",
        )
        return
    for name in sorted({person.provider for person in roster()}):
        if name not in providers:
            yield Finding(name, "failed", "people use it, but it is not set up", f"set {SET_UP_BY[name]}")
    for name, provider in providers.items():
        people = [p for p in roster() if p.provider == name]
        yield from _mailboxes(people, provider.diagnose)
        if len(people) > MOST_MAILBOXES:
            yield Finding(name, "ok", f"{MOST_MAILBOXES} of {len(people)} mailboxes were tried")


def _mailboxes(people: Iterable[Person], look: Callable[[str], Iterable[Check]]) -> Iterator[Finding]:
    for person in list(people)[:MOST_MAILBOXES]:
        for check in look(person.email):
            yield Finding(check.name, "ok" if check.ok else "failed", check.detail, check.mend)
