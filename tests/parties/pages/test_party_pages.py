from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from andel.app.web import DatabaseRegions, create_app
from andel.parties.model import Group, PartyBook
from andel.parties.pages.facts import csv_of, figures_of, rows_of
from andel.parties.pages.parties import ended_of, kinds_of, successions_of
from andel.parties.pages.words import counted, figure, listed
from andel.sdk.facts import FactBook, FactSeries, Source
from andel.sdk.party import Party, PartyKind, Succession
from andel.shared.web.setup import SWEDEN

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=SWEDEN)
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def app(peopled: DatabaseRegions) -> Flask:
    made = create_app(peopled, now=lambda: NOW, mark_missing=True)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def text(client: FlaskClient, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def party(key: str, kind: PartyKind = PartyKind.MUNICIPALITY, **more: object) -> Party:
    return Party(key=key, name=key.capitalize(), kind=kind, **more)  # type: ignore[arg-type]  # the fields of the case


BOOK = PartyBook(
    region="regionen",
    parties=(
        party("regionen", PartyKind.REGION),
        party("östra"),
        party("arta"),
        party("nya", valid_from=date(2023, 7, 1)),
        party("gamla", valid_to=date(2023, 7, 1)),
    ),
    groups=(Group(key="alla", title="Alla", members=("arta", "östra")),),
    successions=(Succession(predecessors=("gamla",), successor="nya", on=date(2023, 7, 1)),),
    codes={"arta": "1234"},
)


def series(values: Mapping[str, int], **more: object) -> FactSeries:
    described = {"name": "seats", "unit": "license", "reference_date": date(2024, 12, 31), "source": Source(title="A")}
    return FactSeries(values=values, **{**described, **more})  # type: ignore[arg-type]  # the fields of the case


def test_parties_stand_by_kind_in_swedish_order_and_those_that_ended_apart() -> None:
    kinds = kinds_of(BOOK, {"arta": 7}, TODAY, "sv")
    assert [(kind.title, [line.party.key for line in kind.lines]) for kind in kinds] == [
        ("Regionen", ["regionen"]),
        ("3 kommuner", ["arta", "nya", "östra"]),
    ]
    assert kinds[1].lines[0].inhabitants == 7
    (ended,) = ended_of(BOOK, {}, TODAY)
    assert (ended.party.key, ended.successor) == ("gamla", ("Nya", date(2023, 7, 1)))


def test_groups_that_all_share_are_told_once_and_a_beginning_is_told() -> None:
    region, municipalities = kinds_of(BOOK, {}, TODAY, "sv")
    assert region.shared == ()
    assert region.lasting
    assert municipalities.shared is None
    assert not municipalities.lasting


def test_a_succession_is_found_from_both_sides() -> None:
    assert [len(side) for side in successions_of(BOOK, "nya")] == [1, 0]
    assert [len(side) for side in successions_of(BOOK, "gamla")] == [0, 1]


def test_kinds_are_counted_in_words() -> None:
    parties = [party("a"), party("b"), party("c", PartyKind.DISTRICT)]
    assert counted(parties, "sv") == "2 kommuner och 1 stadsdelsförvaltning"
    assert counted(parties, "en") == "2 municipalities and 1 city district"
    assert listed(["a", "b", "c"], "sv") == "a, b och c"
    assert listed([], "sv") == ""


def test_a_correction_stands_before_what_it_corrects_and_both_are_known_apart() -> None:
    book = FactBook((series({"arta": 4}), series({"arta": 5}, corrects="glömd")))
    newer, older = figures_of(book)
    assert (newer.number, newer.replaced, newer.total) == (2, False, 5)
    assert (older.number, older.replaced) == (1, True)


def test_a_series_meets_its_control_total_or_has_none() -> None:
    (met,) = figures_of(FactBook((series({"arta": 4}, control_total=4),)))
    (none,) = figures_of(FactBook((series({"arta": 4}),)))
    assert met.meets is True
    assert none.meets is None


def test_a_file_of_figures_is_the_form_of_a_regions_folder_and_runs_nothing() -> None:
    one = series({"arta": 4, "östra": 0}, source=Source(title="=CMD()"))
    lines = csv_of(one, rows_of(one, BOOK)).split("\r\n")
    assert lines[:2] == ["organization,value,reference_date,source", "arta,4,2024-12-31,'=CMD()"]


def test_a_name_of_figures_that_nobody_translated_is_made_readable() -> None:
    assert figure("inhabitants").sv == "Invånare"
    assert figure("care_days").sv == "Care days"


def test_the_list_of_parties_counts_them_and_leads_to_each(client: FlaskClient) -> None:
    page = text(client, "/stockholm/parter?lang=sv")
    assert "Regionen delar kostnader med 26 kommuner, 11 stadsdelsförvaltningar och 1 förening." in page
    assert "Norrmalm till 1 juli 2023 Norra innerstaden , 1 juli 2023" in page
    assert 'href="/stockholm/parter/norrmalm"' in client.get("/stockholm/parter").get_data(as_text=True)


def test_the_figures_say_source_day_and_whether_they_meet_their_total(client: FlaskClient) -> None:
    page = text(client, "/skane/underlag?lang=sv")
    assert "31 december 2019" in page
    assert "1 377 827 inv. stämmer, 1 377 827 Wikipedia (de), Skåne län, 31 december 2019" in page
    assert "ingen tryckt" in page


def test_a_corrected_series_says_why_and_keeps_what_it_corrects(client: FlaskClient) -> None:
    page = text(client, "/dalarna/underlag/seats/2024-12-31?lang=sv")
    assert "Rättelse en licens var inte med" in page
    assert "Mora 5" in page
    before = text(client, "/dalarna/underlag/seats/2024-12-31?nr=1&lang=sv")
    assert "Den här serien är rättad." in before
    assert "Mora 4" in before
    assert "mora,4,2024-12-31" in client.get("/dalarna/underlag/seats/2024-12-31.csv?nr=1").get_data(as_text=True)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/dalarna/underlag/seat/2024-12-31", 'Menade du Licenser ("seats")?'),
        ("/dalarna/underlag/seats/2020-12-31", "De som finns är från 2025-12-31, 2024-12-31, 2023-12-31."),
        ("/dalarna/underlag/seats/2024-12-31?nr=9", "De som finns är från"),
    ],
)
def test_figures_that_are_not_here_are_answered_with_those_that_are(
    client: FlaskClient, address: str, words: str
) -> None:
    sign = "&" if "?" in address else "?"
    assert words in text(client, f"{address}{sign}lang=sv", status=404)
