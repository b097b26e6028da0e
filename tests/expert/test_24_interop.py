"""24. Reports in the shapes that other software really sends become the same cases; an edit after a release goes through the
door again; a deletion takes a held post off every public path and leaves the evidence.

The shapes: Mastodon (the actor among the objects, a thousand characters, sent by the instance's actor), Misskey (addresses
inside the text), Lemmy (one post, a summary), Pleroma (the reporter is a user).
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.posts.tables import PostRow, PostState
from moderation.cases.tables import CaseRow
from moderation.evidence import snapshots
from moderation.reports.file import SUBJECTS
from moderation.reports.tables import ReportOrigin, ReportRow
from moderation.values import Action, CaseState
from tests.app import people
from tests.federation.test_answers_that_wait import decide
from tests.federation.world import World
from tests.leaks.conftest import app, services, world
from tests.leaks.test_bypasses import BAD, FINE, cases

__all__ = ["app", "services", "world"]
LONG = "They have done this again and again. " * 27


def shapes(ana: ActorRow, post: PostRow) -> dict[str, tuple[dict[str, Any], bool]]:
    """By software: the fields of its Flag, and whether the house's actor sends it."""
    return {
        "mastodon": ({"content": LONG, "object": [ana.uri, post.uri]}, True),
        "misskey": ({"content": f"Note: {post.uri}\n-----\nRude.", "object": ana.uri}, True),
        "lemmy": ({"summary": "Rude.", "object": post.uri, "to": ["https://ostiary.example/actor"]}, False),
        "pleroma": ({"content": "Rude.", "object": [ana.uri, post.uri], "context": "x"}, False),
        "the post as an object": ({"content": "Rude.", "object": [{"type": "Note", "id": post.uri}]}, False),
        "the account alone": ({"content": "Rude.", "object": [ana.uri]}, True),
    }


def reports(world: World) -> list[ReportRow]:
    with world.services.db.read() as session:
        return list(session.scalars(select(ReportRow).order_by(ReportRow.id)))


@pytest.mark.one_database
@pytest.mark.parametrize("software", list(shapes(ActorRow(uri="a"), PostRow(uri="p"))))
def test_a_report_of_every_shape_is_a_case_about_the_same_post(world: World, software: str) -> None:
    ana = world.member()
    post = people.post(world.services, ana, "Something that somebody minds.")
    fields, by_house = shapes(ana, post)[software]
    sender = world.known("instance.actor" if by_house else "olaf")
    flag = sender.activity("Flag", fields.pop("object"), **fields)
    world.take(sender, flag)
    [report] = reports(world)
    assert (report.target_uri, report.reporter_domain, report.origin) == (ana.uri, "far.example", ReportOrigin.REMOTE)
    assert len(report.comment) <= 5000 and report.comment
    wanted = ana.uri if software == "the account alone" else post.uri
    assert wanted in report.subject_uris
    [case] = cases(world)
    assert case.state is CaseState.OPEN
    world.take(sender, flag)
    assert len(reports(world)) == 1, "sent again, it is the same one"


def test_a_report_names_more_than_anybody_reads_and_is_taken_in_bounds(world: World) -> None:
    ana, olaf = world.member(), world.known("olaf")
    posts = [people.post(world.services, ana, f"Number {number}.") for number in range(SUBJECTS + 10)]
    world.take(olaf, olaf.activity("Flag", [ana.uri, *(post.uri for post in posts)], content="x" * 100_000))
    [report] = reports(world)
    assert len(report.subject_uris) <= SUBJECTS
    assert len(report.comment) <= 5000


def test_an_edit_after_a_release_goes_through_the_door_again(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = mallory.note_to(ana, BAD)
    world.take(mallory, mallory.create(note))
    decide(world, note["id"], Action.APPROVE)
    worse = note | {"content": "<p>Vermin, and the next village is vermin, too.</p>", "updated": "2026-03-02T13:00:00Z"}
    world.take(mallory, mallory.activity("Update", worse, to=note["to"], cc=note["cc"]))
    row = world.stored(note)
    assert row.state is PostState.PUBLISHED
    assert "next village" not in row.content, "the old text stands until somebody has read the new one"
    assert [case.state for case in cases(world)].count(CaseState.OPEN) == 1


def test_a_deletion_takes_a_held_post_off_every_path_and_leaves_the_evidence(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = mallory.note_to(ana, BAD)
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Delete", note["id"]))
    assert world.state(note) is PostState.DELETED
    with world.services.db.read() as session:
        kept = snapshots.of(session, note["id"])
        assert [BAD in each.text for each in kept] == [True]
        assert session.scalars(select(CaseRow.state)).one() is CaseState.CLOSED
    assert world.http.get("/@mallory@far.example", base_url="https://ostiary.example").text.count("vermin") == 0


def test_a_fine_post_that_becomes_hateful_by_its_edit_never_shows_it(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = mallory.note_to(ana, FINE)
    world.take(mallory, mallory.create(note))
    worse = note | {"content": f"<p>{BAD}</p>", "updated": "2026-03-02T13:00:00Z"}
    world.take(mallory, mallory.activity("Update", worse, to=note["to"], cc=note["cc"]))
    assert "vermin" not in world.stored(note).content
