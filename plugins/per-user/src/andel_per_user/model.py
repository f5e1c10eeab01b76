from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from andel.sdk.apportionment import Promise
from andel.sdk.building import Named, cost_scalar, divide, kept, region_scalar, share_column, whole_scalar
from andel.sdk.cost import CostModel, CostRequest, Split
from andel.sdk.counting import Counts, counts, day_of, needs_of, outside
from andel.sdk.errors import AllocationError
from andel.sdk.facts import FactNeed
from andel.sdk.money import half_up
from andel.sdk.period import Period
from andel.sdk.text import Text
from andel.sdk.workings import Rounding, Scalar, Workings
from andel_per_user.settings import PerUserSettings

_NAMES = Named(total="parties_part", basis="users", whole="party_users")


class PerUser(CostModel[PerUserSettings]):
    """Budget / all users x the party's users; the region is a user itself and bears the rest."""

    id: ClassVar[str] = "per-user"
    version: ClassVar[str] = "1.0.0"
    title: ClassVar[Text] = Text("Per användare", "Per user")
    summary: ClassVar[Text] = Text(
        "Budgeten delas på alla användare, regionens egna medräknade. Var och en betalar för sina.",
        "The budget is divided by all users, the region's own included. Everyone pays for its own.",
    )
    promises: ClassVar[frozenset[Promise]] = frozenset({Promise.ORDER_FREE, Promise.ZERO_FOR_ZERO})
    settings_type: type[PerUserSettings] = PerUserSettings

    def needs(self, period: Period, settings: PerUserSettings) -> tuple[FactNeed, ...]:
        """Return the census that holds for the period, and the one before it when that may stand in."""
        return needs_of(settings.fact, day_of(settings.counted_on, period), earlier=settings.earlier_counts)

    def promised(self, settings: PerUserSettings) -> frozenset[Promise]:
        """Return what the chosen method keeps."""
        return kept(settings.method)

    def allocate(self, request: CostRequest, settings: PerUserSettings) -> Split:
        """Divide the budget by users.

        Raises:
            AllocationError: the component has no amount, or nobody is a user.
            FactError: the census is of another day, or the region or a party has no count.
        """
        parties = request.payers()
        region = next(party for party in request.parties if party.key == request.region)
        need = self.needs(request.period, settings)[0]
        counted = counts(
            request,
            need,
            (*parties, region),
            earlier=settings.earlier_counts,
            missing_is_zero=settings.missing_is_zero,
        )
        scalars = _scalars(request, counted, counted.of(parties))
        users = counted.column(_NAMES.basis, parties)
        part = next(scalar for scalar in scalars if scalar.name == _NAMES.total)
        division = divide(part.value.numerator, users.numerators, parties, method=settings.method, names=_NAMES)
        all_users = sum(users.numerators) + counted.values[region.key]
        share = share_column(users.numerators, all_users, formula="users / all_users")
        bears = region_scalar(request, division.amounts)
        workings = Workings(
            parties=tuple(party.key for party in parties),
            scalars=(*scalars, bears),
            columns=(users, share, *division.columns),
            remainders=division.remainders,
            findings=(*counted.findings, *outside(request, need, parties), *division.findings),
        )
        cost = request.cost()
        return Split(
            parties=workings.parties,
            amounts=division.amounts,
            workings=workings,
            currency=cost.currency,
            total=cost.ore,
            region=bears.value.numerator,
        )


def _scalars(request: CostRequest, counted: Counts, users: tuple[int, ...]) -> tuple[Scalar, ...]:
    cost, own, theirs = cost_scalar(request), counted.values[request.region], sum(users)
    everyone = own + theirs
    if not everyone:
        message = Text(
            "Ingen är användare: det finns inget att dela kostnaden med.",
            "Nobody is a user: there is nothing to divide the cost by.",
        )
        remedy = Text("Kontrollera räkningen av användare.", "Check the census of users.")
        raise AllocationError(message, where=request.service, remedy=remedy)
    label = Text("Alla användare", "All users")
    return (
        cost,
        whole_scalar(
            "region_users", Text("Regionens användare", "The region's users"), own, counted.unit, source=counted.source
        ),
        whole_scalar(
            "party_users", Text("Parternas användare", "The parties' users"), theirs, counted.unit, formula="sum(users)"
        ),
        whole_scalar("all_users", label, everyone, counted.unit, formula="region_users + party_users"),
        Scalar(
            name="price",
            label=Text("Pris per användare", "Price per user"),
            value=cost.value / everyone,
            unit=f"ore/{counted.unit}",
            formula="cost / all_users",
        ),
        Scalar(
            name=_NAMES.total,
            label=Text("Parternas del", "The parties' part"),
            value=half_up(cost.value * Fraction(theirs, everyone)),
            unit="ore",
            formula="half_up(price * party_users)",
            rounding=Rounding.HALF_UP,
        ),
    )
