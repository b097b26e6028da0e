"""Members' pages: profiles, notifications, requests, reports, settings, search."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.enforcement import enact
from app.posts.tables import PostState
from app.relationships import follow
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains import editing
from moderation.reports.tables import ReportRow
from moderation.values import Action, Severity
from tests.app import people
from tests.app.web.conftest import Town


def decide(town: Town, action: Action, by: str = "ada") -> None:
    """A moderator decides the one case that there is."""
    services = town.services
    with services.db.write() as session:
        case = session.scalars(select(CaseRow)).one()
        decided = decisions.decide(session, case.id, DecisionRequest(action, reason="read"), by, services.clock.now())
        enact.enact(services, session, decided.effects)


def test_following_muting_and_blocking_from_a_profile(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    visitor = town.at_home(ana)
    visitor.post("/@ben/follow", on="/@ben")
    assert "Unfollow" in visitor.page("/@ben")
    visitor.post("/@ben/mute", on="/@ben")
    assert "muted by you" in visitor.page("/@ben")
    visitor.post("/@ben/block", on="/@ben")
    page = visitor.page("/@ben")
    assert "blocked by you" in page
    assert "Unfollow" not in page


def test_a_locked_member_answers_requests(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    owner = town.at_home(ana)
    owner.post("/settings/profile", on="/settings", display_name="Ana", summary="", locked="1")
    follow.follow(town.services, ben.id, ana.id)
    assert "asks to follow you" in owner.page("/notifications")
    assert "@ben" in owner.page("/follow-requests")
    owner.post(f"/follow-requests/{ben.id}/accept", on="/follow-requests")
    assert "Nobody is waiting." in owner.page("/follow-requests")
    assert "Unfollow" in town.at_home(ben).page("/@ana")


def test_a_profile_text_waits_at_the_door_like_a_post(town: Town, ana: AccountRow) -> None:
    owner = town.at_home(ana)
    owner.post("/settings/profile", on="/settings", display_name="Ana", summary="they are vermin")
    assert "Your new profile is shown when it has been let in" in owner.page("/@ana")
    assert "vermin" not in town.visitor().page("/@ana")


def test_the_report_dialogue_offers_mute_and_block_first_and_forwards_nothing_by_itself(
    town: Town, ana: AccountRow
) -> None:
    post = people.post(town.services, people.remote(town.services, "mallory"), "buy carpets")
    page = town.at_home(ana).page(f"/report/post/{post.id}")
    assert page.index("Mute mallory") < page.index("Block mallory") < page.index("Send the report")
    forward = page[page.index('name="forward"') :].partition(">")[0]
    assert "checked" not in forward
    assert "Also send it to the moderators of far.example" in page
    assert "but not from whom" in page


def test_a_report_of_a_local_post_offers_no_forwarding(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ben, "carpets")
    assert 'name="forward"' not in town.at_home(ana).page(f"/report/post/{post.id}")


def test_a_reported_post_is_hidden_at_once_and_its_reporter_gets_an_answer(
    town: Town, ana: AccountRow, ben: AccountRow, admin: AccountRow
) -> None:
    post, visitor = town.writes(ben, "buy my carpets"), town.at_home(ana)
    answer = visitor.post(f"/report/post/{post.id}", category="spam", comment="again and again", rule="3")
    assert answer.headers["Location"] == "/reports"
    assert "buy my carpets" not in visitor.page("/local")
    page = visitor.page("/reports")
    assert "waiting for a person" in page
    assert "a post by @ben" in page
    assert "again and again" in page
    decide(town, Action.REMOVE)
    assert "agreed with you" in visitor.page("/reports")
    assert "your report was decided" in visitor.page("/notifications")
    assert "buy my carpets" not in town.visitor().page("/local")


def test_a_report_without_a_category_is_asked_again(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ben, "carpets")
    assert town.at_home(ana).post(f"/report/post/{post.id}", comment="hm").status_code == 422
    with town.services.db.read() as session:
        assert session.scalars(select(ReportRow)).all() == []


def test_reports_are_their_reporters_alone(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ben, "carpets")
    town.at_home(ana).post(f"/report/post/{post.id}", category="other", comment="psst")
    assert "psst" not in town.at_home(ben).page("/reports")


def test_a_released_post_tells_its_author_and_tops_the_timeline(town: Town, ana: AccountRow, admin: AccountRow) -> None:
    held = town.writes(ana, "they called us vermin, I quote")
    later = town.writes(ana, "something else meanwhile")
    assert (held.state, later.state) == (PostState.HELD, PostState.PUBLISHED)
    visitor = town.at_home(ana)
    assert "your post waits at the door" in visitor.page("/notifications")
    decide(town, Action.APPROVE)
    assert "your post was let in" in visitor.page("/notifications")
    page = town.visitor().page("/@ana")
    assert page.index("they called us vermin") < page.index("something else meanwhile")
    assert town.visitor().get(f"/posts/{held.id}").status_code == 302, "its first address still leads there"


def test_the_bar_counts_what_is_new_until_it_was_seen(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    town.writes(ben, "@ana hello")
    visitor = town.at_home(ana)
    assert '<span class="count">1' in visitor.page("/home")
    assert "wrote to you" in visitor.page("/notifications")
    assert '<span class="count">1' not in visitor.page("/home")


def test_only_the_moderation_team_sees_how_much_waits(town: Town, ana: AccountRow, admin: AccountRow) -> None:
    town.writes(ana, "they are vermin")
    assert '/review"' not in town.at_home(ana).page("/home")
    assert "Review" in town.at_home(admin).page("/home")


def test_search_finds_names_addresses_and_tags(town: Town, ana: AccountRow) -> None:
    nina = people.remote(town.services, "nina", display_name="Nina of the river")
    post = people.post(town.services, nina, "prunes", url="https://far.example/@nina/1")
    visitor = town.visitor()
    for q in ("nina", "@nina@far.example", "Nina of"):
        assert "Nina of the river" in visitor.page(f"/search?q={q}")
    assert "prunes" in visitor.page(f"/search?q={post.url}")
    assert visitor.get("/search?q=%23lyon").headers["Location"] == "/tags/lyon"


def test_visitors_make_this_server_ask_nobody_elsewhere(town: Town, ana: AccountRow) -> None:
    web = town.services.fetcher
    town.visitor().page("/search?q=@somebody@far.example")
    assert web.asked == []  # type: ignore[attr-defined]
    town.at_home(ana).page("/search?q=@somebody@far.example")
    assert web.asked != []  # type: ignore[attr-defined]


def test_the_language_of_an_account_is_the_language_of_its_pages(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    visitor.post(
        "/settings/writing", on="/settings", locale="fr", default_visibility="followers", default_language="fr"
    )
    page = visitor.page("/home")
    assert '<html lang="fr">' in page
    assert "Accueil" in page
    assert '<option value="followers" selected>' in page


def test_a_visitors_choice_of_language_is_kept(town: Town) -> None:
    visitor = town.visitor("en")
    assert '<html lang="en">' in visitor.page("/about")
    visitor.get("/language/fr?next=/about")
    assert '<html lang="fr">' in visitor.page("/about")


def test_about_shows_the_rules_about_others_that_were_made_public(town: Town, admin: AccountRow) -> None:
    services = town.services
    with services.db.write() as session:
        now = services.clock.now()
        editing.set_rule(session, "spam.example", Severity.SUSPEND, "ada", now, public_comment="nothing but adverts")
        editing.set_rule(session, "quiet.example", Severity.SILENCE, "ada", now, private_comment="between us")
        editing.set_rule(
            session, "awful-place.example", Severity.SUSPEND, "ada", now, public_comment="awful", obfuscate=True
        )
    page = town.visitor().page("/about")
    assert "spam.example" in page
    assert "nothing but adverts" in page
    assert "quiet.example" not in page
    assert "between us" not in page
    assert "awful-place.example" not in page
    assert "aw*******ce.example" in page


def test_errors_are_pages_in_words(town: Town) -> None:
    answer = town.visitor("fr").get("/nowhere")
    assert answer.status_code == 404
    assert "Il n’y a rien ici" in answer.text
    assert '<html lang="fr">' in answer.text


def test_a_decision_is_explained_to_whom_it_is_about_and_to_nobody_else(
    town: Town, ana: AccountRow, ben: AccountRow, admin: AccountRow
) -> None:
    town.writes(ana, "they are vermin")
    decide(town, Action.REMOVE)
    visitor = town.at_home(ana)
    page = visitor.page("/notifications")
    assert "Your post was removed, or not published" in page
    link = page[page.index("/decisions/") :].partition('"')[0]
    explained = visitor.page(link)
    assert "A machine pointed it out; a person decided." in explained
    assert "read" in explained
    assert f"{link}/contest" in explained and "out-of-court" in explained
    assert town.at_home(ben).get(link).status_code == 404
    assert town.visitor().get(link).status_code == 302
