"""The pages on which a member moves, comes back, and leaves."""

from __future__ import annotations

from app.accounts.tables import AccountRow, ActorRow
from app.lifecycle import memorials
from app.relationships.tables import SeveredFollowRow
from tests.app import people
from tests.app.people import PASSWORD
from tests.app.web.conftest import Town

PAGE = "/settings/moving"


def _alias(town: Town, of: ActorRow, uri: str) -> None:
    with town.services.db.write() as session:
        session.get_one(ActorRow, of.id).also_known_as = [uri]


def test_a_member_names_aliases_and_takes_them_back(town: Town, ana: AccountRow) -> None:
    old = people.remote(town.services, "ana", "old.example")
    visitor = town.at_home(ana)
    visitor.post(PAGE + "/aliases", on=PAGE, handle="@ana@old.example")
    assert "@ana@old.example" in visitor.page(PAGE)
    visitor.post(PAGE + "/aliases", on=PAGE, handle="nobody@nowhere.example")
    visitor.post(PAGE + "/aliases/remove", on=PAGE, uri=old.uri)
    assert "@ana@old.example" not in visitor.page(PAGE)


def test_a_member_moves_and_the_profile_says_where_to(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    visitor = town.at_home(ana)
    _alias(town, ben.actor, ana.actor.uri)
    visitor.post(PAGE + "/away", on=PAGE, handle="ben", password="wrong")
    assert "The password is wrong" in visitor.page(PAGE)
    visitor.post(PAGE + "/away", on=PAGE, handle="ben", password=PASSWORD)
    assert "You have moved" in visitor.page(PAGE)
    page = town.visitor().page("/@ana")
    assert "goes on elsewhere" in page
    assert 'href="/@ben"' in page
    cora = town.member("cora")
    assert "/@ana/follow" not in town.at_home(cora).page("/@ana")
    visitor.post(PAGE + "/back", on=PAGE)
    page = visitor.page(PAGE)
    assert "the next time is possible on" in page
    assert "goes on elsewhere" not in town.visitor().page("/@ana")


def test_an_account_that_names_nobody_is_no_place_to_move_to(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    visitor = town.at_home(ana)
    visitor.post(PAGE + "/away", on=PAGE, handle="ben", password=PASSWORD)
    assert "doesn’t name this one as an alias yet" in visitor.page(PAGE)


def test_follows_that_a_lifted_rule_ended_are_offered_again(town: Town, ana: AccountRow) -> None:
    far = people.remote(town.services, "far")
    now = town.services.clock.now()
    with town.services.db.write() as session:
        row = SeveredFollowRow(follower_id=ana.id, target_id=far.id, domain=far.domain, severed_at=now)
        row.show_boosts, row.notify = True, False
        session.add(row)
    visitor = town.at_home(ana)
    assert "@far@far.example" in visitor.page(PAGE)
    visitor.post(PAGE + "/follow-again", on=PAGE)
    page = visitor.page(PAGE)
    assert "1 person was asked." in page
    assert "@far@far.example" not in page


def test_follows_that_ended_are_listed_and_saved_as_other_servers_take_them_by_their_member_alone(
    town: Town, ana: AccountRow, ben: AccountRow
) -> None:
    far, fan = people.remote(town.services, "far"), people.remote(town.services, "fan")
    now = town.services.clock.now()
    with town.services.db.write() as session:
        session.add(SeveredFollowRow(follower_id=ana.id, target_id=far.id, domain=far.domain, severed_at=now))
        session.add(SeveredFollowRow(follower_id=fan.id, target_id=ana.id, domain=fan.domain, severed_at=now))
    visitor = town.at_home(ana)
    assert "Save who followed you" in visitor.page(PAGE)
    followed = visitor.get(PAGE + "/ended-following.csv").text
    assert followed.splitlines() == [
        "Account address,Show boosts,Notify on new posts,Languages",
        "far@far.example,true,false,",
    ]
    assert visitor.get(PAGE + "/ended-followers.csv").text == "Account address\nfan@far.example\n"
    other = town.at_home(ben)
    assert "far@far.example" not in other.get(PAGE + "/ended-following.csv").text
    assert "ended with a server" not in other.page(PAGE)
    assert town.visitor().get(PAGE + "/ended-following.csv").status_code == 302


def test_a_member_deletes_their_account_after_typing_name_and_password(town: Town, ana: AccountRow) -> None:
    town.writes(ana, "My post about carrots.")
    visitor, page = town.at_home(ana), "/settings/leaving"
    assert visitor.post(page, name="anna", password=PASSWORD).status_code == 422
    assert visitor.post(page, name="ana", password="wrong").status_code == 403
    assert "carrots" in town.visitor().page("/@ana")
    answer = visitor.post(page, name="@ana", password=PASSWORD)
    assert "Your account is deleted" in answer.text
    assert visitor.get("/home").status_code == 302
    assert town.visitor().get("/@ana").status_code == 404
    assert "carrots" not in town.visitor().page("/local")


def test_strangers_have_no_such_pages(town: Town) -> None:
    for page in (PAGE, "/settings/leaving"):
        assert town.visitor().get(page).status_code == 302


def test_a_memorial_is_shown_and_nobody_signs_in(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    memorials.keep(town.services, ana.id)
    assert visitor.get("/home").status_code == 302
    assert "This page is kept to remember them" in town.visitor().page("/@ana")
    answer = town.visitor().post("/sign-in", name="ana", password=PASSWORD)
    assert "kept in memory of its owner" in answer.text
    memorials.keep(town.services, ana.id, kept=False)
    town.at_home(ana)
