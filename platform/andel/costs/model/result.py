"""One allocation with all that it was made from: what is stored, handed out as a file, and computed again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from andel.costs.model.asked import read_request
from andel.costs.model.book import CostError
from andel.host.inputs import canonical_request
from andel.sdk.cost import Allocation, Ceiling, CostRequest, Split, Tariff
from andel.sdk.stored import read_workings
from andel.sdk.workings import canonical_json

FORM = "andel-allocation/1"


@dataclass(frozen=True, kw_only=True)
class Result:
    """An allocation, the request it answers, and the model, version and settings that made it.

    Attributes:
        settings: the settings as plain data, as the model's type writes them.
        written_request: the request as canonical JSON, when that has been written already.
    """

    request: CostRequest
    model: str
    version: str
    settings: Mapping[str, Any]
    allocation: Allocation
    written_request: bytes | None = field(default=None, repr=False, compare=False)

    @cached_property
    def asked(self) -> bytes:
        """The request as canonical JSON."""
        return canonical_request(self.request) if self.written_request is None else self.written_request

    @property
    def request_digest(self) -> str:
        """SHA-256 of the request."""
        return _sha256(self.asked)

    @cached_property
    def settings_digest(self) -> str:
        """SHA-256 of the settings."""
        return _sha256(canonical_json(dict(self.settings)))

    @cached_property
    def canonical(self) -> bytes:
        """Everything as canonical JSON, the workings and the request in full."""
        return canonical_json(self._data())

    @cached_property
    def digest(self) -> str:
        """SHA-256 over model, version, settings, request and workings: equal digests, equal results."""
        stamps = (self.model, self.version, self.settings_digest, self.request_digest, self.allocation.workings.digest)
        amounts = canonical_json(_money(self.allocation))
        return _sha256("\n".join(stamps).encode() + b"\n" + amounts)

    def saved(self) -> dict[str, Any]:
        """Return the result as plain data with its digest, for a file that ``read_result`` takes back."""
        data: dict[str, Any] = json.loads(self.canonical)
        return data | {"digest": self.digest}

    def _data(self) -> dict[str, Any]:
        return {
            "form": FORM,
            "model": self.model,
            "version": self.version,
            "settings": dict(self.settings),
            "request": json.loads(self.asked),
            "result": _money(self.allocation),
            "workings": json.loads(self.allocation.workings.canonical),
        }


def read_result(data: Mapping[str, Any]) -> Result:
    """Read a saved result, without believing its digest: compare it with the digest of what this returns.

    Raises:
        CostError: it is not what ``Result.saved`` gives.
        WorkingsError: the workings in it are malformed.
    """
    try:
        _check_form(data["form"])
        return Result(
            request=read_request(json.dumps(data["request"])),
            model=str(data["model"]),
            version=str(data["version"]),
            settings=dict(data["settings"]),
            allocation=_allocation(data["result"], json.dumps(data["workings"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"This is no saved allocation: {error}."
        raise CostError(message, remedy="Give a file written by andel allocate --format json.") from error


def _check_form(form: object) -> None:
    if form != FORM:
        message = f'the form is "{form}", not "{FORM}"'
        raise ValueError(message)


def _check_rows(parties: list[object], amounts: list[object]) -> None:
    if len(parties) != len(amounts) or not all(type(amount) is int for amount in amounts):
        message = f"{len(amounts)} amounts for {len(parties)} parties, or one that is no whole number of öre"
        raise ValueError(message)


def _money(allocation: Allocation) -> dict[str, Any]:
    own: dict[str, Any] = {}
    match allocation:
        case Split(total=total, region=region):
            own = {"total": total, "region": region}
        case Tariff(supplier_cost=cost, residual=residual):
            own = {"supplier_cost": cost, "residual": residual}
    return own | {
        "kind": allocation.kind,
        "currency": allocation.currency,
        "parties": allocation.parties,
        "amounts": allocation.amounts,
        "payers": _payers(allocation),
    }


def _payers(allocation: Allocation) -> dict[str, str]:
    """Return who is invoiced in another's place. A ceiling is never invoiced."""
    if isinstance(allocation, Ceiling):
        return {}
    paying = allocation.payers
    return {party: paying[party] for party in allocation.parties if paying.get(party, party) != party}


def _allocation(data: Mapping[str, Any], workings: str) -> Allocation:
    _check_rows(data["parties"], data["amounts"])
    common: dict[str, Any] = {
        "parties": tuple(data["parties"]),
        "amounts": tuple(data["amounts"]),
        "currency": data["currency"],
        "payers": dict(data["payers"]),
        "workings": read_workings(workings),
    }
    match data["kind"]:
        case Split.kind:
            return Split(total=data["total"], region=data["region"], **common)
        case Tariff.kind:
            return Tariff(supplier_cost=data["supplier_cost"], residual=data["residual"], **common)
        case Ceiling.kind:
            return Ceiling(**common)
        case kind:
            message = f'the kind is "{kind}"'
            raise ValueError(message)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
