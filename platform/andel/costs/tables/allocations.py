"""Results that never change: allocations, what they were made from, their workings and charges."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from andel.shared.database.base import (
    Id,
    Keeping,
    Ore,
    Ownership,
    Recorded,
    RegionBase,
    declared,
    one_of,
)

_DIGEST = "digest ~ '^[0-9a-f]{64}$'"
_SPLIT = "num_nulls(total_ore, region_ore) = 0 AND charged_ore + region_ore = total_ore"
_TARIFF = (
    "num_nulls(supplier_cost_ore, residual_ore) IN (0, 2)"
    " AND coalesce(charged_ore + residual_ore = supplier_cost_ore, true)"
)


class Kind(StrEnum):
    """The kinds of result, as ``andel.sdk.cost`` has them."""

    SPLIT = "split"
    TARIFF = "tariff"
    CEILING = "ceiling"


class Purpose(StrEnum):
    """What an allocation is made for: to charge the cost of its period, or to settle what was charged."""

    CHARGE = "charge"
    SETTLEMENT = "settlement"


class WorkingsRow(RegionBase):
    """The stored explanation of an allocation: canonical JSON under its own SHA-256, which the database checks."""

    __tablename__ = "workings"
    __table_args__ = (
        CheckConstraint("digest = encode(sha256(canonical), 'hex')", name="digest"),
        declared(Ownership.SHARED, export=True, keeping=Keeping.IMMUTABLE, comment="Worked tables, by their SHA-256."),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    canonical: Mapped[bytes]
    recorded_at: Mapped[Recorded]


class AllocationInputRow(RegionBase):
    """What an allocation was made from: a request, or settings as plain data, as canonical JSON under its SHA-256."""

    __tablename__ = "allocation_input"
    __table_args__ = (
        CheckConstraint("digest = encode(sha256(canonical), 'hex')", name="digest"),
        declared(
            Ownership.SHARED,
            export=True,
            keeping=Keeping.IMMUTABLE,
            comment="Requests and settings that results were made from, by their SHA-256.",
        ),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    canonical: Mapped[bytes]
    recorded_at: Mapped[Recorded]


class AllocationRow(RegionBase):
    """One result of one component and period, stamped with all that made it.

    It never changes. A correction is the next revision, which names the one it supersedes and explains the
    difference; only then does the database let go of ``is_current`` in the earlier one. Of the current results
    that charge, no two of a component and purpose share a day.

    ``charged_ore`` and ``charge_count`` are what the lines in ``charge`` add up to, checked at commit. A split has
    ``total_ore`` and what the region bears of it; a tariff has the supplier's cost and the residual, when known; a
    ceiling charges nothing.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("purpose", Purpose), name="purpose"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("charge_count >= 0", name="charge_count"),
        CheckConstraint(f"kind = 'split' OR num_nonnulls(total_ore, region_ore) = 0 AND ({_TARIFF})", name="tariff"),
        CheckConstraint(
            f"kind <> 'split' OR num_nonnulls(supplier_cost_ore, residual_ore) = 0 AND {_SPLIT}", name="split"
        ),
        CheckConstraint(
            "kind <> 'ceiling' OR supplier_cost_ore IS NULL AND charged_ore = 0 AND charge_count = 0",
            name="ceiling",
        ),
        CheckConstraint(
            "revision = 1 AND num_nonnulls(supersedes_id, difference) = 0"
            " OR revision > 1 AND num_nulls(supersedes_id, difference) = 0",
            name="revision",
        ),
        CheckConstraint(_DIGEST, name="digest"),
        UniqueConstraint(
            "component_id", "period_start", "period_end", "kind", "purpose", "revision", name="allocation_revision_key"
        ),
        Index(
            "allocation_current_key",
            "component_id",
            "period_start",
            "period_end",
            "kind",
            "purpose",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        ExcludeConstraint(
            ("component_id", "="),
            ("purpose", "="),
            (func.daterange(text("period_start"), text("period_end")), "&&"),
            where=text("is_current AND kind <> 'ceiling'"),
            name="allocation_charged_once",
            using="gist",
        ),
        Index("allocation_run_id_idx", "run_id"),
        declared(
            Ownership.SHARED, export=True, keeping=Keeping.IMMUTABLE, comment="Results, one per component and period."
        ),
    )

    id: Mapped[Id]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation_run.id"))
    component_id: Mapped[UUID] = mapped_column(ForeignKey("cost_component.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    purpose: Mapped[str] = mapped_column(server_default=Purpose.CHARGE.value)
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation.id"), unique=True)
    is_current: Mapped[bool] = mapped_column(server_default=true())
    kind: Mapped[str]
    currency: Mapped[str] = mapped_column(server_default="SEK")
    total_ore: Mapped[Ore | None]
    region_ore: Mapped[Ore | None]
    supplier_cost_ore: Mapped[Ore | None]
    residual_ore: Mapped[Ore | None]
    charged_ore: Mapped[Ore]
    charge_count: Mapped[int]
    plugin: Mapped[str]
    plugin_version: Mapped[str]
    model: Mapped[str]
    model_version: Mapped[str]
    settings_digest: Mapped[str] = mapped_column(ForeignKey("allocation_input.digest"))
    input_digest: Mapped[str] = mapped_column(ForeignKey("allocation_input.digest"))
    workings_digest: Mapped[str] = mapped_column(ForeignKey("workings.digest"))
    digest: Mapped[str]
    difference: Mapped[dict[str, Any] | None]
    recorded_at: Mapped[Recorded]


class ChargeRow(RegionBase):
    """What one organization is to pay by one allocation; ``payer_id`` is who is invoiced for it.

    ``workings_row`` is its row in the worked table, from 0: one line for every party of the allocation.
    """

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("allocation_id", "workings_row"),
        CheckConstraint("workings_row >= 0", name="workings_row"),
        declared(
            Ownership.ORGANIZATION, export=True, keeping=Keeping.IMMUTABLE, comment="What an organization pays, in öre."
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
    workings_row: Mapped[int]
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    ore: Mapped[Ore]
