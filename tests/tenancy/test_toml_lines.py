"""The line of every key of a TOML text."""

from __future__ import annotations

import tomllib
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from andel.tenancy.model.faults import Path
from andel.tenancy.service.toml_lines import lines_of

TEXT = '''\
a = 1 # with a comment = 2
"b c".d = """several
lines"""
list = [ # of three
  "x, ]", ["]", 2],
  { f = 1, g.h = 'k' },
]

[t.u]
v = 2020-01-01 10:00:00
[[s]]
k = 1
  [[s.c]]
  k = 2
  [s.c.values]
  z = {}
  [[s.c]]
[[s]]
[[s.c]]
m = """ends in "quotes"""""
n = \'\'\'it's # no comment\'\'\'
o = "escaped \\" quote"
'''


def test_every_table_key_and_element_has_its_line() -> None:
    tomllib.loads(TEXT)
    found = lines_of(TEXT)
    expected: dict[Path, int] = {
        ("a",): 1,
        ("b c",): 2,
        ("b c", "d"): 2,
        ("list",): 4,
        ("list", 0): 5,
        ("list", 1): 5,
        ("list", 1, 0): 5,
        ("list", 1, 1): 5,
        ("list", 2): 6,
        ("list", 2, "f"): 6,
        ("list", 2, "g"): 6,
        ("list", 2, "g", "h"): 6,
        ("t",): 9,
        ("t", "u"): 9,
        ("t", "u", "v"): 10,
        ("s",): 11,
        ("s", 0): 11,
        ("s", 0, "k"): 12,
        ("s", 0, "c"): 13,
        ("s", 0, "c", 0): 13,
        ("s", 0, "c", 0, "k"): 14,
        ("s", 0, "c", 0, "values"): 15,
        ("s", 0, "c", 0, "values", "z"): 16,
        ("s", 0, "c", 1): 17,
        ("s", 1): 18,
        ("s", 1, "c"): 19,
        ("s", 1, "c", 0): 19,
        ("s", 1, "c", 0, "m"): 20,
        ("s", 1, "c", 0, "n"): 21,
        ("s", 1, "c", 0, "o"): 22,
    }
    assert found == expected


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8", exclude_characters="\r")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab.\"'[# =é", max_size=4), inner, max_size=4),
    max_leaves=25,
)


def paths(data: object, path: Path = ()) -> set[Path]:
    """Return the path of everything in the data."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return {path} - {()} | {inner for step, value in steps for inner in paths(value, (*path, step))}


@given(st.dictionaries(st.text("ab.-_\"'[]# ", max_size=5), VALUES, max_size=5))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_is_found_again_and_no_more(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    read = tomllib.loads(text)
    found = lines_of(text)
    assert {path for path in paths(read) if path not in found} == set()
    assert set(found) <= paths(read)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
