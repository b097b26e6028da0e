"""A host that sends far more than others is one line at the start of a shift, and its button leads to a rule."""

from __future__ import annotations

import re

import pytest

from app.accounts.tables import Role
from app.federation.tables import InboxActivityRow, IntakeState
from moderation import domains
from moderation.values import Severity
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database
STORM = "spam.example"
LINE = f"400 activities from {STORM} wait; 40 a minute come in."


@pytest.fixture
def storm(town: Town) -> str:
    """A domain whose activities wait by the hundred."""
    now = town.services.clock.now()
    with town.services.db.write() as session:
        session.add_all(
            InboxActivityRow(activity_uri=f"https://{STORM}/{number}", kind="Create", domain=STORM, queue=STORM,
                             actor_uri=f"https://{STORM}/users/mallory", key_id="k", body=b"{}",
                             state=IntakeState.WAITING, received_at=now)
            for number in range(400)
        )  # fmt: skip
    return STORM


def test_nothing_is_said_while_nobody_storms(lea: Visitor) -> None:
    assert "a minute come in" not in lea.page("/review/start")


@pytest.mark.parametrize(("severity", "button"), [("hold", "Hold all from this server…"), ("suspend", "Let nothing in from there…")])  # fmt: skip
def test_its_button_shows_what_the_rule_would_do_and_the_next_one_sets_it(
    town: Town, lea: Visitor, storm: str, severity: str, button: str
) -> None:
    page = lea.page("/review/start")
    assert LINE in page and button in page
    preview = lea.post("/review/domains/preview", on="/review/start", domain=storm, severity=severity)
    assert preview.status_code == 200 and "nothing changes yet" in preview.text
    with town.services.db.read() as session:
        assert domains.rule_for(session, storm) is None
    hidden = dict(re.findall(r'type="hidden" name="(domain|severity)" value="([^"]+)"', preview.text))
    assert hidden == {"domain": storm, "severity": severity}
    assert lea.post("/review/domains/set", on="/review/start", **hidden).status_code == 302
    with town.services.db.read() as session:
        rule = domains.rule_for(session, storm)
    assert rule is not None and rule.severity is Severity(severity)
    page = lea.page("/review/start")
    assert button not in page and f'href="/review/domains/{storm}"' in page


def test_who_sets_no_rules_sees_the_line_without_a_button(town: Town, storm: str) -> None:
    page = town.at_home(town.member("tia", Role.TRAINEE)).page("/review/start")
    assert LINE in page and "Hold all" not in page


def test_it_is_told_in_french(town: Town, storm: str) -> None:
    town.member("lou", Role.LEAD)
    visitor = town.visitor().sign_in("lou")
    visitor.post("/settings/writing", on="/settings", locale="fr", default_visibility="public", default_language="fr")
    page = visitor.page("/review/start")
    assert f"400 activités de {STORM} attendent" in page and "Tout retenir de ce serveur…" in page
