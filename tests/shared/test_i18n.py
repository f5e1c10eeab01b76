from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask, render_template_string

from andel.sdk.text import Text
from andel.shared import i18n
from andel.shared.formats import Language
from andel.shared.i18n import __main__ as command
from andel.shared.i18n import catalogue, harvest
from andel.shared.i18n.review import bare_words, review
from andel.shared.web.folders import templates_folder

CODE = Path(i18n.__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project: a page of the costs room, a shared base, and the code of both."""
    for name, text in {
        "templates/_base.html": "<title>{{ _('Sida') }}</title>",
        "templates/costs/page.html": "{{ _('%(n)s kr kvar', n=3) }}{{ ngettext('%(num)s rad', '%(num)s rader', 2) }}",
        "code/costs/__init__.py": "",
        "code/costs/pages.py": 'title = gettext("Kostnader")\n',
        "code/shared/__init__.py": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def update(tree: Path) -> list[str]:
    return [path.name for path in harvest.update(tree / "templates", tree / "code")]


def complaints(tree: Path) -> list[str]:
    return [str(complaint) for complaint in review(tree / "templates", tree / "code")]


def translate(tree: Path, room: str, words: dict[str, str | tuple[str, ...]]) -> None:
    path = catalogue.folder(tree / "templates") / f"{room}.po"
    read = catalogue.read(path)
    for message in read:
        first = message.id if isinstance(message.id, str) else message.id[0]
        message.string = words.get(first, message.string)
    catalogue.write(path, read)


def translate_all(tree: Path) -> None:
    update(tree)
    translate(tree, "shared", {"Sida": "Page"})
    words: dict[str, str | tuple[str, ...]] = {
        "Kostnader": "Costs",
        "%(n)s kr kvar": "SEK %(n)s left",
        "%(num)s rad": ("%(num)s row", "%(num)s rows"),
    }
    translate(tree, "costs", words)


def speak(tree: Path, language: Language, *, mark_missing: bool = False) -> Callable[[str], str]:
    app = Flask("speaking")
    i18n.install(app, tree / "templates", select=lambda: language, mark_missing=mark_missing)

    def rendered(template: str) -> str:
        with app.test_request_context():
            return render_template_string(template, text=Text("hej", "hello"))

    return rendered


def test_every_text_of_the_product_has_its_english() -> None:
    assert [str(complaint) for complaint in review(templates_folder(), CODE)] == []


def test_the_words_of_the_product_are_found_by_room() -> None:
    found = harvest.harvest(templates_folder(), CODE)
    assert "Hoppa till innehållet" in found[catalogue.SHARED]


def test_words_are_collected_by_room_and_then_stay_put(tree: Path) -> None:
    assert update(tree) == ["costs.po", "shared.po"]
    assert update(tree) == []
    costs = catalogue.read(catalogue.folder(tree / "templates") / "costs.po")
    assert {str(message.id) for message in costs if message.id} == {
        "Kostnader",
        "%(n)s kr kvar",
        "('%(num)s rad', '%(num)s rader')",
    }


def test_a_word_without_english_is_named_with_its_place(tree: Path) -> None:
    assert any('templates/_base.html: No English for "Sida".' in complaint for complaint in complaints(tree))
    translate_all(tree)
    assert complaints(tree) == []


def test_a_plural_needs_both_of_its_forms(tree: Path) -> None:
    translate_all(tree)
    translate(tree, "costs", {"%(num)s rad": ("%(num)s row", "")})
    assert any('No English for "%(num)s rad".' in complaint for complaint in complaints(tree))


def test_a_placeholder_that_differs_is_a_complaint(tree: Path) -> None:
    translate_all(tree)
    translate(tree, "costs", {"%(n)s kr kvar": "SEK %(m)s left"})
    assert any("Use the same %(names)s" in complaint for complaint in complaints(tree))


def test_a_doubtful_translation_is_a_complaint_and_is_not_shown(tree: Path) -> None:
    translate_all(tree)
    path = catalogue.folder(tree / "templates") / "shared.po"
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgid "Sida"', '#, fuzzy\nmsgid "Sida"'), encoding="utf-8"
    )
    assert any("fuzzy" in complaint for complaint in complaints(tree))
    assert speak(tree, "en")("{{ _('Sida') }}") == "Sida"


def test_a_word_that_nobody_says_is_a_complaint_until_it_is_dropped(tree: Path) -> None:
    translate_all(tree)
    (tree / "code/costs/pages.py").write_text("", encoding="utf-8")
    assert any('Nothing says "Kostnader" any more.' in complaint for complaint in complaints(tree))
    assert update(tree) == ["costs.po"]
    assert complaints(tree) == []


def test_a_room_without_words_keeps_no_catalogue(tree: Path) -> None:
    translate_all(tree)
    (tree / "code/costs/pages.py").unlink()
    (tree / "templates/costs/page.html").unlink()
    assert update(tree) == ["costs.po"]
    assert not (catalogue.folder(tree / "templates") / "costs.po").exists()


def test_a_word_that_another_room_has_translated_is_filled_in(tree: Path) -> None:
    translate_all(tree)
    (tree / "code/shared/words.py").write_text('gettext("Kostnader")\n', encoding="utf-8")
    update(tree)
    assert complaints(tree) == []


def test_one_word_said_in_two_ways_is_a_complaint(tree: Path) -> None:
    test_a_word_that_another_room_has_translated_is_filled_in(tree)
    translate(tree, "shared", {"Kostnader": "Expenses"})
    assert any('"Costs" in costs.po and "Expenses" here' in complaint for complaint in complaints(tree))


def test_a_catalogue_that_cannot_be_read_is_refused_by_name(tree: Path) -> None:
    update(tree)
    path = catalogue.folder(tree / "templates") / "costs.po"
    path.write_bytes('msgid "å"\nmsgstr "a"\n'.encode("latin-1"))
    with pytest.raises(catalogue.CatalogueError) as raised:
        speak(tree, "en")
    assert raised.value.where == "costs.po"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hej {{ name }}</p>", ["Hej"]),
        ("<p>{{ _('Hej') }} – 12 %</p>", []),
        ('<nav aria-label="Meny"></nav>', ["Meny"]),
        ("<nav aria-label=\"{{ _('Meny') }}\"></nav>", []),
        ('<b translate="no">Andel <i>AB</i></b><br>Mer', ["Mer"]),
        ("<code>andel demo</code>", []),
        ("{# Ett ord #}{% set word = 'Återremiss' %}", ["Återremiss"]),
        ("{{ _('Återremiss') }}{{ m.st('ok', _('Öppen')) }}", []),
        ('<li{% if own %} class="own"{% endif %}>{% trans %}Hej{% endtrans %}, du</li>', [", du"]),
    ],
)
def test_words_outside_of_the_translations_are_found(template: str, words: list[str]) -> None:
    assert [found for _line, found in bare_words(template)] == words


def test_bare_words_come_with_their_line() -> None:
    assert bare_words("{% if a %}\n\n{% endif %}\n<p>Hej</p>") == [(4, "Hej")]


def test_swedish_is_said_as_written_and_english_from_the_catalogues(tree: Path) -> None:
    translate_all(tree)
    counted = "{{ _('%(n)s kr kvar', n=3) }}, {{ ngettext('%(num)s rad', '%(num)s rader', 1) }}"
    said = f"{{{{ _('Sida') }}}}, {counted}, {{{{ text|t }}}}"
    assert speak(tree, "sv")(said) == "Sida, 3 kr kvar, 1 rad, hej"
    assert speak(tree, "en")(said) == "Page, SEK 3 left, 1 row, hello"


def test_a_missing_text_is_marked_only_when_asked(tree: Path) -> None:
    said = "{{ _('Okänt') }} {{ ngettext('ett', 'flera', 2) }}"
    assert speak(tree, "en")(said) == "Okänt flera"
    assert speak(tree, "en", mark_missing=True)(said) == "⟦Okänt⟧ ⟦flera⟧"
    assert speak(tree, "sv", mark_missing=True)(said) == "Okänt flera"


def test_a_document_can_speak_another_language_for_a_while(tree: Path) -> None:
    translate_all(tree)
    app = Flask("speaking")
    i18n.install(app, tree / "templates", select=lambda: "sv")
    assert i18n.language() == "sv"
    with app.test_request_context():
        assert (i18n.language(), i18n.gettext("Sida")) == ("sv", "Sida")
        with i18n.speaking("en"):
            assert (i18n.language(), i18n.gettext("Sida")) == ("en", "Page")
            assert i18n.ngettext("%(num)s rad", "%(num)s rader", 2) == "2 rows"
            assert (i18n.spoken(Text("a", "b")), i18n.spoken("c")) == ("b", "c")
        assert i18n.language() == "sv"


def test_the_filter_of_texts_is_not_folded_at_compile_time(tree: Path) -> None:
    spoken: list[Language] = ["sv"]
    app = Flask("speaking")
    i18n.install(app, tree / "templates", select=lambda: spoken[-1])
    app.jinja_env.globals["word"] = Text("ja", "yes")
    template = app.jinja_env.from_string("{{ word|t }}")
    with app.test_request_context():
        assert template.render() == "ja"
    spoken.append("en")
    with app.test_request_context():
        assert template.render() == "yes"


def test_the_command_says_what_is_wrong_and_fails(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDEL_TEMPLATES", str(tree / "templates"))
    monkeypatch.setattr(command, "CODE", tree / "code")
    runner = CliRunner()
    first = runner.invoke(command.main, ["update"])
    assert first.exit_code == 1
    assert first.output.startswith("changed costs.po\nchanged shared.po\n")
    translate_all(tree)
    assert runner.invoke(command.main, ["check"]).exit_code == 0
    assert runner.invoke(command.main, ["update"]).output == ""
