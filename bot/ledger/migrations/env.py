"""Alembic's entrance: runs the migrations on the connection that `Database.migrate` gives it."""

from alembic import context

from bot.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
