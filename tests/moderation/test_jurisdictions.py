"""The file of countries: each row has everything that pages and packs say of a country, and says how far it was checked."""

from __future__ import annotations

import re
from datetime import date

import pytest

from moderation.grave import jurisdictions
from moderation.grave.jurisdictions import Jurisdiction

KNOWN = [jurisdictions.of(code) for code, _land in jurisdictions.countries()]
CODES = [each.country for each in KNOWN]
ADDRESS = re.compile(r"https://[^\s/]+\.[a-z]{2,}(/\S*)?")


def test_each_country_of_the_european_union_is_there() -> None:
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    assert set(union.split()) <= set(CODES) and len(set(CODES)) == len(CODES)


@pytest.mark.parametrize("place", KNOWN, ids=CODES)
def test_a_row_has_what_pages_and_packs_say_of_it(place: Jurisdiction) -> None:
    assert re.fullmatch("[A-Z]{2}", place.country) and place.land.strip() == place.land != ""
    assert 1 <= place.days <= 3650 and place.kept.days == place.days
    assert len(place.basis) > 20 and place.basis.endswith(".")
    assert ADDRESS.fullmatch(place.source) and ADDRESS.fullmatch(place.report_at)
    assert re.fullmatch(r"\d{3}", place.emergency) and place.police and place.report_to


@pytest.mark.parametrize("place", KNOWN, ids=CODES)
def test_a_row_says_whether_anybody_compared_it_with_the_law(place: Jurisdiction) -> None:
    noted = date.fromisoformat(jurisdictions.noted_on())
    assert place.compared_on == "" or date.fromisoformat(place.compared_on) >= noted


def test_a_country_that_nobody_named_says_so_and_has_somebody_to_tell() -> None:
    unknown = jurisdictions.of("ZZ")
    assert unknown == jurisdictions.of("")
    assert (unknown.country, unknown.land, unknown.compared_on, unknown.preserves) == ("", "", "", False)
    assert "Nobody has said" in unknown.basis and ADDRESS.fullmatch(unknown.report_at)


def test_whom_to_tell_anywhere_has_a_name_and_an_address() -> None:
    assert jurisdictions.everywhere()
    assert all(name and ADDRESS.fullmatch(at) for name, at in jurisdictions.everywhere())
