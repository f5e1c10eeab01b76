"""Runs the migrations of the control database on the connection that it is given."""

from alembic import context

from andel.shared.database import ControlBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ControlBase.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
