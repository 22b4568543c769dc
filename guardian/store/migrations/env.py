"""Runs migrations on the connection it is given, inside the transaction that is already open there."""

from alembic import context

from guardian.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
