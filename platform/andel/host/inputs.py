"""A model's input as the host keeps it: its digest, and the seal that shows it was left as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from operator import attrgetter, is_
from types import MappingProxyType
from typing import Any

from andel.sdk.cost import CostRequest
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, Succession
from andel.sdk.period import Period
from andel.sdk.workings import canonical_json

_Row = tuple[object, ...]

_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (CostRequest, FactBook, FactSeries, Money, Party, Period, Source, Succession)
}


def _reader(names: tuple[str, ...]) -> Callable[[Any], _Row]:
    return attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)


_READ = {kind: _reader(names) for kind, names in _NAMES.items()}
_MAPPINGS = ("charged", "values")
_LATER = frozenset({"english"})
"""Fields that came after results had been stored: written only when they say something, so that digests last."""


def input_digest(request: CostRequest) -> str:
    """Return the SHA-256 of the request as canonical JSON; the order of parties and facts does not matter."""
    return hashlib.sha256(canonical_request(request)).hexdigest()


def canonical_request(request: CostRequest) -> bytes:
    """Write all that a model can see of a request as canonical JSON. The same input gives the same bytes."""
    amount, period = request.amount, request.period
    before = canonical_json(
        {
            "amount": [amount.ore, amount.currency] if amount else None,
            "amount_source": _plain(request.amount_source),
            "charged": _plain(request.charged),
            "component": request.component,
            "facts": [_plain(each) for each in sorted(request.facts.series, key=attrgetter("name", "reference_date"))],
        }
    )
    after = canonical_json(
        {
            "period": [period.start.isoformat(), period.end.isoformat()],
            "region": request.region,
            "service": request.service,
            "successions": [_plain(each) for each in sorted(request.successions, key=attrgetter("on", "successor"))],
        }
    )
    rows = tuple(map(_READ[Party], request.parties))
    return b'%b,"parties":%b,%b' % (before[:-1], _canonical_parties(rows), after[1:])


@contextmanager
def sealed(request: CostRequest, broken: Callable[[str], Exception]) -> Iterator[None]:
    """Watch a request while a plugin has it: what the plugin changes is put back, and ``broken`` is raised.

    Frozen dataclasses stop mistakes, not ``object.__setattr__``; the same parties and facts are shared by
    every allocation of a run. Each value is compared by identity, so 1 does not pass for 1.0 or True.

    Args:
        request: the plugin's input.
        broken: makes the error, given the names of what was changed.
    """
    seal = _Seal(request)
    try:
        yield
    finally:
        changed = seal.restore()
        if changed:
            raise broken(", ".join(changed))


class _Seal:
    """Every value of a request, as it was."""

    __slots__ = ("_before", "_mappings", "_nodes", "_parties")

    def __init__(self, request: CostRequest) -> None:
        self._parties = request.parties
        self._nodes = tuple(_nodes(request))
        self._before = self._read()
        owners = (request, *request.facts.series)
        self._mappings = tuple((owner, name, dict(getattr(owner, name))) for owner, name in _mapping_fields(owners))

    def restore(self) -> list[str]:
        """Put back what was changed, and return the names of it."""
        try:
            same = _identical(self._before, self._read()) and all(
                _identical_mapping(held, getattr(owner, name)) for owner, name, held in self._mappings
            )
        except Exception:  # noqa: BLE001  (what a plugin left there may raise anything when read)
            same = False
        return [] if same else self._put_back()

    def _read(self) -> list[_Row]:
        return [*map(_READ[Party], self._parties), *(_READ[type(node)](node) for node in self._nodes)]

    def _put_back(self) -> list[str]:
        changed: list[str] = []
        for node, row in zip((*self._parties, *self._nodes), self._before, strict=True):
            for name, value in zip(_NAMES[type(node)], row, strict=True):
                if getattr(node, name, ...) is not value:
                    object.__setattr__(node, name, value)
                    changed.append(f"{type(node).__name__}.{name}")
        for owner, name, held in self._mappings:
            if not _identical_mapping(held, getattr(owner, name)):
                object.__setattr__(owner, name, MappingProxyType(held))
                changed.append(f"{type(owner).__name__}.{name}")
        return sorted(set(changed))


def _nodes(request: CostRequest) -> Iterator[object]:
    """Yield the values that a request is made of, but the parties: they are many and are read in bulk."""
    yield from (request, request.period, request.facts)
    yield from (node for node in (request.amount, request.amount_source) if node is not None)
    for series in request.facts.series:
        yield from (series, series.source)
    yield from request.successions


def _mapping_fields(owners: tuple[object, ...]) -> Iterator[tuple[object, str]]:
    for owner in owners:
        yield from ((owner, name) for name in _MAPPINGS if name in _NAMES[type(owner)])


def _identical(before: list[_Row], after: list[_Row]) -> bool:
    return all(map(is_, chain.from_iterable(before), chain.from_iterable(after)))


def _identical_mapping(held: Mapping[str, int], now: Mapping[str, int]) -> bool:
    return len(held) == len(now) and all(map(is_, held, now)) and all(map(is_, held.values(), now.values()))


@lru_cache(maxsize=64)
def _canonical_parties(rows: tuple[_Row, ...]) -> bytes:
    """Write the parties, by value: a run asks for the same ones thousands of times."""
    names = _NAMES[Party]
    plain = [dict(zip(names, map(_plain, row), strict=True)) for row in rows]
    return canonical_json(sorted(plain, key=lambda row: str(row["key"])))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        plain = {name: _plain(getattr(value, name)) for name in _NAMES[type(value)]}
        return {name: inner for name, inner in plain.items() if inner or name not in _LATER}
    return value
