"""What a cost model is asked, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar

from andel.sdk.apportionment import Promise
from andel.sdk.errors import AllocationError, SettingsError
from andel.sdk.facts import FactBook, FactNeed, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, Succession
from andel.sdk.period import Period
from andel.sdk.settings import PluginSettings
from andel.sdk.text import Text
from andel.sdk.workings import Workings

__all__ = ["Allocation", "Ceiling", "CostModel", "CostRequest", "Promise", "Share", "Split", "Tariff"]


@dataclass(frozen=True, kw_only=True)
class CostRequest:
    """One cost of one period, with the frozen facts to divide it by.

    Attributes:
        service: key of the service.
        component: key of the cost component.
        period: the days that the cost is for.
        region: key of the region's own party; it is among ``parties``.
        parties: everyone who shares the service, in any order, with dated existence.
        amount: the cost, from the budget or the supplier's invoices; None when the component has none.
        amount_source: where the amount comes from.
        facts: the series that the model's ``needs`` led to.
        charged: öre already charged by the component in earlier periods, by party key; empty unless the
            model's ``history`` asked for it.
        successions: which party stands in whose place, and from when.
    """

    service: str
    component: str
    period: Period
    region: str
    parties: tuple[Party, ...]
    amount: Money | None = None
    amount_source: Source | None = None
    facts: FactBook = field(default_factory=FactBook)
    charged: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    successions: tuple[Succession, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "charged", MappingProxyType(dict(self.charged)))

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"charged": dict(self.charged)}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    def payers(self, on: date | None = None) -> tuple[Party, ...]:
        """Return the parties but the region, that exist on the day, in the order ties are broken.

        The day is by default the last of the period: a party that has been succeeded by then is not charged.
        """
        day = self.period.last_day if on is None else on
        found = (party for party in self.parties if party.key != self.region and party.exists_on(day))
        return tuple(sorted(found, key=lambda party: party.order))

    def cost(self) -> Money:
        """Return the amount.

        Raises:
            AllocationError: the component has none for the period.
        """
        if self.amount is None:
            message = Text(
                f"Kostnadsdelen {self.component} har inget belopp för {self.period}.",
                f"The cost component {self.component} has no amount for {self.period}.",
            )
            remedy = Text("Lägg in budget eller leverantörens faktura.", "Enter the budget or the supplier's invoice.")
            raise AllocationError(message, where=self.service, remedy=remedy)
        return self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one party is to pay, and who is invoiced for it (itself when no other pays)."""

    party: str
    amount: Money
    payer: str


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What each party gets, in columns: ``amounts[i]`` öre for ``parties[i]``. The region is never among them.

    Attributes:
        payers: the party that is invoiced in another's place, by the user's key.
        workings: the worked table; its parties are the same, and its column of role ``AMOUNT`` holds the amounts.
    """

    kind: ClassVar[str]

    parties: tuple[str, ...]
    amounts: tuple[int, ...]
    workings: Workings
    currency: str = "SEK"
    payers: Mapping[str, str] = field(default_factory=dict)

    @property
    def shares(self) -> tuple[Share, ...]:
        """The amounts as one value per party."""
        return tuple(
            Share(party=party, amount=Money(amount, self.currency), payer=self.payers.get(party, party))
            for party, amount in zip(self.parties, self.amounts, strict=True)
        )

    def amount_of(self, party: str) -> Money:
        """Return one party's amount; nothing for one that has no row."""
        found = dict(zip(self.parties, self.amounts, strict=True))
        return Money(found.get(party, 0), self.currency)


@dataclass(frozen=True, kw_only=True)
class Split(Allocation):
    """A given total is divided: the parties' amounts and the region's own add up to it, to the öre, always."""

    kind: ClassVar[str] = "split"

    total: int
    region: int


@dataclass(frozen=True, kw_only=True)
class Tariff(Allocation):
    """Price x quantity. The residual, supplier's cost minus charged, is a row of the region.

    The residual is negative when more is charged than the supplier takes, and None when the cost is unknown.
    """

    kind: ClassVar[str] = "tariff"

    supplier_cost: int | None
    residual: int | None


@dataclass(frozen=True, kw_only=True)
class Ceiling(Allocation):
    """The most that can be charged. Never invoiced, never summed as money."""

    kind: ClassVar[str] = "ceiling"


SettingsT = TypeVar("SettingsT", bound=PluginSettings)


class CostModel(ABC, Generic[SettingsT]):
    """A pure function from frozen facts and settings to an explained result.

    ``id`` and ``version`` name it in every stored result: a released pair never changes what it computes.
    """

    id: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[Text]
    summary: ClassVar[Text]
    promises: ClassVar[frozenset[Promise]]
    settings_type: type[SettingsT]

    @abstractmethod
    def needs(self, period: Period, settings: SettingsT) -> tuple[FactNeed, ...]:
        """Return the facts that the period's allocation is made on."""

    def history(self, period: Period, settings: SettingsT) -> Period | None:  # noqa: ARG002  (for models to use)
        """Return the earlier days whose charges count towards a cap, None when no history matters."""
        return None

    @abstractmethod
    def allocate(self, request: CostRequest, settings: SettingsT) -> Allocation:
        """Divide the cost.

        Raises:
            AllocationError: the request cannot be met; says why and what to do.
            FactError: a fact is missing or describes the wrong day.
        """

    def promised(self, settings: SettingsT) -> frozenset[Promise]:  # noqa: ARG002  (for models to use)
        """Return what holds under these settings: a rounding method chosen there may keep other promises."""
        return self.promises

    def upgrade_settings(self, version: str, values: Mapping[str, object]) -> dict[str, object]:
        """Turn settings of an earlier version into this version's.

        Raises:
            SettingsError: the version is not known.
        """
        if version != self.version:
            message = f"{self.id} {self.version} cannot read settings of version {version}."
            raise SettingsError(message, remedy="Enter the settings anew for this version.")
        return dict(values)
