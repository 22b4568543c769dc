"""Everything that is held about one person, for that person."""

from typing import Any

from guardian.engine.house import Engine
from guardian.errors import InputError
from guardian.model.time import format_instant

SCHEMA = "guardian.person/1"


def export_person(engine: Engine, email: str, actor: str = "command line") -> dict[str, Any]:
    """`schema, person, exported_at, held`: rows by table as plain data, without secrets. That it was asked for is journalled.

    Raises InputError for somebody about whom nothing is held.
    """
    now, address = engine.clock(), email.strip().lower()
    held = engine.store.upkeep.held(address)
    if not held:
        raise InputError(f"nothing is held about {address}")
    engine.store.ledger.log(actor, address, "data exported", "", now)
    return {"schema": SCHEMA, "person": address, "exported_at": format_instant(now), "held": held}
