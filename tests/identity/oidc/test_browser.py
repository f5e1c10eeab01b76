"""The pages of signing in and the demo's provider in a real browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from tests.browser.conftest import check_accessible, check_page, chromium, page  # noqa: F401  (fixtures)
from tests.identity.oidc.lying import Late, serving
from tests.identity.oidc.region import Region
from tests.identity.oidc.site import build

from andel.identity.demo import DemoOrganization, add_demo_sign_in, demo_provider
from andel.identity.demo.guarding import VARIABLE
from andel.identity.tables import IdentityProviderRow
from andel.parties.tables import OrganizationRow
from andel.sdk.party import PartyKind
from andel.shared.database import Viewer, gate_transaction, region_transaction

pytestmark = pytest.mark.browser
Check = Callable[..., None]
FORM = "/testlandet/logga-in"


@pytest.fixture
def site(region: Region, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The site on the loopback, where the region's and Mora's people sign in by the demo's provider."""
    monkeypatch.setenv(VARIABLE, "1")
    names = {"mora": ("Mora", "2062"), "staden": ("Habo", "0643"), "rattvik": ("Rättvik", "2031")}
    with region_transaction(region.world.engine, Viewer.staff()) as session:
        for key, (name, code) in names.items():
            known = update(OrganizationRow).where(OrganizationRow.key == key)
            session.execute(known.values(name=name, code=code))
    organizations = [
        DemoOrganization(tenant="testlandet", key="mora", name="Mora", kind=PartyKind.MUNICIPALITY),
        DemoOrganization(tenant="testlandet", key="rattvik", name="Rättvik", kind=PartyKind.MUNICIPALITY),
        DemoOrganization(tenant="testlandet", key="regionen", name="Testlandet", kind=PartyKind.REGION),
    ]
    with gate_transaction(region.world.engine) as session:
        session.execute(update(IdentityProviderRow).values(enabled=False))
    late_site, late_demo = Late(), Late()
    with serving(late_site) as here, serving(late_demo) as base:
        late_site.app = build(region, development=True, mark_missing=True)
        late_demo.app = demo_provider(organizations, base=base, site=here)
        with gate_transaction(region.world.engine) as session:
            now = datetime.now(UTC)
            add_demo_sign_in(session, organizations, base=base, vault=region.flow.vault, now=now)
        yield here


def sign_in(page: Page, site: str, *, way: str = "mora", title: str = "Socialchef") -> None:  # noqa: F811  (the fixture's name)
    """Sign in as somebody, by the pages."""
    page.goto(f"{site}{FORM}?organisation={way}&lang=sv")
    page.locator("#svar a.choice").click()
    page.get_by_role("link", name=title, exact=False).first.click()


@pytest.mark.parametrize("asked", ["?organisation=mora", "?doman=habo.se", "?sok=habo", "?doman=okand.se&next=/x"])
def test_the_sign_in_page_passes_the_checks(page: Page, site: str, check_page: Check, asked: str) -> None:  # noqa: F811  (fixtures)
    check_page(page, f"{site}{FORM}{asked}", languages=("en",))


def test_the_first_view_of_the_sign_in_passes_the_checks(page: Page, site: str, check_page: Check) -> None:  # noqa: F811  (fixtures)
    check_page(page, f"{site}{FORM}")


def test_the_pages_of_who_is_signed_in_pass_the_checks(page: Page, site: str, check_page: Check) -> None:  # noqa: F811  (fixtures)
    sign_in(page, site, way="regionen", title="Sekreterare och ekonom")
    expect(page.get_by_role("heading", name="Välj uppdrag")).to_be_visible()
    for path in ("uppdrag", "legitimera", "logga-ut", "inloggningar"):
        check_page(page, f"{site}/testlandet/{path}", languages=("en",))


def test_the_pages_of_who_is_not_let_in_pass_the_checks(page: Page, site: str, check_page: Check) -> None:  # noqa: F811  (fixtures)
    check_page(page, f"{site}{FORM}/mora/svar?state=of-nobody", status=400, languages=("en",))
    check_page(page, f"{site}/testlandet/utloggad", languages=("en",))


def test_the_pages_of_the_demo_pass_the_checks(page: Page, site: str, check_page: Check) -> None:  # noqa: F811  (fixtures)
    page.goto(f"{site}{FORM}?organisation=mora&lang=sv")
    page.locator("#svar a.choice").click()
    chosen = page.url
    check_page(page, chosen, languages=("en",))
    page.goto(f"{chosen}&lang=sv")
    page.get_by_role("link", name="Medarbetare utan roll").click()
    expect(page.get_by_role("heading", name="Du har ingen roll i Andel")).to_be_visible()
    check_accessible(page)


def test_signing_in_and_out_by_the_pages(page: Page, site: str) -> None:  # noqa: F811  (the fixture)
    page.goto(f"{site}/testlandet/?ar=2026")
    page.get_by_label("E-postadress i tjänsten").fill("ekonom@rattvik.se")
    page.get_by_role("button", name="Fortsätt").click()
    page.locator("#svar").get_by_role("link", name="Rättviks inloggning").click()
    page.get_by_role("link", name="Kommunekonom").click()
    expect(page.get_by_role("heading", name="Inne")).to_be_visible()
    assert page.url == f"{site}/testlandet/?ar=2026"
    expect(page.locator(".who")).to_contain_text("Rättvik, läsare")
    page.get_by_role("link", name="Logga ut").click()
    page.get_by_role("button", name="Logga ut").click()
    page.get_by_role("link", name="Logga ut där också").click()
    expect(page.get_by_role("heading", name="Du är utloggad hos Rättvik")).to_be_visible()
    page.get_by_role("link", name="Tillbaka till Andel").click()
    expect(page.get_by_role("heading", name="Du är utloggad")).to_be_visible()


def test_a_search_answers_while_one_writes(page: Page, site: str) -> None:  # noqa: F811  (the fixture)
    page.goto(f"{site}{FORM}?lang=sv")
    page.get_by_label("Sök på kommun").press_sequentially("habo")
    expect(page.locator("#traffar")).to_contain_text("Två kommuner har namn som liknar varandra")


def test_without_scripts_everything_works(chromium: Browser, site: str) -> None:  # noqa: F811  (the fixture)
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    sign_in(plain, site, way="regionen", title="Sekreterare och ekonom")
    plain.get_by_role("radio").last.check()
    plain.get_by_role("button", name="Fortsätt").click()
    expect(plain.get_by_role("heading", name="Inne")).to_be_visible()
    plain.goto(f"{site}/testlandet/inloggningar")
    plain.get_by_role("button", name="Logga ut överallt").click()
    expect(plain.get_by_role("heading", name="Du är utloggad")).to_be_visible()
    context.close()
