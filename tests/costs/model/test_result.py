from __future__ import annotations

import json

import pytest

from andel.costs.model import RegionBook
from andel.costs.model.result import Result, read_result
from andel.costs.service.allocating import Allocator
from andel.host.inputs import canonical_request
from andel.sdk.errors import AndelError
from andel.sdk.period import Period


@pytest.fixture
def result(allocator: Allocator, dalarna: RegionBook) -> Result:
    service = dalarna.service("rss")
    return allocator.allocate(service, service.components[0], Period.year(2026))


def test_a_saved_result_reads_back_with_the_same_digest(result: Result) -> None:
    again = read_result(json.loads(json.dumps(result.saved())))
    assert again.digest == result.digest == result.saved()["digest"]
    assert again.canonical == result.canonical


def test_a_request_reads_back_to_the_same_bytes(result: Result) -> None:
    again = read_result(result.saved())
    assert canonical_request(again.request) == canonical_request(result.request)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("form",), "andel-allocation/0"),
        (("request", "period"), ["2026-01-01", "2026-01-01"]),
        (("request", "facts"), "none"),
        (("result", "kind"), "gift"),
        (("result", "amounts"), [1]),
        (("result", "amounts"), [1.5] * 15),
        (("workings",), {}),
    ],
)
def test_a_file_of_another_shape_is_refused(result: Result, path: tuple[str, ...], value: object) -> None:
    data = result.saved()
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(AndelError) as refused:
        read_result(data)
    assert refused.value.remedy
