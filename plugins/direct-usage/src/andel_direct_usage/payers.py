"""Who is invoiced for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from andel.sdk.cost import CostRequest
from andel.sdk.counting import named
from andel.sdk.errors import AllocationError, did_you_mean
from andel.sdk.party import Party
from andel.sdk.text import Text
from andel.sdk.workings import Finding
from andel_direct_usage.settings import DirectUsageSettings


def users(request: CostRequest, settings: DirectUsageSettings) -> tuple[Party, ...]:
    """Return the parties that have a row: all but those that only pay for others and have no usage of their own."""
    between = {*settings.payers.values(), *([settings.payer] if settings.payer else [])}
    counted = {key for series in request.facts.series if series.name == settings.counted for key in series.values}
    return tuple(party for party in request.payers() if party.key not in between or party.key in counted)


def payers_of(request: CostRequest, settings: DirectUsageSettings, parties: Sequence[Party]) -> dict[str, str]:
    """Return who is invoiced in the place of each user that does not pay itself.

    Raises:
        AllocationError: a payer, or a party that one is named for, is no party or does not exist in the period.
    """
    _check_known(request, "payers", settings.payers)
    _check_payers(request, "payers", settings.payers.values())
    if settings.payer is not None:
        _check_payers(request, "payer", [settings.payer])
    found = {party.key: settings.payers.get(party.key, settings.payer or party.key) for party in parties}
    return {party: payer for party, payer in found.items() if payer != party}


def _check_known(request: CostRequest, where: str, keys: Iterable[str]) -> None:
    known = {party.key for party in request.parties if party.key != request.region}
    for key in keys:
        if key not in known:
            message = Text(f'"{key}" är inte en part som betalar.', f'"{key}" is no party that pays.')
            raise AllocationError(message, where=where, remedy=did_you_mean(key, known))


def _check_payers(request: CostRequest, where: str, keys: Iterable[str]) -> None:
    keys = tuple(keys)
    _check_known(request, where, keys)
    present = {party.key: party for party in request.payers()}
    gone = [party for party in request.parties if party.key in keys and party.key not in present]
    if gone:
        day, names = request.period.last_day, named(gone)
        message = Text(f"{names.sv} finns inte {day} och kan inte betala.", f"{names.en} cannot pay: gone on {day}.")
        remedy = Text("Ange den som har efterträtt.", "Name who has succeeded it.")
        raise AllocationError(message, where=where, remedy=remedy)


def told(parties: Sequence[Party], payers: Mapping[str, str], request: CostRequest) -> tuple[Finding, ...]:
    """Return a finding per payer that tells whom it is invoiced for."""
    names = {party.key: party.name for party in request.parties}
    findings: list[Finding] = []
    for payer in sorted(set(payers.values())):
        theirs = [party for party in parties if payers.get(party.key) == payer]
        everyone = len(theirs) == sum(party.key != payer for party in parties)
        whom = Text(f"alla {len(theirs)}", f"all {len(theirs)}") if everyone else named(theirs)
        text = Text(
            f"{names[payer]} faktureras i stället för {whom.sv}.",
            f"{names[payer]} is invoiced in the place of {whom.en}.",
        )
        findings.append(Finding(code="payer", text=text))
    return tuple(findings)
