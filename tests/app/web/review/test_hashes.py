"""Lists of hashes on their pages: made, filled, changed, switched off; and filled from a decision that can be undone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.uploads import taking
from moderation.cases.tables import DecisionRow
from moderation.listed import bank
from moderation.listed.tables import HashKind, HashListRow, ListedHashRow, ListSeverity
from tests.app.web.conftest import Town
from tests.app.web.review.conftest import HATEFUL, Desk
from tests.support.pictures import saved, scene

PAGE = "/review/hashes"
MD5, PDQ = "1" * 32, "f0" * 32


@pytest.mark.one_database
def test_a_list_is_made_filled_changed_and_switched_off(town: Town, admin: AccountRow) -> None:
    ada = town.at_home(admin)
    assert "There is no list yet" in ada.get(PAGE).text
    made = ada.post(f"{PAGE}/make", on=PAGE, name="Known raids", severity="reject", label="hate", origin="neighbours")
    one = made.location
    assert made.status_code == 302 and "neighbours" in ada.get(PAGE).text
    again = ada.post(f"{PAGE}/make", on=PAGE, name="Known raids", severity="hold", label="hate")
    assert again.status_code == 422 and "a name of its own" in again.text and 'value="Known raids"' in again.text
    filled = ada.post(f"{one}/fill", on=one, list=f"{MD5},seen before\nmd5:short\n{PDQ}\n", kind="pdq")
    assert "2 hashes are new on it" in filled.text and "1 line is left out" in filled.text
    assert f"md5:{MD5}" in filled.text and "seen before" in filled.text
    assert ada.post(f"{one}/fill", on=one, list="nothing").status_code == 422
    assert ada.get(f"{one}/list.csv").text.splitlines() == [
        "kind,hash,reason,expires_at",
        f"md5,{MD5},seen before,",
        f"pdq,{PDQ},,",
    ]
    ada.post(f"{one}/change", on=one, severity="hold", label="violence", origin="others")
    ada.post(f"{one}/switch", on=one)
    with town.services.db.read() as session:
        row = session.scalars(select(HashListRow)).one()
        assert (row.severity, row.label, row.origin) == (ListSeverity.HOLD, "violence", "others") and row.off_at
        entry = session.scalars(select(ListedHashRow.id).where(ListedHashRow.kind == HashKind.MD5)).one()
    assert "Switch on" in ada.get(one).text
    ada.post(f"{one}/switch", on=one, switched="1")
    ada.post(f"{one}/drop/{entry}", on=one)
    assert MD5 not in ada.get(one).text
    log = ada.get("/review/log").text
    assert "Made a list of hashes" in log and "Took hashes off a list" in log


@pytest.mark.one_database
def test_what_sealed_cases_listed_stays_sealed(town: Town, admin: AccountRow) -> None:
    ada = town.at_home(admin)
    with town.services.db.write() as session:
        row = bank.make(
            session, bank.CHILD_SAFETY, ListSeverity.QUARANTINE, "sexual", "", "ada", town.services.clock.now()
        )
        number = row.id
    one = f"{PAGE}/{number}"
    assert ada.post(f"{one}/change", on=one, severity="sensitive", label="sexual").status_code == 422
    assert ada.post(f"{one}/switch", on=one).status_code == 422


@pytest.mark.one_database
def test_the_pictures_of_what_was_removed_go_on_a_list_and_off_with_the_decision(desk: Desk, admin: AccountRow) -> None:
    town = desk.town
    ada, olga = town.at_home(admin), town.member("olga")
    ada.post(f"{PAGE}/make", on=PAGE, name="Known raids", severity="reject", label="hate")
    upload = taking.take(town.services, olga.id, saved(scene(1)))
    post = compose.compose(town.services, olga.id, ComposeRequest(HATEFUL, picture_ids=(upload.id,)))
    case = desk.case_of(post)
    ada.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
    ada.post(f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", action="remove", version=str(case.version))
    with town.services.db.read() as session:
        number = session.scalars(select(DecisionRow.id)).one()
        list_id = session.scalars(select(HashListRow.id)).one()
    page = f"/review/decisions/{number}"
    assert "1 file, by 2 hashes." in ada.get(page).text
    ada.post(f"{page}/list", on=page, list=str(list_id))
    with town.services.db.read() as session:
        assert {row.kind for row in session.scalars(select(ListedHashRow))} == {HashKind.SHA256, HashKind.PDQ}
    assert "2 are on lists already" in ada.get(page).text
    ada.post(f"/review/decisions/{number}/reverse", on=page, reason="it was a joke")
    with town.services.db.read() as session:
        assert session.scalars(select(ListedHashRow)).all() == []
    assert "by 2 hashes" not in ada.get(page).text
