"""Alembic's entry. The connection, already in its one transaction, comes from listener/store/migrate.py."""

from alembic import context

from listener.store.tables import metadata

settings = context.config.attributes

context.configure(
    connection=settings["connection"],
    version_table=settings["version_table"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
