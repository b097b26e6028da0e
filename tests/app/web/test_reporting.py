"""The report dialogue: what it says of who reads along, what can be ticked, and the number that comes back."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.tables import Role
from app.instance import house
from moderation.reports.tables import ReportRow
from tests.app import people
from tests.app.web.conftest import Town


def test_a_report_takes_more_posts_along_and_comes_back_with_its_number(town: Town) -> None:
    ana, mallory = town.member("ana"), people.remote(town.services, "mallory")
    first, second = (people.post(town.services, mallory, text) for text in ("You again.", "And again."))
    visitor = town.at_home(ana)
    visitor.post(f"/report/post/{first.id}", category="spam", also=str(second.id))
    with town.services.db.read() as session:
        report = session.scalars(select(ReportRow)).one()
    assert report.subject_uris == [first.uri, second.uri]
    assert f"Your report has the number {report.id}." in visitor.page("/reports")


def test_forwarding_warns_and_the_comment_has_a_box_of_its_own(town: Town) -> None:
    ana, mallory = town.member("ana"), people.remote(town.services, "mallory")
    page = town.at_home(ana).page(f"/report/account/{mallory.id}")
    assert "They may be friends of mallory." in page
    assert 'name="forward" value="1">' in page and 'name="forward_comment" value="1">' in page


def test_who_reports_the_only_admin_reads_first_that_nobody_else_will_and_whom_to_turn_to(town: Town) -> None:
    ana, ada = town.member("ana"), town.member("ada", Role.ADMIN)
    house.change(town.services, outside_contact="Olga, olga@help.example")
    page = town.at_home(ana).page(f"/report/account/{ada.id}")
    assert page.index("Nobody else moderates here") < page.index("Olga, olga@help.example")
    assert page.index("Olga, olga@help.example") < page.index("Send the report")
    town.member("mia", Role.MODERATOR)
    assert "Your report goes to the others." in town.at_home(ana).page(f"/report/account/{ada.id}")


def test_an_admin_sets_the_contacts_and_everybody_reads_them(town: Town) -> None:
    ada = town.member("ada", Role.ADMIN)
    wanted = {"contact_email": "boss@mail.example", "authority_contact": "law@mail.example, English"}
    town.at_home(ada).post("/review/contacts", **wanted, contact_account="", outside_contact="Olga")
    page = town.visitor().page("/about")
    assert "boss@mail.example" in page and "law@mail.example, English" in page and "Olga" in page


def test_who_moderates_reads_no_history_of_what_was_reported_of_them(town: Town) -> None:
    ana, ada = town.member("ana"), town.member("ada", Role.ADMIN)
    town.at_home(ana).post(f"/report/account/{ada.id}", category="other", comment="She bullies.")
    answer = town.at_home(ada).get(f"/review/history?uri={ada.actor.uri}")
    assert answer.status_code == 403 and "bullies" not in answer.text and "@ana" not in answer.text
