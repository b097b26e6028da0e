"""Suspected sexual abuse of a child: sealed with two keys, away from everybody, and in the hands of one role."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError
from app.grave import opening, sealing, settling, upkeep
from app.instance import house
from app.media.shapes import Shape
from app.notifications.tables import MailRow
from app.posts import delete
from app.posts.tables import PostRow, PostState
from app.uploads import places
from app.uploads.tables import UploadRow
from moderation.cases import decisions, exclusions, queue
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import CaseQuery
from moderation.errors import ForbiddenArrowError, NotFoundError, RefusedError
from moderation.evidence import wordings
from moderation.grave.tables import GraveCaseRow, GraveKind, GraveState, SealedItemRow
from moderation.listed.tables import ListedHashRow
from moderation.log.tables import LogRow
from moderation.quality import staging
from moderation.quality.tables import GoldenAnswerRow, GoldenRow, StagedKind, StagedRow
from moderation.values import CaseState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.support.services import draw_all

WORDS = "wordsthatnobodyshouldread, dear reader"
BYTES = b"the very bytes of a picture"


@pytest.fixture
def kit(town: Town) -> AccountRow:
    """Who has the child-safety role."""
    return town.member("kit", Role.CHILD_SAFETY)


@pytest.fixture
def post(desk: Desk) -> PostRow:
    """A public post, reported."""
    found = desk.held(WORDS, desk.town.member("olga"))
    assert found.state is PostState.PUBLISHED
    desk.reported(desk.town.member("ria"), found)
    return found


@pytest.fixture
def rob(town: Town) -> AccountRow:
    """A reviewer."""
    return town.member("rob", Role.REVIEWER)


def press(desk: Desk, post: PostRow, visitor: Visitor) -> int:
    """Seal it as the desk's button does; the case's number."""
    number = desk.case_of(post).id
    answer = visitor.post(f"/review/case/{number}/child-safety", on=f"/review/case/{number}", note_escalate="look")
    assert (answer.status_code, answer.location) == (302, "/review/sealed"), answer.text
    return number


def with_picture(desk: Desk, post: PostRow) -> Path:
    """A picture that its author put into the post; where its bytes lie."""
    services = desk.town.services
    files = places.files(services.settings.data_dir)
    key = "ab" * 24
    files.write(key, {"original": BYTES})
    now = services.clock.now()
    with services.db.write() as session:
        session.add(
            UploadRow(
                id=1,
                account_id=post.actor_id,
                key=key,
                shape=Shape.PICTURE,
                sha256="c" * 64,
                width=1,
                height=1,
                size_bytes=len(BYTES),
                created_at=now,
                used_at=now,
                post_pk=post.pk,
            )
        )
    return files.all_of(key)[0]


def everything(desk: Desk) -> str:
    """All that stands in any table, as text."""
    with desk.town.services.db.read() as session:
        names = inspect(session.connection()).get_table_names()
        return "\n".join(str(row) for name in names for row in session.execute(text(f'SELECT * FROM "{name}"')))


def on_disk(desk: Desk, words: bytes) -> bool:
    """Whether any file of the data directory says it."""
    folder = desk.town.services.settings.data_dir
    return any(words in path.read_bytes() for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name)


def test_what_is_sealed_stands_in_no_table_and_no_file(
    desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow
) -> None:
    picture = with_picture(desk, post)
    assert "wordsthatnobody" in everything(desk)
    press(desk, post, rita)
    assert "wordsthatnobody" not in everything(desk)
    assert not picture.exists()
    assert not on_disk(desk, BYTES)
    assert desk.now(post).state is PostState.WITHDRAWN


def test_the_case_is_gone_from_the_desk_for_everybody(
    desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow
) -> None:
    number = press(desk, post, rita)
    admin = desk.town.at_home(desk.town.member("root", Role.ADMIN))
    for path in (f"/review/case/{number}", f"/review/child-safety/{number}", "/review/child-safety"):
        assert admin.get(path).status_code in (403, 404), path
    for path in ("/review", "/review/reports", "/review/decided", f"/review/history?uri={post.uri}"):
        assert f"/review/case/{number}" not in admin.get(path).text, path
    with desk.town.services.db.read() as session:
        for state in (None, *CaseState):
            assert queue.list_cases(session, CaseQuery(state=state), desk.town.services.clock.now()).items == ()


def test_who_sealed_it_is_told_to_rest_and_those_who_must_know_are_told_without_a_word_of_it(
    desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow
) -> None:
    desk.town.member("lea", Role.LEAD)
    number = press(desk, post, rita)
    assert "You don’t need to look again" in rita.page("/review/sealed")
    with desk.town.services.db.read() as session:
        mails = session.scalars(select(MailRow).order_by(MailRow.to)).all()
    told = [mail for mail in mails if "child safety" in mail.subject]
    assert [mail.to for mail in told] == ["kit@mail.example", "lea@mail.example"]
    assert all(str(number) in mail.subject and "wordsthat" not in mail.text for mail in told)


def test_only_the_role_opens_it_with_a_reason_and_each_look_is_in_the_log(
    desk: Desk, post: PostRow, rob: AccountRow, kit: AccountRow
) -> None:
    services, number = desk.town.services, desk.case_of(post).id
    sealing.seal(services, rob, number, "")
    for role in (Role.ADMIN, Role.LEAD, Role.MODERATOR):
        with pytest.raises(ForbiddenError):
            opening.words(services, desk.town.member(f"some{role.value}", role), number, "let me see")
    browser = desk.town.at_home(kit)
    assert "wordsthatnobody" not in browser.page(f"/review/child-safety/{number}")
    where = f"/review/child-safety/{number}"
    assert browser.post(f"{where}/look", on=where, why=" ").status_code == 422
    opened = browser.post(f"{where}/look", on=where, why="the report asks for the words")
    assert "wordsthatnobody" in opened.text
    with services.db.read() as session:
        looks = session.scalars(select(LogRow).where(LogRow.verb == "sealed_opened")).all()
    assert [(row.actor, json.loads(row.payload or "")["why"]) for row in looks] == [
        ("kit", "the report asks for the words")
    ]


def test_a_file_is_handed_over_as_it_was_and_its_digest_is_listed(
    desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow
) -> None:
    with_picture(desk, post)
    number = press(desk, post, rita)
    with desk.town.services.db.read() as session:
        item = session.scalars(select(SealedItemRow).where(SealedItemRow.plain.is_not(None))).one()
        assert list(session.scalars(select(ListedHashRow.digest))) == ["c" * 64]
    browser = desk.town.at_home(kit)
    where = f"/review/child-safety/{number}"
    answer = browser.post(f"{where}/files/{item.id}", on=where, why="for NCMEC")
    assert answer.data == BYTES
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"


def test_released_everything_is_where_it_was(desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow) -> None:
    picture = with_picture(desk, post)
    before = desk.now(post)
    number = press(desk, post, rita)
    browser = desk.town.at_home(kit)
    where = f"/review/child-safety/{number}"
    assert browser.post(f"{where}/release", on=where, why="a drawing of a tree").status_code == 302
    after = desk.now(post)
    assert (after.state, after.content, after.source) == (PostState.PUBLISHED, before.content, before.source)
    assert picture.read_bytes() == BYTES
    with desk.town.services.db.read() as session:
        assert session.scalars(select(SealedItemRow)).all() == []
        assert session.scalars(select(ListedHashRow)).all() == []
    assert "wordsthatnobody" in rita.page(f"/review/case/{number}")


def test_a_held_post_that_is_released_waits_again(desk: Desk, rita: Visitor, rob: AccountRow, kit: AccountRow) -> None:
    post = desk.held()
    number = press(desk, post, rita)
    assert desk.now(post).state is PostState.REJECTED
    settling.release(desk.town.services, kit, number, "no child in it")
    assert desk.now(post).state is PostState.HELD
    assert desk.case_of_id(number).state is CaseState.OPEN


def test_an_author_who_deletes_it_takes_nothing_away(
    desk: Desk, post: PostRow, rob: AccountRow, kit: AccountRow
) -> None:
    services, number = desk.town.services, desk.case_of(post).id
    sealing.seal(services, rob, number, "")
    delete.delete(services, post.actor_id, desk.now(post).id)
    assert desk.case_of_id(number).state is CaseState.SEALED
    assert opening.words(services, kit, number, "the report")[0].newest["text"] == WORDS


@pytest.mark.parametrize(("country", "days"), [("US", 365), ("DE", 30), ("CA", 21), ("", 30)])
def test_the_time_of_what_is_kept_follows_the_law_of_the_country_and_begins_with_the_report(
    desk: Desk, post: PostRow, rob: AccountRow, kit: AccountRow, country: str, days: int
) -> None:
    services, number = desk.town.services, desk.case_of(post).id
    house.change(services, country=country)
    sealing.seal(services, rob, number, "")
    with pytest.raises(ForbiddenArrowError):
        settling.destroy(services, kit, number)
    services.clock.move(timedelta(days=1000))  # type: ignore[attr-defined]
    assert upkeep.drain(services) == 0
    browser = desk.town.at_home(kit)
    where = f"/review/child-safety/{number}"
    assert browser.post(f"{where}/reported", on=where, to="", reference="").status_code == 422
    assert browser.post(f"{where}/reported", on=where, to="NCMEC", reference="4711").status_code == 302
    with pytest.raises(RefusedError):
        settling.destroy(services, kit, number)
    services.clock.move(timedelta(days=days, seconds=-1))  # type: ignore[attr-defined]
    assert upkeep.drain(services) == 0
    services.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    assert upkeep.drain(services) == 1
    with services.db.read() as session:
        assert session.get_one(GraveCaseRow, number).state is GraveState.DESTROYED
        assert session.scalars(select(SealedItemRow)).all() == []
        assert {"child_safety_raised", "grave_reported", "grave_destroyed"} <= set(session.scalars(select(LogRow.verb)))


def test_files_that_a_crash_left_unsealed_are_sealed_by_the_job(desk: Desk, post: PostRow, rob: AccountRow) -> None:
    services = desk.town.services
    picture = with_picture(desk, post)
    sealing.seal(services, rob, desk.case_of(post).id, "")
    picture.write_bytes(BYTES)
    with services.db.write() as session:
        session.scalars(select(SealedItemRow).where(SealedItemRow.plain.is_not(None))).one().sealed_at = None
    assert upkeep.drain(services) == 1
    assert not picture.exists()


def test_nothing_brings_it_back_to_the_desk(desk: Desk, post: PostRow, rob: AccountRow, mo: Visitor) -> None:
    services, number = desk.town.services, desk.case_of(post).id
    sealing.seal(services, rob, number, "")
    for what in ("claim", "escalate", "decide", "second-opinion", "golden"):
        answer = mo.post(f"/review/case/{number}/{what}", on="/review/start", action="approve")
        assert answer.status_code in (403, 404, 409, 422), (what, answer.status_code)
    with services.db.read() as session:
        assert session.get_one(CaseRow, number).state is CaseState.SEALED
    with pytest.raises(NotFoundError):
        sealing.seal(services, rob, number, "")


def test_the_report_names_what_authorities_ask_for_and_nobody_who_complained(
    desk: Desk, post: PostRow, rob: AccountRow, kit: AccountRow
) -> None:
    services, number = desk.town.services, desk.case_of(post).id
    house.change(services, country="US")
    sealing.seal(services, rob, number, "a child of about ten")
    browser = desk.town.at_home(kit)
    where = f"/review/child-safety/{number}"
    assert "https://report.cybertip.org" in browser.page(where)
    saved = json.loads(browser.post(f"{where}/report.json", on=where).text)
    assert saved["author"]["email"] == "olga@mail.example"
    assert saved["subjects"][0]["uri"] == post.uri
    assert saved["suspicion"] == "a child of about ten"
    assert "ria" not in json.dumps(saved["reports"])
    assert "wordsthatnobody" not in json.dumps(saved)
    assert "a child of about ten" in browser.page(f"{where}/report")


def test_a_threat_to_life_goes_to_the_leads_with_all_that_the_police_need(
    desk: Desk, post: PostRow, rita: Visitor, lea: Visitor
) -> None:
    number = desk.case_of(post).id
    where = f"/review/case/{number}"
    house.change(desk.town.services, country="FR")
    assert rita.post(f"{where}/threat", on=where, note_escalate="says tonight").status_code == 302
    assert rita.get(f"/review/threats/{number}").status_code == 403
    page = lea.page(f"/review/threats/{number}")
    for said in ("112", "17", WORDS, post.uri, "olga@mail.example", "says tonight"):
        assert said in page, said
    pack = json.loads(lea.post(f"/review/threats/{number}/pack.json", on=f"/review/threats/{number}").text)
    assert pack["subjects"][0]["versions"][0]["text"] == WORDS
    assert pack["contacts"]["here"] == {
        "country": "FR", "land": "France", "emergency": "112", "police": "Police ou gendarmerie 17"
    }  # fmt: skip
    assert {"Europol", "INHOPE"} <= {each["name"] for each in pack["contacts"]["everywhere"]}
    assert len(pack["contacts"]["countries"]) > 27 and pack["law_compared_on"] is None
    with desk.town.services.db.read() as session:
        mails = session.scalars(select(MailRow)).all()
        verbs = set(session.scalars(select(LogRow.verb)))
    assert [(mail.to, WORDS in mail.text) for mail in mails if "life" in mail.subject] == [("lea@mail.example", False)]
    assert not [mail for mail in mails if mail.to == "olga@mail.example"]
    assert {"threat_to_life_raised", "pack_read", "pack_saved"} <= verbs


def test_a_threat_that_was_handed_over_says_to_whom_and_the_case_stays_with_the_leads(
    desk: Desk, post: PostRow, rita: Visitor, lea: Visitor
) -> None:
    number = desk.case_of(post).id
    rita.post(f"/review/case/{number}/threat", on=f"/review/case/{number}", note_escalate="")
    assert "A life may be in danger" in lea.page("/review/start")
    where = f"/review/threats/{number}"
    assert lea.post(f"{where}/sent", on=where, to="the police at Lyon", reference="LY-12").status_code == 302
    assert "LY-12" in lea.page(where)
    assert "A life may be in danger" not in lea.page("/review/start")
    assert desk.case_of_id(number).state is CaseState.ESCALATED
    again = rita.post(f"/review/case/{number}/threat", on=f"/review/case/{number}", note_escalate="")
    assert again.status_code == 422


def test_everything_sealed_is_listed_for_one_role_without_a_word_of_it(
    town: Town, desk: Desk, post: PostRow, rob: AccountRow, kit: AccountRow, admin: AccountRow
) -> None:
    with_picture(desk, post)
    number = press(desk, post, town.at_home(rob))
    visitor = town.at_home(kit)
    page = visitor.page("/review/child-safety/sealed")
    with town.services.db.read() as session:
        items = session.scalars(select(SealedItemRow)).all()
    assert items and all(f">{item.id}</th>" in page for item in items)
    assert f"/review/child-safety/{number}" in page and "until it is reported" in page and "a file" in page
    assert not any(word in page for word in (WORDS, "olga", post.uri, *(item.sha256 or WORDS for item in items)))
    assert '/review/child-safety/sealed"' in visitor.page("/review/child-safety")
    assert town.at_home(admin).get("/review/child-safety/sealed").status_code == 403
    visitor.post(
        f"/review/child-safety/{number}/reported", on=f"/review/child-safety/{number}", to="the police", reference="12"
    )
    page = visitor.page("/review/child-safety/sealed")
    assert "until it is reported" not in page and "until " in page and "reported" in page


def drawn(desk: Desk, post: PostRow, by: Visitor) -> int:
    """Have a decision drawn to be read again; the number of its copy."""
    services = desk.town.services
    draw_all(services)
    where = f"/review/case/{desk.case_of(post).id}"
    assert by.post(f"{where}/decide", on=where, action="approve").status_code == 302
    with services.db.read() as session:
        return session.scalars(select(StagedRow.case_id).order_by(StagedRow.case_id.desc())).first() or 0


def taken_back(desk: Desk, post: PostRow) -> None:
    """Take back what was decided: the real case waits again."""
    services = desk.town.services
    with services.db.write() as session:
        number = session.scalars(select(DecisionRow.id).order_by(DecisionRow.id.desc())).first() or 0
        decisions.reverse(session, number, "too soon", "mo", services.clock.now())
    assert desk.case_of(post).state is CaseState.OPEN


def golden(desk: Desk, post: PostRow, by: Visitor, reader: str) -> int:
    """Make a golden case of a decided one, and give it to somebody; the number of the copy."""
    services = desk.town.services
    where = f"/review/case/{desk.case_of(post).id}"
    made = by.post(f"{where}/golden", on=where, accepted="keep", rationale="It is fine.", rule_golden="2")
    assert made.status_code == 302, made.text
    with services.db.write() as session:
        row = session.scalars(select(GoldenRow)).one()
        case_id = staging.stage(
            session,
            session.get_one(CaseRow, row.case_id),
            StagedKind.GOLDEN,
            row.id,
            services.clock.now(),
            reader=reader,
        )
        session.add(GoldenAnswerRow(golden_id=row.id, case_id=case_id, by=reader, given_at=services.clock.now()))
    return case_id


def seal(visitor: Visitor, number: int) -> None:
    """Press the button on any case."""
    answer = visitor.post(f"/review/case/{number}/child-safety", on=f"/review/case/{number}")
    assert (answer.status_code, answer.location) == (302, "/review/sealed"), answer.text


def test_who_seals_a_copy_seals_the_real_post_and_its_other_copies(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, kit: AccountRow
) -> None:
    review = drawn(desk, post, mo)
    other = golden(desk, post, mo, "ben")
    taken_back(desk, post)
    real = desk.case_of(post).id
    seal(rita, review)
    assert desk.case_of_id(real).state is CaseState.CLOSED
    assert "wordsthatnobody" not in everything(desk)
    assert desk.now(post).state is PostState.WITHDRAWN
    assert desk.case_of_id(review).state is CaseState.SEALED
    assert desk.case_of_id(other).state is CaseState.CLOSED
    with desk.town.services.db.read() as session:
        assert session.scalars(select(GoldenRow)).one().retired_at is not None
        assert exclusions.is_sealed(session, post.uri)
    report = desk.town.at_home(kit).page(f"/review/child-safety/{review}/report")
    assert "urn:uuid" not in report
    assert "olga" in report


def test_who_seals_the_real_case_seals_its_copies(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, kit: AccountRow
) -> None:
    review = drawn(desk, post, mo)
    copy = golden(desk, post, mo, "rita")
    taken_back(desk, post)
    press(desk, post, rita)
    assert "wordsthatnobody" not in everything(desk)
    for number in (review, copy):
        assert desk.case_of_id(number).state is CaseState.CLOSED
        assert rita.post(f"/review/case/{number}/claim", on="/review/start").status_code == 409


def test_a_copy_that_was_sealed_by_mistake_puts_everything_back_and_is_nobodys_work_any_more(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, kit: AccountRow
) -> None:
    review = drawn(desk, post, mo)
    seal(rita, review)
    settling.release(desk.town.services, kit, review, "a drawing of a tree")
    assert (desk.now(post).state, desk.now(post).content) == (PostState.PUBLISHED, post.content)
    assert desk.case_of_id(review).state is CaseState.CLOSED
    assert "wordsthatnobody" in mo.page(f"/review/case/{desk.case_of(post).id}")


def test_what_was_removed_before_it_was_sealed_stays_removed_when_it_is_released(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, kit: AccountRow
) -> None:
    number = desk.case_of(post).id
    where = f"/review/case/{number}"
    mo.post(f"{where}/decide", on=where, action="remove", rule_remove="2", reason_remove="Not here.")
    assert desk.now(post).state is PostState.WITHDRAWN
    with desk.town.services.db.write() as session:
        case_id = staging.stage(
            session, session.get_one(CaseRow, number), StagedKind.REVIEW, 1, desk.town.services.clock.now()
        )
    seal(rita, case_id)
    assert "wordsthatnobody" not in everything(desk)
    settling.release(desk.town.services, kit, case_id, "a drawing of a tree")
    assert desk.now(post).state is PostState.WITHDRAWN


def test_nothing_grave_becomes_a_golden_case(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, kit: AccountRow
) -> None:
    number = press(desk, post, rita)
    settling.release(desk.town.services, kit, number, "a drawing of a tree")
    where = f"/review/case/{number}"
    assert mo.post(f"{where}/decide", on=where, action="approve").status_code == 302
    made = mo.post(f"{where}/golden", on=where, accepted="keep", rationale="It is fine.", rule_golden="2")
    assert made.status_code == 422


def test_a_copy_that_is_put_back_is_not_found_by_its_words(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, kit: AccountRow
) -> None:
    review = drawn(desk, post, mo)
    seal(rita, review)
    settling.release(desk.town.services, kit, review, "a drawing of a tree")
    with desk.town.services.db.read() as session:
        wanted = wordings.having(session, "wordsthatnobodyshouldread", 10)
        assert wanted is not None
        assert len(session.scalars(wanted).all()) == 1


def test_a_life_may_be_in_danger_in_what_was_sealed_by_mistake(
    desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow
) -> None:
    number = press(desk, post, rita)
    settling.release(desk.town.services, kit, number, "a drawing of a tree")
    where = f"/review/case/{number}"
    assert rita.post(f"{where}/threat", on=where, note_escalate="on a bridge").status_code == 302
    with desk.town.services.db.read() as session:
        row = session.get_one(GraveCaseRow, number)
        assert (row.kind, row.state) == (GraveKind.THREAT_TO_LIFE, GraveState.RAISED)
    assert rita.post(f"{where}/threat", on="/review/start").status_code in (409, 422)


def test_of_a_threat_in_a_copy_the_police_is_told_who_really_wrote_it(
    desk: Desk, post: PostRow, rita: Visitor, mo: Visitor, lea: Visitor
) -> None:
    review = drawn(desk, post, mo)
    where = f"/review/case/{review}"
    assert rita.post(f"{where}/threat", on=where, note_escalate="on a bridge").status_code == 302
    pack = lea.page(f"/review/threats/{review}")
    assert "urn:uuid" not in pack
    assert "olga" in pack
    assert WORDS.split(",", maxsplit=1)[0] in pack


def test_what_a_list_names_is_sealed_with_its_copies(desk: Desk, post: PostRow, rita: Visitor, kit: AccountRow) -> None:
    services, number = desk.town.services, desk.case_of(post).id
    with services.db.write() as session:
        copy = staging.stage(
            session, session.get_one(CaseRow, number), StagedKind.REVIEW, 1, services.clock.now(), reader="rita"
        )
    with services.db.write() as session:
        sealing.seal_found(services, session, number, post.uri)
    assert "wordsthatnobody" not in everything(desk)
    assert (desk.case_of_id(number).state, desk.case_of_id(copy).state) == (CaseState.SEALED, CaseState.CLOSED)
