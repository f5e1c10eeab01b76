"""Complaints as plain data: what was wrong is stored in both languages, and told years later in the reader's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from andel.sdk.errors import Complaint, Words
from andel.sdk.text import Text, words_in


def plain_complaints(complaints: Iterable[Complaint]) -> list[dict[str, Any]]:
    """Write complaints as plain data, every text in both languages."""
    return [{"what": _plain(one.what), "where": one.where, "remedy": _plain(one.remedy)} for one in complaints]


def read_complaints(data: Iterable[Mapping[str, Any]]) -> tuple[Complaint, ...]:
    """Read complaints back from what ``plain_complaints`` wrote."""
    return tuple(Complaint(Text(**one["what"]), one["where"], Text(**one["remedy"])) for one in data)


def _plain(words: Words) -> dict[str, str]:
    return {"sv": words_in(words, "sv"), "en": words_in(words, "en")}
