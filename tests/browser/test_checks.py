from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, Response, render_template_string
from playwright.sync_api import Page

from andel.shared.web import configure

pytestmark = pytest.mark.browser

UNFOCUSED = ".bad-focus:focus { outline: 0 !important; box-shadow: none !important }"
TEMPLATE = """{% extends "_base.html" %}{% block title %}{{ "a" }}{% endblock %}
{% block main %}<link rel="stylesheet" href="/bad.css"><h1>a</h1>BODY{% endblock %}"""


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p style='color: red'>a</p>", "policy: style-src"),
        ("<script>window.a = 1</script>", "policy: script-src"),
        ("<img alt='' src='https://example.org/a.png'>", "img-src"),
        ("<script src='/static/none.js'></script>", "console: "),
        ("<p>⟦Sida⟧</p>", "lacks a text"),
        ("<img src='/static/icon.svg'>", "image-alt"),
        ("<p id='a'>a</p><p id='a'>b</p>", "['a']"),
        ("<table><tr><td>" + "långtord" * 60 + "</td></tr></table>", "sideways"),
        ("<a class='bad-focus' href='#a'>a</a>", "no visible focus"),
        ("<button tabindex='0' inert>a</button><a href='#b' tabindex='5'>b</a>", "never reaches"),
    ],
)
def test_each_check_of_a_page_finds_what_it_looks_for(
    page: Page, serve: Callable[[Flask], str], check_page: Callable[..., None], body: str, complaint: str
) -> None:
    app = Flask("bad")
    configure(app, mark_missing=True)
    app.add_url_rule("/bad.css", "css", lambda: Response(UNFOCUSED, mimetype="text/css"))
    app.add_url_rule("/", "bad", lambda: render_template_string(TEMPLATE.replace("BODY", body)))
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        check_page(page, serve(app) + "/", languages=("sv",))
