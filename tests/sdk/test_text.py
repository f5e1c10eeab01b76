from __future__ import annotations

import pytest

from andel.sdk.text import Text, words_in


@pytest.mark.parametrize(
    ("language", "words"), [("sv", "Tak"), ("en", "Cap"), ("en-GB", "Cap"), ("EN", "Cap"), ("fi", "Tak"), ("", "Tak")]
)
def test_words_are_english_when_asked_for_else_swedish(language: str, words: str) -> None:
    assert Text("Tak", "Cap").in_language(language) == words
    assert words_in(Text("Tak", "Cap"), language) == words


def test_plain_words_are_the_same_in_every_language_and_text_reads_as_swedish() -> None:
    assert words_in("Cap", "sv") == "Cap"
    assert str(Text("Tak", "Cap")) == "Tak"
