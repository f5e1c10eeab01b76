from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from andel.host.inputs import canonical_request, input_digest, sealed
from andel.sdk.cost import CostRequest
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.money import Money
from andel.sdk.party import Party, Succession
from andel.sdk.period import Period

if TYPE_CHECKING:
    from tests.host.conftest import Desk


class ChangedError(Exception):
    """Raised by the seal in these tests, with the names of what was changed."""


def nodes(request: CostRequest) -> Iterator[object]:
    """Yield one value of each kind that a request is made of."""
    yield from (request, request.period, request.amount, request.amount_source, request.parties[1], request.facts)
    yield from (request.facts.series[0], request.facts.series[0].source, request.successions[0])


KINDS = (CostRequest, Period, Money, Source, Party, FactBook, FactSeries, Succession)
FIELDS = [(kind.__name__, field.name) for kind in KINDS for field in fields(kind)]


def node_of(request: CostRequest, kind: str) -> Any:  # noqa: ANN401  (one of the SDK's values)
    return next(node for node in nodes(request) if type(node).__name__ == kind)


def kinds_in(value: object) -> set[type]:
    """Return the kinds of dataclass that a value is made of, itself included."""
    if isinstance(value, tuple):
        return {kind for each in value for kind in kinds_in(each)}
    if not is_dataclass(value) or isinstance(value, type):
        return set()
    return {type(value)}.union(*(kinds_in(getattr(value, field.name)) for field in fields(value)))


def test_the_kinds_above_are_all_that_a_request_is_made_of(desk: Desk) -> None:
    assert kinds_in(desk.request()) == set(KINDS) == {type(node) for node in nodes(desk.request())}


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_change_of_any_field_is_seen_named_and_put_back(desk: Desk, kind: str, name: str) -> None:
    request = desk.request()
    before, node = repr(request), node_of(request, kind)
    was = getattr(node, name)
    with pytest.raises(ChangedError) as caught, sealed(request, ChangedError):
        object.__setattr__(node, name, "changed")
    assert str(caught.value) == f"{kind}.{name}"
    assert getattr(node, name) is was
    assert repr(request) == before


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_field_that_is_deleted_is_put_back(desk: Desk, kind: str, name: str) -> None:
    request = desk.request()
    before, node = repr(request), node_of(request, kind)
    with pytest.raises(ChangedError, match=f"{kind}.{name}"), sealed(request, ChangedError):
        object.__delattr__(node, name)
    assert repr(request) == before


@pytest.mark.parametrize("to", [True, 100.0])
def test_a_value_that_only_compares_equal_is_a_change(desk: Desk, to: object) -> None:
    request = desk.request(charged={"alvik": int(to)})  # type: ignore[call-overload]  # a bool or a float
    with pytest.raises(ChangedError, match=r"CostRequest\.charged"), sealed(request, ChangedError):
        object.__setattr__(request, "charged", MappingProxyType({"alvik": to}))
    assert type(request.charged["alvik"]) is int


class Grasping:
    """A mapping proxy shows its inside to whatever it is compared with."""

    def __init__(self, change: Callable[[dict[str, int]], object]) -> None:
        self.change = change

    def __eq__(self, inside: object) -> bool:
        assert isinstance(inside, dict)
        self.change(inside)
        return True

    __hash__ = None  # type: ignore[assignment]  # compared, never hashed


@pytest.mark.parametrize(
    "change",
    [
        lambda inside: inside.update(alvik=1),
        lambda inside: inside.update(extra=1),
        lambda inside: inside.update(elsewhere=inside.pop(max(inside))),
        lambda inside: inside.clear(),
    ],
)
def test_a_mapping_that_is_changed_from_within_is_put_back(
    desk: Desk, change: Callable[[dict[str, int]], object]
) -> None:
    request = desk.request()
    for owner, name in ((request, "charged"), (request.facts.series[0], "values")):
        before = dict(getattr(owner, name))
        with pytest.raises(ChangedError, match=name), sealed(request, ChangedError):
            bool(getattr(owner, name) == Grasping(change))
        assert dict(getattr(owner, name)) == before


def change_and_fail(request: CostRequest) -> None:
    object.__setattr__(request.parties[1], "key", "other")
    message = "failed"
    raise ValueError(message)


def test_the_input_is_put_back_also_when_the_plugin_failed(desk: Desk) -> None:
    request = desk.request()
    with pytest.raises(ChangedError) as caught, sealed(request, ChangedError):
        change_and_fail(request)
    assert isinstance(caught.value.__context__, ValueError)
    assert request.parties[1].key == "alvik"


def test_an_untouched_input_passes(desk: Desk) -> None:
    request = desk.request()
    with sealed(request, ChangedError):
        assert request.payers()
    assert request == desk.request()


# ---- the digest ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_the_digest_depends_on_every_field(desk: Desk, kind: str, name: str) -> None:
    request, other = desk.request(), desk.request()
    node = node_of(other, kind)
    object.__setattr__(node, name, another(getattr(node, name)))
    assert input_digest(other) != input_digest(request)


def another(value: object) -> object:
    """Return a value of the same kind that is not the same."""
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, int):
        return value + 7
    if isinstance(value, date):
        return value.replace(year=1999)
    if is_dataclass(value) and not isinstance(value, type):
        first = fields(value)[0].name
        return replace(value, **{first: another(getattr(value, first))})
    empty: dict[type, object] = {tuple: (), MappingProxyType: MappingProxyType({})}
    return empty.get(type(value), date(2030, 1, 1))


def test_the_order_of_parties_and_facts_does_not_change_the_digest(desk: Desk) -> None:
    request = desk.request()
    [series] = request.facts.series
    turned = FactBook((replace(series, values=dict(sorted(series.values.items(), reverse=True))),))
    other = replace(request, parties=request.parties[::-1], facts=turned)
    assert input_digest(other) == input_digest(request)


def test_a_request_is_written_as_canonical_json_with_all_it_holds(desk: Desk) -> None:
    request = desk.request(parties=(desk.party("borg"), desk.party("alvik", valid_to=date(2030, 1, 1))))
    written = canonical_request(request)
    assert written == json.dumps(STORED, sort_keys=True, separators=(",", ":")).encode()
    assert input_digest(request) == hashlib.sha256(written).hexdigest()


def test_a_request_without_amount_history_or_facts_is_written_too(desk: Desk) -> None:
    bare = desk.request(amount=None, amount_source=None, facts=FactBook(), charged={}, successions=(), parties=())
    absent = json.loads(canonical_request(bare))
    assert [absent[name] for name in ("amount", "amount_source")] == [None, None]
    assert [absent[name] for name in ("facts", "charged", "successions", "parties")] == [[], {}, [], []]
    assert absent["period"] == STORED["period"]


def stored_party(key: str, name: str, valid_to: str | None) -> dict[str, object]:
    return {
        "key": key,
        "name": name,
        "kind": "municipality",
        "organization_number": None,
        "authority": None,
        "valid_from": "0001-01-01",
        "valid_to": valid_to,
    }


STORED: dict[str, object] = {
    "service": "journal",
    "component": "support",
    "period": ["2025-01-01", "2026-01-01"],
    "region": "region",
    "parties": [stored_party("alvik", "Alvik", "2030-01-01"), stored_party("borg", "Borg", None)],
    "amount": [10000, "SEK"],
    "amount_source": {"title": "Budget 2025", "date": None, "example": False},
    "facts": [
        {
            "name": "inhabitants",
            "unit": "inhabitant",
            "reference_date": "2024-12-31",
            "source": {"title": "Befolkning", "date": "2024-12-31", "example": False},
            "values": {"alvik": 100, "borg": 200, "cedra": 0},
            "control_total": 300,
            "corrects": "Borg was missing",
        }
    ],
    "charged": {"alvik": 500},
    "successions": [{"predecessors": ["adal"], "successor": "alvik", "on": "2020-01-01", "source": ""}],
}
