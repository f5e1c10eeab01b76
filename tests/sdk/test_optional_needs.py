from __future__ import annotations

from datetime import date

import pytest

from andel.sdk.errors import FactError
from andel.sdk.facts import FactBook, FactNeed, FactSeries, Source


def _users(day: date, count: int) -> FactSeries:
    return FactSeries(name="users", unit="user", reference_date=day, source=Source(title="Census"), values={"a": count})


EARLIER, LATER = _users(date(2024, 10, 1), 3), _users(date(2025, 10, 1), 4)


def test_a_need_that_leads_nowhere_is_an_error_unless_it_is_optional() -> None:
    book = FactBook((LATER,))
    asked = FactNeed(name="users", on=LATER.reference_date)
    before = date(2025, 9, 30)

    assert book.only([asked, FactNeed(name="users", on=before, optional=True)]) == FactBook((LATER,))
    with pytest.raises(FactError, match="2025-09-30 or earlier"):
        book.only([asked, FactNeed(name="users", on=before)])


def test_an_optional_need_takes_its_series_along_where_there_is_one() -> None:
    needs = [
        FactNeed(name="users", on=LATER.reference_date),
        FactNeed(name="users", on=date(2025, 9, 30), optional=True),
    ]

    assert FactBook((LATER, EARLIER)).only(needs) == FactBook((LATER, EARLIER))
