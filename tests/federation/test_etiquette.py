"""Manners: what is held makes no sound anywhere, nothing automatic accuses or bars anybody elsewhere, and we say who asks."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import wiring
from app.accounts.tables import AccountRow, ActorRow, Role
from app.enforcement import enact
from app.federation import intake
from app.federation.tables import OutboxActivityRow, WantedRow
from app.federation.wire.values import PUBLIC
from app.mail import MailBox
from app.notifications.tables import MailRow
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostState
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import ruling
from moderation.cases import decisions
from moderation.cases.plans import SCOPES
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains.values import RuleDraft
from moderation.errors import ModerationError
from moderation.values import Action, Scope, Severity
from tests.app import people
from tests.federation.world import Remote, World
from workers.jobs import DRAINS

ROOT = Path(__file__).parents[2]
HATEFUL = "they are vermin, all of them"
FAR = "https://far.example"


def work(world: World) -> None:
    """Everything that works by itself works, until an hour later."""
    for _ in range(3):
        for drain in DRAINS:
            if drain.job.name != "DELIVER":
                drain.work(world.services, drain.limit)
        world.services.clock.move(timedelta(minutes=20))  # type: ignore[attr-defined]


def said(world: World) -> list[str]:
    """The kinds of all activities that were written for others."""
    with world.services.db.read() as session:
        return list(session.scalars(select(OutboxActivityRow.kind).order_by(OutboxActivityRow.id)))


def mails(world: World) -> list[str]:
    """To whom mail went, or waits to go."""
    mailer = world.services.mailer
    assert isinstance(mailer, MailBox)
    with world.services.db.read() as session:
        return [*session.scalars(select(MailRow.to)), *(mail.to for mail in mailer.sent)]


# What is held.


def rich(mallory: Remote, ana: ActorRow, text: str, **fields: Any) -> dict[str, Any]:
    """A post that gives every reason to speak: to a member, with pictures, an emoji, an ancestor, answers, a preview."""
    return mallory.note(
        text,
        cc=[mallory.uri + "/followers", ana.uri],
        tag=[
            {"type": "Mention", "href": ana.uri, "name": "@ana@ostiary.example"},
            {"type": "Emoji", "name": ":kettle:", "icon": {"type": "Image", "url": f"{FAR}/media/kettle.png"}},
        ],
        attachment=[{"type": "Document", "mediaType": "image/png", "url": f"{FAR}/media/a.png", "name": "A kettle"}],
        image={"type": "Image", "url": f"{FAR}/media/header.png"},
        replies={"type": "Collection", "first": f"{FAR}/notes/1/replies?page=1"},
        inReplyTo="https://near.example/notes/earlier",
        **fields,
    )


@pytest.mark.parametrize("kind", ["Note", "Article", "Question", "Video"])
def test_a_held_post_from_elsewhere_makes_no_sound_anywhere(world: World, kind: str) -> None:
    ana, mallory = world.member("ana"), world.known()
    note = rich(mallory, ana, HATEFUL, type=kind, name=HATEFUL)
    world.take(mallory, mallory.create(note))
    assert world.state(note) is PostState.HELD
    work(world)
    assert world.state(note) is PostState.HELD
    assert [url for url in world.web.asked if "/media/" in url or "replies" in url or "earlier" in url] == []
    assert (world.web.sent, said(world), mails(world)) == ([], [], [])
    with world.services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(WantedRow)) == 0


def test_the_same_post_let_in_at_once_is_what_the_recording_would_have_noticed(world: World) -> None:
    ana, mallory = world.member("ana"), world.known()
    note = rich(mallory, ana, "Something about the harbour.")
    world.take(mallory, mallory.create(note))
    work(world)
    assert world.state(note) is PostState.PUBLISHED
    assert "https://near.example/notes/earlier" in world.web.asked


def test_a_held_edit_and_a_held_profile_make_no_sound_either(world: World) -> None:
    ana, mallory = world.member("ana"), world.known()
    note = mallory.note("Something about the harbour.")
    world.take(mallory, mallory.create(note))
    work(world)
    before = list(world.web.asked)
    world.take(mallory, mallory.activity("Update", rich(mallory, ana, HATEFUL, id=note["id"])))
    icon = {"type": "Image", "mediaType": "image/png", "url": f"{FAR}/media/face.png"}
    world.take(mallory, mallory.activity("Update", mallory.actor() | {"summary": HATEFUL, "icon": icon}))
    work(world)
    assert world.stored(note).content == "<p>Something about the harbour.</p>"
    assert [url for url in world.web.asked[len(before) :] if url != mallory.uri and "nodeinfo" not in url] == []
    assert said(world) == []


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_a_members_held_post_makes_no_sound_anywhere(world: World, visibility: str) -> None:
    ana, ben = world.member("ana"), world.known("ben")
    world.follow(world.row(ben), ana)
    compose.compose(world.services, ana.id, ComposeRequest(HATEFUL, visibility=visibility))  # type: ignore[arg-type]
    work(world)
    assert (world.web.sent, said(world)) == ([], [])


# Nothing automatic sends a Flag, a Block, or mail elsewhere.

CALLS = {
    "outgoing.flagged": {"app/reports/forwarding.py"},
    "outgoing.blocked": {"app/relationships/block.py"},
    "file.file": {"app/mastodon/reports.py", "app/web/reporting.py"},
    "block.block": {"app/mastodon/relationships.py", "app/web/profiles.py"},
}
"""Who may call what: reports and blocks are made where a member asks for them, and nowhere else."""


@pytest.mark.parametrize("name", CALLS)
def test_reports_and_blocks_leave_only_where_a_person_asks_for_them(name: str) -> None:
    module, function = name.split(".")
    found = set()
    for path in (*ROOT.glob("app/**/*.py"), *ROOT.glob("workers/*.py"), *ROOT.glob("moderation/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == f"{module}.{function}":
                found.add(str(path.relative_to(ROOT)))
    assert found == CALLS[name]


@pytest.fixture
def lea(world: World) -> AccountRow:
    """Who sets rules."""
    return people.member(world.services, "lea", Role.LEAD)


@pytest.fixture
def tied(world: World) -> Remote:
    """Somebody elsewhere whom a member follows, who follows back, posts, and was reported without being told."""
    ana, mallory = world.member("ana"), world.known()
    world.follow(world.row(mallory), ana)
    world.follow(ana, world.row(mallory))
    note = mallory.note_to(ana, "Something about the harbour.")
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.create(mallory.note_to(ana, HATEFUL)))
    post = world.stored(note)
    file.file(world.services, ana, FileReport(post.actor_id, (post.id,), "look at this", "other"))
    return mallory


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("reject_reports", [False, True])
def test_no_rule_about_a_domain_accuses_or_bars_it(
    world: World, lea: AccountRow, tied: Remote, severity: Severity, reject_reports: bool
) -> None:
    draft = RuleDraft("far.example", severity, True, reject_reports, True, "Spam", "Spam")
    ruling.set_rules(world.services, lea, [draft])
    work(world)
    world.deliver(tied, tied.create(tied.note("Buy this.")))
    work(world)
    ruling.lift_rule(world.services, lea, "far.example")
    work(world)
    assert set(said(world)) <= {"Reject", "Undo"}
    assert mails(world) == []


@pytest.mark.parametrize(
    ("action", "scope"), [(action, scope) for action, scope in product(Action, Scope) if scope in SCOPES[action]]
)
def test_no_decision_accuses_or_bars_anybody_elsewhere(
    world: World, lea: AccountRow, tied: Remote, action: Action, scope: Scope
) -> None:
    with world.services.db.read() as session:
        cases = session.scalars(select(CaseRow.id).order_by(CaseRow.id)).all()
    assert cases
    for case_id in cases:
        request = DecisionRequest(action, scope, rule_id="1", reason="It breaks the rules.")
        with world.services.db.write() as session:
            try:
                decided = decisions.decide(session, case_id, request, "lea", world.services.clock.now())
            except ModerationError:
                continue  # not possible for somebody elsewhere, or decided by the one before
            enact.enact(world.services, session, decided.effects)
    work(world)
    assert not {"Flag", "Block"} & set(said(world))
    assert [to for to in mails(world) if not to.endswith("@mail.example")] == []


def test_no_storm_and_no_report_by_others_accuses_or_bars_anybody(world: World, tied: Remote) -> None:
    for number in range(20):
        world.deliver(tied, tied.create(tied.note(f"Claim your free casino airdrop {number} {HATEFUL}")))
    world.deliver(tied, tied.activity("Flag", ["https://ostiary.example/users/ana"], to=[PUBLIC]))
    world.deliver(tied, tied.activity("Block", "https://ostiary.example/users/ana"))
    intake.drain(world.services)
    work(world)
    assert not {"Flag", "Block"} & set(said(world))
    assert mails(world) == []


def test_a_report_that_its_author_wants_passed_on_is_what_the_recording_would_have_noticed(
    world: World, tied: Remote
) -> None:
    target = world.row(tied)
    with world.services.db.read() as session:
        ana = session.scalars(select(ActorRow).where(ActorRow.username == "ana", ActorRow.local)).one()
    file.file(world.services, ana, FileReport(target.id, (), "look at this", "other", forward=True))
    assert "Flag" in said(world)


# Who asks.


def test_our_name_leads_to_a_page_that_says_whom_to_write_to(world: World) -> None:
    people.member(world.services, "ada", Role.ADMIN)
    agent = wiring.user_agent(world.services.settings)
    found = re.fullmatch(r"Ostiary/\S+ \(\+(https://ostiary\.example(/\S+))\)", agent)
    assert found is not None
    answer = world.http.get(found[2], base_url="https://ostiary.example", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "Contact" in answer.text and "@ada" in answer.text
