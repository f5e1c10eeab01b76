"""A real browser for the pages: headless Chromium, a server on the loopback, and the checks that every page passes."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from werkzeug.serving import make_server

from andel.shared.i18n import LANGUAGES, MISSING

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
WIDE, PHONE, NARROWEST = 1280, 375, 320
POPOVERS_OPENED = 3
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

Serve = Callable[[Flask], str]
CheckPage = Callable[..., None]


def find_chromium() -> str | None:
    """Return the browser: ``ANDEL_CHROMIUM``, or one of the usual names."""
    given = os.environ.get("ANDEL_CHROMIUM")
    return next((found for name in (given, *CHROMIUM_NAMES) if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all page tests. Without Chromium they are skipped, but fail where CI is true."""
    path = find_chromium()
    if path is None:
        looked = ", ".join((*CHROMIUM_NAMES, "ANDEL_CHROMIUM"))
        missing = f"No Chromium (looked for {looked}): run tests/browser/ensure_chromium.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh window without cookies."""
    context = chromium.new_context(locale="sv-SE", reduced_motion="reduce", timezone_id="Europe/Stockholm")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Serve an application on the loopback while the tests last, and return its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_served(app))


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def check_page() -> CheckPage:
    """What every page must pass; see ``_check_page``."""
    return _check_page


def _check_page(
    page: Page,
    url: str,
    *,
    languages: tuple[str, ...] = LANGUAGES,
    status: int = 200,
    popovers: int = POPOVERS_OPENED,
) -> None:
    """Open a page in each language and at three widths, with so many of its popovers open, one at a time.

    Asserts the status, no axe violation of WCAG 2.1 A and AA (also with the menu and the first popovers open), no
    violation of the security policy, no error in the console, no request to another host, no missing text, no id
    twice, no sideways scrolling at 320 pixels, and that the keyboard reaches everything with a visible focus.
    """
    for language in languages:
        with watching(page, status=status) as seen:
            page.set_viewport_size({"width": WIDE, "height": 900})
            response = page.goto(f"{url}{'&' if '?' in url else '?'}lang={language}", wait_until="load")
            assert response is not None
            assert response.status == status, f"{url} answered {response.status}"
            assert page.locator("html").get_attribute("lang") == language
            assert _missing(page) == [], f"{url} lacks a text in {language}"
            assert page.evaluate(REPEATED_IDS) == []
            check_keyboard(page)
            check_accessible(page)
            check_popovers(page, popovers)
            page.set_viewport_size({"width": PHONE, "height": 800})
            check_popovers(page, popovers)
            check_accessible(page)
            page.set_viewport_size({"width": NARROWEST, "height": 800})
            check_no_sideways_scroll(page)
        assert not seen.wrong, f"{url} in {language}:\n" + "\n".join(seen.wrong)


@dataclass
class Seen:
    """What the browser complained about."""

    wrong: list[str] = field(default_factory=list)


@contextmanager
def watching(page: Page, *, status: int = 200) -> Iterator[Seen]:
    """Collect console errors, uncaught exceptions, policy violations and requests to other hosts."""
    seen = Seen()

    def console(message: ConsoleMessage) -> None:
        own_status = status >= 400 and "Failed to load resource" in message.text
        if message.type in {"error", "warning"} and not own_status:
            seen.wrong.append(f"console: {message.text}")

    def request(asked: Request) -> None:
        if not asked.url.startswith(("http://127.0.0.1:", "data:")):
            seen.wrong.append(f"request: {asked.url}")

    def exception(error: Exception) -> None:
        seen.wrong.append(f"exception: {error}")

    listeners: dict[str, Callable[..., None]] = {"console": console, "request": request, "pageerror": exception}
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]  # playwright types one overload per event name
    page.add_init_script(COLLECT_VIOLATIONS)
    yield seen
    seen.wrong += [f"policy: {violation}" for violation in page.evaluate("window.andelViolations || []")]
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


def check_accessible(page: Page) -> None:
    """Assert that axe finds nothing."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", WCAG)
    told = [_told(violation) for violation in found["violations"]]
    assert not told, f"{page.url}:\n" + "\n".join(told)


def check_popovers(page: Page, most: int = POPOVERS_OPENED) -> None:
    """Open the menu and the first popovers, one at a time, and check each while it is open."""
    buttons = page.locator("button[popovertarget]:visible")
    for number in range(min(buttons.count(), most)):
        buttons.nth(number).click()
        assert page.locator(":popover-open").count() == 1
        check_accessible(page)
        page.keyboard.press("Escape")
        assert page.locator(":popover-open").count() == 0


def check_no_sideways_scroll(page: Page) -> None:
    """Assert that the page is no wider than its window."""
    assert page.evaluate(TOO_WIDE) == [], f"{page.url} scrolls sideways at {NARROWEST} px"


def check_keyboard(page: Page) -> None:
    """Assert that Tab reaches every control, that each shows its focus, and that none holds it."""
    wanted = page.evaluate(CONTROLS)
    reached: list[str] = []
    page.evaluate("document.activeElement.blur(), window.getSelection().removeAllRanges(), window.scrollTo(0, 0)")
    for _press in range(len(wanted) * 2 + 20):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(FOCUSED)
        if not name:
            break
        assert shown, f"{page.url}: no visible focus on {name}"
        reached.append(name)
    unreached = sorted(set(wanted) - set(reached))
    assert unreached == [], f"{page.url}: Tab never reaches {unreached}"


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["target"]) + " " + str(node["failureSummary"]) for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']} ({places})"


def _missing(page: Page) -> list[str]:
    content = page.content()
    return [piece.split("⟧")[0] for piece in content.split(MISSING)[1:]]


COLLECT_VIOLATIONS = """
window.andelViolations = [];
document.addEventListener('securitypolicyviolation', e => window.andelViolations.push(
  `${e.violatedDirective} ${e.blockedURI} ${e.sample} ${e.sourceFile}:${e.lineNumber}`));
"""
REPEATED_IDS = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}"""
TOO_WIDE = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, svg')
    && e.getBoundingClientRect().right > root.clientWidth + 1);
  return [`${root.scrollWidth} of ${root.clientWidth}`, ...wide.slice(0, 5).map(e => e.outerHTML.slice(0, 120))];
}"""
NAME = """e => e.id ? `#${e.id}`
  : `${e.tagName} ${e.getAttribute('href') || e.name || ''} ${e.textContent.trim().slice(0, 40)}`"""
CONTROLS = f"""() => {{
  const name = {NAME};
  const seen = e => e.checkVisibility({{visibilityProperty: true}}) && e.getClientRects().length;
  const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  const chosen = e => e.type !== 'radio' || e.checked;
  return controls.filter(e => seen(e) && !e.disabled && e.tabIndex >= 0 && e.type !== 'hidden' && chosen(e)
    && !e.matches('.ds-skip-link')).map(name);
}}"""
FOCUSED = f"""() => {{
  const name = {NAME}, e = document.activeElement;
  if (!e || e === document.body) return ['', true];
  const shown = [e, e.parentElement].map(part => getComputedStyle(part));
  return [name(e), shown.some(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none')];
}}"""
