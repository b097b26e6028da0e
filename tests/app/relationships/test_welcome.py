"""Newcomers follow whom the house chose for them."""

from __future__ import annotations

from sqlalchemy import select

from app.relationships import block, welcome
from app.relationships.tables import FollowRow
from app.services import Services
from tests.app import people


def _followed(services: Services, account_id: int) -> list[int]:
    with services.db.read() as session:
        return list(session.scalars(select(FollowRow.target_id).where(FollowRow.follower_id == account_id)))


def test_a_newcomer_follows_nobody_unless_the_house_chose_somebody(services: Services) -> None:
    ana, newcomer = people.member(services, "ana"), people.member(services, "newcomer")
    assert welcome.follow_chosen(services, newcomer.id) == 0
    welcome.choose(services, [ana.id])
    assert welcome.follow_chosen(services, newcomer.id) == 1
    assert _followed(services, newcomer.id) == [ana.id]


def test_who_cant_be_followed_is_left_out_and_nobody_follows_themselves(services: Services) -> None:
    ana, ben, newcomer = (people.member(services, name) for name in ("ana", "ben", "newcomer"))
    block.block(services, ben.id, newcomer.id)
    welcome.choose(services, [newcomer.id, ben.id, ana.id])
    assert welcome.follow_chosen(services, newcomer.id) == 1
    assert _followed(services, newcomer.id) == [ana.id]
