"""The rule of a decision is found by typing; the field is one that screen readers know, and without scripts a plain list."""

from __future__ import annotations

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from app.accounts.tables import Role
from app.instance import rules
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow, DecisionRow
from tests.browser.conftest import LiveHouse, before_a_screen

OPTIONS = "#panel-remove [role=option]"


def reported(live: LiveHouse, name: str) -> int:
    """A case about a post of somebody of this name, and a reviewer for it."""
    author, reporter = live.member(f"ruled_{name}"), live.member(f"ruler_{name}")
    live.member(f"finder_{name}", Role.ADMIN)
    post = live.writes(author, f"soup by {name}, and a rule against it")
    file.file(live.services, reporter.actor, FileReport(author.id, (post.id,), "soup!", "other"))
    with live.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()


def third(live: LiveHouse) -> tuple[str, str]:
    """The id of a rule, and its longest word, in capitals."""
    with live.services.db.read() as session:
        row = rules.rules(session)[2]
        return str(row.id), max(rules.text_in(row, "en").split(), key=len).strip(".,:;").upper()


def chosen(page: Page) -> str:
    """What the form would send."""
    return str(page.locator("select[name=rule_remove]").evaluate("select => select.value"))


def test_a_rule_is_found_by_any_of_its_words_and_the_text_follows(chromium: Browser, live: LiveHouse) -> None:
    number, (rule, word) = reported(live, "keys"), third(live)
    context, person = before_a_screen(chromium, live, viewport={"width": 1280, "height": 720})
    page = person.signs_in("finder_keys").goes(f"/review/case/{number}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("r")
    field = page.get_by_role("combobox", name="Rule").first
    assert field.get_attribute("aria-expanded") == "false", "opening the line covers nothing"
    reason = page.locator("#reason_remove").input_value()
    page.keyboard.type(word)
    assert field.get_attribute("aria-expanded") == "true"
    told = field.get_attribute("aria-activedescendant")
    assert word.lower() in page.locator(f"#{told}").inner_text().lower(), "the line that Enter takes is the one told"
    page.keyboard.press("Enter")
    assert chosen(page) == rule
    assert page.locator("#reason_remove").input_value() != reason, "the author reads of the rule that was chosen"
    with live.services.db.read() as session:
        assert not session.scalars(select(DecisionRow).where(DecisionRow.case_id == number)).all(), (
            "nothing is decided yet"
        )
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith(f"/review/case/{number}"))
    with live.services.db.read() as session:
        assert session.scalars(select(DecisionRow).where(DecisionRow.case_id == number)).one().rule_id == rule
    assert not person.complaints
    context.close()


def test_words_of_no_rule_choose_nothing_and_escape_leaves_only_the_list(chromium: Browser, live: LiveHouse) -> None:
    number = reported(live, "lost")
    context, person = before_a_screen(chromium, live, viewport={"width": 390, "height": 844})
    page = person.signs_in("finder_lost").goes(f"/review/case/{number}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("r")
    before, field = chosen(page), page.get_by_role("combobox", name="Rule").first
    was = field.input_value()
    page.keyboard.type("zyzzyva")
    page.get_by_text("No rule has these words.").wait_for(state="visible")
    page.keyboard.press("Enter")
    assert chosen(page) == before
    page.keyboard.press("Escape")
    assert field.input_value() == was, "the field says what is chosen"
    assert page.locator("#panel-remove[open]").count() == 1
    page.keyboard.press("ArrowDown")
    page.locator(OPTIONS).nth(2).click()
    assert chosen(page) != before
    assert page.locator(OPTIONS).first.is_hidden()
    page.keyboard.press("Escape")
    assert page.locator("#panel-remove[open]").count() == 0
    assert not person.complaints
    context.close()


def test_without_scripts_it_is_a_list_to_choose_from(chromium: Browser, live: LiveHouse) -> None:
    number = reported(live, "plain")
    context, person = before_a_screen(chromium, live, java_script_enabled=False)
    page = person.signs_in("finder_plain").goes(f"/review/case/{number}").page
    page.locator("#panel-remove summary").first.click()
    page.locator("select#rule_remove").select_option(index=2)
    context.close()
