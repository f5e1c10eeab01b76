"""A document as files: read back it is the same, and what people wrote beside it stays."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.files import read_folder
from andel.tenancy.service.writing import Layout, files_of, layout_of, write_files

if TYPE_CHECKING:
    from tests.tenancy.applying.conftest import Data, Edit
    from tests.tenancy.conftest import RegionFolder

REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")
TENANTS = Path(__file__).parents[3] / "tenants"

SHOWN = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs")), max_size=150)
SAID = SHOWN.map(lambda text: f"x{text}".strip())
PLAIN = st.recursive(
    st.booleans() | st.integers() | SHOWN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SHOWN, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.from_regex(r"[a-zåäö_]{1,12}", fullmatch=True)


def read_back(root: Path) -> TenantDocument:
    files = read_folder(root)
    reading = read_document(files.data)
    assert files.faults == ()
    assert reading.faults == ()
    assert reading.document is not None
    return reading.document


def written(document: TenantDocument, layout: Layout) -> TenantDocument:
    with tempfile.TemporaryDirectory() as parent:
        write_files(Path(parent), files_of(document, layout))
        return read_back(Path(parent))


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_written_anew_reads_back_as_the_same(name: str, documents: dict[str, TenantDocument]) -> None:
    assert written(documents[name], Layout()).digest == documents[name].digest


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_written_over_itself_keeps_order_and_comments(name: str, documents: dict[str, TenantDocument]) -> None:
    document = documents[name]
    layout = layout_of(TENANTS / name, document)
    files = files_of(document, layout)
    before = (TENANTS / name / "tenant.toml").read_text(encoding="utf-8").splitlines()
    after = files["tenant.toml"].splitlines()
    assert [line for line in after if line.startswith("#")] == [line for line in before if line.startswith("#")]
    heads = [line for line in before if line.startswith(("[[", "key = "))]
    assert [line for line in after if line.startswith(("[[", "key = "))] == heads
    tables = {file: text for file, text in files.items() if file != "tenant.toml"}
    assert tables == {file: (TENANTS / name / file).read_text(encoding="utf-8") for file in tables}


@pytest.mark.parametrize("name", REGIONS)
def test_writing_twice_changes_nothing(name: str, documents: dict[str, TenantDocument], tmp_path: Path) -> None:
    write_files(tmp_path, files_of(documents[name], layout_of(TENANTS / name, documents[name])))
    again = read_back(tmp_path)
    assert again == documents[name]
    assert write_files(tmp_path, files_of(again, layout_of(tmp_path, again))) == ()


@given(texts=st.lists(SAID, min_size=6, max_size=6), values=st.dictionaries(NAMES, PLAIN, max_size=5))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_and_settings_read_back_as_they_were(texts: list[str], values: dict[str, Any], edited: Edit) -> None:
    def say(data: Data) -> None:
        service = data["services"][0]
        data["organizations"][0]["name"] = texts[0]
        data["groups"][0]["title"] = texts[1]
        data["facts"][0]["source"]["title"] = f"Källa {texts[2]}"
        service["bearer"] = {"sv": texts[3], "en": texts[4]}
        service["components"][0]["costs"][0]["reference"] = texts[5]
        service["components"][0]["settings"][0]["values"] = values

    document = edited(say)
    assert written(document, Layout()).plain() == document.plain()


def test_comments_stay_with_what_they_are_about(region: RegionFolder) -> None:
    region.write("tenant.toml", f"# about the region\n\n{(region.root / 'tenant.toml').read_text(encoding='utf-8')}")
    region.edit("tenant.toml", "[[groups]]", "# ---- who shares ----\n\n# why they share\n[[groups]]")
    region.edit("tenant.toml", 'model = "per-capita"', '# chosen by the board\nmodel = "per-capita"')
    region.edit("tenant.toml", "[[services.components.costs]]", "# adopted in June\n[[services.components.costs]]")
    region.edit("tenant.toml", "source = { example = true }", "source = { example = true }\n\n# the end")
    document = region.load().valid_document()
    layout = layout_of(region.root, document)
    text = files_of(document, layout)["tenant.toml"]
    assert text.startswith("# about the region\n\nformat = 1\n")
    assert "\n# ---- who shares ----\n\n# why they share\n[[groups]]\n" in text
    assert '\n# chosen by the board\nmodel = "per-capita"\n' in text
    assert "\n# adopted in June\n[[services.components.costs]]\n" in text
    assert text.endswith("\n# the end\n")


def test_a_comment_of_what_is_no_more_goes_to_the_end(region: RegionFolder) -> None:
    region.edit("tenant.toml", "[[successions]]", "# why it was merged\n[[successions]]")
    document = region.load().valid_document()
    layout = layout_of(region.root, document)
    rest = document.model_copy(update={"successions": ()})
    assert files_of(rest, layout)["tenant.toml"].endswith("\n# why it was merged\n")


def test_files_of_figures_keep_their_names_and_those_of_none_are_removed(region: RegionFolder) -> None:
    document = region.load().valid_document()
    layout = layout_of(region.root, document)
    region.write("facts/of-nobody.csv", "organization,value,reference_date,source\n")
    region.write("README.md", "Kept.\n")
    changed = write_files(region.root, files_of(document, layout))
    assert "facts/of-nobody.csv" in changed
    assert not (region.root / "facts" / "of-nobody.csv").exists()
    assert (region.root / "README.md").read_text(encoding="utf-8") == "Kept.\n"
    assert sorted(path.name for path in (region.root / "facts").iterdir()) == ["inhabitants.csv"]


def test_a_correction_gets_a_file_beside_what_it_corrects(edited: Edit) -> None:
    def correct(data: Data) -> None:
        data["facts"].append(data["facts"][0] | {"revision": 2, "corrects": "Rättad"})

    files = files_of(edited(correct), Layout())
    assert {"facts/inhabitants-2025-12-31.csv", "facts/inhabitants-2025-12-31-revision-2.csv"} <= set(files)
    assert 'revision = 2\ncorrects = "Rättad"\n' in files["tenant.toml"]


def test_settings_without_a_value_are_refused_as_no_file_can_say_them(edited: Edit) -> None:
    data = json.loads(json.dumps(edited().plain()))
    data["services"][0]["components"][0]["settings"][0]["values"]["groups"][0]["kinds"] = None
    [fault] = read_document(data).faults
    assert fault.what == "A setting is null, which no tenant.toml can say."
