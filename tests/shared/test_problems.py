from __future__ import annotations

import pytest
from werkzeug.exceptions import BadRequest, Conflict, ImATeapot, InternalServerError, NotFound, UnprocessableEntity

from andel.sdk.errors import AndelError, Complaint, FactError
from andel.sdk.text import Text
from andel.shared import problems
from andel.shared.problems import KINDS, Kind

CLOSED = Kind("period-closed", 409, Text("Perioden är stängd", "The period is closed"))


class ClosedError(AndelError):
    """A period that no longer takes changes."""


class LongClosedError(ClosedError):
    """A kind of the above, without a description of its own."""


def test_an_error_becomes_a_problem_with_every_member() -> None:
    error = ClosedError(
        Text("2026 är redan fakturerat.", "2026 has been invoiced already."),
        where="valid_from",
        remedy=Text("Välj ett senare datum.", "Choose a later date."),
    )
    problem = problems.of_error(
        error, problems.merged([{ClosedError: CLOSED}]), instance="/api/v1/x", reference="A7F3-91C2"
    )
    assert problem.as_dict("en") == {
        "type": "/problems/period-closed",
        "title": "The period is closed",
        "status": 409,
        "detail": "2026 has been invoiced already.",
        "where": "valid_from",
        "remedy": "Choose a later date.",
        "instance": "/api/v1/x",
        "reference": "A7F3-91C2",
    }
    assert problem.as_dict("sv")["detail"] == "2026 är redan fakturerat."


def test_an_error_without_a_kind_of_its_own_takes_its_nearest_parents() -> None:
    kinds = problems.merged([{ClosedError: CLOSED}])
    assert problems.of_error(LongClosedError("x"), kinds).kind == CLOSED
    assert problems.of_error(FactError("x"), kinds).status == 422
    assert problems.of_error(AndelError("x"), kinds).kind.slug == "refused"


def test_several_complaints_are_all_told() -> None:
    error = AndelError.of([Complaint("first"), Complaint("second", "here", "mend it"), Complaint("third")])
    described = problems.of_error(error, KINDS).as_dict("sv")
    assert described["detail"] == "first"
    assert described["errors"] == [{"what": "second", "where": "here", "remedy": "mend it"}, {"what": "third"}]


def test_an_http_error_is_plain_and_keeps_the_librarys_own_words_to_itself() -> None:
    assert problems.of_http(NotFound(), instance="/x").as_dict("sv") == {
        "type": "about:blank",
        "title": "Sidan finns inte",
        "status": 404,
        "instance": "/x",
    }
    assert problems.of_http(ImATeapot()).as_dict("sv")["title"] == "I'm a Teapot"


def test_words_written_for_an_http_error_are_its_detail() -> None:
    assert problems.of_http(BadRequest("The cursor is not one of ours.")).as_dict("en")["detail"] == (
        "The cursor is not one of ours."
    )


def test_the_faults_of_fields_are_passed_on() -> None:
    error = UnprocessableEntity()
    error.data = {"messages": {"json": {"amount": ["Not a valid string."]}}}  # type: ignore[attr-defined]  # webargs does
    assert problems.of_http(error).as_dict("en")["errors"] == {"json": {"amount": ["Not a valid string."]}}
    conflict = Conflict()
    conflict.data = {"message": "Sealed.", "errors": {"a": "b"}}  # type: ignore[attr-defined]  # flask-smorest does
    described = problems.of_http(conflict).as_dict("en")
    assert (described["detail"], described["errors"]) == ("Sealed.", {"a": "b"})


def test_a_defect_tells_nothing_but_its_reference() -> None:
    described = problems.of_http(InternalServerError(), reference="A7F3-91C2").as_dict("en")
    assert described == {
        "type": "about:blank",
        "title": "Something went wrong on our side",
        "status": 500,
        "reference": "A7F3-91C2",
    }


@pytest.mark.parametrize(
    "more",
    [
        [{AndelError: Kind("other", 400, Text("a", "b"))}],
        [{ClosedError: Kind("refused", 409, Text("a", "b"))}],
        [{ClosedError: CLOSED}, {ClosedError: CLOSED}],
    ],
)
def test_two_descriptions_of_one_problem_are_refused_at_start(more: list[dict[type[AndelError], Kind]]) -> None:
    with pytest.raises(ValueError, match="described twice"):
        problems.merged(more)


def test_two_errors_may_share_a_kind() -> None:
    kinds = problems.merged([{ClosedError: CLOSED}, {FactError: CLOSED}])
    assert kinds[ClosedError] == kinds[FactError]
