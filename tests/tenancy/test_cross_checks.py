"""What must hold between the parts of a region, each broken in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tenancy.conftest import RegionFolder

TOML, ORGANIZATIONS, INHABITANTS = "tenant.toml", "organizations.csv", "facts/inhabitants.csv"

PRICE = """
[[services.components]]
key = "kort"
title = { sv = "Kort", en = "Cards" }
model = "direct-usage"
basis = "price"
parties = ["kommuner"]

[[services.components.settings]]
valid_from = 2026-01-01
version = "1.0.0"
source = { example = true }
values = { key = "units", unit_price = "10" }
"""


def add(region: RegionFolder, file: str, text: str) -> None:
    """Write the text after what the file holds."""
    region.write(file, (region.root / file).read_text(encoding="utf-8") + text)


# ---- plugins and settings -----------------------------------------------------------------------------------
def test_an_unknown_plugin_is_told_with_what_is_near(region: RegionFolder) -> None:
    region.edit(TOML, '"direct-usage"]', '"direct-usege"]')
    fault = region.fault()
    assert (fault.place.line, fault.key) == (2, "plugins[2]")
    assert (fault.what, fault.remedy) == (
        'The plugin "direct-usege" is not installed.',
        'Did you mean "direct-usage"?',
    )


def test_a_plugin_enabled_twice_is_told(region: RegionFolder) -> None:
    region.edit(TOML, '"direct-usage"]', '"direct-usage", "per-capita"]')
    assert region.fault().what == 'The plugin "per-capita" is enabled twice.'


def test_a_model_whose_plugin_is_not_enabled_is_told_with_the_plugin_to_enable(region: RegionFolder) -> None:
    region.edit(TOML, 'plugins = ["per-capita", "direct-usage"]', "plugins = []")
    fault = region.fault()
    assert fault.place.line == region.line(TOML, 'model = "per-capita"')
    assert fault.what == "The cost model per-capita is not enabled for prov."
    assert 'Add "per-capita"' in fault.remedy


def test_an_unknown_model_is_told_with_what_is_near(region: RegionFolder) -> None:
    region.edit(TOML, 'model = "per-capita"', 'model = "per-capitas"')
    fault = region.fault()
    assert (fault.what, fault.remedy) == (
        'There is no cost model "per-capitas".',
        'Did you mean "per-capita"?',
    )


def test_a_version_that_is_not_installed_is_told(region: RegionFolder) -> None:
    region.edit(TOML, 'version = "1.0.0"', 'version = "9.0.0"')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, '"9.0.0"')
    assert fault.what == "Version 9.0.0 of the cost model per-capita is not installed."


def test_a_wrong_setting_is_told_on_its_line_with_what_is_near(region: RegionFolder) -> None:
    region.edit(TOML, 'kinds = ["region"]', 'kind = ["region"]')
    faults = region.faults()
    assert {fault.place.line for fault in faults} == {region.line(TOML, "kind = ")}
    assert ('There is no setting "kind".', 'Did you mean "kinds"?') in {(fault.what, fault.remedy) for fault in faults}


def test_group_parts_that_are_not_the_whole_are_told(region: RegionFolder) -> None:
    region.edit(TOML, 'part = "50 %", members', 'part = "40 %", members')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, "groups = [")
    assert "90 %, not to 100 %" in fault.what


def test_an_organization_that_settings_name_and_nobody_knows_is_told_on_its_line(region: RegionFolder) -> None:
    region.edit(TOML, 'members = ["alby", "byn"] }', 'members = ["alby", "bym"] }')
    fault = region.fault()
    assert fault.place.line == region.line(TOML, '"bym"')
    assert (fault.what, fault.remedy) == ('There is no organization "bym".', 'Did you mean "byn"?')


def test_a_payer_that_nobody_knows_is_told(region: RegionFolder) -> None:
    add(region, TOML, PRICE.replace('"10" }', '"10", payer = "forbundet", payers = { alby = "bym" } }'))
    added_orders(region)
    assert [fault.what for fault in region.faults()] == [
        'There is no organization "forbundet".',
        'There is no organization "bym".',
    ]


def test_two_revisions_from_the_same_day_are_told(region: RegionFolder) -> None:
    head, _, values = PRICE.partition("[[services.components.settings]]")
    add(region, TOML, head + ("[[services.components.settings]]" + values) * 2)
    added_orders(region)
    fault = region.fault()
    assert fault.what == "Two revisions of the settings are in force from 2026-01-01."
    assert fault.key == "services[tjanst].components[kort].settings[2026-01-01].valid_from"


# ---- organizations ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("byn,Byn igen,municipality,,,,,,X", 'The key "byn" belongs to two organizations.'),
        ("ceby,Ceby,municipality,9902,,,,,X", 'The code "9902" belongs to two organizations.'),
        ("region-prov,Region Prov,region,,,,,,X", '"region-prov" is the region itself.'),
        ("ceby,Ceby,municipality,,232100-0180,,,,X", "232100-0180 is the region's own number."),
        ("ceby,Ceby,district,,,,,,X", "Ceby is a district and names no authority."),
        ("ceby,Ceby,district,,,bym,,,X", 'There is no organization "bym".'),
        ("ceby,Ceby,municipality,,,,2025-01-01,2025-01-01,X", "It ends on 2025-01-01, before it began."),
    ],
)
def test_an_organization_that_cannot_be_right_is_told_on_its_line(region: RegionFolder, row: str, what: str) -> None:
    add(region, ORGANIZATIONS, row + "\n")
    fault = region.fault()
    assert fault.what == what
    assert (fault.place.file.rpartition("/")[2], fault.place.line) == (ORGANIZATIONS, 5)


def test_two_organizations_with_one_number_are_told(region: RegionFolder) -> None:
    rows = "ceby,Ceby,municipality,,212000-0142,,,,X\ndeby,Deby,municipality,,212000-0142,,,,X\n"
    add(region, ORGANIZATIONS, rows)
    assert region.fault().what == 'The organization number "212000-0142" belongs to two organizations.'


def test_a_group_that_is_named_as_an_organization_is_told(region: RegionFolder) -> None:
    region.edit(TOML, 'key = "kommuner"', 'key = "alby"')
    assert '"alby" is also an organization.' in {fault.what for fault in region.faults()}


def test_a_member_listed_twice_or_unknown_is_told(region: RegionFolder) -> None:
    region.edit(TOML, 'members = ["alby", "byn", "gamla-byn"]', 'members = ["alby", "byn", "byn", "gamla-bym"]')
    assert [fault.what for fault in region.faults()] == [
        '"byn" is listed twice.',
        'There is no organization "gamla-bym".',
    ]


def test_a_component_shared_by_nobody_known_is_told(region: RegionFolder) -> None:
    region.edit(TOML, 'parties = ["kommuner"]', 'parties = ["kommun"]')
    fault = region.fault()
    assert (fault.what, fault.remedy) == ('There is no group or organization "kommun".', 'Did you mean "kommuner"?')


# ---- successions --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        (TOML, 'successor = "byn"', 'successor = "bym"', 'There is no organization "bym".'),
        (TOML, 'predecessors = ["gamla-byn"]', 'predecessors = ["gamle-byn"]', 'There is no organization "gamle-byn".'),
        (
            ORGANIZATIONS,
            ",alby,,2025-01-01,",
            ",alby,,2025-02-01,",
            "gamla-byn is succeeded on 2025-01-01 but stands in organizations.csv until 2025-02-01.",
        ),
        (
            ORGANIZATIONS,
            "9902,,,2025-01-01,",
            "9902,,,,",
            "byn takes over on 2025-01-01 but stands in organizations.csv without a first day.",
        ),
        (
            ORGANIZATIONS,
            "9902,,,2025-01-01,,",
            "9902,,,2024-06-01,2025-01-01,",
            "byn no longer exists on 2025-01-01.",
        ),
    ],
)
def test_a_succession_whose_parties_or_dates_do_not_meet_is_told(
    region: RegionFolder, file: str, old: str, new: str, what: str
) -> None:
    region.edit(file, old, new)
    assert what in {fault.what for fault in region.faults()}


def test_a_party_with_two_successors_is_told(region: RegionFolder) -> None:
    add(region, ORGANIZATIONS, "ceby,Ceby,municipality,,,,2025-01-01,,X\n")
    succession = '[[successions]]\npredecessors = ["gamla-byn"]\nsuccessor = "ceby"\non = 2025-01-01\nsource = "X"\n\n'
    region.edit(TOML, "[[facts]]\n", succession + "[[facts]]\n")
    assert region.fault().what == "gamla-byn is succeeded by both byn and ceby."


# ---- figures ------------------------------------------------------------------------------------------------
def added_orders(region: RegionFolder, day: str = "2026-12-31") -> None:
    """Add the orders that a price by usage needs."""
    rows = "".join(f"{key},{count},{day},\n" for key, count in (("alby", 3), ("byn", 5)))
    region.write("facts/orders.csv", "organization,value,reference_date,source\n" + rows)
    series = f'[[facts]]\nname = "orders"\nunit = "item"\nreference_date = {day}\nfile = "facts/orders.csv"\n'
    region.edit(TOML, "[[services]]\n", series + "source = { example = true }\n\n[[services]]\n")


def test_a_population_that_misses_its_control_total_is_told_with_the_difference(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,", "byn,2100,")
    fault = region.fault()
    assert fault.place.line == region.line(TOML, "control_total")
    assert fault.what == "The rows add up to 3100, the source's control total is 3000: +100."


def test_a_sum_is_not_judged_when_a_row_could_not_be_read(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,", "byn,2 000,")
    assert [fault.what for fault in region.faults()] == ['"2 000" is not a whole number from zero.']


def test_a_figure_of_an_unknown_organization_is_told_on_its_line(region: RegionFolder) -> None:
    region.edit(INHABITANTS, "byn,2000,", "bym,2000,")
    faults = region.faults()
    assert [(fault.place.line, fault.what, fault.remedy) for fault in faults] == [
        (3, 'There is no organization "bym".', 'Did you mean "byn"?')
    ]


def test_a_figure_of_an_organization_that_did_not_exist_that_day_is_told(region: RegionFolder) -> None:
    add(region, INHABITANTS, "gamla-byn,0,2025-12-31,A printed page\n")
    fault = region.fault()
    assert (fault.place.line, fault.what) == (4, "gamla-byn does not exist on 2025-12-31.")


def test_a_fact_that_a_model_needs_and_nobody_has_is_told_with_what_to_add(region: RegionFolder) -> None:
    region.edit(TOML, "reference_date = 2025-12-31", "reference_date = 2026-12-31")
    region.write(INHABITANTS, (region.root / INHABITANTS).read_text(encoding="utf-8").replace("2025-", "2026-"))
    fault = region.fault()
    assert fault.what == 'per-capita needs the fact "inhabitants" of 2025-12-31; there is none of that day or earlier.'
    assert fault.remedy == 'Add [[facts]] with name = "inhabitants" and reference_date = 2025-12-31, and its file.'
    assert fault.key == "services[tjanst].components[drift]"


def test_a_fact_of_another_day_than_the_model_accepts_is_told_by_the_trial(region: RegionFolder) -> None:
    region.edit(TOML, "reference_date = 2025-12-31", "reference_date = 2025-11-30")
    region.write(INHABITANTS, (region.root / INHABITANTS).read_text(encoding="utf-8").replace("12-31", "11-30"))
    assert region.fault().what.startswith("2026 cannot be allocated: The count")


def test_a_party_without_a_figure_is_told_by_the_trial(region: RegionFolder) -> None:
    region.edit(TOML, "control_total = 3000\n", "")
    region.edit(INHABITANTS, "alby,1000,2025-12-31,A printed page\n", "")
    assert "Alby" in region.fault().what


def test_a_price_need_only_be_possible_in_a_year_that_has_been_counted(region: RegionFolder) -> None:
    add(region, TOML, '\n[[services.components.costs]]\nyear = 2027\namount = "1000"\nsource = { example = true }\n')
    region.edit(TOML, 'counted_on = "12-31"', 'counted_on = "12-31"\nearlier_counts = true')
    add(region, TOML, PRICE)
    added_orders(region)
    assert region.faults() == ()


def test_a_price_that_is_possible_in_no_year_is_told_once(region: RegionFolder) -> None:
    add(region, TOML, PRICE)
    assert region.fault().what == (
        'direct-usage needs the fact "orders" of 2026-12-31; there is none of that day or earlier.'
    )


@pytest.mark.parametrize(
    ("unit", "what"),
    [
        ("inhabitnt", 'There is no unit "inhabitnt".'),
        ("user", 'inhabitants are counted in "inhabitant", not in "user".'),
    ],
)
def test_a_unit_that_does_not_fit_is_told(region: RegionFolder, unit: str, what: str) -> None:
    region.edit(TOML, 'unit = "inhabitant"', f'unit = "{unit}"')
    assert region.fault().what == what


def corrected(region: RegionFolder, *, revision: int, corrects: str = 'corrects = "a misprint"\n') -> None:
    """Add a second series of the same name and day."""
    region.write("facts/again.csv", (region.root / INHABITANTS).read_text(encoding="utf-8").replace("2000", "2001"))
    series = (
        '[[facts]]\nname = "inhabitants"\nunit = "inhabitant"\nreference_date = 2025-12-31\n'
        'file = "facts/again.csv"\n'
        f'source = {{ title = "A printed page" }}\nrevision = {revision}\n{corrects}\n'
    )
    region.edit(TOML, "[[services]]\n", series + "[[services]]\n")


def test_a_correction_replaces_what_it_corrects(region: RegionFolder) -> None:
    corrected(region, revision=2)
    book = region.load().book()
    assert [series.values["byn"] for series in book.facts.series] == [2000, 2001]
    assert book.facts.series[1].corrects == "a misprint"


@pytest.mark.parametrize(
    ("revision", "corrects", "what"),
    [
        (1, "", "inhabitants of 2025-12-31 stands twice."),
        (2, "", 'Revision and "corrects" do not fit.'),
        (
            3,
            'corrects = "a misprint"\n',
            "inhabitants of 2025-12-31, revision 3 corrects revision 2, which is not here.",
        ),
    ],
)
def test_a_series_never_overwrites_another(region: RegionFolder, revision: int, corrects: str, what: str) -> None:
    corrected(region, revision=revision, corrects=corrects)
    assert region.fault().what == what


# ---- amounts ------------------------------------------------------------------------------------------------
def added_cost(region: RegionFolder, period: str, reference: str = "") -> None:
    """Add an amount to the only component."""
    add(region, TOML, f'\n[[services.components.costs]]\n{period}\namount = "500"\nreference = "{reference}"\n')
    add(region, TOML, "source = { example = true }\n")


def test_amounts_of_the_same_days_and_reference_are_told(region: RegionFolder) -> None:
    added_cost(region, "start = 2026-07-01\nend = 2026-08-01")
    fault = region.fault()
    assert fault.what == "The amounts for 2026 and 2026-07-01/2026-07-31 overlap under the same reference."
    assert fault.place.line == region.line(TOML, "start = 2026-07-01") - 1


def test_invoices_of_the_same_days_add_up_when_each_has_its_reference(region: RegionFolder) -> None:
    added_cost(region, "start = 2026-07-01\nend = 2026-08-01", "Faktura 2")
    (component,) = region.load().book().services[0].components
    amount = component.amount(component.periods()[0])
    assert amount is not None
    assert amount[0].ore == 150_000


def test_an_amount_before_the_first_settings_is_told(region: RegionFolder) -> None:
    added_cost(region, "year = 2025")
    fault = region.fault()
    assert fault.what == "The amount is for 2025, the first settings are in force from 2026-01-01."


def test_a_service_or_a_component_given_twice_is_told(region: RegionFolder) -> None:
    text = (region.root / TOML).read_text(encoding="utf-8")
    add(region, TOML, text[text.index("[[services.components]]") :])
    add(region, TOML, text[text.index("[[services]]") :])
    assert [fault.what for fault in region.faults()] == [
        'The component "drift" stands twice in the service.',
        'The service "tjanst" stands twice.',
    ]


def test_a_successor_that_takes_over_twice_on_one_day_is_told(region: RegionFolder) -> None:
    again = '[[successions]]\npredecessors = ["gamla-byn"]\nsuccessor = "byn"\non = 2025-01-01\nsource = "X"\n\n'
    region.edit(TOML, "[[facts]]\n", again + "[[facts]]\n")
    assert region.fault().what == "Two successions of byn on 2025-01-01: name all predecessors in one."


def test_a_predecessor_listed_twice_is_told(region: RegionFolder) -> None:
    region.edit(TOML, 'predecessors = ["gamla-byn"]', 'predecessors = ["gamla-byn", "gamla-byn"]')
    assert region.fault().what == '"gamla-byn" is listed twice.'


def test_an_organization_that_is_its_own_authority_is_told(region: RegionFolder) -> None:
    region.edit(ORGANIZATIONS, "district,,,alby", "district,,,gamla-byn")
    assert region.fault().what == "Gamla byn is its own authority."
