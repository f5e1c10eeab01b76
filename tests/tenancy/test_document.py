"""The document as a value: the same in any order, the same from a folder and from JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andel.host.registry import Registry
from andel.tenancy.model.book import to_book
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import TenantError
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.loading import load_tenant

if TYPE_CHECKING:
    from tests.tenancy.conftest import RegionFolder

TENANTS = Path(__file__).parents[2] / "tenants"
REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")


def shuffled(data: object, random: Random) -> Any:  # noqa: ANN401  (plain data)
    """Return plain data with every list in another order, but those inside settings."""
    if isinstance(data, dict):
        names = random.sample(list(data), len(data))
        return {name: data[name] if name == "values" else shuffled(data[name], random) for name in names}
    if isinstance(data, list):
        return [shuffled(one, random) for one in random.sample(data, len(data))]
    return data


@pytest.fixture(scope="module")
def documents(registry: Registry) -> dict[str, TenantDocument]:
    return {name: load_tenant(TENANTS, name, registry).valid_document() for name in REGIONS}


@pytest.mark.parametrize("name", REGIONS)
def test_plain_data_is_read_back_to_the_same_document(name: str, documents: dict[str, TenantDocument]) -> None:
    document = documents[name]
    stored = json.loads(json.dumps(document.plain()))
    reading = read_document(stored)
    assert reading.faults == ()
    assert reading.document is not None
    assert reading.document.digest == document.digest
    assert reading.document.plain() == stored


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_the_order_of_a_documents_lists_changes_neither_book_nor_digest(seed: int, registry: Registry) -> None:
    for name in ("stockholm", "dalarna"):
        document = load_tenant(TENANTS, name, registry).valid_document()
        reading = read_document(shuffled(document.plain(), Random(seed)))  # noqa: S311  (an order, no secret)
        assert reading.document is not None
        assert reading.document.digest == document.digest
        assert to_book(reading.document, registry) == to_book(document, registry)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_and_tables_in_the_files_does_not_change_the_book(
    seed: int, new_region: Callable[[Path], RegionFolder]
) -> None:
    random = Random(seed)  # noqa: S311  (an order, no secret)
    with tempfile.TemporaryDirectory() as folder:
        region = new_region(Path(folder) / "tenants")
        before = region.load()
        data = tomlkit.parse((region.root / "tenant.toml").read_text(encoding="utf-8")).unwrap()
        region.write("tenant.toml", tomlkit.dumps(shuffled(data, random)))
        for table in ("organizations.csv", "facts/inhabitants.csv"):
            header, *rows = (region.root / table).read_text(encoding="utf-8").splitlines()
            region.write(table, "\n".join([header, *random.sample(rows, len(rows))]) + "\n")
        after = region.load()
        assert after.faults == ()
        assert after.book() == before.book()
        assert after.valid_document().digest == before.valid_document().digest


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["organizations"][0].update(name="Alby stad"),
        lambda data: data["facts"][0]["values"].update(alby=1001, byn=1999),
        lambda data: data["services"][0]["components"][0]["costs"][0].update(amount="1000.01"),
        lambda data: data["services"][0]["components"][0]["settings"][0]["values"].update(earlier_counts=True),
        lambda data: data["plugins"].remove("direct-usage"),
    ],
)
def test_another_document_has_another_digest(region: RegionFolder, change: Callable[[Any], None]) -> None:
    document = region.load().valid_document()
    data = document.plain()
    change(data)
    changed = read_document(data).document
    assert changed is not None
    assert changed.digest != document.digest


def test_amounts_written_in_two_ways_are_the_same_amount(region: RegionFolder) -> None:
    before = region.load().valid_document().digest
    region.edit("tenant.toml", 'amount = "1000"', 'amount = "1000.00"')
    assert region.load().valid_document().digest == before


def test_a_document_that_does_not_hold_together_makes_no_book(region: RegionFolder, registry: Registry) -> None:
    data = region.load().valid_document().plain()
    data["groups"][0]["members"].append("nobody")
    document = read_document(data).document
    assert document is not None
    with pytest.raises(TenantError) as caught:
        to_book(document, registry)
    (complaint,) = caught.value.complaints
    assert (complaint.what, complaint.where) == ('There is no organization "nobody".', "groups[1].members[4]")


@pytest.mark.parametrize(
    "data",
    [None, [], "text", 1, {}, {"format": 1}, {"format": 1, "region": 1}, {"format": 1, "organizations": {"a": 1}}],
)
def test_anything_at_all_is_answered_with_faults_and_never_with_an_exception(data: object) -> None:
    reading = read_document(data)
    assert reading.faults
    assert all(fault.what.endswith(".") for fault in reading.faults)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(list(TenantDocument.model_fields)), PLAIN))
@settings(max_examples=200, deadline=None)
def test_no_plain_data_makes_the_reading_fail(data: dict[str, object]) -> None:
    assert read_document(data).faults or read_document(data).document


@given(value=PLAIN, random=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_put_in_any_place_of_a_valid_document_makes_the_loading_fail(
    value: object, random: Random, documents: dict[str, TenantDocument], registry: Registry
) -> None:
    data = documents["skane"].plain()
    place: Any = data
    while True:
        step = random.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[step], dict | list) or not place[step] or random.random() < 0.1:
            place[step] = value
            break
        place = place[step]
    reading = read_document(data)
    if reading.document is not None and not reading.faults:
        with suppress(TenantError):
            assert to_book(reading.document, registry).key == reading.document.region.key
    else:
        assert reading.faults


def read(data: object) -> TenantDocument:
    document = read_document(data).document
    assert document is not None
    return document


def test_what_means_the_same_is_the_same_document(region: RegionFolder) -> None:
    plain = region.load().valid_document().plain()
    other = json.loads(json.dumps(plain))
    [cost] = other["services"][0]["components"][0]["costs"]
    del cost["year"]
    cost |= {"start": "2026-01-01", "end": "2027-01-01", "source": {"title": " Exempel ", "example": True}}
    assert read(other) == read(plain)
    assert read(other).digest == read(plain).digest
