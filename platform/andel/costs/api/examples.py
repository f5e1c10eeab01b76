"""The examples of the document: a region's license service, as its own tests and pages have it."""

from __future__ import annotations

from typing import Any, Final

SOURCE: Final = {"title": "MAS/MAR-nätverket 2016-05-26", "date": "2016-05-26", "example": False}
PERIOD: Final = {"start": "2026-01-01", "end": "2027-01-01"}
RECORDED: Final = "2026-11-23T08:12:00Z"
DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ALLOCATION_ID: Final = "01937a10-5b1e-7c3e-9a51-2f3c5d7e9b10"
RUN_ID: Final = "01937a10-11aa-7d0b-8c77-1f0e6c1d2a90"
COST_ID: Final = "01937a10-22bb-7a0b-8c77-3f0e6c1d2a91"

SERVICE: Final[dict[str, Any]] = {
    "key": "synergi",
    "title": {"sv": "Synergi", "en": "Synergi"},
    "bearer": {"sv": "Var och en betalar sina licenser.", "en": "Everyone pays for its own licences."},
    "summary": {"sv": "Avvikelsehantering", "en": "Incident reports"},
    "source": SOURCE,
    "components": ["licenser"],
}
COMPONENT: Final[dict[str, Any]] = {
    "service": "synergi",
    "key": "licenser",
    "title": {"sv": "Licenser", "en": "Licences"},
    "model": "per-license",
    "basis": "price",
    "parties": None,
}
VALUES: Final[dict[str, Any]] = {"price": "5000", "part_of_year": "whole-year", "fact": "seats", "counted_on": "12-31"}
SETTINGS: Final[dict[str, Any]] = {
    "valid_from": "2024-01-01",
    "valid_to": None,
    "model": "per-license",
    "model_version": "1.0.0",
    "values": VALUES,
    "digest": DIGEST,
    "source": SOURCE,
    "recorded_at": RECORDED,
}
COST: Final[dict[str, Any]] = {
    "id": COST_ID,
    "service": "synergi",
    "component": "licenser",
    "basis": "price",
    "period": PERIOD,
    "amount": {"amount": "250000.00", "currency": "SEK"},
    "reference": "DNV 2026",
    "source": SOURCE,
    "recorded_at": RECORDED,
    "superseded_at": None,
}
COST_SENT: Final[dict[str, Any]] = {
    "period": PERIOD,
    "amount": {"amount": "250000.00", "currency": "SEK"},
    "reference": "DNV 2026",
    "source": {"title": "Leverantörens faktura"},
}
KRONOR: Final = {"amount": "20000.00", "currency": "SEK"}
RUN: Final[dict[str, Any]] = {
    "id": RUN_ID,
    "period": PERIOD,
    "purpose": "charge",
    "state": "done",
    "ordered_by": "ett program, genom API:et",
    "ordered_at": RECORDED,
    "started_at": RECORDED,
    "finished_at": RECORDED,
    "progress": {"parts": 1, "done": 1, "failed": 0, "waiting": 0},
    "parts": [
        {
            "service": "synergi",
            "component": "licenser",
            "period": PERIOD,
            "state": "done",
            "allocation": ALLOCATION_ID,
            "is_new": True,
            "outdated": False,
            "complaints": [],
        }
    ],
}
PREVIEW: Final[dict[str, Any]] = {
    "service": "synergi",
    "component": "licenser",
    "period": PERIOD,
    "kind": "tariff",
    "whole": None,
    "charged": KRONOR,
    "region_bears": None,
    "model": "per-license",
    "model_version": "1.0.0",
    "settings_digest": DIGEST,
    "workings_digest": DIGEST,
    "digest": DIGEST,
    "amounts": [{"organization": "mora", "payer": "mora", "amount": KRONOR}],
    "stored": ALLOCATION_ID,
    "is_stored": True,
}
ALLOCATION: Final[dict[str, Any]] = {
    "id": ALLOCATION_ID,
    "service": "synergi",
    "component": "licenser",
    "period": PERIOD,
    "purpose": "charge",
    "revision": 1,
    "is_current": True,
    "kind": "tariff",
    "whole": None,
    "charged": KRONOR,
    "region_bears": None,
    "charge_count": 1,
    "model": "per-license",
    "model_version": "1.0.0",
    "plugin": "per-license",
    "plugin_version": "0.1.0",
    "settings_digest": DIGEST,
    "input_digest": DIGEST,
    "workings_digest": DIGEST,
    "digest": DIGEST,
    "run": RUN_ID,
    "recorded_at": RECORDED,
    "difference": None,
}
CHARGE: Final[dict[str, Any]] = {
    "allocation": ALLOCATION_ID,
    "organization": "mora",
    "payer": "mora",
    "service": "synergi",
    "component": "licenser",
    "period": PERIOD,
    "amount": KRONOR,
    "revision": 1,
    "is_current": True,
    "workings_row": 0,
}
_PRICE: Final[dict[str, Any]] = {
    "name": "price",
    "label": {"sv": "Pris per licens och år", "en": "Price per licence and year"},
    "unit": "ore/license",
    "formula": "",
    "rounding": "exact",
    "source": SOURCE,
}
_SEATS: Final[dict[str, Any]] = {
    "name": "seats",
    "label": {"sv": "Licenser", "en": "Licences"},
    "unit": "license",
    "formula": "",
    "rounding": "exact",
    "source": SOURCE,
}
_AMOUNT: Final[dict[str, Any]] = {
    "name": "amount",
    "label": {"sv": "Belopp", "en": "Amount"},
    "unit": "ore",
    "formula": "half_up(seats * price)",
    "rounding": "half-up",
    "source": None,
}
WORKINGS: Final[dict[str, Any]] = {
    "allocation": ALLOCATION_ID,
    "digest": DIGEST,
    "organizations": ["mora"],
    "scalars": [{**_PRICE, "value": "500000"}],
    "columns": [
        {**_SEATS, "role": "basis", "values": ["4"]},
        {**_AMOUNT, "role": "amount", "values": ["2000000"]},
    ],
    "remainders": [],
    "findings": [],
    "is_complete": True,
}
CHARGE_WORKINGS: Final[dict[str, Any]] = {
    "allocation": ALLOCATION_ID,
    "organization": "mora",
    "amount": KRONOR,
    "model": "per-license",
    "model_version": "1.0.0",
    "digest": DIGEST,
    "scalars": [{**_PRICE, "value": "500000"}],
    "row": [{**_SEATS, "value": "4"}, {**_AMOUNT, "value": "2000000"}],
    "steps": [
        {
            "label": {"sv": "Licenser", "en": "Licences"},
            "value": {"sv": "4 licenser", "en": "4 licences"},
            "formula": {"sv": "", "en": ""},
            "note": {"sv": "", "en": ""},
            "source": SOURCE,
        },
        {
            "label": {"sv": "Belopp", "en": "Amount"},
            "value": {"sv": "20 000 kr", "en": "SEK 20,000"},
            "formula": {"sv": "4 licenser × 5 000 kr/licens", "en": "4 licences × SEK 5,000/licence"},
            "note": {"sv": "", "en": ""},
            "source": None,
        },
    ],
}
