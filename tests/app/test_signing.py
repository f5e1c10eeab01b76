"""Who sees which page, and whose rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from tests.app.signed import Browser, Instance

from andel.app.signing import PAGES
from andel.app.web import DatabaseRegions, create_app
from andel.costs.model import RegionBook
from andel.costs.pages.shown.overview import overview
from andel.costs.service.allocating import Allocator
from andel.costs.service.reading import read_book
from andel.costs.service.sight import Sight, narrow
from andel.costs.service.yearly import Year, read_year
from andel.identity.model.permissions import Permission
from andel.identity.model.roles import Role
from andel.identity.model.sharing import Shared
from andel.identity.pages import undeclared
from andel.identity.service.operators import acts
from andel.identity.service.sharing import set_sharing
from andel.parties.service import read_directory
from andel.sdk.period import Period
from andel.shared.audit import Actor, ActorKind
from andel.shared.database import Viewer, region_transaction

RSS = "/dalarna/tjanster/rss/verksamhet/2026"
RUNS = "/dalarna/korningar"
OF_A_REGION = (
    "/dalarna/",
    "/dalarna/tjanster",
    "/dalarna/tjanster/rss",
    RSS,
    f"{RSS}/mora",
    f"{RSS}.csv",
    f"{RSS}.xlsx",
    "/dalarna/parter",
    "/dalarna/parter/mora",
    "/dalarna/underlag",
    "/dalarna/underlag/seats/2024-12-31",
    "/dalarna/underlag/seats/2024-12-31.csv",
    "/dalarna/modeller",
    RUNS,
)


@pytest.fixture(scope="module")
def instance(peopled: DatabaseRegions, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return Instance.of(peopled, tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def member(instance: Instance) -> Browser:
    return instance.browser("dalarna", "mora", Role.VIEWER)


@pytest.fixture(scope="module")
def economist(instance: Instance) -> Browser:
    return instance.browser("dalarna", "region-dalarna", Role.ECONOMIST)


# ---- the table -----------------------------------------------------------------------------------------------
def test_every_page_says_what_it_asks_for_and_every_line_of_the_table_is_a_page(instance: Instance) -> None:
    assert undeclared(instance.app) == ()
    rules = {rule.endpoint for rule in instance.app.url_map.iter_rules()}
    assert PAGES.keys() <= rules
    others = {one for one in rules if one.partition(".")[0] in {"health", "parties", "costs"}} - PAGES.keys()
    assert others == set()


def test_without_sign_in_nothing_has_changed(peopled: DatabaseRegions) -> None:
    client = create_app(peopled).test_client()
    page = client.get("/dalarna/?lang=sv").get_data(as_text=True)
    assert "Visning utan inloggning" in page
    assert client.get("/dalarna/logga-in").status_code == 404


# ---- nobody --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", OF_A_REGION)
def test_whoever_has_not_signed_in_is_sent_to_the_sign_in_and_back(instance: Instance, address: str) -> None:
    answer = instance.stranger().get(address)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/dalarna/logga-in")
    assert "Mora" not in answer.get_data(as_text=True)


def test_an_order_of_nobody_changes_nothing(instance: Instance) -> None:
    answer = instance.stranger().post(RUNS, {"ar": "2026"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/dalarna/logga-in")


def test_the_public_pages_tell_who_the_regions_are_and_no_amount(instance: Instance) -> None:
    stranger = instance.stranger()
    home = stranger.text("/")
    assert "Region Dalarna" in home
    assert "Parterna betalar" not in home
    assert not re.search(r"\d\xa0kr", home)
    assert "Visning utan inloggning" not in home
    assert stranger.get("/healthz").status_code == stranger.get("/readyz").status_code == 200
    assert stranger.get("/norrland/").status_code == 404


def test_the_sign_in_page_names_no_page_of_the_region(instance: Instance) -> None:
    page = instance.stranger().text("/dalarna/logga-in")
    assert "Region Dalarna" in page
    assert 'href="/dalarna/korningar"' not in page


def test_a_session_of_one_region_opens_no_other(member: Browser) -> None:
    assert member.get("/skane/").status_code == 303


# ---- members and staff ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", OF_A_REGION)
def test_a_member_and_the_staff_see_every_page(member: Browser, economist: Browser, address: str) -> None:
    assert member.get(address).status_code == economist.get(address).status_code == 200


def test_the_frame_says_who_reads_and_how_to_leave(member: Browser) -> None:
    page = member.text("/dalarna/")
    assert 'href="/dalarna/logga-ut"' in page or 'action="/dalarna/logga-ut"' in page
    assert "X-CSRF-Token" in page
    assert "Visning utan inloggning" not in page
    assert ">Mora" in page


@pytest.mark.parametrize("address", ["/dalarna/?ar=2026", "/dalarna/?ar=2025", "/dalarna/parter/mora", RSS])
def test_a_member_reads_the_same_amounts_as_the_staff(member: Browser, economist: Browser, address: str) -> None:
    assert _amounts(member.text(address)) == _amounts(economist.text(address)) != []


def test_another_partys_page_says_what_it_does_not_tell(member: Browser) -> None:
    untold = "Vem som faktureras, och vad parten faktureras för andra, visas för parten själv"
    assert untold in member.text("/dalarna/parter/falun")
    assert untold not in member.text("/dalarna/parter/mora")


def test_the_charges_of_others_are_hidden_by_the_database_itself(instance: Instance, peopled: DatabaseRegions) -> None:
    del instance
    engine = peopled.region("dalarna")
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        mora = read_directory(session).id_of("mora")
        everyone = session.execute(text("SELECT count(DISTINCT organization_id) FROM charge")).scalar_one()
    with region_transaction(engine, Viewer.member(mora, read_only=True)) as session:
        seen = session.scalars(text("SELECT DISTINCT organization_id FROM charge")).all()
    assert seen == [mora]
    assert everyone > 1


def test_sums_of_open_workings_are_those_of_the_charges(peopled: DatabaseRegions) -> None:
    for tenant, party in (("dalarna", "mora"), ("stockholm", "botkyrka")):
        for year in (2025, 2026):
            whole = _year(peopled, tenant, year, None, party)
            assert _year(peopled, tenant, year, Sight(own=frozenset({party}), open=True), party) == whole


# ---- a region that keeps amounts to each ----------------------------------------------------------------------
@pytest.fixture
def closed(peopled: DatabaseRegions) -> Iterator[None]:
    with _closed(peopled):
        yield


@pytest.mark.usefixtures("closed")
def test_where_workings_are_closed_a_member_sees_its_own_row_and_is_told_so(
    member: Browser, economist: Browser
) -> None:
    page = member.text("/dalarna/?ar=2026")
    assert "Här visas bara egna rader" in page
    table = page.partition('id="parter"')[2]
    assert 'href="/dalarna/parter/mora?ar=2026"' in table
    assert "/dalarna/parter/falun" not in table
    assert "Här visas bara egna rader" not in economist.text("/dalarna/?ar=2026")


@pytest.mark.usefixtures("closed")
def test_where_workings_are_closed_only_the_own_amount_is_explained(member: Browser, economist: Browser) -> None:
    for address in (RSS, f"{RSS}.csv", f"{RSS}.xlsx", f"{RSS}/falun", "/dalarna/parter/falun"):
        assert member.get(address).status_code == 403, address
        assert economist.get(address).status_code == 200, address
    for address in (f"{RSS}/mora", "/dalarna/parter/mora"):
        assert member.get(address).status_code == 200, address


def test_the_lines_of_a_narrowed_overview_are_parts_of_the_whole(peopled: DatabaseRegions) -> None:
    sight = Sight(own=frozenset({"mora"}), open=False)
    with _reading(peopled, "dalarna", sight, "mora") as (year, book):
        shown = overview(year, book, "sv", own=sight.own)
    [line] = shown.lines
    assert (line.party.key, shown.narrowed) == ("mora", True)
    assert 0 < line.total < year.charged
    assert line.part * year.charged == line.total


# ---- what changes something ----------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER])
def test_who_may_not_allocate_sees_no_button_and_is_refused(instance: Instance, role: Role) -> None:
    browser = instance.browser("dalarna", "region-dalarna", role)
    assert 'id="kor"' not in browser.text(RUNS)
    refused = browser.post(RUNS, {"ar": "2026"}, token=browser.form_token("dalarna"))
    assert refused.status_code == 403
    assert Permission.COSTS_ALLOCATE.value not in refused.get_data(as_text=True)


def test_a_member_may_not_order(member: Browser) -> None:
    assert 'id="kor"' not in member.text(RUNS)
    assert member.post(RUNS, {"ar": "2026"}, token=member.form_token("dalarna")).status_code == 403


def test_an_order_needs_the_token_of_its_form_and_names_role_and_organization(instance: Instance) -> None:
    browser = instance.browser("skane", "region-skane", Role.ECONOMIST)
    address = "/skane/korningar"
    assert 'id="kor"' in browser.text(address)
    assert browser.post(address, {"ar": "2025"}).status_code == 403
    ordered = browser.post(address, {"ar": "2026"}, token=browser.form_token("skane"))
    assert ordered.status_code == 303, ordered.get_data(as_text=True)


# ---- operators -----------------------------------------------------------------------------------------------
def test_an_operator_sees_a_region_under_a_grant_alone_and_it_is_written_down(instance: Instance) -> None:
    assert instance.operator("dalarna", granted=False).get("/dalarna/").status_code == 403
    assert "Region Dalarna" in instance.operator("dalarna", granted=True).text("/dalarna/")
    with region_transaction(instance.regions.region("dalarna"), Viewer.staff(read_only=True)) as session:
        assert next(iter(acts(session))).event == "operator.read"


def _amounts(page: str) -> list[str]:
    return re.findall(r"\d[\d\xa0]*(?:,\d\d)?(?=</b>|</td>|\xa0kr)", page.partition("<main")[2])


@contextmanager
def _reading(
    regions: DatabaseRegions, tenant: str, sight: Sight | None, party: str, year: int = 2026
) -> Iterator[tuple[Year, RegionBook]]:
    engine = regions.region(tenant)
    with region_transaction(engine, Viewer.staff(read_only=True)) as session:
        organization = read_directory(session).id_of(party)
    eyes = Viewer.staff(read_only=True) if sight is None else Viewer.member(organization, read_only=True)
    with region_transaction(engine, eyes) as session:
        if sight is not None:
            narrow(session, sight)
        book = read_book(session)
        allocator = Allocator(book, regions.view(tenant, session))
        yield read_year(session, book, allocator, Period.year(year)), book


def _year(regions: DatabaseRegions, tenant: str, year: int, sight: Sight | None, party: str) -> Year:
    with _reading(regions, tenant, sight, party, year) as (found, _book):
        return found


@contextmanager
def _closed(regions: DatabaseRegions) -> Iterator[None]:
    by, engine = Actor(ActorKind.SYSTEM, "a test"), regions.region("dalarna")
    with region_transaction(engine, Viewer.staff()) as session:
        set_sharing(session, Shared.ALLOCATIONS, is_open=False, by=by)
    try:
        yield
    finally:
        with region_transaction(engine, Viewer.staff()) as session:
            set_sharing(session, Shared.ALLOCATIONS, is_open=True, by=by)
