"""The roles page: who has which, by whose word and why; up to one's own, with a reason, and at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import roles
from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.lifecycle import work
from app.workforce import ranks
from moderation.log import chain
from moderation.log.tables import LogRow
from tests.app.people import again
from tests.app.web.conftest import Town, Visitor
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
PAGE = "/review/roles"
T, R, M, L, A, C = Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD, Role.ADMIN, Role.CHILD_SAFETY


def gives(visitor: Visitor, name: str, role: Role, *, on: str = PAGE, **more: str) -> int:
    form = {"role": role.value, "reason": "She asked for it", **more}
    return visitor.post(f"{PAGE}/{name}", on=on, **form).status_code


def role_of(town: Town, account: AccountRow) -> Role:
    role: Role = again(town.services, account).role
    return role


@pytest.mark.parametrize(
    ("giver", "holder", "may"),
    [
        (A, Role.MEMBER, {Role.MEMBER, T, R, M, L, A, C}),
        (A, C, {Role.MEMBER, T, R, M, L, A, C}),
        (L, Role.MEMBER, {Role.MEMBER, T, R, M, L}),
        (L, L, {Role.MEMBER, T, R, M, L}),
        (L, A, set()),
        (L, C, set()),
        (M, Role.MEMBER, set()),
        (C, Role.MEMBER, set()),
    ],
)
def test_who_may_make_what_of_whom(giver: Role, holder: Role, may: set[Role]) -> None:
    assert set(ranks.choices(giver, holder, own=False)) == may


@pytest.mark.parametrize("role", list(Role))
def test_of_themselves_nobody_makes_more(role: Role) -> None:
    own = ranks.choices(role, role, own=True)
    assert C not in own and role not in own
    assert own == (() if role not in (L, A) else tuple(each for each in ranks.LADDER if each not in (role, A)))


def test_a_lead_sees_who_has_which_role_by_whose_word_and_why(town: Town, lea: Visitor) -> None:
    rita = town.member("rita")
    assert gives(lea, "rita", R, until="2026-05-31") == 302
    page = lea.page(PAGE)
    assert "@rita" in page and "reviewer" in page and "@lea" in page and "She asked for it" in page
    assert "no second factor yet" in page and "2026" in page
    assert role_of(town, rita) is R
    one = lea.page(f"{PAGE}/rita")
    assert "She asked for it" in one and "until" in one


def test_it_takes_a_reason(town: Town, lea: Visitor) -> None:
    rita = town.member("rita")
    for reason in ("", "  ", "ok"):
        assert gives(lea, "rita", R, reason=reason) == 422
    assert role_of(town, rita) is Role.MEMBER


@pytest.mark.parametrize("until", ["1999-01-01", "tomorrow", "9999-12-31"])
def test_an_end_that_is_none_is_said(town: Town, lea: Visitor, until: str) -> None:
    rita = town.member("rita")
    assert gives(lea, "rita", R, until=until) == 422
    assert role_of(town, rita) is Role.MEMBER


def test_nobody_gives_more_than_they_have_or_touches_a_higher_one(town: Town, lea: Visitor, admin: AccountRow) -> None:
    rita = town.member("rita")
    assert gives(lea, "rita", A) == 403 and gives(lea, "rita", C) == 403
    assert gives(lea, "ada", Role.MEMBER) == 403 and gives(lea, "lea", A) == 403
    assert role_of(town, rita) is Role.MEMBER and role_of(town, admin) is A
    assert "takes a higher role" in lea.page(f"{PAGE}/ada")


def test_the_last_admin_stays_one_on_the_page_too(town: Town, admin: AccountRow) -> None:
    ada = town.at_home(admin)
    assert gives(ada, "ada", Role.MEMBER) == 409
    other = town.member("otto", A)
    assert gives(ada, "ada", M) == 302 and role_of(town, admin) is M
    assert ada.get("/settings").status_code == 302, "who may do less is signed out"
    assert gives(town.at_home(other), "otto", Role.MEMBER) == 409


def test_it_holds_at_once_in_browsers_and_programs(town: Town, lea: Visitor) -> None:
    mo = town.member("moritz", M)
    browser, program = town.at_home(mo), Caller(town, mo)
    assert browser.get("/review/signups").status_code == 200 and program.send("GET", "/api/ostiary/v1/cases")[0] == 200
    assert gives(lea, "moritz", T) == 302
    assert browser.get("/review/signups").status_code == 302, "signed out"
    assert program.send("GET", "/api/ostiary/v1/cases")[0] == 401
    assert town.at_home(mo).get("/review/signups").status_code == 403
    still = town.at_home(mo)
    assert gives(lea, "moritz", M) == 302
    assert still.get("/review/signups").status_code == 200, "who may do more stays signed in, and may at once"


def test_each_change_stands_in_a_log_that_holds(town: Town, lea: Visitor) -> None:
    rita = town.member("rita")
    gives(lea, "rita", R, until="2026-05-31")
    with town.services.db.read() as session:
        row = session.scalars(select(LogRow).where(LogRow.verb == "role_given")).one()
        assert (row.actor, row.object) == ("lea", rita.actor.uri) and "She asked for it" in (row.payload or "")
        assert chain.verify(session) is None
    assert "Gave somebody a role" in lea.page("/review/log")


def test_what_ended_by_itself_is_told_as_that(town: Town, lea: Visitor) -> None:
    rita = town.member("rita")
    roles.give(town.services, rita.id, R, town.services.clock.now() + timedelta(days=1), by="lea")
    assert isinstance(town.services.clock, FrozenClock)
    town.services.clock.move(timedelta(days=1))
    work.drain(town.services)
    assert "@rita" not in lea.page(PAGE)
    assert "The time for which it was given was over" in lea.page(f"{PAGE}/rita")


def test_a_member_is_found_by_name_and_nobody_is_said_to_be_nobody(town: Town, lea: Visitor) -> None:
    town.member("rita")
    assert lea.get(f"{PAGE}?name=@RITA").headers["Location"] == f"{PAGE}/rita"
    answer = lea.get(f"{PAGE}?name=nobody")
    assert answer.status_code == 404 and "Nobody here is called nobody" in answer.text
    assert lea.get(f"{PAGE}/nobody").status_code == 404


def test_a_lead_renews_a_reviewers_access_with_one_button(town: Town, lea: Visitor, mo: Visitor) -> None:
    rita = town.member("rita", R)
    roles.bound(town.services)
    before = again(town.services, rita).role_until
    town.services.clock.move(timedelta(days=170))  # type: ignore[attr-defined]
    lea.sign_in("lea")
    assert "ends soon" in lea.page(PAGE)
    page = lea.page(f"{PAGE}/rita")
    assert "Renew until" in page and 'value="Their work here goes on."' in page
    renew = {"reason": "Her work here goes on."}
    assert mo.sign_in("mo").post(f"{PAGE}/rita/renew", on="/review", **renew).status_code == 403
    assert lea.post(f"{PAGE}/rita/renew", on=f"{PAGE}/rita", **renew).status_code == 302
    after = again(town.services, rita).role_until
    assert before is not None and after is not None and after - before == timedelta(days=170)
    assert "Her work here goes on." in lea.page(f"{PAGE}/rita")
    with town.services.db.read() as session:
        last = session.scalars(select(LogRow).where(LogRow.verb == "role_given").order_by(LogRow.seq.desc())).first()
        assert last is not None and last.actor == "lea" and "goes on" in str(last.payload)


def test_only_a_reviewers_access_is_renewed_so(town: Town, lea: Visitor) -> None:
    town.member("mona", M)
    assert "Renew until" not in lea.page(f"{PAGE}/mona")
    assert lea.post(f"{PAGE}/mona/renew", on=f"{PAGE}/mona", reason="It goes on.").status_code == 409
