"""What was decided, intended, done and undone."""

from guardian.store.ledger_expiry import Expiry
from guardian.store.ledger_outbox import Outbox
from guardian.store.ledger_people import Decisions, Hands
from guardian.store.ledger_record import Record
from guardian.store.ledger_runs import Journal, Passes, Runs


class SqlLedger(Passes, Runs, Record, Outbox, Expiry, Decisions, Hands, Journal):
    """`Ledger` on a database, its methods by subject in the modules beside this one."""
