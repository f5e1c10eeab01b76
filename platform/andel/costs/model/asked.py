"""A cost model's request as canonical JSON, so that a stored result can be computed again years later."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from andel.costs.model.book import CostError
from andel.sdk.cost import CostRequest
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, PartyKind, Succession
from andel.sdk.period import Period
from andel.sdk.workings import canonical_json

_Data = dict[str, Any]


def write_request(request: CostRequest) -> bytes:
    """Write the request as canonical JSON. The order of parties and facts does not change the bytes."""
    data: _Data = {
        "service": request.service,
        "component": request.component,
        "period": _period(request.period),
        "region": request.region,
        "parties": sorted((_party(party) for party in request.parties), key=lambda party: str(party["key"])),
        "amount": [request.amount.ore, request.amount.currency] if request.amount else None,
        "amount_source": _source(request.amount_source),
        "facts": [_series(series) for series in sorted(request.facts.series, key=_series_order)],
        "charged": dict(request.charged),
        "successions": [_succession(s) for s in sorted(request.successions, key=lambda s: (s.on, s.successor))],
    }
    return canonical_json(data)


def read_request(stored: bytes | str) -> CostRequest:
    """Read a request back.

    Raises:
        CostError: the text is not what ``write_request`` wrote.
    """
    try:
        data: _Data = json.loads(stored)
        amount = data["amount"]
        return CostRequest(
            service=data["service"],
            component=data["component"],
            period=Period(*(date.fromisoformat(day) for day in data["period"])),
            region=data["region"],
            parties=tuple(_read_party(party) for party in data["parties"]),
            amount=Money(*amount) if amount else None,
            amount_source=_read_source(data["amount_source"]),
            facts=FactBook(tuple(_read_series(series) for series in data["facts"])),
            charged=data["charged"],
            successions=tuple(_read_succession(s) for s in data["successions"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"The stored request cannot be read: {error}."
        raise CostError(message, remedy="Take the file that Andel wrote, unchanged.") from error


def _period(period: Period) -> list[str]:
    return [period.start.isoformat(), period.end.isoformat()]


def _party(party: Party) -> _Data:
    return {
        "key": party.key,
        "name": party.name,
        "kind": party.kind.value,
        "organization_number": party.organization_number,
        "authority": party.authority,
        "valid_from": party.valid_from.isoformat(),
        "valid_to": party.valid_to.isoformat() if party.valid_to else None,
    }


def _read_party(data: _Data) -> Party:
    ends = data["valid_to"]
    return Party(
        key=data["key"],
        name=data["name"],
        kind=PartyKind(data["kind"]),
        organization_number=data["organization_number"],
        authority=data["authority"],
        valid_from=date.fromisoformat(data["valid_from"]),
        valid_to=date.fromisoformat(ends) if ends else None,
    )


def _series_order(series: FactSeries) -> tuple[str, date]:
    return series.name, series.reference_date


def _series(series: FactSeries) -> _Data:
    return {
        "name": series.name,
        "unit": series.unit,
        "reference_date": series.reference_date.isoformat(),
        "source": _source(series.source),
        "values": dict(series.values),
        "control_total": series.control_total,
        "corrects": series.corrects,
    }


def _read_series(data: _Data) -> FactSeries:
    source = _read_source(data["source"])
    if source is None:
        message = f"the fact {data['name']} has no source"
        raise ValueError(message)
    return FactSeries(
        name=data["name"],
        unit=data["unit"],
        reference_date=date.fromisoformat(data["reference_date"]),
        source=source,
        values=data["values"],
        control_total=data["control_total"],
        corrects=data["corrects"],
    )


def _succession(succession: Succession) -> _Data:
    return {
        "predecessors": succession.predecessors,
        "successor": succession.successor,
        "on": succession.on.isoformat(),
        "source": succession.source,
    }


def _read_succession(data: _Data) -> Succession:
    return Succession(
        predecessors=tuple(data["predecessors"]),
        successor=data["successor"],
        on=date.fromisoformat(data["on"]),
        source=data["source"],
    )


def _source(source: Source | None) -> _Data | None:
    if source is None:
        return None
    return {
        "title": source.title,
        "date": source.date.isoformat() if source.date else None,
        "example": source.example,
    }


def _read_source(data: _Data | None) -> Source | None:
    if data is None:
        return None
    return Source(
        title=data["title"],
        date=date.fromisoformat(data["date"]) if data["date"] else None,
        example=data["example"],
    )
