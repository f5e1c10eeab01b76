"""What schemas are based on, and the parts that every resource is made of."""

from __future__ import annotations

from marshmallow import RAISE, Schema

from andel.sdk.text import Text
from andel.shared.api.errors import Fault
from andel.shared.api.fields import (
    AMOUNT,
    UNKNOWN,
    AskedWhole,
    Choice,
    Day,
    Line,
    Many,
    Part,
    Truth,
    Whole,
    Words,
)

_NO_OBJECT = Fault(Text("Det är inget objekt.", "It is no object."), Text("Skriv { }.", "Write { }."))


class Strict(Schema):
    """What is received: unknown members are refused, and nothing is guessed from a value of another type."""

    class Meta:
        """An unknown member is an error."""

        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": _NO_OBJECT}  # type: ignore[dict-item]  # noqa: RUF012  # handed on as they are


class Query(Strict):
    """The parameters of an address."""


class PageQuery(Query):
    """How much of a list, and from where."""

    limit = AskedWhole(least=1, most=200, load_default=20, about="How many at most.")
    cursor = Line(
        least=1, most=1000, pattern=r"^[A-Za-z0-9_-]+$", about="From `next` of the page before; never made by hand."
    )


class Answer(Schema):
    """What is answered. Later versions may add members: ignore those that you do not know."""


class MoneyOf(Strict):
    """An exact amount."""

    amount = Line(
        required=True,
        most=20,
        pattern=AMOUNT,
        about='Kronor with at most two decimals, as text: `"439451.00"`. Never a number, which would not be exact.',
        metadata={"examples": ["439451.00"]},
    )
    currency = Choice(("SEK",), required=True)


class MoneyAnswer(Answer):
    """An exact amount; it may be below zero."""

    amount = Line(required=True, most=20, pattern=r"^-?[0-9]+\.[0-9]{2}$", metadata={"examples": ["439451.00"]})
    currency = Line(required=True, most=3, pattern="^[A-Z]{3}$", metadata={"examples": ["SEK"]})


class PeriodOf(Strict):
    """The days from `start` up to, not including, `end`."""

    start = Day(required=True, about="The first day.")
    end = Day(required=True, about="The first day after.")


class PeriodAnswer(Answer):
    """The days from `start` up to, not including, `end`."""

    start = Day(required=True, about="The first day.")
    end = Day(required=True, about="The first day after.")


class BothWordsOf(Strict):
    """The same words in Swedish and in English."""

    sv = Words(required=True)
    en = Words(required=True)


class BothWords(Answer):
    """The same words in Swedish and in English."""

    sv = Line(required=True, most=4000)
    en = Line(required=True, most=4000)


class SourceOf(Strict):
    """Where a figure comes from. One that no public source gives is an `example`; any other needs a `title`."""

    title = Words(about="What it is called.")
    date = Day(allow_none=True, load_default=None, about="Its own day.")
    example = Truth(load_default=False, about="Whether the figure is an example.")


class SourceAnswer(Answer):
    """Where a figure comes from."""

    title = Line(required=True, most=4000)
    date = Day(required=True, allow_none=True)
    example = Truth(required=True, about="Whether the figure is an example that no public source gives.")


class ProblemError(Answer):
    """One more thing that is wrong."""

    what = Line(required=True, most=4000)
    where = Line(most=4000, about="The field, or what is named.")
    remedy = Line(most=4000, about="What to do.")


class Problem(Answer):
    """What went wrong (RFC 9457)."""

    type = Line(
        required=True,
        most=200,
        about="The kind: an address that describes it, and never changes. `about:blank`: the status says all.",
    )
    title = Line(required=True, most=200, about="What the kind is called, in the language of the answer.")
    status = Whole(required=True, least=400, most=599)
    detail = Line(most=4000, about="What is wrong.")
    where = Line(most=4000, about="The field, as `values[3].organization` or `query.limit`, or what is named.")
    remedy = Line(most=4000, about="What to do.")
    instance = Line(most=4000, about="The path that was asked for.")
    reference = Line(most=20, about="The number by which the operator finds the request; also in X-Request-Id.")
    errors = Many(Part(ProblemError), about="What else is wrong, one for each field.")


def next_link() -> Line:
    """Return the member of a page that says where the next one is."""
    return Line(required=True, allow_none=True, most=4000, about="Where the next page is; null on the last one.")
