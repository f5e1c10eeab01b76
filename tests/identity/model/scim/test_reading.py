from __future__ import annotations

import json

import pytest

from andel.identity.model.scim.errors import ScimError
from andel.identity.model.scim.reading import DEEPEST, LARGEST_BODY, LONGEST_TEXT, MOST_NODES, read_object


def refusal(body: bytes) -> ScimError:
    with pytest.raises(ScimError) as raised:
        read_object(body)
    return raised.value


def test_an_object_is_read_as_it_is() -> None:
    data = {"userName": "åsa@kommun.se", "active": True, "roles": [{"value": "x"}], "n": 7, "none": None}
    assert read_object(json.dumps(data, ensure_ascii=False).encode()) == data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"[]",
        b'"text"',
        b"null",
        b"NaN",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1.5}',
        b'{"a": 1e400}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": 1} {"b": 2}',
    ],
)
def test_what_is_no_object_is_told_as_bad_syntax(body: bytes) -> None:
    error = refusal(body)
    assert (error.status, error.keyword) == (400, "invalidSyntax")


def test_a_name_that_stands_twice_is_refused_in_whatever_case() -> None:
    for body in (b'{"active": false, "active": true}', b'{"a": {"Active": false, "active": "True"}}'):
        assert refusal(body).keyword == "invalidSyntax"


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[2J", "\ud800", "a\x7f", "x" * (LONGEST_TEXT + 1)])
@pytest.mark.parametrize("place", ["value", "name", "deep"])
def test_text_that_no_column_can_hold_is_refused_wherever_it_stands(text: str, place: str) -> None:
    data = {"value": {"a": text}, "name": {text: "a"}, "deep": {"a": [{"b": [text]}]}}[place]
    assert refusal(json.dumps(data).encode()).keyword == "invalidValue"


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_nesting_ends_at_a_depth_that_no_directory_reaches() -> None:
    read_object(nested(DEEPEST))
    assert refusal(nested(DEEPEST + 1)).keyword == "invalidSyntax"


def test_a_body_of_too_many_bytes_or_values_is_too_large() -> None:
    assert refusal(b" " * (LARGEST_BODY + 1)).status == 413
    assert refusal(json.dumps({"a": [1] * MOST_NODES}).encode()).status == 413
    read_object(json.dumps({"a": [1] * (MOST_NODES - 10)}).encode())
