"""Each thing that can be wrong in a region's folder is told with file, line, key and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tenancy.conftest import RegionFolder

TOML, ORGANIZATIONS, INHABITANTS = "tenant.toml", "organizations.csv", "facts/inhabitants.csv"


def test_the_region_that_the_tests_spoil_is_valid(region: RegionFolder) -> None:
    assert region.faults() == ()


# ---- files as files -----------------------------------------------------------------------------------------
def test_a_folder_that_is_not_there_is_told_with_what_is_near(region: RegionFolder) -> None:
    from andel.tenancy.service.loading import load_tenant  # noqa: PLC0415  (used in this test alone)

    (fault,) = load_tenant(region.tenants, "prow", region.registry).faults
    assert (fault.what, fault.remedy) == ('There is no region "prow".', 'Did you mean "prov"?')


@pytest.mark.parametrize("name", ["../prov", ".", "", "/etc", "prov/../prov", "PROV"])
def test_a_name_never_leads_out_of_the_folder_of_all_tenants(region: RegionFolder, name: str) -> None:
    from andel.tenancy.service.loading import load_tenant  # noqa: PLC0415  (used in this test alone)

    loaded = load_tenant(region.tenants, name, region.registry)
    assert loaded.document is None
    assert loaded.faults[0].what == f'There is no region "{name}".'


def test_malformed_toml_is_told_with_its_line(region: RegionFolder) -> None:
    region.edit(TOML, 'code = "99"', 'code = "99')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, 'code = "99')
    assert fault.what.startswith("This is no TOML: ")


def test_a_toml_key_given_twice_is_told_with_its_line(region: RegionFolder) -> None:
    region.edit(TOML, 'code = "99"', 'code = "99"\ncode = "98"')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, 'code = "98"')
    assert "Cannot overwrite a value" in fault.what


def test_a_missing_file_is_told_once_and_not_by_everything_that_refers_to_it(region: RegionFolder) -> None:
    (region.root / ORGANIZATIONS).unlink()
    fault = region.fault()
    assert fault.place.file.endswith(ORGANIZATIONS)
    assert fault.what == "The file cannot be read: No such file or directory."


def test_a_missing_tenant_file_is_told_once(region: RegionFolder) -> None:
    (region.root / TOML).unlink()
    assert region.fault().place.file.endswith(TOML)


@pytest.mark.parametrize("file", [TOML, ORGANIZATIONS, INHABITANTS])
def test_a_byte_order_mark_is_told_on_line_one(region: RegionFolder, file: str) -> None:
    region.write(file, b"\xef\xbb\xbf" + (region.root / file).read_bytes())
    fault = region.fault()
    assert (fault.place.file.endswith(file), fault.place.line) == (True, 1)
    assert fault.what == "The file begins with a byte order mark."


@pytest.mark.parametrize("file", [TOML, ORGANIZATIONS, INHABITANTS])
def test_a_nul_byte_is_told_with_its_line(region: RegionFolder, file: str) -> None:
    lines = (region.root / file).read_bytes().split(b"\n")
    lines[2] += b"\0"
    region.write(file, b"\n".join(lines))
    fault = region.fault()
    assert (fault.what, fault.place.line) == ("The file holds a NUL byte.", 3)


@pytest.mark.parametrize("file", [TOML, ORGANIZATIONS, INHABITANTS])
def test_carriage_returns_are_told_once_with_the_first_line(region: RegionFolder, file: str) -> None:
    region.write(file, (region.root / file).read_bytes().replace(b"\n", b"\r\n"))
    fault = region.fault()
    assert (fault.what, fault.place.line) == ("The line ends with a carriage return.", 1)


@pytest.mark.parametrize("file", [TOML, ORGANIZATIONS, INHABITANTS])
def test_bytes_that_are_not_utf8_are_told_with_their_line(region: RegionFolder, file: str) -> None:
    lines = (region.root / file).read_bytes().split(b"\n")
    lines[1] += " # å".encode("latin-1")
    region.write(file, b"\n".join(lines))
    fault = region.fault()
    assert (fault.what, fault.place.line) == ("The byte 0xe5 is not UTF-8.", 2)


@pytest.mark.parametrize(
    "name", ["facts/../../secret.csv", "facts/./../x.csv", "facts//inhabitants.csv", "facts/..\\\\secret.csv"]
)
def test_a_file_name_that_leads_out_of_the_folder_is_refused(region: RegionFolder, name: str) -> None:
    (region.tenants.parent / "secret.csv").write_text("organization,value,reference_date,source\n")
    region.edit(TOML, 'file = "facts/inhabitants.csv"', f'file = "{name}"')
    faults = region.faults()
    assert any("leads out of the folder" in fault.what for fault in faults)
    assert not any("secret.csv" in fault.place.file and "cannot be read" in fault.what for fault in faults)


def test_a_symbolic_link_is_not_followed(region: RegionFolder) -> None:
    outside = region.tenants.parent / "outside.csv"
    (region.root / INHABITANTS).rename(outside)
    (region.root / INHABITANTS).symlink_to(outside)
    faults = region.faults()
    assert {fault.place.file.rpartition("prov/")[2] for fault in faults} == {INHABITANTS}
    assert all("symbolic link" in fault.what for fault in faults)


def test_a_folder_that_is_a_symbolic_link_is_not_followed(region: RegionFolder) -> None:
    outside = region.tenants.parent / "facts"
    (region.root / "facts").rename(outside)
    (region.root / "facts").symlink_to(outside)
    assert all("symbolic link" in fault.what for fault in region.faults())
    assert region.faults()


def test_a_region_that_is_a_symbolic_link_is_not_followed(region: RegionFolder) -> None:
    outside = region.tenants.parent / "outside"
    region.root.rename(outside)
    region.root.symlink_to(outside)
    assert region.faults()[0].what == "There is no such folder."


def test_a_huge_file_is_not_read(region: RegionFolder) -> None:
    region.write(INHABITANTS, b"x" * (4 * 1024 * 1024 + 1))
    assert region.fault().what == "The file is larger than 4096 KiB, or is no regular file."


def test_a_named_pipe_is_not_waited_for(region: RegionFolder) -> None:
    import os  # noqa: PLC0415  (used in this test alone)

    (region.root / INHABITANTS).unlink()
    os.mkfifo(region.root / INHABITANTS)
    assert all(fault.place.file.endswith(INHABITANTS) for fault in region.faults())
    assert region.faults()


def test_nesting_without_end_is_refused_and_not_a_crash(region: RegionFolder) -> None:
    region.edit(TOML, "format = 1\n", f"format = 1\ndeep = {'[' * 3000}{']' * 3000}\n")
    assert region.fault().what == "The file is nested too deeply."


def test_a_file_that_is_no_part_of_a_region_is_told_with_what_is_near(region: RegionFolder) -> None:
    region.write("organisations.csv", "key\n")
    assert region.fault().remedy == 'Did you mean "organizations.csv"?'


def test_figures_that_no_series_names_are_told(region: RegionFolder) -> None:
    region.write("facts/old.csv", (region.root / INHABITANTS).read_bytes())
    assert region.fault().what == "No [[facts]] of tenant.toml names this file."


# ---- tables -------------------------------------------------------------------------------------------------
def test_a_wrong_header_is_told_with_what_is_near(region: RegionFolder) -> None:
    region.edit(ORGANIZATIONS, "key,name,kind,", "key,name,kin,")
    faults = region.faults()
    assert [fault.what for fault in faults] == ['The column "kind" is missing.', 'There is no column "kin".']
    assert {fault.place.line for fault in faults} == {1}
    assert faults[1].remedy == 'Did you mean "kind"?'


def test_an_empty_table_lacks_its_columns(region: RegionFolder) -> None:
    region.write(INHABITANTS, "")
    assert {fault.what for fault in region.faults()} >= {'The column "value" is missing.'}


def test_a_row_with_too_many_cells_is_told_with_its_line(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,", "byn,2,000,")
    fault = region.fault()
    assert (fault.what, fault.place.line) == ("The row has 5 cells, the header 4.", 3)


def test_an_open_quotation_mark_is_told(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,", '"byn,2000,')
    assert "The table cannot be read" in region.fault().what


def test_a_row_given_twice_is_told_with_both_lines(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,2025-12-31,A printed page\n", "byn,2000,2025-12-31,A printed page\n" * 2)
    fault = region.fault()
    assert (fault.what, fault.place.line) == ("byn has a row already, on line 3.", 4)


@pytest.mark.parametrize("value", ["2 000", "2000.0", "-2000", "", "2000 ", "1e3", "٣"])
def test_a_figure_that_is_no_whole_number_is_told_with_its_line(region: RegionFolder, value: str) -> None:
    region.edit(INHABITANTS, "byn,2000,", f"byn,{value},")
    fault = region.fault()
    assert (fault.what, fault.place.line) == (f'"{value}" is not a whole number from zero.', 3)


def test_a_row_of_another_day_or_source_is_told(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,2025-12-31,A printed page", "byn,2000,2024-12-31,Hearsay")
    faults = region.faults()
    assert [fault.place.line for fault in faults] == [3, 3]
    assert {fault.what for fault in faults} == {
        'The row is of "2024-12-31", the series of 2025-12-31.',
        'The row\'s source is "Hearsay", the series\' "A printed page".',
    }


def test_columns_may_stand_in_any_order(region: RegionFolder) -> None:
    rows = [line.split(",") for line in (region.root / INHABITANTS).read_text(encoding="utf-8").splitlines()]
    region.write(INHABITANTS, "".join(",".join(reversed(row)) + "\n" for row in rows))
    assert region.faults() == ()


# ---- the form -----------------------------------------------------------------------------------------------
def test_an_unknown_key_is_told_with_its_line_and_what_is_near(region: RegionFolder) -> None:
    region.edit(TOML, 'basis = "budget"', 'basis = "budget"\npartys = ["kommuner"]')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, "partys")
    assert fault.key == "services[tjanst].components[drift].partys"
    assert fault.remedy == 'Did you mean "parties"?'


def test_organizations_do_not_stand_in_the_tenant_file(region: RegionFolder) -> None:
    region.edit(TOML, "[region]\n", "[[organizations]]\nkey = 'x'\n\n[region]\n")
    assert region.fault().remedy == "Put them in organizations.csv."


def test_a_wrong_kind_lists_the_kinds(region: RegionFolder) -> None:
    region.edit(ORGANIZATIONS, "Alby,municipality", "Alby,kommun")
    fault = region.fault()
    assert fault.place.line == 2
    assert "'municipality'" in fault.what


def test_a_wrong_check_digit_is_told_with_its_line(region: RegionFolder) -> None:
    region.edit(ORGANIZATIONS, "byn,Byn,municipality,9902,,", "byn,Byn,municipality,9902,212000-0142,")
    assert region.faults() == ()
    region.edit(ORGANIZATIONS, "212000-0142", "212000-0143")
    fault = region.fault()
    assert (fault.place.line, fault.key) == (3, "organizations[byn].organization_number")
    assert fault.what == 'The check digit of the organization number "212000-0143" is wrong.'


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('amount = "1000"', "amount = 1000.5", "1000.5 is a decimal number, which is never exact."),
        ('amount = "1000"', 'amount = "1 000"', '"1 000" is not an amount in kronor.'),
        ('amount = "1000"', "amount = 1000", "Input should be a valid string."),
        ("year = 2026", "", "The amount is for no period."),
        ("year = 2026", "start = 2026-02-01\nend = 2026-02-01", "The period 2026-02-01 to 2026-02-01 has no days."),
        ("year = 2026", "year = 2026\nstart = 2026-02-01", "The amount is for no period."),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01T10:00:00", "2026-01-01 10:00:00 has a time of day."),
        ("valid_from = 2026-01-01", "valid_from = 0026-01-01", "0026-01-01 cannot be right."),
        (
            'name = "Region Prov"',
            'name = "Region\\u0000Prov"',
            "The text holds the character U+0000, which cannot be shown.",
        ),
        ('name = "Region Prov"', 'name = ""', "String should have at least 1 character."),
        ('code = "99"', 'code = "099"', '"099" has the wrong form.'),
        ('key = "tjanst"', 'key = "Tjänst"', '"Tjänst" is not a key.'),
        ("format = 1", "format = 2", '"2" is not one of 1.'),
        ("source = { example = true }", "source = {}", "The source is empty."),
        ("source = { example = true }", 'source = { title = "Exempel" }', "The source calls the figure an example."),
        ('accent = "#0b5580"', 'accent = "#0B5580"', '"#0B5580" has the wrong form.'),
    ],
)  # fmt: skip
def test_what_breaks_the_form_is_told_on_its_line(region: RegionFolder, old: str, new: str, what: str) -> None:
    region.edit(TOML, old, new)
    fault = region.fault()
    assert fault.place.line is not None
    assert fault.what == what


def test_colours_that_cannot_be_read_are_told_with_the_contrast_they_have(region: RegionFolder) -> None:
    region.edit(TOML, 'accent = "#0b5580"', 'accent = "#3a7ca3"')
    region.edit(TOML, 'mid = "#5f97b8"', 'mid = "#c9dbe6"')
    assert [(fault.key, fault.what) for fault in region.faults()] == [
        ("region.colours.accent", "#3a7ca3 on the tint has the contrast 3.87:1, at least 6:1 is needed."),
        ("region.colours.accent", "#3a7ca3 on white has the contrast 4.57:1, at least 6:1 is needed."),
        ("region.colours.mid", "#c9dbe6 on white has the contrast 1.42:1, at least 3:1 is needed."),
    ]


def test_the_folder_and_the_region_have_the_same_name(region: RegionFolder) -> None:
    region.edit(TOML, 'key = "prov"', 'key = "test"')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, 'key = "test"')
    assert fault.what == 'The region is called "test", its folder "prov".'


# ---- all at once --------------------------------------------------------------------------------------------
def test_everything_that_is_wrong_is_told_at_once(region: RegionFolder) -> None:
    region.edit(TOML, 'plugins = ["per-capita", "direct-usage"]', 'plugins = ["per-capita", "direct-usge"]')
    region.edit(TOML, 'counted_on = "12-31"', 'counted_on = "12-31"\ncountd = 1')
    region.edit(TOML, "control_total = 3000", "control_total = 3001")
    region.edit(TOML, 'members = ["alby", "byn", "gamla-byn"]', 'members = ["alby", "bym", "gamla-byn"]')
    region.edit(TOML, 'title = { sv = "Tjänst", en = "Service" }', 'title = { sv = "Tjänst" }')
    region.edit(TOML, 'amount = "1000"', 'amount = "1,5"')
    region.edit(TOML, 'mid = "#5f97b8"', 'mid = "#c9dbe6"')
    region.edit(ORGANIZATIONS, "byn,Byn,municipality,9902,,", "byn,Byn,municipality,9902,212000-0143,")
    region.write(
        ORGANIZATIONS, (region.root / ORGANIZATIONS).read_text(encoding="utf-8") + "alby,Alby,district,,,,,,X\n"
    )
    found = {(fault.place.file.rpartition("prov/")[2], fault.place.line, fault.what) for fault in region.faults()}
    assert found == {
        (TOML, 2, 'The plugin "direct-usge" is not installed.'),
        (TOML, 15, "#c9dbe6 on white has the contrast 1.42:1, at least 3:1 is needed."),
        (TOML, 22, 'There is no organization "bym".'),
        (TOML, 36, "The rows add up to 3000, the source's control total is 3001: -1."),
        (TOML, 40, '"en" is missing.'),
        (TOML, 58, 'There is no setting "countd".'),
        (TOML, 66, '"1,5" is not an amount in kronor.'),
        (ORGANIZATIONS, 3, 'The check digit of the organization number "212000-0143" is wrong.'),
        (ORGANIZATIONS, 5, 'The key "alby" belongs to two organizations.'),
        (ORGANIZATIONS, 5, "Alby is a district and names no authority."),
    }
    assert all(fault.remedy for fault in region.faults())


def test_malformed_toml_does_not_hide_what_is_wrong_in_the_tables(region: RegionFolder) -> None:
    region.edit(TOML, 'code = "99"', 'code = "99')
    region.edit(ORGANIZATIONS, "Alby,municipality", "Alby,kommun")
    region.edit(INHABITANTS, "organization,value", "organization,vaule")
    files = [fault.place.file.rpartition("prov/")[2] for fault in region.faults()]
    assert files == [INHABITANTS, INHABITANTS, ORGANIZATIONS, TOML]
