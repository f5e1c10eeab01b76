"""Who belongs to which group, and what each group bears of the cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from andel.sdk.cost import CostRequest
from andel.sdk.counting import named
from andel.sdk.errors import AllocationError, did_you_mean
from andel.sdk.facts import Source
from andel.sdk.money import half_up
from andel.sdk.party import Party
from andel.sdk.text import Text
from andel.sdk.workings import Finding, Rounding, Scalar
from andel_per_capita.settings import Group, PerCapitaSettings

SETTING = Source(title="Inställningen Grupper", english="The setting Groups")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The groups that are charged, in the order of the settings, and the place of each payer's group among them.

    Attributes:
        region_part: the part of the region's own group, None when it has none.
        outside: parties that no group has; they bear nothing.
    """

    groups: tuple[Group, ...]
    payers: tuple[Party, ...]
    places: tuple[int, ...]
    region_part: Fraction | None
    outside: tuple[Party, ...]

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding that names the parties outside every group."""
        if not self.outside:
            return ()
        names = named(self.outside)
        text = Text(
            f"{names.sv} hör inte till någon grupp och bär inget av kostnaden.",
            f"{names.en} belong to no group and bear nothing of the cost.",
        )
        return (Finding(code="no-group", text=text),)


def membership(request: CostRequest, settings: PerCapitaSettings) -> Membership:
    """Place every payer in its group: where it is listed, else where its kind is.

    Raises:
        AllocationError: a group lists an unknown party, has nobody, or has the region among others.
    """
    _check_listed(request, settings.groups)
    payers = request.payers()
    region = next(party for party in request.parties if party.key == request.region)
    listed = {key: group for group in settings.groups for key in group.members}
    of_kind = {kind: group for group in settings.groups for kind in group.kinds}
    own = listed.get(region.key) or of_kind.get(region.kind)
    found = [(party, listed.get(party.key) or of_kind.get(party.kind)) for party in payers]
    groups = tuple(group for group in settings.groups if group is not own)
    _check_members(request, own, groups, found)
    places = {id(group): place for place, group in enumerate(groups)}
    inside = [(party, places[id(group)]) for party, group in found if group is not None]
    return Membership(
        groups=groups,
        payers=tuple(party for party, _ in inside),
        places=tuple(place for _, place in inside),
        region_part=own.part if own else None,
        outside=tuple(party for party, group in found if group is None),
    )


def _check_listed(request: CostRequest, groups: Sequence[Group]) -> None:
    known = {party.key for party in request.parties}
    for group in groups:
        for key in group.members:
            if key not in known:
                message = Text(
                    f'Gruppen {group.name} räknar upp "{key}", som inte är part.',
                    f'The group {group.name} lists "{key}", which is no party.',
                )
                raise AllocationError(message, where="groups", remedy=did_you_mean(key, known))


def _check_members(
    request: CostRequest, own: Group | None, groups: Sequence[Group], found: Sequence[tuple[Party, Group | None]]
) -> None:
    if not groups:
        message = Text("Ingen grupp utom regionens bär något.", "No group but the region's bears anything.")
        remedy = Text("Lägg till en grupp med de andra parterna.", "Add a group of the other parties.")
        raise AllocationError(message, where="groups", remedy=remedy)
    company = [party for party, group in found if own is not None and group is own]
    if own is not None and company:
        names = named(company)
        message = Text(
            f"Regionen är inte ensam i gruppen {own.name}: {names.sv} är också där.",
            f"The region is not alone in the group {own.name}: {names.en} are there too.",
        )
        remedy = Text("Ge regionen en egen grupp med en fast del.", "Give the region a group and a part of its own.")
        raise AllocationError(message, where="groups", remedy=remedy)
    filled = {id(group) for _, group in found}
    for group in groups:
        if id(group) not in filled:
            message = Text(
                f"Gruppen {group.name} har ingen part som finns {request.period.last_day}.",
                f"The group {group.name} has no party that exists on {request.period.last_day}.",
            )
            remedy = Text("Lägg parter i gruppen, eller fördela dess del.", "Put parties in it, or give away its part.")
            raise AllocationError(message, where="groups", remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What the charged groups bear in whole öre, and the scalars that explain it."""

    amounts: tuple[int, ...]
    scalars: tuple[Scalar, ...]


def bearing(cost: int, found: Membership) -> Bearing:
    """Round what the groups bear to whole öre so that all of it, and no more, is borne.

    What the first group, the first two groups, ... bear together is rounded half-up; the region comes last and
    has the rest (the last group has it where the region has no group).
    """
    scalars: list[Scalar] = []
    amounts: list[int] = []
    together = Fraction(0)
    for place, group in enumerate(found.groups):
        together += group.part
        amount = int(half_up(cost * together)) - sum(amounts)
        scalars += _explained(found.groups, place, amount)
        amounts.append(amount)
    if found.region_part is not None:
        label = Text("Regionens del", "The region's part")
        scalars.append(Scalar(name="region_part", label=label, value=found.region_part, unit="share", source=SETTING))
    return Bearing(amounts=tuple(amounts), scalars=tuple(scalars))


def _explained(groups: Sequence[Group], place: int, amount: int) -> tuple[Scalar, Scalar]:
    group, names = groups[place], [suffixed("part", number, groups) for number in range(place + 1)]
    earlier = "".join(f" - {suffixed('group_amount', number, groups)}" for number in range(place))
    part = Scalar(
        name=names[-1],
        label=Text(f"Del: {group.name}", f"Part: {group.name}"),
        value=group.part,
        unit="share",
        source=SETTING,
    )
    borne = Scalar(
        name=suffixed("group_amount", place, groups),
        label=Text(f"Belopp: {group.name}", f"Amount: {group.name}"),
        value=Fraction(amount),
        unit="ore",
        formula=f"half_up(cost * {names[0]}){earlier}"
        if place == 0
        else f"half_up(cost * ({' + '.join(names)})){earlier}",
        rounding=Rounding.HALF_UP,
    )
    return part, borne


def suffixed(name: str, place: int, groups: Sequence[Group]) -> str:
    """Return the name of a group's value: numbered where several groups have one."""
    return name if len(groups) == 1 else f"{name}_{place + 1}"


def check_decided(request: CostRequest, settings: PerCapitaSettings, payers: Sequence[Party]) -> tuple[Finding, ...]:
    """Return the decisions that a deviating key rests on, as a finding.

    Raises:
        AllocationError: principals have not decided it; names them.
    """
    if settings.deviating_key is None:
        return ()
    names: Mapping[str, str] = {party.key: party.name for party in request.parties}
    region = next(party for party in request.parties if party.key == request.region)
    principals = sorted({party.legal_authority for party in (region, *payers)})
    decisions = settings.deviating_key.decisions
    missing = [names.get(key, key) for key in principals if key not in decisions]
    if missing:
        listed = ", ".join(missing)
        message = Text(
            f'Den avvikande nyckeln "{settings.fact}" saknar beslut av: {listed}.',
            f'The deviating key "{settings.fact}" lacks the decision of: {listed}.',
        )
        remedy = Text(
            "Ange varje huvudmans diarienummer och paragraf, eller fördela efter invånare tills alla har beslutat.",
            "Enter each principal's diary number and paragraph, or divide by inhabitants until all have decided.",
        )
        raise AllocationError(message, where="deviating_key.decisions", remedy=remedy)
    listed = "; ".join(f"{names.get(key, key)} {decisions[key]}" for key in principals)
    text = Text(
        f'Kostnaden delas efter "{settings.fact}" i stället för invånare, enligt varje huvudmans beslut: {listed}.',
        f'The cost is divided by "{settings.fact}" instead of inhabitants, as each principal has decided: {listed}.',
    )
    return (Finding(code="deviating-key", text=text),)
