"""The pages of lists that were taken by hand: which, what undoing one would bring back, undone."""

from __future__ import annotations

from moderation.domains import editing, list_rules
from moderation.values import Severity
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import take_list

LIST = "domain,severity\nbad.example,suspend\nloud.example,silence\n"
HOME = "/review/domains/imports"


def _takes(lea: Visitor) -> str:
    """The address of the list that she takes."""
    take_list(lea, LIST)
    return HOME + lea.page(HOME).split(f'href="{HOME}')[1].split('"')[0]


def test_a_lead_undoes_a_list_after_seeing_what_comes_back(town: Town, lea: Visitor) -> None:
    assert "No list was taken" in lea.page(HOME)
    place = _takes(lea)
    assert "in force" in lea.page(HOME) and place in lea.page(HOME)
    with town.services.db.write() as session:
        editing.set_rule(session, "loud.example", Severity.ALLOW, "mo", town.services.clock.now())
    page = lea.page(place)
    assert "Undo this 1 rule" in page and "loud.example" in page and "Set a rule for a server" in page
    assert lea.post(f"{place}/undo", on=place).status_code == 302
    with town.services.db.read() as session:
        assert [rule.domain for rule in list_rules(session)] == ["loud.example"]
    assert "undone" in lea.page(place) and "Undo this" not in lea.page(place) and "undone" in lea.page(HOME)


def test_a_list_that_is_undone_already_says_so(lea: Visitor) -> None:
    place = _takes(lea)
    lea.post(f"{place}/undo", on=place)
    again = lea.post(f"{place}/undo", on=HOME.removesuffix("/imports"))
    assert again.status_code == 409 and "Nothing is left to be undone" in again.text


def test_of_thousands_of_rules_the_page_shows_the_first_and_leads_to_the_others(lea: Visitor) -> None:
    text = "".join(f"bad{number:03}.example\n" for number in range(120))
    take_list(lea, text)
    page = lea.page("/review/domains")
    assert "bad099.example" in page and "bad100.example" not in page and "and 20 more" in page
    assert "bad119.example" in lea.page("/review/domains/known?rule=any&after=100")
