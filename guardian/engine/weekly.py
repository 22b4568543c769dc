"""The weekly mail: who is due, and each at most once.

A row is intended for every mail that is due, then claimed in a transaction of its own, handed to the server, and settled.
What a crash leaves claimed is never sent again: nobody knows whether the server had taken it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guardian.engine.house import Engine
from guardian.engine.letters import Letters
from guardian.engine.mail_turn import Turn
from guardian.errors import InputError
from guardian.model.ids import tombstone
from guardian.model.mail import PAUSES, Addressee, Fate, Handover, MailKind, MailRow, MailState
from guardian.model.time import Week, zone_named
from guardian.ports import Line, Mailer, Scribe
from guardian.reports.letter_series import Offer

log = logging.getLogger(__name__)

PORTION = 500
"""Mails sent after one pass at most, so that calendars do not wait for them."""

SAME_PROPOSAL = timedelta(weeks=8)

TO: tuple[str, ...] = tuple(MailKind)


@dataclass(frozen=True, slots=True)
class Post:
    """How mail goes out. `organisation` are the addresses for everybody's numbers, `offer` is what is said of
    written updates; `halted` stops mails before each one."""

    scribe: Scribe
    mailer: Mailer | None
    turn: Turn
    organisation: Sequence[str] = ()
    offer: Offer = field(default_factory=Offer)
    halted: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Written:
    """A message ready to go, or what is wrong with its address; `proposal` is the series it proposes."""

    message: bytes | None
    proposal: str | None
    problem: str = ""


@dataclass(slots=True)
class Sent:
    """What became of the mails of one run: how many by kind and state, and copies for who asked for them."""

    counts: Counter[tuple[MailKind, MailState]] = field(default_factory=Counter)
    copy: Callable[[Addressee, bytes], object] = lambda _addressee, _message: None

    @property
    def bad(self) -> int:
        """Mails that did not arrive, as far as is known."""
        return sum(n for (_, state), n in self.counts.items() if state not in (MailState.SENT, MailState.WAITING))


def letters_of(engine: Engine, post: Post) -> Letters:
    """Raises PolicyProblems when there is no policy to go by."""
    return Letters(engine, post.scribe.links, post.offer)


def due(engine: Engine, post: Post, letters: Letters) -> list[Addressee]:
    """Everybody whose mail about the week that just ended is due now by their own clock."""
    now = engine.clock()
    found = [(a, post.turn.due(letters.schedule_of(a), now)) for a in everybody(engine, post, letters, "")]
    return [Addressee(a.kind, a.recipient, a.scope, str(week)) for a, week in found if week is not None]


def everybody(engine: Engine, post: Post, letters: Letters, week: str) -> Iterator[Addressee]:
    """Everybody enrolled, each owner of a team who is an address, and the organisation's addresses; nobody who left and was
    forgotten, and with everything else what they had stopped."""
    departed = engine.store.registry.departed()
    for addressee in _named(post, letters, week):
        if tombstone(addressee.recipient) not in departed:
            yield addressee


def _named(post: Post, letters: Letters, week: str) -> Iterator[Addressee]:
    for email in letters.members:
        yield Addressee(MailKind.PERSON, email, f"person:{email}", week)
    for team in letters.policy.teams:
        for owner in dict.fromkeys(filter(None, map(_address, team.owners))):
            yield Addressee(MailKind.TEAM, owner, f"team:{team.name}", week)
    for address in dict.fromkeys(post.organisation):
        yield Addressee(MailKind.ORG, address, "org", week)


def _address(owner: str) -> str | None:
    address = owner.removeprefix("person:").strip().lower()
    return address if "@" in address and ":" not in address else None


def chosen(engine: Engine, post: Post, letters: Letters, week: str | None, to: str | None) -> list[Addressee]:
    """Who is asked for: `to` is a kind, an address or None for all; `week` None is the week that just ended for each.
    Raises InputError for somebody who gets no mail."""
    now = engine.clock()
    whole = [
        Addressee(a.kind, a.recipient, a.scope, week or str(_just_ended(letters, a, now)))
        for a in everybody(engine, post, letters, "")
    ]
    return narrowed(whole, to)


def check_over(engine: Engine, week: Week) -> None:
    """Raises InputError for a week that goes on: its mail would tell half of it, and the whole one would never be sent."""
    if week.interval(zone_named(engine.fallback_zone)).end > engine.clock():
        raise InputError(f"week {week} is not over; `guardian email preview --week {week}` shows it as it stands")


def narrowed(addressees: Sequence[Addressee], to: str | None) -> list[Addressee]:
    """Those of a kind, or of an address; raises InputError for an address that gets no mail."""
    if to is None or to in TO:
        return [a for a in addressees if to in (None, a.kind)]
    found = [a for a in addressees if a.recipient == to.strip().lower()]
    if not found:
        raise InputError(f"{to} gets no mail now; write person, team, org or an address that gets one")
    return found


def _just_ended(letters: Letters, addressee: Addressee, now: datetime) -> Week:
    return Week.of(now.astimezone(letters.schedule_of(addressee).zone).date()).previous()


def send(engine: Engine, post: Post, letters: Letters, addressees: Iterable[Addressee], sent: Sent) -> Sent:
    """Hand over those that are wanted, due and not handed over yet; raises NotReady when the server cannot be used.

    Settling what crashed runs left behind comes first.
    """
    mails = engine.store.mails
    mails.lapse(engine.clock())
    open_ones = _intended(engine, post, letters, list(addressees))
    if not open_ones or post.mailer is None or post.halted():
        return sent
    earlier = _proposed(engine, open_ones)
    with post.mailer.connect() as line:
        for addressee in open_ones:
            if post.halted():
                break
            if (addressee.recipient, addressee.kind) in mails.stops():
                continue  # asked for while the others were handed over
            avoid = earlier.get((addressee.kind, addressee.recipient, addressee.scope), ())
            written = _written(post, letters, addressee, avoid, engine.clock())
            if written is not None:
                _hand_over(engine, line, addressee, written, sent)
    return sent


def send_due(engine: Engine, post: Post) -> Sent:
    """What `guardian serve` does after each pass: a portion of what is due."""
    letters = letters_of(engine, post)
    return send(engine, post, letters, due(engine, post, letters), Sent())


def send_all(engine: Engine, post: Post, letters: Letters, addressees: Sequence[Addressee], sent: Sent) -> Sent:
    """As `send`, portion by portion."""
    for start in range(0, len(addressees), PORTION):
        send(engine, post, letters, addressees[start : start + PORTION], sent)
    return sent


def _intended(engine: Engine, post: Post, letters: Letters, addressees: Sequence[Addressee]) -> list[Addressee]:
    """Those with a row that waits and may be tried now; rows are made for those that have none and are worth a mail."""
    mails, now = engine.store.mails, engine.clock()
    stops = mails.stops()
    wanted = [a for a in addressees if (a.recipient, a.kind) not in stops]
    rows = _rows(engine, wanted)
    new = letters.worth([a for a in wanted if a.key not in rows])
    mails.intend(new, post.scribe.domain, now)
    fresh = {a.key for a in new}
    return [a for a in wanted if a.key in fresh or _may_be_tried(rows.get(a.key), now)][:PORTION]


def _rows(engine: Engine, addressees: Iterable[Addressee]) -> dict[str, MailRow]:
    weeks = sorted({a.week for a in addressees})
    return {row.key: row for week in weeks for row in engine.store.mails.of_week(week)}


def _may_be_tried(row: MailRow | None, now: datetime) -> bool:
    return row is not None and row.state is MailState.WAITING and (row.not_before is None or row.not_before <= now)


def _proposed(engine: Engine, addressees: Sequence[Addressee]) -> dict[tuple[MailKind, str, str], Collection[str]]:
    """What was proposed in the eight weeks before, by who it was proposed to."""
    weeks = sorted({a.week for a in addressees})
    since = Week.of(Week.parse(weeks[0]).monday - SAME_PROPOSAL)
    return dict(engine.store.mails.proposed(str(since), weeks[-1]))


def _written(
    post: Post, letters: Letters, addressee: Addressee, avoid: Collection[str], now: datetime
) -> Written | None:
    """One mail that cannot be written spoils only itself: it stays waiting, until it is given up a day later."""
    try:
        draft = letters.draft(addressee, avoid)
        if draft is None:
            return None
        proposal = draft.letter.proposal
        return Written(post.scribe.message(addressee, draft, now), proposal.key if proposal else None)
    except InputError as error:
        return Written(None, None, str(error))
    except Exception:
        log.exception("a %s mail could not be written", addressee.kind)
        return None


def _hand_over(engine: Engine, line: Line, addressee: Addressee, written: Written, sent: Sent) -> None:
    mails = engine.store.mails
    row = mails.claim(addressee, written.proposal, engine.clock())
    if row is None:
        return  # another process has it
    handed = Handover(Fate.REFUSED, written.problem)
    if written.message is not None:
        handed = line.send(addressee.recipient, written.message)
        sent.copy(addressee, written.message)
    state, again = _state(handed.fate, row, engine.clock())
    mails.settle(row, state, handed.words, engine.clock(), again)
    sent.counts[(addressee.kind, state)] += 1
    log.info("%s mail of week %s: %s (try %d)", addressee.kind, addressee.week, state, row.attempts)


def _state(fate: Fate, row: MailRow, now: datetime) -> tuple[MailState, datetime | None]:
    """Where the row stands after a try, and when the next one may come."""
    match fate:
        case Fate.TAKEN:
            return MailState.SENT, None
        case Fate.REFUSED:
            return MailState.REFUSED, None
        case Fate.UNKNOWN:
            return MailState.UNCERTAIN, None
        case Fate.LATER:
            if row.attempts > len(PAUSES):
                return MailState.FAILED, None
            return MailState.WAITING, now + PAUSES[row.attempts - 1]


def leave_alone(engine: Engine, recipient: str, kinds: Collection[MailKind], actor: str) -> None:
    """Send the address none of these any more. Nothing is kept of somebody who left and was forgotten: they get no mail anyway."""
    if tombstone(recipient) in engine.store.registry.departed():
        return
    engine.store.mails.stop(recipient, kinds, engine.clock())
    engine.store.ledger.log(actor, recipient, "mail stopped", ", ".join(kinds), engine.clock())


def send_again_to(engine: Engine, recipient: str, actor: str) -> bool:
    """All kinds again; False when nothing was stopped."""
    resumed = engine.store.mails.resume(recipient)
    if resumed:
        engine.store.ledger.log(actor, recipient, "mail resumed", "asked for", engine.clock())
    return resumed
