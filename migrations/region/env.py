"""Runs the migrations of a region's database on the connection that it is given."""

from alembic import context

from andel.shared.database import RegionBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=RegionBase.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
