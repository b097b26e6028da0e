"""Reports: evidence is kept, the reporter stops seeing it, nobody reports what they can't see."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError, NotFoundError, RateLimitedError
from app.federation.tables import OutboxActivityRow
from app.federation.wire.values import Flag
from app.instance import rules
from app.posts import delete, reading
from app.posts.tables import AttachmentRow, MentionRow, PostRow
from app.reports import file as reports
from app.reports.file import FileReport
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.evidence.tables import SnapshotRow
from moderation.reports.tables import ReportRow
from moderation.values import CaseOrigin, Severity, SubjectKind, Visibility
from tests.app import people


@pytest.fixture
def ben(services: Services) -> AccountRow:
    """Who reports."""
    return people.member(services, "ben")


@pytest.fixture
def mallory(services: Services) -> ActorRow:
    """Who is reported."""
    return people.remote(services, "mallory")


def sees(services: Services, viewer: AccountRow, post: PostRow) -> bool:
    with services.db.read() as session:
        return reading.load_one(session, post.pk, viewer.id) is not None


def snapshots(services: Services) -> list[SnapshotRow]:
    with services.db.read() as session:
        return list(session.scalars(select(SnapshotRow).order_by(SnapshotRow.id)))


def flags(services: Services) -> list[dict[str, object]]:
    with services.db.read() as session:
        return [
            orjson.loads(body)
            for body in session.scalars(select(OutboxActivityRow.body).order_by(OutboxActivityRow.id))
        ]


def test_a_report_opens_a_case_and_hides_the_post_from_its_reporter_alone(
    services: Services, ben: AccountRow, mallory: ActorRow
) -> None:
    post, carl = people.post(services, mallory, "You again."), people.member(services, "carl")
    report = reports.file(
        services, ben.actor, FileReport(mallory.id, (post.id,), "He follows me.", "violation", ("1",))
    )
    with services.db.read() as session:
        case = session.get_one(CaseRow, report.case_id)
    assert (case.uri, case.origin, case.reports) == (post.uri, CaseOrigin.REPORT, 1)
    assert not sees(services, ben, post) and sees(services, carl, post)


def test_a_rule_that_is_named_says_what_the_case_is_called(
    services: Services, ben: AccountRow, mallory: ActorRow
) -> None:
    rules.ensure_defaults(services)
    with services.db.read() as session:
        number = next(row.id for row in rules.rules(session) if row.category == "ILLEGAL_OR_HARMFUL_SPEECH")
    post = people.post(services, mallory, "You again.")
    report = reports.file(services, ben.actor, FileReport(mallory.id, (post.id,), "", "violation", (str(number),)))
    with services.db.read() as session:
        assert session.get_one(CaseRow, report.case_id).label == "hate"


def test_the_evidence_outlives_the_post(services: Services, ben: AccountRow, mallory: ActorRow) -> None:
    post = people.post(services, mallory, "You again.")
    with services.db.write() as session:
        session.add(AttachmentRow(post_pk=post.pk, position=0, url="https://far.example/a.png", description="A fist"))
    reports.file(services, ben.actor, FileReport(mallory.id, (post.id,)))
    delete.forget_remote(services, [(post.uri, mallory.id)])
    (snapshot,) = snapshots(services)
    assert "You again." in snapshot.text and "A fist" in snapshot.text and snapshot.html == "<p>You again.</p>"
    assert "https://far.example/a.png" in str(snapshot.context)


def test_a_report_without_posts_is_about_the_profile(services: Services, ben: AccountRow) -> None:
    mallory = people.remote(services, "mallory", display_name="Mallory the Mean")
    reports.file(services, ben.actor, FileReport(mallory.id))
    (snapshot,) = snapshots(services)
    assert (snapshot.kind, snapshot.uri, snapshot.text) == (SubjectKind.PROFILE, mallory.uri, "Mallory the Mean")


def test_nobody_reports_a_post_that_they_cannot_see(services: Services, ben: AccountRow, mallory: ActorRow) -> None:
    post = people.post(services, mallory, visibility=Visibility.DIRECT)
    with pytest.raises(NotFoundError):
        reports.file(services, ben.actor, FileReport(mallory.id, (post.id,)))
    with services.db.write() as session:
        session.add(MentionRow(post_pk=post.pk, actor_id=ben.id))
    assert reports.file(services, ben.actor, FileReport(mallory.id, (post.id,))).subject_uris == [post.uri]


def test_a_report_names_posts_of_whom_it_is_about(services: Services, ben: AccountRow, mallory: ActorRow) -> None:
    other = people.post(services, people.remote(services, "other"))
    with pytest.raises(InvalidError):
        reports.file(services, ben.actor, FileReport(mallory.id, (other.id,)))


@pytest.mark.parametrize(
    "report",
    [
        FileReport(0, category="nonsense"),
        FileReport(0, comment="x" * 1001),
        FileReport(0, rule_ids=("1",) * 21),
        FileReport(0, status_ids=tuple(range(51))),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(services: Services, ben: AccountRow, report: FileReport) -> None:
    with pytest.raises(InvalidError):
        reports.file(services, ben.actor, report)
    with services.db.read() as session:
        assert session.scalars(select(ReportRow)).all() == []


def test_a_report_leaves_the_house_only_if_it_was_ticked_and_never_names_its_reporter(
    services: Services, ben: AccountRow, mallory: ActorRow
) -> None:
    post = people.post(services, mallory)
    reports.file(services, ben.actor, FileReport(mallory.id, (post.id,), "Quiet word."))
    assert flags(services) == []
    second = people.post(services, mallory)
    reports.file(services, ben.actor, FileReport(mallory.id, (second.id,), "Please look.", forward=True))
    (flag,) = flags(services)
    assert flag["type"] == "Flag" and flag["actor"] == "https://ostiary.example/actor"
    assert flag["object"] == [mallory.uri, second.uri] and flag["content"] == ""
    assert "ben" not in str(flag)


def test_the_reporters_words_go_along_only_if_that_was_ticked_apart(
    services: Services, ben: AccountRow, mallory: ActorRow
) -> None:
    wanted = FileReport(mallory.id, comment="Please look.", forward=True, forward_comment=True)
    reports.file(services, ben.actor, wanted)
    (flag,) = flags(services)
    assert flag["content"] == "Please look." and "ben" not in str(flag)


def test_a_report_about_a_member_is_never_forwarded(services: Services, ben: AccountRow) -> None:
    ana = people.member(services, "ana")
    report = reports.file(services, ben.actor, FileReport(ana.id, forward=True))
    assert not report.forward and flags(services) == []


def test_reports_have_a_budget(services: Services, ben: AccountRow, mallory: ActorRow) -> None:
    with pytest.raises(RateLimitedError):
        for _ in range(61):
            reports.file(services, ben.actor, FileReport(mallory.id))


def test_one_reads_only_ones_own_reports(services: Services, ben: AccountRow, mallory: ActorRow) -> None:
    carl = people.member(services, "carl")
    report = reports.file(services, ben.actor, FileReport(mallory.id))
    with services.db.read() as session:
        assert [row.id for row in reports.mine(session, ben.actor)] == [report.id]
        assert reports.mine(session, carl.actor) == []
        assert reports.one_of_mine(session, ben.actor, report.id).id == report.id
        with pytest.raises(NotFoundError):
            reports.one_of_mine(session, carl.actor, report.id)


def receive(services: Services, actor: ActorRow, *uris: str, content: str = "<p>Rude</p>") -> list[ReportRow]:
    with services.db.write() as session:
        flag = Flag("https://far.example/flags/1", actor.uri, uris, content)
        return reports.receive_flag(session, services, actor, flag)


def test_a_flag_becomes_a_report_about_our_member(services: Services) -> None:
    ana, house = people.member(services, "ana"), people.remote(services, "far.example")
    post = people.post(services, ana.actor)
    (report,) = receive(services, house, ana.actor.uri, post.uri)
    assert (report.target_uri, report.subject_uris, report.comment) == (ana.actor.uri, [post.uri], "Rude")


def test_a_flag_of_a_post_alone_finds_its_author(services: Services) -> None:
    ana, house = people.member(services, "ana"), people.remote(services, "far.example")
    (report,) = receive(services, house, people.post(services, ana.actor).uri)
    assert report.target_uri == ana.actor.uri


def test_a_flag_about_nobody_here_comes_to_nothing(services: Services, mallory: ActorRow) -> None:
    assert receive(services, mallory, "https://ostiary.example/users/nobody", mallory.uri) == []


def test_a_flag_cannot_bring_up_what_its_server_never_got(services: Services) -> None:
    ana, house = people.member(services, "ana"), people.remote(services, "far.example")
    post = people.post(services, ana.actor, "Secret.", visibility=Visibility.DIRECT)
    (report,) = receive(services, house, ana.actor.uri, post.uri)
    assert report.subject_uris == [ana.actor.uri]
    assert "Secret" not in "".join(row.text for row in snapshots(services))


def test_a_party_to_a_private_post_can_flag_it(services: Services) -> None:
    ana, house, far = (
        people.member(services, "ana"),
        people.remote(services, "far.example"),
        people.remote(services, "far"),
    )
    post = people.post(services, ana.actor, visibility=Visibility.DIRECT)
    with services.db.write() as session:
        session.add(MentionRow(post_pk=post.pk, actor_id=far.id))
    (report,) = receive(services, house, ana.actor.uri, post.uri)
    assert report.subject_uris == [post.uri]


def test_where_a_rule_refuses_a_domains_reports_nothing_is_filed(services: Services) -> None:
    ana, house = people.member(services, "ana"), people.remote(services, "far.example")
    with services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.NOOP, "boss", services.clock.now(), reject_reports=True)
    assert receive(services, house, ana.actor.uri) == []
