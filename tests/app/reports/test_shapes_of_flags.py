"""Flags as the software of the network writes them: all become the same report on a case."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.federation.wire import parse
from app.federation.wire.values import Flag
from app.posts.tables import PostRow
from app.reports import file as reports
from app.reports import named
from app.services import Services
from moderation.reports.tables import ReportRow
from tests.app import people


@pytest.fixture
def ana(services: Services) -> AccountRow:
    """Who is reported."""
    return people.member(services, "ana")


@pytest.fixture
def post(services: Services, ana: AccountRow) -> PostRow:
    """What is reported."""
    return people.post(services, ana.actor, "You again.")


def shape(software: str, person: str, post: str) -> dict[str, Any]:
    """The parts of a Flag in which the software differs."""
    note = {"type": "Note", "id": post, "content": "You again.", "actor": {"type": "Person", "id": person}}
    return {
        "mastodon": {"object": [person, post], "content": "Rude."},
        "misskey": {"object": person, "content": f"Note: {post}\n-----\nRude."},
        "lemmy": {"object": post, "summary": "Rude.", "to": ["https://far.example/c/bread"]},
        "pleroma": {"object": [person, note], "content": "Rude.", "cc": [person]},
        "gotosocial": {"object": [post, person], "content": "Rude.", "to": person},
    }[software]


def receive(services: Services, parts: dict[str, Any]) -> list[ReportRow]:
    """What comes of a Flag that an actor elsewhere sends."""
    sender = people.remote(services, "actor")
    document = {"id": "https://far.example/flags/1", "type": "Flag", "actor": sender.uri, **parts}
    flag = cast(Flag, parse.parse_activity(document))
    with services.db.write() as session:
        return reports.receive_flag(session, services, sender, flag)


@pytest.mark.parametrize("software", ["mastodon", "misskey", "lemmy", "pleroma", "gotosocial"])
def test_every_shape_names_the_member_the_post_and_the_complaint(
    services: Services, ana: AccountRow, post: PostRow, software: str
) -> None:
    (report,) = receive(services, shape(software, ana.actor.uri, post.uri))
    assert (report.target_uri, report.subject_uris) == (ana.actor.uri, [post.uri])
    assert "Rude." in report.comment and report.reporter_domain == "far.example"


def test_an_address_in_the_words_brings_nobody_in_who_isnt_reported(
    services: Services, ana: AccountRow, post: PostRow
) -> None:
    carl = people.member(services, "carl")
    (report,) = receive(services, shape("misskey", carl.actor.uri, post.uri))
    assert (report.target_uri, report.subject_uris) == (carl.actor.uri, [carl.actor.uri])


def test_a_flag_about_half_the_house_becomes_a_bounded_number_of_reports(services: Services) -> None:
    members = [people.member(services, f"m{number}").actor.uri for number in range(reports.MAX_MEMBERS + 2)]
    receive(services, {"object": members, "content": "All of them."})
    with services.db.read() as session:
        assert len(session.scalars(select(ReportRow)).all()) == reports.MAX_MEMBERS


def test_addresses_in_a_text_are_ours_bounded_and_without_the_sentences_end() -> None:
    text = "See https://ostiary.example/a/1. And https://ostiary.example.evil.example/2, https://far.example/3"
    assert named.in_text(text, "ostiary.example") == ("https://ostiary.example/a/1",)
    many = " ".join(f"https://ostiary.example/{number}" for number in range(200))
    assert len(named.in_text(many, "ostiary.example")) == named.MOST
