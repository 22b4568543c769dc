"""Who is enrolled and who is in which group, as the directories say: asked once an hour, doubted, and kept when they fail."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from guardian.engine.house import Engine, renew
from guardian.errors import AccessLost, Gone, GuardianError, NotReady, NotSupported, ProviderDown
from guardian.model.ids import tombstone
from guardian.model.people import Person
from guardian.policy.groups import PREFIX, groups_of
from guardian.policy.model import PolicySet
from guardian.ports import CalendarProvider, Membership, Registry

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
FROM = "directory:"

Look = Callable[[], Mapping[str, str]]
"""Asks a directory for names by address."""

FEW, MANY = 5, 20
"""From FEW on an empty answer is doubted, from MANY on one that lacks more than half."""

RENEW_EVERY = 20
"""People after whom the lock of the pass is renewed: each may have cost a request."""

NO_DIRECTORY = "no provider has a directory with groups"


@dataclass(frozen=True, slots=True)
class Change:
    """What an answer of the directory changed; `name` as in Membership, who joined and who is gone by address."""

    name: str
    joined: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(slots=True)
class _Round:
    """One round of questions. `accept` believes an answer that would be doubted."""

    engine: Engine
    accept: bool
    known: Mapping[str, Membership]
    changes: list[Change] = field(default_factory=list)

    def ask(self, name: str, look: Look) -> None:
        """Keep what comes; keep what was there where it cannot be had or believed."""
        now = self.engine.clock()
        before = self.known.get(name) or Membership(name, {}, None, now)
        try:
            renew(self.engine)
            found = look()
            problem = "" if self.accept else doubt(before.members, found)
        except NotSupported:
            return
        except NotReady:
            raise
        except GuardianError as error:
            found, problem = before.members, _words(error)
        except Exception as error:
            log.exception("a directory could not be read for an unexpected reason")
            found, problem = before.members, f"{type(error).__name__}: {error}"
        self._keep(before, found, problem, now)

    def _keep(self, before: Membership, found: Mapping[str, str], problem: str, now: datetime) -> None:
        registry = self.engine.store.registry
        if problem:
            registry.save_membership(replace(before, tried_at=now, problem=problem))
            return
        left = registry.departed()
        found = {email: name for email, name in found.items() if tombstone(email) not in left}
        registry.save_membership(Membership(before.name, found, now, now))
        joined, gone = sorted(found.keys() - before.members.keys()), sorted(before.members.keys() - found.keys())
        if joined or gone:
            self.changes.append(Change(before.name, tuple(joined), tuple(gone)))


def _words(error: GuardianError) -> str:
    mend = error.mend if isinstance(error, AccessLost) else ""
    return f"{error}; {mend}" if mend else str(error)


def doubt(before: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Why an answer is not believed; empty for a believable one."""
    lost = len(before.keys() - found.keys())
    if (len(before) >= FEW and not found) or (len(before) >= MANY and lost * 2 > len(before)):
        mend = "`guardian people sync --accept` takes it if it is right"
        return f"{lost} of {len(before)} people are missing from the answer, which is not believed; {mend}"
    return ""


def refresh(engine: Engine, policy: PolicySet, *, now_please: bool = False, accept: bool = False) -> list[Change]:
    """Ask the directories who is enrolled (where they decide that) and who is in the groups that the policy names.

    At most once an hour, unless `now_please`; what was never read is asked for every time. What fails or is doubted keeps
    what was known, with the problem beside it. The caller holds the pass's lock. Raises NotReady when it was lost.
    """
    known = {held.name: held for held in engine.store.registry.memberships()}
    round_ = _Round(engine, accept, known)
    wanted = {**(_enrolling(engine, known) if engine.by_directory else {}), **_groups(engine, policy)}
    for name, look in wanted.items():
        if now_please or _is_due(known.get(name), engine.clock()):
            round_.ask(name, look)
    engine.store.registry.drop_memberships([name for name in known if name not in wanted and _is_group(name)])
    return round_.changes


def _is_group(name: str) -> bool:
    return name.startswith(PREFIX)


def _enrolling(engine: Engine, known: Iterable[str]) -> dict[str, Look]:
    """The providers, and those that enrolled people before and are not set up any more."""
    names = engine.providers.keys() | {name.removeprefix(FROM) for name in known if name.startswith(FROM)}
    return {f"{FROM}{name}": partial(_people_of, engine, engine.providers.get(name)) for name in sorted(names)}


def _groups(engine: Engine, policy: PolicySet) -> dict[str, Look]:
    providers = list(engine.providers.values())
    return {f"{PREFIX}{group}": partial(_members_of, providers, group) for group in sorted(groups_of(policy))}


def _is_due(held: Membership | None, now: datetime) -> bool:
    if held is None or held.as_of is None:
        return True
    return not timedelta() <= now - held.tried_at < EVERY


def _people_of(engine: Engine, provider: CalendarProvider | None) -> dict[str, str]:
    """Names by address; the pass keeps its lock meanwhile."""
    if provider is None:
        raise ProviderDown("the provider is not set up any more; `guardian people leave` lets people go one by one")
    found: dict[str, str] = {}
    for person in provider.directory():
        found[person.email] = person.name
        if len(found) % RENEW_EVERY == 0:
            renew(engine)
    return found


def _members_of(providers: Iterable[CalendarProvider], group: str) -> dict[str, str]:
    """Of all directories together: a group may exist on both services. One that fails fails the group.

    Raises NotSupported where there is no directory at all, Gone where none knows the group.
    """
    answers = [answer for provider in providers if (answer := _answer(provider, group)) is not None]
    if not answers:
        raise NotSupported(NO_DIRECTORY)
    found = [emails for emails in answers if not isinstance(emails, Gone)]
    if not found:
        raise Gone(f"no directory has a group {group}; correct its address in the policy")
    return dict.fromkeys(sorted(frozenset[str]().union(*found)), "")


def _answer(provider: CalendarProvider, group: str) -> frozenset[str] | Gone | None:
    try:
        return provider.members(group)
    except Gone as error:
        return error
    except NotSupported:
        return None


def listed(registry: Registry) -> list[Person]:
    """Everybody the directories enrol, by address. Who is in two directories counts for the first by name of the provider."""
    found: dict[str, Person] = {}
    for held in registry.memberships():
        if held.name.startswith(FROM):
            for email, name in held.members.items():
                found.setdefault(email, Person(email, held.name.removeprefix(FROM), name))
    return [found[email] for email in sorted(found)]


def groups_by_person(registry: Registry) -> dict[str, tuple[str, ...]]:
    """The groups of everybody who is in any, as last read."""
    found: dict[str, tuple[str, ...]] = {}
    for held in registry.memberships():
        if _is_group(held.name):
            for email in held.members:
                found[email] = (*found.get(email, ()), held.name.removeprefix(PREFIX))
    return found


def unread_groups(registry: Registry, policy: PolicySet) -> list[Membership]:
    """Groups of the policy that a directory should know and that never could be read: nobody knows whom the rules spare."""
    wanted = {f"{PREFIX}{group}" for group in groups_of(policy)}
    return [held for held in registry.memberships() if held.as_of is None and held.name in wanted]


def notes(registry: Registry) -> list[str]:
    """A sentence for each directory or group that goes on with what was known before."""
    return [_note(held) for held in registry.memberships() if held.problem]


def _note(held: Membership) -> str:
    stands = f"as of {held.as_of:%Y-%m-%d %H:%M} UTC, {len(held.members)} people" if held.as_of else "never read"
    return f"{held.name} ({stands}): {held.problem}"


def told(changes: Sequence[Change]) -> list[str]:
    """The changes in words, a line each."""
    return [
        f"{change.name}: {sign} {email}"
        for change in changes
        for sign, emails in (("+", change.joined), ("-", change.gone))
        for email in emails
    ]
