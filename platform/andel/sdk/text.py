"""Words in both languages of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Swedish and in English."""

    sv: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English words for ``en`` and its variants, else the Swedish."""
        return self.en if language.lower().startswith("en") else self.sv

    def __str__(self) -> str:
        return self.sv


def words_in(words: str | Text, language: str) -> str:
    """Return plain words: a ``Text`` in the language asked for, a string as it is."""
    return words.in_language(language) if isinstance(words, Text) else words
