from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from andel.app.web import DatabaseRegions, create_app
from andel.shared.web.setup import SWEDEN

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=SWEDEN)
RSS = "/dalarna/tjanster/rss/verksamhet/2026"
SEATS = "/dalarna/tjanster/synergi/licenser/2025"
CAPPED = "/stockholm/tjanster/samverkan-vardovergangar/leverantor/2026"

PAGES = (
    "/",
    "/dalarna/",
    "/dalarna/?ar=2027",
    "/dalarna/?ar=2028",
    "/dalarna/?ar=1999",
    "/dalarna/tjanster",
    "/stockholm/tjanster/samverkan-vardovergangar",
    f"{RSS}?kontroll=1",
    f"{SEATS}?revision=1",
    "/dalarna/tjanster/rss/verksamhet/2027",
    "/dalarna/tjanster/siths/kort/2028",
    "/dalarna/tjanster/rss/verksamhet/1999",
    CAPPED,
    f"{CAPPED}/sodermalm",
    "/stockholm/parter",
    "/dalarna/parter/mora",
    "/dalarna/parter/region-dalarna",
    "/vastragotaland/parter/vastkom",
    "/dalarna/underlag",
    "/dalarna/underlag/seats/2024-12-31",
    "/dalarna/modeller",
    "/stockholm/modeller/invoice-capped",
    "/skane/korningar",
)


@pytest.fixture(scope="module")
def site(peopled: DatabaseRegions, serve: Callable[..., str]) -> str:
    return serve(create_app(peopled, check=peopled.check, now=lambda: NOW, mark_missing=True))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_a_region_passes_the_checks(
    page: Page, site: str, check_page: Callable[..., None], address: str
) -> None:
    """All of them in English, where a text may be missing; the same page in Swedish once at each width."""
    check_page(page, f"{site}{address}", languages=("en",), popovers=2)
    check_page(page, f"{site}{address}", languages=("sv",), popovers=0)


@pytest.mark.parametrize("address", ["/dalarna/parter/morra", "/norrland/"])
def test_a_page_that_is_not_here_passes_the_checks(
    page: Page, site: str, check_page: Callable[..., None], address: str
) -> None:
    check_page(page, f"{site}{address}", status=404, popovers=1)


def test_an_amount_is_asked_why_in_place(page: Page, site: str) -> None:
    page.goto(f"{site}{RSS}?lang=sv")
    page.get_by_role("button", name="visa uträkningen för Mora").click()
    answer = page.locator("#varfor-mora")
    expect(answer).to_be_visible()
    expect(answer.locator(".steps li").last).to_contain_text("66\u00a0386,31\u00a0kr")
    expect(answer.locator(".steps")).to_contain_text("20\u00a0419\u00a0inv. / 286\u00a0048\u00a0inv., största resten")
    page.keyboard.press("Escape")
    expect(answer).to_be_hidden()


def test_without_script_an_amount_leads_to_a_page_that_tells_why(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}{RSS}?lang=sv")
    page.get_by_role("button", name="visa uträkningen för Mora").click()
    page.locator("#varfor-mora").get_by_role("link", name="Visa stegen").click()
    expect(page.locator("h1")).to_have_text("Varför 66\u00a0386,31\u00a0kr för Mora?")
    expect(page.locator(".steps li").last).to_contain_text("66\u00a0386,31\u00a0kr")
    context.close()


def test_a_result_is_computed_again_in_place_and_keeps_the_focus(page: Page, site: str) -> None:
    page.goto(f"{site}{RSS}?lang=sv")
    again = page.locator("#rakna-om")
    again.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#omrakning")).to_contain_text("Ja, dagens underlag ger samma uträkning.")
    expect(again).to_be_focused()
    assert "kontroll" not in page.url


def test_a_party_leads_to_its_own_row_of_the_workings(page: Page, site: str) -> None:
    page.goto(f"{site}/dalarna/parter/mora?lang=sv")
    page.get_by_role("link", name="Verksamhetens kostnad").click()
    assert page.url.endswith(f"{RSS}#rad-mora")
    expect(page.locator("#rad-mora")).to_be_in_viewport()


def test_a_waiting_run_is_asked_for_again_and_again(page: Page, site: str) -> None:
    page.goto(f"{site}/skane/korningar?lang=sv")
    page.locator("#ar").select_option("2026")
    page.locator("#kor").click()
    expect(page.locator("h1")).to_have_text("Körning 2026")
    expect(page.locator("#korning")).to_contain_text("Väntar på en arbetare")
    with page.expect_response(lambda answer: "/korningar/" in answer.url, timeout=5000) as answered:
        pass
    assert answered.value.request.headers["hx-request"] == "true"


def test_paper_shows_the_whole_table_and_nothing_to_press(page: Page, site: str) -> None:
    page.goto(f"{site}{CAPPED}?lang=sv")
    page.emulate_media(media="print")
    expect(page.locator(".actions")).to_be_hidden()
    expect(page.locator("nav.nav")).to_be_hidden()
    expect(page.get_by_role("row", name="Östermalm")).to_have_count(0)
    expect(page.locator("#rad-osteraker")).to_be_visible()
    assert page.locator(".scroll").first.evaluate("e => getComputedStyle(e).overflowX") == "visible"
