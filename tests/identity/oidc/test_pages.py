"""The pages of signing in: as a browser meets them, without scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from tests.identity.oidc.browsing import visit
from tests.identity.oidc.lies import LEVEL
from tests.identity.oidc.region import Region
from tests.identity.oidc.site import HOST, Surfing, build

from andel.identity.model.roles import Role
from andel.identity.pages import undeclared
from andel.identity.tables import IdentityProviderRow, VerifiedDomainRow
from andel.parties.tables import OrganizationRow
from andel.shared.database import Viewer, gate_transaction, region_transaction

SIGN_IN = "/testlandet/logga-in"


@pytest.fixture
def named(region: Region) -> Region:
    """The region, where Mora has its real name and has shown one domain to be its own."""
    with region_transaction(region.world.engine, Viewer.staff()) as session:
        for key, name, code in (
            ("mora", "Mora kommun", "2062"),
            ("rattvik", "Rättviks kommun", "2031"),
            ("staden", "Habo kommun", "0643"),
        ):
            session.execute(update(OrganizationRow).where(OrganizationRow.key == key).values(name=name, code=code))
    now = datetime.now(UTC)
    mora, city = region.world.organizations["mora"], region.world.organizations["staden"]
    with gate_transaction(region.world.engine) as session:
        others = update(IdentityProviderRow).where(IdentityProviderRow.key != "truth")
        session.execute(others.values(enabled=False))
        session.add(VerifiedDomainRow(domain="mora.se", organization_id=mora, subdomains=True, verified_at=now))
        session.add(VerifiedDomainRow(domain="falsk.se", organization_id=mora, challenge="not shown"))
        session.add(VerifiedDomainRow(domain="habokommun.se", organization_id=city, verified_at=now))
    return region


def test_every_page_says_that_it_is_public(region: Region) -> None:
    silent = undeclared(build(region), known=frozenset({"static", "problems.kind", "assets.palette"}))
    assert silent == ()


@pytest.mark.usefixtures("named")
# ---- finding one's organization ---------------------------------------------------------------------------
def test_an_address_is_sent_in_the_body_and_only_its_domain_goes_on(surfing: Surfing) -> None:
    sent = surfing.post(SIGN_IN, {"epost": "Nagon@It.MORA.se", "next": "/testlandet/tjanster"})
    assert (sent.status_code, sent.headers["Location"]) == (
        303,
        f"{SIGN_IN}?doman=it.mora.se&next=%2Ftestlandet%2Ftjanster#svar",
    )
    page = surfing.get(sent.headers["Location"]).text
    assert "Mora kommun" in page
    assert f"{SIGN_IN}/truth/starta?next=%2Ftestlandet%2Ftjanster" in page
    assert "nagon" not in page.lower()


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("written", ["", "   ", "namn", "namn@", "@", "namn@."])
def test_what_is_no_address_is_said_at_its_field(surfing: Surfing, written: str) -> None:
    answer = surfing.post(SIGN_IN, {"epost": written})
    assert answer.status_code == 422
    assert "Skriv hela adressen" in answer.text
    assert "<title>Fel:" in answer.text


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("domain", ["falsk.se", "okand.se", "xmora.se", "mora.se.evil.se"])
def test_a_domain_that_nobody_has_shown_leads_nowhere(surfing: Surfing, domain: str) -> None:
    page = surfing.get(SIGN_IN, doman=domain).text
    assert "/starta" not in page
    assert "Ingen organisation här har visat att adressen är deras" in page


@pytest.mark.usefixtures("named")
def test_habo_se_is_habos_neighbour_in_name_only(surfing: Surfing) -> None:
    page = surfing.get(SIGN_IN, doman="habo.se").text
    assert "kommunen Håbo, Region Uppsala" in page
    assert "Adresser i kommunen Habo slutar på habokommun.se" in page
    assert "/starta" not in page


@pytest.mark.usefixtures("named")
def test_an_unshown_domain_of_the_regions_own_municipality_leads_to_its_line(surfing: Surfing) -> None:
    page = surfing.get(SIGN_IN, doman="rattvik.se").text
    assert "har inte visat att den är deras" in page
    assert f"{SIGN_IN}?organisation=rattvik" in page


@pytest.mark.usefixtures("named")
def test_a_search_shows_names_that_resemble_each_other(surfing: Surfing) -> None:
    page = surfing.get(SIGN_IN, sok="habo").text
    assert "Två kommuner har namn som liknar varandra" in page
    assert "Region Uppsala" in page
    assert page.count("Inte ansluten") == 2


@pytest.mark.usefixtures("named")
def test_a_search_by_htmx_answers_the_hits_alone(surfing: Surfing) -> None:
    answer = surfing.client.get(f"{SIGN_IN}?sok=mora", base_url=HOST, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert f"{SIGN_IN}?organisation=mora" in answer.text
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.usefixtures("named")
def test_a_deep_link_shows_one_organization(surfing: Surfing) -> None:
    page = surfing.get(SIGN_IN, organisation="mora").text
    assert "Inloggning truth" in page
    nobody = surfing.get(SIGN_IN, organisation="rattvik").text
    assert "har ingen inloggning till Andel än" in nobody


@pytest.mark.usefixtures("named")
def test_the_choice_is_remembered_and_can_be_forgotten(surfing: Surfing) -> None:
    surfing.sign_in()
    surfing.client.delete_cookie("__Host-andel-testlandet", domain="andel.example")
    assert "Senast" in surfing.get(SIGN_IN).text
    surfing.get(SIGN_IN, glom="1")
    assert "Senast" not in surfing.get(SIGN_IN).text


def test_the_levels_are_told_in_words(named: Region, surfing: Surfing) -> None:
    with gate_transaction(named.world.engine) as session:
        levels = {"accepted_acr": ["http://id.sambi.se/loa/loa2", LEVEL], "step_up_acr": [LEVEL]}
        session.execute(update(IdentityProviderRow).values(levels))
    page = surfing.get(SIGN_IN, organisation="mora").text
    assert "Tillitsnivå 2" in page
    assert "höjer du nivån" in page


# ---- there and back ---------------------------------------------------------------------------------------
def test_who_signs_in_lands_on_the_page_that_they_asked_for(surfing: Surfing) -> None:
    asked = surfing.get("/testlandet/?ar=2026")
    assert asked.headers["Location"] == f"{SIGN_IN}?next=%2Ftestlandet%2F%3Far%3D2026"
    back = surfing.sign_in(next="/testlandet/?ar=2026")
    assert (back.status_code, back.headers["Location"]) == (303, "/testlandet/?ar=2026")
    page = surfing.get("/testlandet/?ar=2026")
    assert page.status_code == 200
    assert "Mora" in page.text


def test_every_cookie_is_of_this_host_alone_and_no_script_reads_it(surfing: Surfing) -> None:
    away = surfing.get(f"{SIGN_IN}/truth/starta")
    cookies = away.headers.getlist("Set-Cookie")
    parameters = visit(away.headers["Location"])
    back = surfing.get(f"{SIGN_IN}/truth/svar", **{name: values[0] for name, values in parameters.items()})
    cookies += back.headers.getlist("Set-Cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        assert cookie.startswith("__Host-andel-testlandet")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_the_redirect_uri_is_the_providers_own(surfing: Surfing) -> None:
    away = surfing.get(f"{SIGN_IN}/truth/starta")
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert asked["redirect_uri"] == [f"{HOST}{SIGN_IN}/truth/svar"]
    assert asked["ui_locales"] == ["sv"]


@pytest.mark.parametrize(
    ("lie", "status", "words"),
    [
        ("state-other", 400, "påbörjades för länge sedan"),
        ("declined", 400, "avbröt inloggningen"),
        ("acr-low", 403, "lägre tillitsnivå"),
        ("organization-other", 403, "en annan organisation"),
        ("alg-none", 502, "inte går att lita på"),
        ("token-down", 502, "svarar inte just nu"),
    ],
)
def test_a_refusal_says_what_to_do_under_a_number(surfing: Surfing, lie: str, status: int, words: str) -> None:
    surfing.region.add(lie)
    answer = surfing.sign_in(lie)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert surfing.who() is None
    english = surfing.get(f"{SIGN_IN}/{lie}/svar", lang="en")
    assert "The sign-in did not succeed" in english.text


def test_a_provider_that_does_not_answer_is_said_before_anybody_leaves(surfing: Surfing) -> None:
    surfing.region.add("document-gone")
    answer = surfing.get(f"{SIGN_IN}/document-gone/starta")
    assert answer.status_code == 502
    assert "Location" not in answer.headers


def test_a_way_that_does_not_exist_is_not_found(surfing: Surfing) -> None:
    assert surfing.get(f"{SIGN_IN}/nobodys/starta").status_code == 404
    assert surfing.get("/nowhere/logga-in").status_code == 404


def test_who_has_no_role_is_told_whom_to_ask(surfing: Surfing) -> None:
    surfing.region.lying.extra["roles"] = []
    answer = surfing.sign_in()
    assert answer.status_code == 403
    assert "behörighetsansvarig för Andel i Mora" in answer.text
    assert surfing.who() is None


def test_a_refusal_leaves_whoever_was_signed_in(surfing: Surfing) -> None:
    surfing.sign_in()
    before = surfing.who()
    surfing.region.add("alg-none")
    surfing.sign_in("alg-none")
    assert surfing.who() == before


# ---- several employments ----------------------------------------------------------------------------------
def test_who_has_several_employments_chooses_and_goes_on(surfing: Surfing) -> None:
    surfing.region.lying.extra["roles"] = ["Andel.Administrator"]
    back = surfing.sign_in(next="/testlandet/?ar=2026")
    assert back.headers["Location"] == "/testlandet/uppdrag?next=%2Ftestlandet%2F%3Far%3D2026"
    page = surfing.get(back.headers["Location"]).text
    assert "organisationsadministratör" in page
    before = surfing.who()
    assert before.role is Role.ADMINISTRATOR
    other = next(value for value in _values(page) if value != str(before.membership))
    answer = surfing.post("/testlandet/uppdrag", {"uppdrag": other, "next": "/testlandet/?ar=2026"})
    assert answer.headers["Location"] == "/testlandet/?ar=2026"
    after = surfing.who()
    assert (after.role, str(after.membership)) == (Role.VIEWER, other)
    assert after.csrf_secret != before.csrf_secret


def _values(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('name="uppdrag" value="')[1:]]


@pytest.mark.parametrize("wanted", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_nobody_takes_an_employment_that_is_not_theirs(surfing: Surfing, wanted: str) -> None:
    surfing.sign_in()
    before = surfing.who()
    assert surfing.post("/testlandet/uppdrag", {"uppdrag": wanted}).status_code == 403
    assert surfing.who() == before


# ---- proof anew -------------------------------------------------------------------------------------------
def test_who_signs_is_sent_to_prove_themselves_and_comes_back(surfing: Surfing) -> None:
    surfing.region.lying.extra["roles"] = ["Andel.Firmatecknare"]
    with gate_transaction(surfing.region.world.engine) as session:
        levels = {"role_map": {"Andel.Firmatecknare": "signatory"}, "step_up_acr": ["a level of its own"]}
        session.execute(update(IdentityProviderRow).values(levels))
    surfing.sign_in()
    asked = surfing.get("/testlandet/skriv-under")
    assert asked.headers["Location"] == "/testlandet/legitimera?next=%2Ftestlandet%2Fskriv-under"
    page = surfing.get(asked.headers["Location"]).text
    assert f"{SIGN_IN}/truth/starta?bekrafta=1&amp;next=%2Ftestlandet%2Fskriv-under" in page
    surfing.region.lying.extra["acr"] = "a level of its own"
    back = surfing.sign_in(next="/testlandet/skriv-under", bekrafta="1")
    assert back.headers["Location"] == "/testlandet/skriv-under"
    assert surfing.get("/testlandet/skriv-under").text == "testlandet signed"


def test_nobody_proves_themselves_without_being_signed_in(surfing: Surfing) -> None:
    answer = surfing.get("/testlandet/legitimera", next="/testlandet/skriv-under")
    assert answer.headers["Location"] == f"{SIGN_IN}?next=%2Ftestlandet%2Fskriv-under"


# ---- leaving ----------------------------------------------------------------------------------------------
def test_signing_out_ends_the_session_and_shows_the_way_to_do_so_there(surfing: Surfing) -> None:
    surfing.sign_in()
    assert "Logga ut" in surfing.get("/testlandet/logga-ut").text
    answer = surfing.post("/testlandet/logga-ut")
    assert answer.status_code == 200
    assert "id_token_hint" in answer.text
    assert "post_logout_redirect_uri=https%3A%2F%2Fandel.example%2Ftestlandet%2Futloggad" in answer.text
    assert surfing.who() is None
    assert surfing.get("/testlandet/").status_code == 303
    assert surfing.get("/testlandet/utloggad").status_code == 200


def test_signing_out_when_nobody_is_signed_in_is_no_error(surfing: Surfing) -> None:
    assert surfing.get("/testlandet/logga-ut").headers["Location"] == "/testlandet/utloggad"
    assert surfing.post("/testlandet/logga-ut").status_code == 200


def test_a_page_of_the_region_is_where_who_is_signed_in_lands_instead_of_the_goodbye(surfing: Surfing) -> None:
    surfing.sign_in()
    assert surfing.get("/testlandet/utloggad").headers["Location"] == "/testlandet/"


@pytest.mark.parametrize("path", ["/testlandet/logga-ut", "/testlandet/uppdrag", "/testlandet/inloggningar"])
def test_no_form_of_elsewhere_changes_anything(surfing: Surfing, path: str) -> None:
    surfing.sign_in()
    before = surfing.who()
    assert surfing.post(path, {"alla": "1"}, token="").status_code == 403
    assert surfing.post(path, {"alla": "1"}, token="x" * 60).status_code == 403
    surfing.headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert surfing.post(path, {"alla": "1"}).status_code == 403
    assert surfing.who() == before


# ---- one's own sessions -----------------------------------------------------------------------------------
def test_one_sees_where_one_is_signed_in_and_ends_another(surfing: Surfing) -> None:
    first = Surfing(surfing.region, surfing.client.application.test_client())
    first.sign_in()
    surfing.sign_in()
    page = surfing.get("/testlandet/inloggningar").text
    assert "Du är inloggad i 2 webbläsare." in page
    handle = page.partition('name="inloggning" value="')[2].partition('"')[0]
    assert surfing.post("/testlandet/inloggningar", {"inloggning": handle}).status_code == 303
    assert first.who() is None
    assert surfing.who() is not None
    assert "Du är inloggad i en webbläsare." in surfing.get("/testlandet/inloggningar").text


def test_signing_out_everywhere_ends_every_session(surfing: Surfing) -> None:
    first = Surfing(surfing.region, surfing.client.application.test_client())
    first.sign_in()
    surfing.sign_in()
    answer = surfing.post("/testlandet/inloggningar", {"alla": "1"})
    assert answer.headers["Location"] == "/testlandet/utloggad"
    assert first.who() is None
    assert surfing.who() is None


def test_nobody_ends_the_session_of_somebody_else(surfing: Surfing) -> None:
    surfing.sign_in()
    page_of_nobody = surfing.post("/testlandet/inloggningar", {"inloggning": "0" * 16})
    assert page_of_nobody.status_code == 303
    assert surfing.who() is not None


def test_a_stranger_is_asked_to_sign_in_first(surfing: Surfing) -> None:
    for path in ("/testlandet/inloggningar", "/testlandet/uppdrag"):
        assert surfing.get(path).headers["Location"].startswith(SIGN_IN)
        assert surfing.post(path).headers["Location"].startswith(SIGN_IN)


# ---- what the provider begins -----------------------------------------------------------------------------
def test_the_back_channel_answers_as_its_specification_says(surfing: Surfing) -> None:
    with gate_transaction(surfing.region.world.engine) as session:
        session.execute(update(IdentityProviderRow).values(back_channel_logout=True))
    answer = surfing.client.post(f"{SIGN_IN}/truth/bakkanal", base_url=HOST, data={"logout_token": "no token"})
    assert answer.status_code == 400
    assert answer.json == {"error": "invalid_request", "error_description": "token-malformed"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_front_channel_ends_a_session_without_its_cookie(surfing: Surfing) -> None:
    with gate_transaction(surfing.region.world.engine) as session:
        session.execute(update(IdentityProviderRow).values(front_channel_logout=True))
    surfing.region.lying.extra["sid"] = "session-1"
    surfing.sign_in()
    stranger = Surfing(surfing.region, surfing.client.application.test_client())
    path, issuer = f"{SIGN_IN}/truth/framkanal", surfing.region.lying.issuer("truth")
    assert stranger.get(path, iss=issuer).status_code == 400
    assert surfing.who() is not None
    assert stranger.get(path, iss=issuer, sid="session-1").status_code == 200
    assert surfing.who() is None
