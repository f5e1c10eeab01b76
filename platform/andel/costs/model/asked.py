"""A cost model's request read back from its canonical JSON: a stored result can be computed again years later."""

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

_Data = dict[str, Any]


def read_request(stored: bytes | str) -> CostRequest:
    """Read a request from the canonical JSON that the host writes of it.

    Raises:
        CostError: the text is not what ``andel.host.inputs.canonical_request`` wrote.
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


def _read_succession(data: _Data) -> Succession:
    return Succession(
        predecessors=tuple(data["predecessors"]),
        successor=data["successor"],
        on=date.fromisoformat(data["on"]),
        source=data["source"],
    )


def _read_source(data: _Data | None) -> Source | None:
    if data is None:
        return None
    return Source(
        title=data["title"],
        date=date.fromisoformat(data["date"]) if data["date"] else None,
        example=data["example"],
        english=data.get("english", ""),
    )
