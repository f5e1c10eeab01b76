from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

RSS = "/dalarna/tjanster/rss/verksamhet/2026"
SEATS = "/dalarna/tjanster/synergi/licenser/2025"


def text(client: FlaskClient, address: str, *, status: int = 200, piece: bool = False) -> str:
    """Return the words of a page, or of the piece that htmx asks for, spaces as one."""
    answer = client.get(address, headers={"HX-Request": "true"} if piece else {})
    assert answer.status_code == status, address
    plain = unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    return " ".join(plain.split())


def test_the_overview_says_who_pays_what_and_what_the_region_bears(client: FlaskClient) -> None:
    page = text(client, "/dalarna/?lang=sv")
    assert "15 kommuner betalar 1 634 850 kr för 4 gemensamma tjänster 2026." in page
    assert "Regionen bär 1 855 000 kr ." in page
    assert "Vad leverantören tar är okänt för SITHS-kort, Synergi, avvikelser." in page


def test_the_overview_reads_stored_sums_and_marks_what_is_only_a_preview(client: FlaskClient) -> None:
    assert "Förhandsvisning" not in text(client, "/dalarna/?lang=sv")
    page = text(client, "/vastragotaland/?lang=sv")
    assert "3 kostnadsdelar är inte körda: beloppen är en förhandsvisning, inget är sparat." in page


def test_a_year_without_costs_says_so_and_what_would_be_there(client: FlaskClient) -> None:
    assert "Inga kostnader för 1999." in text(client, "/dalarna/?ar=1999&lang=sv")
    assert "No costs for 1999." in text(client, "/dalarna/?ar=1999&lang=en")


def test_a_component_that_cannot_be_allocated_says_why_and_the_rest_of_the_year_lives(client: FlaskClient) -> None:
    page = text(client, "/dalarna/?ar=2028&lang=sv")
    assert "Kan inte räknas : SITHS-kort, Utfärdade kort ." in page
    assert "15 kommuner betalar 250 000 kr" in page
    assert "Varför det inte går, och vad som hjälper" in text(client, "/dalarna/tjanster/siths/kort/2028?lang=sv")


def test_an_allocation_shows_every_row_and_that_the_money_adds_up(client: FlaskClient) -> None:
    page = text(client, f"{RSS}?lang=sv")
    assert "Kostnaden är 1 860 000 kr. 15 parter betalar 930 000 kr och regionen bär 930 000 kr." in page
    assert "Mora 20 419 7,1383 % 66 386,30579 66 386,31" in page
    assert "Summa, 15 kommuner 286 048 100 % 930 000 930 000 Regionen bär 930 000 Hela kostnaden 1 860 000" in page
    assert "8 öre blev över" in page


def test_columns_that_only_tell_members_apart_stand_in_the_file_alone(client: FlaskClient) -> None:
    address = "/stockholm/tjanster/samverkan-vardovergangar/tak/2026"
    assert "Stadsdel i Stockholm inv." not in text(client, f"{address}?lang=sv")
    assert "Stadsdel i Stockholm" in client.get(f"{address}.csv?lang=sv").get_data(as_text=True).splitlines()[0]


def test_a_ceiling_is_never_summed(client: FlaskClient) -> None:
    page = text(client, "/stockholm/tjanster/samverkan-vardovergangar/tak/2026?lang=sv")
    assert "Det mesta en part kan betala är 615 312 kr (Södermalm)." in page
    assert "Hela kostnaden" not in page


def test_the_answer_to_why_is_a_page_and_a_piece_of_one(client: FlaskClient) -> None:
    page = text(client, f"{RSS}/mora?lang=sv")
    assert "Varför 66 386,31 kr för Mora?" in page
    assert "930 000 kr × 20 419 inv. / 286 048 inv., största resten" in page
    piece = client.get(f"{RSS}/mora?lang=sv", headers={"HX-Request": "true"})
    assert "<html" not in piece.get_data(as_text=True)
    assert "HX-Request" in piece.headers["Vary"]


def test_a_preview_says_that_nothing_is_saved(client: FlaskClient) -> None:
    page = text(client, "/vastragotaland/tjanster/samsa/forvaltning/2026?lang=sv")
    assert "Förhandsvisning, inget är sparat." in page
    assert "Beräknad, revision 1" in text(client, f"{RSS}?lang=sv")


@pytest.mark.parametrize("address", [RSS, "/vastragotaland/tjanster/samsa/forvaltning/2026"])
def test_computing_again_gives_the_same_and_says_so(client: FlaskClient, address: str) -> None:
    piece = text(client, f"{address}?kontroll=1&lang=sv", piece=True)
    assert "Följer varje värde av sin formel?" in piece
    assert "alla stämmer." in piece
    assert "Ja, dagens underlag ger samma uträkning." in piece


def test_a_correction_is_a_revision_that_says_what_changed_and_the_earlier_one_stands(client: FlaskClient) -> None:
    page = text(client, f"{SEATS}?lang=sv")
    assert "Beräknad, revision 2" in page
    assert "Licenser 31 december 2024 ändrades (en licens var inte med): Mora 4 → 5." in page
    assert "Nya belopp: Mora +5 000,00 kr." in page
    earlier = text(client, f"{SEATS}?revision=1&lang=sv")
    assert "Revision 1 gäller inte längre." in earlier
    assert "Varför 20 000,00 kr för Mora?" in text(client, f"{SEATS}/mora?revision=1&lang=sv")


def test_a_revision_that_was_replaced_says_whose_amount_would_now_be_another(client: FlaskClient) -> None:
    piece = text(client, f"{SEATS}?revision=1&kontroll=1&lang=sv", piece=True)
    assert "Ja, av det sparade underlaget, värde för värde." in piece
    assert "Beloppet skulle bli ett annat för Mora." in piece


def test_a_party_sees_what_it_pays_and_every_amount_leads_to_its_row(client: FlaskClient) -> None:
    answer = client.get("/dalarna/parter/mora?lang=sv").get_data(as_text=True)
    assert "Mora betalar 118\u00a0696\u00a0kr 2026 för 4 kostnadsdelar." in answer
    assert f"{RSS}#rad-mora" in answer
    assert f'hx-get="{RSS}/mora"' in answer
    assert 'id="rad-mora"' in client.get(RSS).get_data(as_text=True)


def test_a_payer_in_the_place_of_others_sees_for_whom(client: FlaskClient) -> None:
    page = text(client, "/vastragotaland/parter/vastkom?lang=sv")
    assert "VästKom faktureras 943 000 kr 2026 för andras räkning." in page
    assert "49 parter" in page


def test_the_region_sees_what_it_bears(client: FlaskClient) -> None:
    page = text(client, "/dalarna/parter/region-dalarna?lang=sv")
    assert "Regionen bär 1 855 000 kr av det som delas 2026" in page


def test_a_party_that_was_replaced_says_by_whom(client: FlaskClient) -> None:
    page = text(client, "/stockholm/parter/norrmalm?lang=sv")
    assert "Ersatt av Norra innerstaden från 1 juli 2023" in page


def test_a_service_lists_its_years_with_their_sources(client: FlaskClient) -> None:
    page = text(client, "/dalarna/tjanster/rss?lang=sv")
    assert "2027 Förhandsvisning 1 910 000 Budget 2027 ex. Exempel, ingen källa" in page
    assert "från 1 januari 2026" in page


def test_the_services_say_who_bears_the_cost(client: FlaskClient) -> None:
    assert "Regionen bär hälften, de 15 kommunerna hälften efter invånare" in text(client, "/dalarna/tjanster?lang=sv")


def test_the_models_show_settings_with_their_help_and_what_is_preset(client: FlaskClient) -> None:
    page = text(client, "/dalarna/modeller/per-capita?lang=sv")
    assert "Grupperna och deras fasta delar. Regionen är ensam i sin grupp." in page
    assert "Metod Hur gruppens del fördelas på hela ören." in page
    assert "largest-remainder (förvalt) möjliga värden: largest-remainder, webster, half-up-reconciled" in page
    english = text(client, "/dalarna/modeller/per-capita?del=rss.verksamhet&fran=2027-01-01&lang=en")
    assert "Settings from 1 January 2027." in english
    assert "An earlier count may hold When there is no count" in english


def test_the_list_of_models_says_what_each_promises_and_where_it_is_used(client: FlaskClient) -> None:
    page = text(client, "/dalarna/modeller?lang=sv")
    assert "Regionen har valt 4 insticksprogram." in page
    assert "Parternas ordning spelar ingen roll" in page
    assert "RSS Dalarna Verksamhetens kostnad" in page


def test_the_first_page_lists_the_regions_with_what_has_been_run(client: FlaskClient) -> None:
    page = text(client, "/?lang=sv")
    assert "Region Dalarna 18 286 048 1 634 850" in page
    assert "Västra Götalandsregionen 55 1 777 794 inget kört" in page


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("/dalarn/", 'Menade du dalarna ("dalarna")?'),
        ("/dalarna/tjanster/rs", 'Menade du RSS Dalarna ("rss")?'),
        ("/dalarna/tjanster/rss/verksamheten/2026", 'Menade du Verksamhetens kostnad ("verksamhet")?'),
        ("/dalarna/tjanster/rss/verksamhet/2026/morra", 'Menade du Mora ("mora")?'),
        ("/dalarna/parter/morra", 'Menade du Mora ("mora")?'),
        ("/dalarna/modeller/per-capitas", 'Menade du per-capita ("per-capita")?'),
    ],
)
def test_what_is_not_here_is_answered_with_what_was_probably_meant(
    client: FlaskClient, address: str, meant: str
) -> None:
    assert meant in text(client, f"{address}?lang=sv", status=404)


@pytest.mark.parametrize(
    "address",
    [
        f"{RSS}?revision=9",
        f"{RSS}/region-dalarna",
        "/dalarna/tjanster/rss/verksamhet/1999/mora",
        "/dalarna/tjanster/rss/verksamhet/1999.csv",
        "/dalarna/tjanster/rss/verksamhet/2026-02-30--2026-03-01",
        "/dalarna/tjanster/rss/verksamhet/20266",
        "/dalarna/korningar/00000000-0000-0000-0000-000000000000",
        "/healthz/",
        "/static/",
    ],
)
def test_an_address_that_means_nothing_is_a_page_that_does_not_exist(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("year", ["", "abc", "99999", "٢٠٢٦", "-1"])
def test_a_year_that_is_none_shows_the_current_one(client: FlaskClient, year: str) -> None:
    assert "Region Dalarna 2026" in text(client, f"/dalarna/?ar={year}&lang=sv")


def test_every_page_of_a_region_says_that_nobody_has_signed_in(client: FlaskClient) -> None:
    for address in ("/", "/dalarna/", RSS, "/dalarna/korningar", "/dalarna/parter", "/dalarna/underlag"):
        assert "Visning utan inloggning, bara på den här datorn" in text(client, f"{address}?lang=sv")
