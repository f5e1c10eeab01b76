from __future__ import annotations

import pytest
from flask.testing import FlaskClient

RUNS = "/skane/korningar"


def order(client: FlaskClient, year: str = "2026", **headers: str) -> tuple[int, str]:
    answer = client.post(RUNS, data={"ar": year}, headers=headers)
    return answer.status_code, answer.headers.get("Location", "") or answer.get_data(as_text=True)


def test_an_order_leads_to_its_run_and_the_same_order_is_the_same_run(client: FlaskClient) -> None:
    status, first = order(client)
    assert status == 303
    assert first.startswith(f"{RUNS}/")
    assert order(client) == (303, first)


def test_a_run_that_waits_asks_for_itself_again_every_second(client: FlaskClient) -> None:
    _, address = order(client)
    page = client.get(f"{address}?lang=sv").get_data(as_text=True)
    assert "Väntar på en arbetare, 2 kostnadsdelar att räkna" in page
    assert f'hx-get="{address}" hx-trigger="every 1s" hx-swap="outerMorph"' in page
    piece = client.get(address, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert piece.lstrip().startswith('<div class="long" id="korning" hx-get=')


def test_a_run_that_is_done_asks_no_more_and_has_a_digest(client: FlaskClient) -> None:
    listed = client.get("/dalarna/korningar?lang=sv").get_data(as_text=True)
    address = listed.split('href="/dalarna/korningar/')[1].split('"')[0]
    page = client.get(f"/dalarna/korningar/{address}?lang=sv").get_data(as_text=True)
    assert "hx-trigger" not in page
    assert "Kontrollsumma för hela körningen" in page
    assert "En ny uträkning sparades." in page
    assert "Oförändrad" in page


def test_a_year_without_anything_to_run_is_refused_with_what_to_do(client: FlaskClient) -> None:
    status, page = order(client, "1999")
    assert status == 422
    assert "Det finns inget att köra för 1999." in page
    assert "Lägg in en budget" in page


@pytest.mark.parametrize("year", ["", "i år", "20266", "1 000", "٢٠٢٦"])
def test_a_year_that_is_none_is_refused(client: FlaskClient, year: str) -> None:
    status, page = order(client, year)
    assert status == 422
    assert "är inget år." in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_orders_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    before = client.get(RUNS).get_data(as_text=True).count(f'href="{RUNS}/')
    status, page = order(client, "2027", **headers)
    assert status == 422
    assert "Formuläret kom från en annan webbplats." in page
    assert client.get(RUNS).get_data(as_text=True).count(f'href="{RUNS}/') == before


def test_a_form_of_this_site_is_taken(client: FlaskClient) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert order(client, **headers)[0] == 303


def test_reading_a_page_changes_nothing_even_if_it_tried(client: FlaskClient) -> None:
    assert client.post("/dalarna/").status_code == 405
    assert client.post("/dalarna/tjanster/rss/verksamhet/2026").status_code == 405
