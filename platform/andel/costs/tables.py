"""Services, cost components and their allocations, as rows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text, true
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from andel.costs.model import Basis
from andel.shared.database.base import (
    Id,
    Keeping,
    Ore,
    Ownership,
    Recorded,
    RegionBase,
    Sourced,
    Superseded,
    declared,
    one_of,
)

_DIGEST = "{column} ~ '^[0-9a-f]{{64}}$'"
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


class RunState(StrEnum):
    """How far a run, or one component of it, has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ServiceRow(Sourced, RegionBase):
    """A shared service; ``bearer`` says in words who bears its cost."""

    __tablename__ = "service"
    __table_args__ = (declared(Ownership.SHARED, export=True, comment="What is shared, and who bears its cost."),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    title_sv: Mapped[str]
    title_en: Mapped[str]
    bearer_sv: Mapped[str]
    bearer_en: Mapped[str]
    summary_sv: Mapped[str] = mapped_column(server_default="")
    summary_en: Mapped[str] = mapped_column(server_default="")
    recorded_at: Mapped[Recorded]


class CostComponentRow(RegionBase):
    """One cost of a service, with one cost model. ``every_party``: all organizations share it."""

    __tablename__ = "cost_component"
    __table_args__ = (
        UniqueConstraint("service_id", "key"),
        CheckConstraint(one_of("basis", Basis), name="basis"),
        declared(Ownership.SHARED, export=True, comment="One cost of a service, with one cost model."),
    )

    id: Mapped[Id]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    key: Mapped[str]
    title_sv: Mapped[str]
    title_en: Mapped[str]
    model: Mapped[str]
    basis: Mapped[str]
    every_party: Mapped[bool] = mapped_column(server_default=true())
    recorded_at: Mapped[Recorded]


class ComponentPartyRow(RegionBase):
    """An organization that shares a cost which not every organization shares."""

    __tablename__ = "component_party"
    __table_args__ = (declared(Ownership.SHARED, export=True, comment="Who shares a cost that not everybody shares."),)

    component_id: Mapped[UUID] = mapped_column(ForeignKey("cost_component.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    recorded_at: Mapped[Recorded]


class ComponentSettingsRow(Sourced, RegionBase):
    """The settings of a component's model from ``valid_from`` up to, not including, ``valid_to``.

    A correction supersedes the row and is written as new ones: what was known on an earlier day can be read back.
    """

    __tablename__ = "component_settings"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="lasts_a_day"),
        CheckConstraint(_DIGEST.format(column="digest"), name="digest"),
        ExcludeConstraint(
            ("component_id", "="),
            (func.daterange(text("valid_from"), text("valid_to")), "&&"),
            where=text("superseded_at IS NULL"),
            name="component_settings_one_at_a_time",
            using="gist",
        ),
        Index("component_settings_component_id_idx", "component_id", "valid_from"),
        declared(
            Ownership.SHARED, export=True, keeping=Keeping.CLOSED_ONCE, comment="Dated settings of a component's model."
        ),
    )

    id: Mapped[Id]
    component_id: Mapped[UUID] = mapped_column(ForeignKey("cost_component.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    model_version: Mapped[str]
    settings: Mapped[dict[str, Any]]
    digest: Mapped[str]
    recorded_at: Mapped[Recorded]
    superseded_at: Mapped[Superseded]


class CostAmountRow(Sourced, RegionBase):
    """A budget line or a supplier's invoice, for the days from ``period_start`` up to, not including, ``period_end``.

    Both may stand for one component and period: a settlement compares them.
    """

    __tablename__ = "cost_amount"
    __table_args__ = (
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint(one_of("basis", Basis), name="basis"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index("cost_amount_component_id_idx", "component_id", "period_start"),
        Index(
            "cost_amount_reference_key",
            "component_id",
            "basis",
            "period_start",
            "period_end",
            "reference",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND reference <> ''"),
        ),
        declared(
            Ownership.SHARED,
            export=True,
            keeping=Keeping.CLOSED_ONCE,
            comment="Budgets and suppliers' invoices, in öre.",
        ),
    )

    id: Mapped[Id]
    component_id: Mapped[UUID] = mapped_column(ForeignKey("cost_component.id"))
    basis: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    ore: Mapped[Ore]
    currency: Mapped[str] = mapped_column(server_default="SEK")
    reference: Mapped[str] = mapped_column(server_default="")
    recorded_at: Mapped[Recorded]
    superseded_at: Mapped[Superseded]


class AllocationRunRow(RegionBase):
    """One order to allocate a period's costs. The same ``key`` twice is the same run."""

    __tablename__ = "allocation_run"
    __table_args__ = (
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint(one_of("purpose", Purpose), name="purpose"),
        CheckConstraint(one_of("state", RunState), name="state"),
        declared(Ownership.SHARED, export=True, comment="Orders to allocate the costs of a period."),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    period_start: Mapped[date]
    period_end: Mapped[date]
    purpose: Mapped[str] = mapped_column(server_default=Purpose.CHARGE.value)
    state: Mapped[str] = mapped_column(server_default=RunState.WAITING.value)
    ordered_by: Mapped[str]
    recorded_at: Mapped[Recorded]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class RunItemRow(RegionBase):
    """What a run has to do for one component, and how it went: a run that died goes on with what is waiting."""

    __tablename__ = "run_item"
    __table_args__ = (
        CheckConstraint(one_of("state", RunState), name="state"),
        CheckConstraint("(state = 'done') = (allocation_id IS NOT NULL)", name="done"),
        declared(Ownership.SHARED, export=True, comment="How far a run has come, per component."),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("allocation_run.id"), primary_key=True)
    component_id: Mapped[UUID] = mapped_column(ForeignKey("cost_component.id"), primary_key=True)
    state: Mapped[str] = mapped_column(server_default=RunState.WAITING.value)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation.id"))
    error: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[Recorded]


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
        CheckConstraint(_DIGEST.format(column="settings_digest"), name="settings_digest"),
        CheckConstraint(_DIGEST.format(column="input_digest"), name="input_digest"),
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
    settings_digest: Mapped[str]
    input_digest: Mapped[str]
    workings_digest: Mapped[str] = mapped_column(ForeignKey("workings.digest"))
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
