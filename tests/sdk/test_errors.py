from __future__ import annotations

import pickle

from andel.sdk.errors import AllocationError, AndelError, Complaint, FactError, did_you_mean
from andel.sdk.text import Text

WHAT = Text("Taket är nått.", "The cap is reached.")
REMEDY = Text("Höj det.", "Raise it.")


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = AllocationError(WHAT, where="nacka", remedy=REMEDY)
    assert (error.what, error.where, error.remedy) == ("Taket är nått.", "nacka", "Höj det.")
    assert str(error) == "nacka: Taket är nått. Höj det."
    assert str(FactError("No row.")) == "No row."


def test_a_complaint_is_told_in_either_language() -> None:
    [complaint] = AllocationError(WHAT, where="nacka", remedy=REMEDY).complaints
    assert str(complaint.in_language("en")) == "nacka: The cap is reached. Raise it."
    assert str(complaint.in_language("sv")) == "nacka: Taket är nått. Höj det."


def test_several_complaints_are_reported_at_once_as_the_kind_that_was_asked_for() -> None:
    error = FactError.of([Complaint("One.", "a", "Mend."), Complaint("Two.", "b")])
    assert isinstance(error, FactError)
    assert (error.what, error.where, error.remedy) == ("One.", "a", "Mend.")
    assert str(error) == "a: One. Mend.\nb: Two."


def test_an_error_keeps_its_complaints_between_processes() -> None:
    error = AndelError.of([Complaint(WHAT, "a", REMEDY), Complaint("Two.", "b")])
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  (made on this line)
    assert back.complaints == error.complaints
    assert isinstance(back, AndelError)


def test_the_nearest_word_is_suggested_else_all_that_are_known() -> None:
    assert did_you_mean("inhabitant", {"inhabitants", "users"}) == 'Did you mean "inhabitants"?'
    assert did_you_mean("xyz", {"users", "inhabitants"}) == "Known: inhabitants, users."
    assert did_you_mean("xyz", ()) == ""
