"""${message}."""

from andel.shared.database.migration import run

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say in SQL what changes; see migrations/README.md."""
    run("")
