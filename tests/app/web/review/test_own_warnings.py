"""Labels in a moderator's own words, and media that are only marked as sensitive."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.enforcement import enact
from app.federation.tables import OutboxActivityRow
from app.instance import start
from app.posts.tables import PostRow
from app.relationships.tables import FollowRow, FollowState
from moderation import warnings
from moderation.cases import decisions
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import RefusedError
from moderation.values import Action, CaseState, Outcome
from tests.app import people
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
FINE = "The tomatoes on my balcony are ripe and I am happy about each of them."
OWN = "pictures of an <accident>, after a fire"


def test_a_warning_is_a_code_or_words_and_never_both() -> None:
    assert warnings.words_of(warnings.own("  two\n words ")) == "two words"
    assert warnings.words_of("hate") is None and warnings.label_of("hate") == "hate"
    assert warnings.label_of(warnings.own("hate")) is None and warnings.label_of(warnings.SENSITIVE) is None
    assert warnings.whole(*warnings.parts_of(warnings.own("hate"))) == ":hate"
    assert warnings.whole(*warnings.parts_of("hate")) == "hate" and warnings.whole(None, None) is None
    for words in (" ", "x" * 201):
        with pytest.raises(RefusedError):
            warnings.own(words)


@pytest.fixture
def shown(town: Town, desk: Desk, ben: AccountRow) -> PostRow:
    """A member's post that stands, reported, with somebody elsewhere who follows them."""
    start.prepare(town.services)
    ana = town.member("ana")
    reader = people.remote(town.services, "fan", "fans.example")
    with town.services.db.write() as session:
        now = town.services.clock.now()
        session.add(
            FollowRow(
                id=1, follower_id=reader.id, target_id=ana.id, state=FollowState.ACCEPTED, uri="x:1", created_at=now
            )
        )
    post = town.writes(ana, FINE)
    desk.reported(ben, post)
    return post


def label(who: Visitor, desk: Desk, post: PostRow, **fields: object) -> int:
    case = desk.case_of(post)
    where = f"/review/case/{case.id}"
    return who.post(f"{where}/decide", on=where, action="label", version=case.version, **fields).status_code


def updates(town: Town) -> list[str]:
    with town.services.db.read() as session:
        these = select(OutboxActivityRow).where(OutboxActivityRow.kind == "Update").order_by(OutboxActivityRow.id)
        return [str(row.body) for row in session.scalars(these)]


def test_readers_see_a_moderators_own_words_and_the_undo_takes_them_back(
    town: Town, desk: Desk, mo: Visitor, shown: PostRow
) -> None:
    assert label(mo, desk, shown, warning="toxic", warning_words=OWN) == 302
    row = desk.now(shown)
    assert (row.outcome, row.moderation_warning, row.moderation_words) == (Outcome.LABEL, "own", OWN)
    page = town.visitor().get(f"/@ana/{shown.id}").text
    assert "pictures of an &lt;accident&gt;, after a fire" in page and "<accident>" not in page
    api = town.app.test_client().get(f"/api/v1/statuses/{shown.id}", base_url="https://ostiary.example").json
    assert (api["spoiler_text"], api["sensitive"]) == (OWN, True)
    assert len(updates(town)) == 1 and "after a fire" in updates(town)[0]
    assert mo.post("/review/undo", on="/review").status_code == 302
    row = desk.now(shown)
    assert (row.outcome, row.moderation_warning, row.moderation_words) == (Outcome.APPROVE, None, None)
    assert len(updates(town)) == 2 and "after a fire" not in updates(town)[1]


def test_the_author_reads_which_words_stand_before_their_post(
    town: Town, desk: Desk, mo: Visitor, shown: PostRow
) -> None:
    label(mo, desk, shown, warning_words=OWN)
    with town.services.db.read() as session:
        number = session.scalars(select(DecisionRow.id)).one()
    page = town.visitor().sign_in("ana").page(f"/decisions/{number}")
    assert f"The warning reads: “{OWN}”" in page


def test_media_are_marked_without_any_words(town: Town, desk: Desk, mo: Visitor, shown: PostRow) -> None:
    assert label(mo, desk, shown, warning="sensitive") == 302
    api = town.app.test_client().get(f"/api/v1/statuses/{shown.id}", base_url="https://ostiary.example").json
    assert (api["spoiler_text"], api["sensitive"]) == ("", True)
    assert "Warning by this server" not in town.visitor().page(f"/@ana/{shown.id}")


def test_a_label_that_was_lifted_and_is_back_has_its_words_again(desk: Desk, mo: Visitor, shown: PostRow) -> None:
    label(mo, desk, shown, warning_words=OWN)
    case = desk.case_of(shown)
    with desk.town.services.db.write() as session:
        session.get_one(CaseRow, case.id).state = CaseState.OPEN
        session.flush()
        now = desk.town.services.clock.now()
        lifted = decisions.decide(session, case.id, DecisionRequest(Action.APPROVE), "mo", now)
        enact.enact(desk.town.services, session, lifted.effects)
    assert desk.now(shown).moderation_warning is None
    assert mo.post("/review/undo", on="/review").status_code == 302
    assert desk.now(shown).house_warning == warnings.own(OWN)


def test_too_many_words_are_refused_and_kept(desk: Desk, mo: Visitor, shown: PostRow) -> None:
    assert label(mo, desk, shown, warning_words="w" * 201) == 422
    assert "w" * 200 in mo.page(f"/review/case/{desk.case_of(shown).id}")
    assert desk.now(shown).moderation_warning is None


def test_a_blind_opinion_keeps_its_warning(desk: Desk, mo: Visitor, rita: Visitor, shown: PostRow) -> None:
    case = desk.case_of(shown)
    where = f"/review/case/{case.id}"
    asked = rita.post(f"{where}/second-opinion", on=where, proposed="label", warning_words_second=OWN)
    assert asked.status_code == 302
    assert OWN not in mo.page(where)
    assert f"“{OWN}”" in rita.page(where)


def test_several_cases_get_one_warning_with_a_preview(town: Town, desk: Desk, mo: Visitor, ben: AccountRow) -> None:
    posts = [town.writes(town.member(f"w{number}"), f"{FINE} {number}") for number in range(2)]
    cases = [desk.reported(ben, post) for post in posts]
    fields: dict[str, object] = {"action": "label", "warning_words": OWN, "case": [case.id for case in cases]}
    fields |= {f"version_{case.id}": case.version for case in cases}
    seen = mo.post("/review/batch/preview", on="/review/batch", **fields)
    assert "pictures of an &lt;accident&gt;" in seen.text
    assert mo.post("/review/batch", on="/review/batch", **fields).status_code == 302
    assert {desk.now(post).moderation_words for post in posts} == {OWN}
