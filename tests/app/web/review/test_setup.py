"""The first steps: seven pages that an admin goes through, leaves out, and takes up again."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import roles, signup
from app.accounts.tables import ActorRow, Role
from app.errors import ConflictError
from app.factory import create_app
from app.federation.tables import InstanceRow
from app.instance import facts, rules
from app.mail import NoMailer
from app.posts import admission
from app.posts.admission import Admitted
from app.posts.drafts import PostDraft
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.settings import Registration
from app.setup import practice, reach, steps
from app.setup.practice import Stage
from app.setup.reach import What
from app.setup.steps import Step, Went
from app.web.review import list_uploads, surroundings
from app.workforce import invitations
from moderation import domains
from moderation.cases.tables import CaseRow
from moderation.policy import store
from moderation.values import Severity
from tests.app.people import PASSWORD
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.test_deciding import decide

pytestmark = pytest.mark.one_database
HOME = "/review/setup"
LIST = "#domain,#severity,#public_comment\nhate.example,suspend,Hate\nfriends.example,suspend,Hate\nspam.example,suspend,Spam\n"


@pytest.fixture
def ada(town: Town) -> Visitor:
    """The admin, signed in."""
    return town.at_home(town.member("ada", Role.ADMIN))


def went(town: Town) -> dict[Step, Went]:
    with town.services.db.read() as session:
        return dict(steps.of(session).went)


def test_one_begins_at_the_first_step_and_goes_on_where_one_stopped(town: Town, ada: Visitor) -> None:
    assert ada.get(HOME).location == f"{HOME}/name"
    ada.post(f"{HOME}/name", do="on")
    assert ada.post(f"{HOME}/house", do="skip").location == f"{HOME}/crew"
    assert ada.get(HOME).location == f"{HOME}/crew"
    assert went(town) == {Step.NAME: Went.DONE, Step.HOUSE: Went.SKIPPED}
    assert "(left out)" in ada.page(f"{HOME}/crew")


def test_once_all_are_left_it_says_so_and_what_was_left_out_can_be_taken_up(town: Town, ada: Visitor) -> None:
    for step in Step:
        ada.post(f"{HOME}/{step}", do="skip")
    assert "The house is set up" in ada.page(HOME)
    ada.post(f"{HOME}/name", do="on")
    assert went(town)[Step.NAME] is Went.DONE
    ada.post(f"{HOME}/name", do="skip")
    assert went(town)[Step.NAME] is Went.DONE, "what was done stays so"


def test_the_name_can_never_change_and_what_others_reach_is_looked_at_when_asked(town: Town, ada: Visitor) -> None:
    page = ada.page(f"{HOME}/name")
    assert f"This server is {town.services.settings.domain}" in page
    assert "This can never change" in page
    assert "It leads" not in page, "nothing is asked by opening the page"
    looked = ada.post(f"{HOME}/name", do="look").text
    assert "doesn’t answer under its name" in looked
    assert "It shows 2026-03-02 12:00:00 UTC" in looked and "It wasn’t compared" in looked
    assert "No mail server is named" in looked


def test_the_clock_is_compared_with_the_browsers(town: Town, ada: Visitor) -> None:
    now = int(town.services.clock.now().timestamp() * 1000)
    well = ada.post(f"{HOME}/name", do="look", browser_now=str(now + 5_000)).text
    assert "and so does your browser’s" in well
    assert "which is wrong" in ada.post(f"{HOME}/name", do="look", browser_now=str(now + 90_000)).text


def test_without_a_mail_server_nobody_is_promised_a_letter_and_who_is_let_in_can_sign_in(services: Services) -> None:
    town = Town(create_app(replace(services, mailer=NoMailer())), replace(services, mailer=NoMailer()))
    rules.ensure_defaults(services)
    ada = town.at_home(town.member("ada", Role.ADMIN))
    assert "This server sends no mail" in ada.page(f"{HOME}/house")
    ada.post(f"{HOME}/house", title="The Lantern", registration="open")
    given = {"username": "nina", "email": "nina@people.example", "password": PASSWORD, "agreement": "1"}
    answer = town.visitor().post("/sign-up", **given)
    assert answer.status_code == 200 and "This server sends no mail" in answer.text and "We sent" not in answer.text
    assert town.visitor().post("/sign-in", name="nina", password=PASSWORD).status_code != 302
    signup.forget_unconfirmed(town.services)
    with services.db.read() as session:
        [waiting] = signup.waiting(session)
    signup.approve(town.services, waiting.id, "ada")
    assert town.visitor().sign_in("nina").page("/settings")


def test_a_name_that_leads_here_and_a_house_that_answers_there_are_well(town: Town) -> None:
    class Leads:
        def resolve(self, host: str, port: int) -> list[str]:
            return ["198.51.100.7"]

    class Nowhere:
        def resolve(self, host: str, port: int) -> list[str]:
            raise OSError(-2, "Name or service not known")

    web, settings = town.services.fetcher, town.services.settings
    web.put(settings.url(reach.NODE_INFO), {"links": [{"href": settings.url("/nodeinfo/2.1")}]}, "application/json")  # type: ignore[attr-defined]
    found = {each.what: each for each in reach.look(town.services, Leads())}
    assert found[What.DNS].well and found[What.OUTSIDE].well and found[What.CLOCK].well is None
    assert found[What.DNS].detail == "198.51.100.7"
    web.put(settings.url(reach.NODE_INFO), {"links": [{"href": "https://other.example/nodeinfo"}]}, "application/json")  # type: ignore[attr-defined]
    found = {each.what: each for each in reach.look(town.services, Nowhere())}
    assert found[What.DNS].well is False and "not known" in found[What.DNS].detail
    assert found[What.OUTSIDE].well is False, "somebody else answers there"


def test_the_house_is_named_and_a_person_decides_who_comes_in(town: Town, ada: Visitor) -> None:
    page = ada.page(f"{HOME}/house")
    assert "Be kind." in page
    fields = {"title": "The Lantern", "description": "For Lyon.", "languages": "fr, en", "country": "FR"}
    answer = ada.post(
        f"{HOME}/house", **fields, contact_email="hello@mail.example", contact_account="ada", registration="invite"
    )
    assert answer.location == f"{HOME}/crew"
    assert "The Lantern" in ada.page("/about")
    with town.services.db.read() as session:
        assert signup.registration(session, town.services) is Registration.INVITE
    told = town.visitor().get("/api/v2/instance").json
    assert told["languages"] == ["fr", "en"]
    assert told["registrations"]["enabled"] is False or told["registrations"]["approval_required"] is False


def test_a_wrong_language_or_mode_is_said_and_keeps_what_was_typed(ada: Visitor) -> None:
    answer = ada.post(f"{HOME}/house", title="The Lantern", languages="french", registration="approval")
    assert answer.status_code == 422
    assert "Languages are codes" in answer.text and "The Lantern" in answer.text
    assert ada.post(f"{HOME}/house", title="x", registration="whoever").status_code == 422


def test_the_crews_hours_become_the_doors_budget(town: Town, ada: Visitor) -> None:
    reckoned = ada.post(f"{HOME}/crew", do="reckon", people="2", hours="5").text
    assert "about 24 cases a day" in reckoned
    assert "holds answered in about 3 hr" in reckoned
    with town.services.db.read() as session:
        assert store.current(session).budget.cases_per_moderator == 30, "reckoning changes nothing"
    ada.post(f"{HOME}/crew", do="settle", people="2", hours="5")
    with town.services.db.read() as session:
        assert store.current(session).budget.cases_per_moderator == 12
    assert ada.post(f"{HOME}/crew", do="settle", people="two", hours="5").status_code == 422


def test_a_list_is_taken_by_reason_suspends_where_asked_and_never_touches_excludes(town: Town, ada: Visitor) -> None:
    file = (io.BytesIO(LIST.encode()), "list.csv")
    page = ada.post(f"{HOME}/blocklist", do="read", file=file, excludes="friends.example").text
    hate, spam = (each.key for each in _groups(town))
    assert "Hate" in page and "friends.example" in page
    assert re.search(r'name="(group|suspend|comments)"[^>]* checked', page) is None, "nothing is ticked for somebody"
    nothing = ada.post(f"{HOME}/blocklist", do="take", list=LIST)
    assert nothing.status_code == 422 and "Nothing is chosen" in nothing.text
    ada.post(f"{HOME}/blocklist", do="take", list=LIST, group=[hate, spam], suspend=[hate], excludes="friends.example")
    with town.services.db.read() as session:
        rules = {rule.domain: rule for rule in domains.list_rules(session)}
    assert set(rules) == {"hate.example", "spam.example"}
    assert rules["hate.example"].severity is Severity.SUSPEND
    assert rules["spam.example"].severity is Severity.SILENCE
    assert rules["spam.example"].review_at is not None


def test_what_no_list_may_touch_is_shown_apart_and_names_can_be_read(ada: Visitor) -> None:
    more = LIST + "xn--bcher-kva.example,silence,Loud\n"
    page = ada.post(f"{HOME}/blocklist", do="read", list=more, excludes="spam.example").text
    assert "1 of its servers is one that no list may touch: spam.example" in page
    assert "xn--bcher-kva.example (bücher.example)" in page
    above = ada.post(f"{HOME}/blocklist", do="read", list=LIST, excludes="good.spam.example").text
    assert "1 of its servers is left out, as it covers one that no list may touch: spam.example" in above


def test_what_was_ticked_stays_when_what_no_list_may_touch_is_refused_or_the_list_is_too_long(
    town: Town, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hate, spam = (each.key for each in _groups(town))
    ticked = {"group": [hate, spam], "suspend": [hate]}
    many = "\n".join(f"friend{number}.example" for number in range(10_001))
    for excludes, why in (("https://x/", "x/"), (many, "ten thousand at most")):
        refused = ada.post(f"{HOME}/blocklist", do="take", list=LIST, excludes=excludes, **ticked)
        assert refused.status_code == 422 and why in refused.text
        assert "Your list is here still" in refused.text
        for name, keys in ticked.items():
            assert re.findall(f'<input type="hidden" name="{name}" value="(\\w+)">', refused.text) == sorted(keys)
    monkeypatch.setattr(list_uploads, "LONGEST_LIST", 100)
    long = ada.post(f"{HOME}/blocklist", do="take", list="x" * 101, excludes="friends.example", **ticked)
    assert long.status_code == 422 and "at most 100 characters" in long.text and "friends.example" in long.text
    for name, keys in ticked.items():
        assert re.findall(f'<input type="hidden" name="{name}" value="(\\w+)">', long.text) == sorted(keys)
    with town.services.db.read() as session:
        assert list(domains.list_rules(session)) == []


def _groups(town: Town) -> list[object]:
    from app.setup import blocklist

    return blocklist.groups(blocklist.read(town.services, LIST))


def test_what_is_no_list_is_said(ada: Visitor) -> None:
    assert ada.post(f"{HOME}/blocklist", do="read").status_code == 422
    assert ada.post(f"{HOME}/blocklist", do="read", list=LIST, excludes="https://x/").status_code == 422


def test_an_invitation_opens_on_the_training_queue(town: Town, ada: Visitor) -> None:
    answer = ada.post(f"{HOME}/invite", do="invite", called="Bea", role="moderator", languages="en", days="7")
    link = answer.text.split('id="made" value="')[1].split('"')[0]
    assert "/join/" in link
    assert "Bea" in ada.page("/review/invitations")
    assert town.visitor().get(link.removeprefix(town.services.settings.base_url)).status_code == 200
    assert ada.post(f"{HOME}/invite", do="invite", called="Bea", role="admin").status_code == 422


def test_a_reviewer_is_invited_with_a_last_day_or_as_late_as_the_policy_allows(town: Town, ada: Visitor) -> None:
    assert 'name="role_until"' in ada.page(f"{HOME}/invite")
    sooner = ada.post(f"{HOME}/invite", do="invite", called="Rita", role="reviewer", role_until="2026-03-09")
    latest = ada.post(f"{HOME}/invite", do="invite", called="Rui", role="reviewer")
    assert "/join/" in sooner.text and "/join/" in latest.text
    with town.services.db.read() as session:
        ends = {row.called: row.role_until for row in invitations.waiting(session, town.services.clock.now())}
        assert ends["Rui"] == roles.longest(session, town.services.clock.now())
    assert str(ends["Rita"]).startswith("2026-03-10 00:00")
    for wrong in ("2020-01-01", "soon"):
        answer = ada.post(f"{HOME}/invite", do="invite", called="Rui", role="reviewer", role_until=wrong)
        assert answer.status_code == 422 and 'value="Rui"' in answer.text


def test_what_nobody_of_the_crew_reads_is_said(town: Town, ada: Visitor) -> None:
    ada.post(f"{HOME}/house", title="The Lantern", languages="fr en de", registration="approval")
    page = ada.post(f"{HOME}/crew", do="reckon", people="2", hours="5,5", languages="fr, en").text
    assert "Nobody of you reads de" in page and "5.5 hours a week each" in page
    assert ada.post(f"{HOME}/crew", do="settle", people="2", hours="5.5", languages="fr en de").status_code == 302
    page = ada.page(f"{HOME}/crew")
    assert "Nobody of you" not in page and 'value="fr en de"' in page


def test_a_planted_post_waits_is_let_in_undone_and_gone(town: Town, ada: Visitor) -> None:
    ada.post(f"{HOME}/practice", do="plant")
    assert "The door held it" in ada.page(f"{HOME}/practice")
    assert stage(town) is Stage.WAITS
    assert ada.post(f"{HOME}/practice", do="plant").status_code == 409
    with town.services.db.read() as session:
        case = session.scalars(select(CaseRow)).one()
    assert "practice post" not in town.visitor().page("/public")
    way_back = 'href="/review/setup/practice">practice</a>'
    assert way_back in ada.page(f"/review/case/{case.id}")
    decide(ada, case.id, case.uri, "approve")
    assert stage(town) is Stage.LET_IN
    assert way_back in ada.page("/review/decided")
    with town.services.db.read() as session:
        assert surroundings.server_of(session, practice.DOMAIN).cases == 0
    assert "practice post" in town.visitor().page("/public")
    ada.post("/review/undo", on=f"/review/case/{case.id}")
    assert stage(town) is Stage.UNDONE
    assert "practice post" not in town.visitor().page("/public")
    ada.post(f"{HOME}/practice", do="clear")
    with town.services.db.read() as session:
        post = session.scalars(select(PostRow)).one()
        assert post.state is PostState.DELETED and post.content == ""
        assert session.get(InstanceRow, practice.DOMAIN) is None
        assert session.scalars(select(ActorRow).where(ActorRow.domain == practice.DOMAIN)).one().deleted_at is not None
    assert stage(town) is Stage.GONE
    ada.post(f"{HOME}/practice", do="plant")
    assert stage(town) is Stage.WAITS, "it can be done once more"


def test_the_planted_post_is_in_the_language_of_who_plants_it(town: Town, ada: Visitor) -> None:
    ada.post("/settings/writing", on="/settings", locale="fr", default_visibility="public", default_language="fr")
    ada.post(f"{HOME}/practice", do="plant")
    with town.services.db.read() as session:
        post = session.scalars(select(PostRow)).one()
    assert (post.language, post.content.split(",")[0]) == ("fr", "<p>Ceci est un message d’essai")
    assert stage(town) is Stage.WAITS


def test_of_two_that_are_planted_at_once_one_is_taken_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, plain = town.member("ada", Role.ADMIN), admission.admit_one

    def twice(services: Services, draft: PostDraft, **more: Any) -> Admitted:
        monkeypatch.setattr(admission, "admit_one", plain)
        practice.plant(services, ada)
        return plain(services, draft, **more)

    monkeypatch.setattr(admission, "admit_one", twice)
    with pytest.raises(ConflictError):
        practice.plant(town.services, ada)
    with town.services.db.read() as session:
        assert len(session.scalars(select(PostRow)).all()) == 1
    practice.clear(town.services, ada)
    with town.services.db.read() as session:
        assert all(actor.deleted_at for actor in session.scalars(select(ActorRow).where(~ActorRow.local)))


def test_leaving_the_exercise_out_clears_it_away(town: Town, ada: Visitor) -> None:
    ada.post(f"{HOME}/practice", do="plant")
    ada.post(f"{HOME}/practice", do="skip")
    assert stage(town) is Stage.GONE


def stage(town: Town) -> Stage:
    with town.services.db.read() as session:
        return practice.of(session).stage


def test_what_is_kept_of_steps_that_are_none_is_left_away(town: Town) -> None:
    with town.services.db.write() as session:
        facts.put(session, steps.FACT, {"name": "done", "moat": "done", "house": "dug"}, town.services.clock.now())
    assert went(town) == {Step.NAME: Went.DONE}


def test_no_other_page_is_one_of_them(ada: Visitor) -> None:
    assert ada.get(f"{HOME}/moat").status_code == 404
