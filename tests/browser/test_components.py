from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from flask import Flask, Response, abort, request
from playwright.sync_api import Browser, Page, expect

from andel.sdk.errors import AndelError
from andel.sdk.text import Text
from andel.shared import charts, formats
from andel.shared.charts import Bar, Caption, Change, Count, Limit, Segment, Stack
from andel.shared.i18n import language
from andel.shared.web import (
    Column,
    FieldError,
    Frame,
    Link,
    Palette,
    Region,
    Row,
    Step,
    Table,
    Viewer,
    configure,
    render,
)
from andel.shared.web.flashes import Flash
from andel.shared.web.parts import Option

pytestmark = pytest.mark.browser

CSRF = "0123456789abcdef"
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
CAPS = [("Botkyrka", 439_451, 72), ("Danderyd", 156_639, 71), ("Huddinge", 527_317, 100), ("Södermalm", 615_312, 40)]
PEOPLE = (28_000, 9_000, 12_000, 610_000, 38_000, 15_000, 41_000, 7_000)


def words(sv: str, en: str) -> str:
    return Text(sv, en).in_language(language())


def frame(palette: str | Palette = "vgr") -> Frame:
    sections = [
        *(("overview", "Översikt", "Overview"), ("costs", "Kostnader", "Costs"), ("invoices", "Fakturor", "Invoices")),
        *(("licenses", "Licenser", "Licenses"), ("meetings", "Beslut och möten", "Decisions and meetings")),
    ]
    return Frame(
        region=Region(name="Västra Götalandsregionen", palette=palette),
        navigation=tuple(Link(key=key, text=Text(sv, en), href=f"#{key}") for key, sv, en in sections),
        viewer=Viewer(organization="Vänersborgs kommun", role=Text("ekonom", "economist"), sign_out="#ut"),
        strip=tuple(Segment(people, "own" if people == 38_000 else "o") for people in PEOPLE),
        footer=(
            Link(text=Text("Tillgänglighetsredogörelse", "Accessibility statement"), href="#a11y"),
            Link(text=Text("Hjälp och kontakt", "Help and contact"), href="#help"),
        ),
        csrf_token=CSRF,
    )


def drawings() -> dict[str, str]:
    lang = language()

    def caption(name: str) -> Caption:
        return Caption(
            name=name,
            title=words("Liggande staplar", "Horizontal bars"),
            desc=words("Alla värden står i tabellen ovanför.", "All values stand in the table above."),
        )

    def kr(ore: int, *, sign: bool = False) -> str:
        return formats.kronor(ore, sign=sign, lang=lang)

    bars = [Bar(label=n, value=v, text=formats.number(v, lang=lang), filled=Fraction(u, 100)) for n, v, u in CAPS]
    changes = [("Malmö", 308_083, -133_083), ("Lomma", 20_710, -5_163), ("Lund", 110_810, 15_690), ("Ny", 0, 2_000)]
    limit = Limit(value=615_312, text=f"{words('gräns', 'limit')} {formats.number(615_312, lang=lang)}")
    return {
        "bars": charts.bars(caption("tak"), bars, limit=limit),
        "diverging": charts.diverging(
            caption("skillnad"),
            [Change(label=n, today=t * 100, change=c * 100, text=kr(c * 100, sign=True)) for n, t, c in changes],
            less=words("betalar mindre", "pay less"),
            more=words("betalar mer", "pay more"),
            lang=lang,
        ),
        "stacked": charts.stacked(
            caption("tjanster"),
            [
                Stack(label="2025", parts=(20, 60, 23, 9, 14, 5), text=kr(131_000_00)),
                Stack(label="2026", parts=(25, 66, 20, 12, 10, 2), text=kr(135_000_00)),
            ],
        ),
        "growth": charts.growth(caption("vaxt"), [Count(2016, 22), Count(2023, 50)]),
        "share": charts.share_bar(Fraction(723, 1000), pace=Fraction(6, 8)),
        "seats": charts.seats(3, 4),
        "tally": charts.tally([Segment(1, kind) for kind in ["ok"] * 20 + ["half"] * 3 + ["none"] * 11]),
    }


def table() -> Table:
    lang = language()
    columns = (
        Column(text=words("Kommun", "Municipality")),
        Column(text=words("Invånare", "Inhabitants"), css="num"),
        Column(text=words("Andel", "Share"), css="num p3"),
        Column(text=words("Per år", "Per year"), css="num p3"),
        Column(text=words("Totalt, taket", "Total, the cap"), css="num"),
    )
    rows = tuple(
        Row(
            head=name,
            cells=(
                formats.number(cap // 5, lang=lang),
                formats.percent(Fraction(cap, 11_064_034), lang=lang),
                formats.number(cap // 8, lang=lang),
                formats.number(cap, lang=lang),
            ),
            own=name == "Huddinge",
            narrow=formats.percent(Fraction(cap, 11_064_034), lang=lang),
        )
        for name, cap, _used in CAPS
    )
    return Table(
        caption=words("Belopp i kronor utan moms.", "Amounts in SEK, without VAT."),
        columns=columns,
        rows=rows,
        sums=(Row(head=words("Summa", "Sum"), cells=("", "", "", formats.number(1_738_719, lang=lang))),),
        label=words("Tabell, kommuner", "Table, municipalities"),
        dense=True,
    )


def flashes() -> list[Flash]:
    return [
        Flash(
            lead=words("Sparat.", "Saved."),
            text=words("Kvittens: säger vad som hände.", "A receipt: says what happened."),
            href="#visa",
            link=words("Visa posten", "Show the record"),
        ),
        Flash(lead=words("Ny taxa från 1 januari 2027.", "A new tariff from 1 January 2027."), kind="info"),
        Flash(lead=words("Beloppet har ändrats.", "The amount has changed."), kind="warn"),
        Flash(
            lead=words("Uträkningen kunde inte visas.", "The workings could not be shown."),
            text=words("Inget är ändrat.", "Nothing has changed."),
            kind="bad",
        ),
    ]


def shown(errors: list[FieldError], status: int = 200) -> Response:
    lang = language()
    steps = (
        Step(label=words("Invånare", "Inhabitants"), result=formats.number(93_106, lang=lang), source="SCB 2018-12-31"),
        Step(label=words("× pris per invånare", "× price per inhabitant"), result="4,719901479", example=True),
        Step(label=words("Belopp", "Amount"), result=formats.kronor(439_451_00, lang=lang), last=True),
    )
    values = {
        "flashes": flashes(),
        "soon": date(2026, 11, 30),
        "later": date(2027, 3, 31),
        "steps": steps,
        "options": (
            Option(value="region", label=words("Regionen bär det", "The region bears it"), hint="LOU"),
            Option(value="parties", label=words("Parterna delar på det", "The parties share it")),
        ),
        "problems": errors,
        "drawings": drawings(),
        "table": table(),
        "opened": bool(request.args.get("line")),
    }
    partial = "shared/_components_line.html" if request.method == "GET" else "shared/_components_form.html"
    return render("shared/components.html", partial=partial, status=status, **values)


def bench(palette: str | Palette = "vgr") -> Flask:
    app = Flask("bench")
    configure(app, frame_of=lambda: frame(palette), now=lambda: NOW, mark_missing=True)

    @app.route("/", endpoint="components", methods=["GET", "POST"])
    def components() -> Response:
        if request.method == "GET":
            return shown([])
        if request.form["seats"] == "stopp":
            what = Text("Antalet kan inte läsas.", "The number cannot be read.")
            raise AndelError(what, remedy=Text("Skriv siffror.", "Write digits."))
        wrong = words("2026 är redan fakturerat.", "2026 has been invoiced already.")
        return shown([FieldError("from", wrong)], status=422)

    @app.get("/fel/<int:status>")
    def refuse(status: int) -> str:
        abort(status)

    @app.get("/vagrat")
    def refused() -> str:
        what = Text("Perioden är redan fakturerad.", "The period has been invoiced already.")
        remedy = Text("Välj en senare period.", "Choose a later period.")
        raise AndelError(what, where="period", remedy=remedy)

    return app


@pytest.fixture(scope="module")
def address(serve: Callable[[Flask], str]) -> str:
    return serve(bench())


def test_every_component_passes_the_checks_of_a_page(page: Page, address: str, check_page: Callable[..., None]) -> None:
    check_page(page, f"{address}/?line=1")


def test_a_region_with_colours_of_its_own_passes_the_checks_too(
    page: Page, serve: Callable[[Flask], str], check_page: Callable[..., None]
) -> None:
    own = Palette(accent="#5b3a82", fill="#5b3a82", mid="#9a83b5", tint="#efe9f6")
    check_page(page, f"{serve(bench(own))}/", languages=("sv",))
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--accent')") == "#5b3a82"


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_a_problem_page_passes_the_checks(
    page: Page, address: str, check_page: Callable[..., None], status: int
) -> None:
    check_page(page, f"{address}/fel/{status}", status=status)


def test_the_page_of_a_refusal_passes_the_checks(page: Page, address: str, check_page: Callable[..., None]) -> None:
    check_page(page, f"{address}/vagrat", status=422)


def test_a_line_opens_and_closes_in_place_and_keeps_the_focus(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=sv")
    question = page.locator("#fraga-1")
    question.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rad-1-work")).to_be_visible()
    expect(question).to_have_attribute("aria-expanded", "true")
    expect(question).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rad-1-work")).to_have_count(0)
    expect(question).to_be_focused()


def test_a_line_opens_without_script_too(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/?lang=sv")
    page.locator("#fraga-1").click()
    expect(page.locator("#rad-1-work")).to_be_visible()
    context.close()


def test_a_form_with_errors_comes_back_with_the_focus_on_its_summary(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=sv")
    with page.expect_request(lambda asked: asked.method == "POST") as posted:
        page.locator("#bench-save").click()
    assert posted.value.headers["x-csrf-token"] == CSRF
    summary = page.locator(".ds-error-summary")
    expect(summary).to_be_focused()
    page.locator(".ds-error-summary a").click()
    expect(page.locator("#from")).to_be_focused()


def test_a_refusal_lands_in_the_flash_region_whatever_the_form_aims_at(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    page.locator("#seats").fill("stopp")
    page.locator("#bench-save").click()
    told = page.locator("#flash > .flash.bad")
    expect(told).to_contain_text("The number cannot be read. Write digits.")
    expect(told).to_have_count(1)
    expect(page.locator("#bench-form")).to_have_count(1)
    assert page.url == f"{address}/?lang=en"


def test_the_language_is_switched_in_the_foot_and_stays(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    page.get_by_role("link", name="In English").click()
    expect(page.locator("h1")).to_have_text("Components")
    page.goto(f"{address}/")
    expect(page.locator("h1")).to_have_text("Components")


def test_the_keyboard_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=sv")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Hoppa till innehållet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#innehall")).to_be_focused()


def test_the_menu_of_a_narrow_screen_opens_without_script(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/?lang=sv")
    expect(page.get_by_role("link", name="Fakturor")).to_be_hidden()
    page.get_by_role("button", name="Meny").click()
    expect(page.get_by_role("link", name="Fakturor")).to_be_visible()
    context.close()
