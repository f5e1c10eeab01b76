"""Services, their cost components with dated settings, and what they cost."""

from __future__ import annotations

from datetime import date
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

_DIGEST = "digest ~ '^[0-9a-f]{64}$'"


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
        CheckConstraint(_DIGEST, name="digest"),
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
