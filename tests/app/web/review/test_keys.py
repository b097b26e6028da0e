"""One's own keys: kept in the database, shown where they are, never two things on one; and none at all, if one likes."""

from __future__ import annotations

import json

import pytest

from app.workforce import desk_choices
from app.workforce.desk_choices import KEYS, BadKeyError, DeskChoices
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.app.web.review.test_deciding import decide

pytestmark = pytest.mark.one_database
PLACE = "/review/keys"


def field(usual: str) -> str:
    """The field of a key."""
    return f"key_{KEYS.index(usual)}"


def test_a_chosen_key_stands_wherever_the_usual_one_stood(mo: Visitor, rita: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    mo.post(PLACE, single_keys="1", **{field("a"): "y", field("u"): "z"})
    page = mo.page(f"/review/case/{case.id}")
    assert "<kbd>y</kbd>" in page and "<kbd>a</kbd>" not in page and 'data-key="a"' in page
    assert json.loads(page.partition('data-keymap="')[2].partition('"}')[0] + '"}') == {"y": "a", "z": "u"}
    others = rita.page(f"/review/case/{case.id}").partition('id="keys"')[0]
    assert "<kbd>a</kbd>" in others and "<kbd>y</kbd>" not in others


def test_what_is_done_names_the_key_that_takes_it_back(mo: Visitor, desk: Desk) -> None:
    mo.post(PLACE, single_keys="1", **{field("u"): "z"})
    post = desk.held()
    decide(mo, desk.case_of(post).id, post.uri, "approve")
    page = mo.page("/review")
    assert 'Done: let in. <span class="desk-only">Undo for ten minutes with z.</span>' in page
    assert '<span class="thumb-only">It can be undone for ten minutes.</span>' in page, "a telephone has no keys"


def test_one_key_does_one_thing_and_nothing_is_lost(mo: Visitor) -> None:
    answer = mo.post(PLACE, single_keys="1", **{field("a"): "r", field("n"): "é"})
    assert answer.status_code == 422
    assert "would do two things" in answer.text and 'value="é"' in answer.text
    assert 'value="é"' not in mo.page(PLACE)
    swapped = {field("a"): "r", field("r"): "a", field(" "): "Space"}
    assert mo.post(PLACE, single_keys="1", **swapped).status_code == 302


def test_the_usual_keys_come_back_and_the_rest_stays(mo: Visitor) -> None:
    mo.post(PLACE, single_keys="1", swipes="1", **{field("a"): "y"})
    mo.post(PLACE, usual="1", single_keys="1", swipes="1", **{field("a"): "y"})
    page = mo.page(PLACE)
    assert 'data-keymap="{}"' in page and "data-swipes" in page


def test_letters_can_be_no_keys_at_all(mo: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    mo.post(PLACE)
    page = mo.page(f"/review/case/{case.id}")
    assert 'data-single="off"' in page and "<kbd>a</kbd>" not in page
    assert "you switched them off" in page and "Ctrl K" in page and ">Let in</span>" in page
    post = desk.held("vermin, too", by=desk.town.member("ana"))
    decide(mo, desk.case_of(post).id, post.uri, "approve")
    assert "It can be undone for ten minutes." in mo.page("/review")


def test_swipes_are_off_until_somebody_wants_them_and_bring_a_button_to_undo(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    assert "data-swipes" not in mo.page("/review")
    mo.post(PLACE, single_keys="1", swipes="1")
    decide(mo, desk.case_of(post).id, post.uri, "approve")
    page = mo.page("/review")
    assert "data-swipes" in page and 'class="undo-line"' in page


@pytest.mark.parametrize("key", ["ab", "\t", "\x00", "\u200b", "🙂🙂", "Enter"])
def test_what_no_single_key_types_is_refused(key: str) -> None:
    with pytest.raises(BadKeyError):
        desk_choices.require_good(DeskChoices({"a": key}))


def test_a_digit_a_letter_of_any_script_and_a_sign_are_keys() -> None:
    desk_choices.require_good(DeskChoices({"a": "ж", "r": "7", "n": ";"}))


def test_who_never_chose_has_the_usual_ones(town: Town) -> None:
    with town.services.db.read() as session:
        assert desk_choices.of(session, town.member("nora").id) == DeskChoices()
