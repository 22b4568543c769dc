"""Whom people let see their own pages."""

from guardian.engine.house import Engine
from guardian.engine.people import enrolled_address
from guardian.errors import InputError


def name_delegate(engine: Engine, person: str, text: str, actor: str) -> str:
    """Let somebody who is enrolled see this person's own pages; gives the address.

    Raises InputError for oneself, and where either of them is not enrolled.
    """
    delegate = enrolled_address(engine, text)
    enrolled_address(engine, person)
    if delegate == person:
        raise InputError("these are your own pages already")
    now = engine.clock()
    if engine.store.sessions.add_delegate(person, delegate, now):
        engine.store.ledger.log(actor, person, "delegate named", delegate, now)
    return delegate


def drop_delegate(engine: Engine, person: str, text: str, actor: str) -> None:
    """Raises InputError where that address is no delegate of the person."""
    delegate = text.strip().lower()
    if not engine.store.sessions.remove_delegate(person, delegate):
        raise InputError(f"{delegate} is not among your delegates")
    engine.store.ledger.log(actor, person, "delegate dropped", delegate, engine.clock())
