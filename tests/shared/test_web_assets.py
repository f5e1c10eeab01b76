from __future__ import annotations

import hashlib
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from andel.shared.web import Frame, Palette, Region, configure
from andel.shared.web.assets import asset
from andel.shared.web.folders import templates_folder
from andel.shared.web.palette import BUILT_IN, PaletteError, contrast

HALLAND = Palette(accent="#5b3a82", fill="#5b3a82", mid="#9a83b5", tint="#efe9f6")


@pytest.fixture(scope="module")
def pages() -> Flask:
    return configure(Flask("pages"))


@pytest.fixture
def client(pages: Flask) -> FlaskClient:
    return pages.test_client()


# ---- static files -----------------------------------------------------------------------------------------
def test_a_static_file_is_addressed_by_its_content_and_kept(client: FlaskClient) -> None:
    with client.application.test_request_context():
        address = asset("andel.css")
    digest = hashlib.sha256((templates_folder() / "static" / "andel.css").read_bytes()).hexdigest()
    assert address == f"/static/andel.css?v={digest[:12]}"
    kept = {address: "public, max-age=31536000, immutable", "/static/andel.css": "public, max-age=3600"}
    for asked, how_long in kept.items() | {("/static/none.css?v=1", "no-store")}:
        with client.get(asked) as answer:
            assert answer.headers["Cache-Control"] == how_long


def test_what_is_vendored_is_what_the_list_says() -> None:
    folder = templates_folder() / "static" / "vendor"
    listed = {
        cells[5]: cells[6]
        for line in (folder / "VENDORED.md").read_text(encoding="utf-8").splitlines()
        if re.fullmatch(r"[0-9a-f]{64}", (cells := [cell.strip() for cell in line.split("|")] + [""] * 7)[6])
    }
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDORED.md"
    }
    assert listed == found


# ---- palettes ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("colour", "ground", "ratio"),
    [
        ("#16202a", "#ffffff", "16.5"),
        ("#0b5580", "#e2eef5", "6.8"),
        ("#b67c00", "#ffffff", "3.6"),
        ("#000000", "#ffffff", "21.0"),
    ],
)
def test_contrast_is_that_of_wcag(colour: str, ground: str, ratio: str) -> None:
    assert f"{contrast(colour, ground):.1f}" == ratio == f"{contrast(ground, colour):.1f}"


def test_the_built_in_palettes_can_be_read() -> None:
    css = (templates_folder() / "static" / "andel.css").read_text(encoding="utf-8")
    rules = re.findall(r'\[data-region="(\w+)"\] \{([^}]*)\}', css)
    assert {name for name, _ in rules} == BUILT_IN - {"instans"}
    for _name, rule in rules:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", rule))
        Palette(**{"fill": colours["accent"], **colours})


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"accent": "#9a83b5"}, "accent"),
        ({"fill": "#efe9f6"}, "fill"),
        ({"mid": "#c9bcd8"}, "mid"),
        ({"tint": "#d0c4e0"}, "accent"),
        ({"accent": "#000000", "tint": "#d8d0e4"}, "tint"),
        ({"accent": "purple"}, "accent"),
        ({"accent": "#5B3A82"}, "accent"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(changed: dict[str, str], where: str) -> None:
    colours = {"accent": HALLAND.accent, "fill": HALLAND.fill, "mid": HALLAND.mid, "tint": HALLAND.tint}
    with pytest.raises(PaletteError) as raised:
        Palette(**(colours | changed))
    assert raised.value.where == where
    assert raised.value.remedy


def test_a_region_with_its_own_colours_gets_a_stylesheet_of_its_own() -> None:
    frame = Frame(region=Region(name="Region Halland", palette=HALLAND))
    client = configure(Flask("own"), frame_of=lambda: frame).test_client()
    page = client.get("/none").text
    assert 'data-region="own"' in page
    (address,) = re.findall(r"/static/palette/[0-9a-f-]+\.css", page)
    style = client.get(address)
    assert style.mimetype == "text/css"
    assert style.text == ":root { --accent: #5b3a82; --fill: #5b3a82; --mid: #9a83b5; --tint: #efe9f6; }\n"
    assert "immutable" in style.headers["Cache-Control"]
    assert page.index(address) > page.index("andel.css")


@pytest.mark.parametrize("code", ["5b3a82", "ffffff-ffffff-ffffff-ffffff", "5b3a82-5b3a82-9a83b5-}body{", "a-b-c-d-e"])
def test_a_stylesheet_of_anything_else_does_not_exist(client: FlaskClient, code: str) -> None:
    assert client.get(f"/static/palette/{code}.css").status_code == 404
