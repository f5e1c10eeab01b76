from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from andel.shared import charts
from andel.shared.charts import Bar, Caption, Change, Count, Limit, Segment, Stack

SVG = "http://www.w3.org/2000/svg"
CAPTION = Caption(name="tak", title="Taket & <gränsen>", desc="Liggande staplar. Alla värden står i tabellen.")


def parsed(drawing: Markup) -> ET.Element:
    return ET.fromstring(str(drawing).replace("<svg ", f'<svg xmlns="{SVG}" ', 1))  # noqa: S314  (our own text)


def shapes(drawing: Markup, css: str, tag: str = "rect") -> list[dict[str, str]]:
    return [e.attrib for e in parsed(drawing).iter(f"{{{SVG}}}{tag}") if e.get("class") == css]


CAPS = charts.bars(
    CAPTION,
    [
        Bar(label="Södermalm", value=615_312, text="615 312", filled=Fraction(3, 4)),
        Bar(label="Hägersten-Liljeholmens stadsdel", value=307_656, text="307 656", filled=Fraction(0)),
    ],
    limit=Limit(value=615_312, text="gräns 615 312"),
)
DIVERGING = charts.diverging(
    CAPTION,
    [
        Change(label="Malmö", today=100_00, change=-40_00, text="−40 kr"),
        Change(label="Lund", today=100_00, change=20_00, text="+20 kr"),
        Change(label="Ystad", today=100_00, change=0, text="0 kr"),
    ],
    less="betalar mindre",
    more="betalar mer",
)
STACKED = charts.stacked(
    CAPTION, [Stack(label="2025", parts=(1, 2, 1), text="4"), Stack(label="2026", parts=(2, 0, 6), text="8")]
)
GROWTH = charts.growth(CAPTION, [Count(2016, 22), Count(2023, 50)])
STRIP = charts.strip([Segment(3), Segment(Fraction(1), "own"), Segment(1, "", "#0b5580")])


@pytest.mark.parametrize("drawing", [CAPS, DIVERGING, STACKED, GROWTH])
def test_a_chart_has_a_role_a_title_and_a_description(drawing: Markup) -> None:
    root = parsed(drawing)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "tak-t tak-d"
    assert root.findtext(f"{{{SVG}}}title") == CAPTION.title
    assert root.findtext(f"{{{SVG}}}desc") == CAPTION.desc
    assert {e.get("id") for e in root if e.get("id")} == {"tak-t", "tak-d"}


@pytest.mark.parametrize("drawing", [STRIP, charts.share_bar(Fraction(1, 2)), charts.seats(3, 4), charts.tally([])])
def test_decoration_is_hidden_from_assistive_technology(drawing: Markup) -> None:
    root = parsed(drawing)
    assert root.get("aria-hidden") == "true"
    assert root.get("role") is None


@pytest.mark.parametrize("drawing", [CAPS, DIVERGING, STACKED, GROWTH, STRIP, charts.seats(1, 2)])
def test_no_element_carries_a_style_or_a_script(drawing: Markup) -> None:
    elements = list(parsed(drawing).iter())
    assert elements
    for element in elements:
        assert not any(name == "style" or name.startswith("on") for name in element.attrib)
        assert not element.tag.endswith(("style", "script"))


def test_the_strip_is_cut_by_weight_and_fills_its_whole_width() -> None:
    pieces = [e.attrib for e in parsed(STRIP)]
    widths = [float(piece["width"]) for piece in pieces]
    assert widths == [597, 199, 199]
    assert float(pieces[-1]["x"]) + widths[-1] == 1000
    assert [piece["class"] for piece in pieces] == ["o", "own", ""]
    assert [piece.get("fill") for piece in pieces] == [None, None, "#0b5580"]


def test_a_tally_has_equal_parts() -> None:
    drawing = charts.tally([Segment(1, "ok"), Segment(1, "half"), Segment(1, "none"), Segment(1, "none")])
    assert parsed(drawing).get("class") == "strip tally"
    assert {e.get("width") for e in parsed(drawing)} == {"247"}


def test_a_bar_shows_its_length_its_filled_part_and_the_limit() -> None:
    assert [float(s["width"]) for s in shapes(CAPS, "rest")] == [172, 86]
    assert [float(s["width"]) for s in shapes(CAPS, "used")] == [129, 0]
    (line,) = shapes(CAPS, "limit")
    assert float(line["x"]) == 158 + 172 - 0.5


def test_a_bar_filled_over_its_end_stops_there() -> None:
    drawing = charts.bars(CAPTION, [Bar(label="a", value=1, text="1", filled=Fraction(3, 2))])
    assert [s["width"] for s in shapes(drawing, "used")] == ["172"]
    small = charts.share_bar(Fraction(2), pace=Fraction(1, 2))
    assert [s["width"] for s in shapes(small, "fill")] == ["100"]
    assert [s["x"] for s in shapes(small, "tick")] == ["49.25"]


def test_a_long_name_is_cut_before_it_meets_its_bar() -> None:
    names = [e.text for e in parsed(CAPS).iter(f"{{{SVG}}}text")]
    assert "Hägersten-Liljeholmen…" in names


def test_less_goes_left_outlined_and_more_goes_right_filled() -> None:
    (less,), (more,) = shapes(DIVERGING, "less"), shapes(DIVERGING, "more")
    assert float(less["x"]) + float(less["width"]) == pytest.approx(212)
    assert float(more["x"]) == 212
    assert float(less["width"]) == 100
    assert float(more["width"]) == 50


def test_the_grid_of_a_diverging_chart_is_written_in_the_language() -> None:
    marks = [e.text for e in parsed(DIVERGING).iter(f"{{{SVG}}}text") if e.get("class") == "tiny"]
    assert marks == ["40\u00a0%", "20\u00a0%", "20\u00a0%", "40\u00a0%"]
    english = charts.diverging(
        CAPTION, [Change(label="Lund", today=10, change=1, text="")], less="less", more="more", lang="en"
    )
    assert "5%" in english


def test_a_change_past_the_edge_ends_in_an_arrow() -> None:
    rows = [
        Change(label="Ny", today=0, change=5, text=""),
        Change(label="Trefalt", today=1, change=3, text=""),
        Change(label="Bort", today=-1, change=-9, text=""),
    ]
    drawing = charts.diverging(CAPTION, rows, less="", more="")
    assert [float(s["width"]) for s in shapes(drawing, "more")] == [100, 100]
    assert len(shapes(drawing, "more", "polygon")) == 1
    assert len(shapes(drawing, "less", "polygon")) == 1


def test_a_stack_is_as_long_as_its_sum_and_leaves_out_what_is_nothing() -> None:
    assert len(shapes(STACKED, "s2")) == 1
    first, second = shapes(STACKED, "s3")
    assert float(first["x"]) + float(first["width"]) + 2 == pytest.approx(148 + 82)
    assert float(second["x"]) + float(second["width"]) + 2 == pytest.approx(148 + 164)


def test_charts_side_by_side_share_the_scale_they_are_given() -> None:
    (bar,) = shapes(charts.bars(CAPTION, [Bar(label="a", value=5, text="")], full=10), "used")
    (whole,) = shapes(charts.bars(CAPTION, [Bar(label="a", value=10, text="")], full=10), "used")
    assert float(bar["width"]) * 2 == float(whole["width"])
    (part,) = shapes(charts.stacked(CAPTION, [Stack(label="a", parts=(5,), text="")], full=10), "s1")
    assert float(part["width"]) + 2 == pytest.approx(82)


def test_a_stack_of_more_parts_than_can_be_told_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="6 parts"):
        charts.stacked(CAPTION, [Stack(label="a", parts=(1,) * 7, text="")])


def test_growth_has_a_dot_per_count_and_no_other_years() -> None:
    dots = [e.attrib for e in parsed(GROWTH).iter(f"{{{SVG}}}circle")]
    assert [(dot["cx"], dot["cy"]) for dot in dots] == [("14", "63"), ("244", "21")]
    assert len(list(parsed(GROWTH).iter(f"{{{SVG}}}line"))) == 1
    alone = charts.growth(CAPTION, [Count(2023, 0)])
    assert [e.get("cx") for e in parsed(alone).iter(f"{{{SVG}}}circle")] == ["129"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.bars(CAPTION, []),
        lambda: charts.stacked(CAPTION, []),
        lambda: charts.diverging(CAPTION, [], less="", more=""),
        lambda: charts.strip([Segment(0)]),
        lambda: charts.bars(CAPTION, [Bar(label="", value=0, text="")]),
    ],
)
def test_nothing_to_draw_is_still_a_drawing(draw: Callable[[], Markup]) -> None:
    assert parsed(draw()).tag == f"{{{SVG}}}svg"


def test_words_from_outside_are_escaped() -> None:
    drawing = charts.bars(
        Caption(name='a"b', title="<script>", desc="&"), [Bar(label="<b>", value=1, text='"><script>')]
    )
    assert "<script>" not in drawing
    assert parsed(drawing).findtext(f"{{{SVG}}}title") == "<script>"
