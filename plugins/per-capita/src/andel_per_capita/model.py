from __future__ import annotations

from typing import ClassVar

from andel.sdk.apportionment import Promise
from andel.sdk.building import cost_scalar, kept, region_scalar
from andel.sdk.cost import CostModel, CostRequest, Split
from andel.sdk.counting import counts, day_of, needs_of
from andel.sdk.facts import FactNeed
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Workings
from andel_per_capita.division import Divided, divide_groups
from andel_per_capita.groups import bearing, check_decided, membership
from andel_per_capita.settings import PerCapitaSettings

_TWO = 2


class PerCapita(CostModel[PerCapitaSettings]):
    """Groups bear fixed parts; inside a group each party pays by its inhabitants, or by a decided key."""

    id: ClassVar[str] = "per-capita"
    version: ClassVar[str] = "1.0.0"
    title: ClassVar[Text] = Text("Per invånare", "Per capita")
    summary: ClassVar[Text] = Text(
        "Grupper, som regionen och kommunerna, bär fasta delar. Inom gruppen betalar var och en efter invånare.",
        "Groups, such as the region and the municipalities, bear fixed parts. Inside, each pays by its inhabitants.",
    )
    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO})
    settings_type: type[PerCapitaSettings] = PerCapitaSettings

    def needs(self, period: Period, settings: PerCapitaSettings) -> tuple[FactNeed, ...]:
        """Return the count of the stated day, and the one before it when that may stand in."""
        return needs_of(settings.fact, day_of(settings.counted_on, period), earlier=settings.earlier_counts)

    def promised(self, settings: PerCapitaSettings) -> frozenset[Promise]:
        """Return what the method keeps. Three groups or more are rounded so that a greater total can lower one."""
        return kept(settings.method, monotone=len(settings.groups) <= _TWO)

    def allocate(self, request: CostRequest, settings: PerCapitaSettings) -> Split:
        """Divide the cost.

        Raises:
            AllocationError: there is no amount, a group is empty or has nothing to be divided by, the region is not
                alone in its group, or a principal has not decided the deviating key.
            FactError: the count is of another day, or a party has none.
        """
        cost = cost_scalar(request)
        found = membership(request, settings)
        decided = check_decided(request, settings, found.payers)
        counted = counts(
            request, self.needs(request.period, settings)[0], found.payers, earlier=settings.earlier_counts
        )
        borne = bearing(cost.value.numerator, found)
        divided: Divided = divide_groups(counted, found, borne.amounts, settings)
        bears = region_scalar(request, divided.amounts)
        workings = Workings(
            parties=tuple(party.key for party in found.payers),
            scalars=(cost, *borne.scalars, *divided.scalars, bears),
            columns=divided.columns,
            remainders=divided.remainders,
            findings=(*decided, *counted.findings, *found.findings(), *divided.findings),
        )
        return Split(
            parties=workings.parties,
            amounts=divided.amounts,
            workings=workings,
            currency=request.cost().currency,
            total=cost.value.numerator,
            region=bears.value.numerator,
        )
