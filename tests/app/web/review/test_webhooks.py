"""The page of webhooks: added with a secret that is shown once, switched, and taken away."""

from __future__ import annotations

import re

import pytest

from app.accounts.tables import AccountRow
from app.webhooks import keeping
from tests.app.web.conftest import Town

PAGE = "/review/webhooks"
URL = "https://bot.example/hook"


@pytest.mark.one_database
def test_a_webhook_is_added_switched_and_taken_away(town: Town, admin: AccountRow) -> None:
    ada = town.at_home(admin)
    assert "Nobody is told anything yet" in ada.get(PAGE).text
    shown = ada.post(f"{PAGE}/add", on=PAGE, url=URL, event=["report.created", "case.opened"])
    secret = re.search(r'id="secret">([0-9a-f]{64})<', shown.text)
    assert shown.status_code == 200 and secret is not None and shown.headers["Cache-Control"] == "no-store"
    page = ada.get(PAGE).text
    assert (
        URL in page and secret[1] not in page and "<code>report.created" in page and "<code>account.created" not in page
    )
    with town.services.db.read() as session:
        [listed] = keeping.listed(session)
    number = listed.row.id
    other = ada.post(f"{PAGE}/{number}/secret", on=PAGE)
    assert secret[1] not in other.text and 'id="secret"' in other.text
    assert ada.post(f"{PAGE}/{number}/off", on=PAGE).status_code == 302
    assert "Switch on" in ada.get(PAGE).text
    assert ada.post(f"{PAGE}/{number}/on", on=PAGE).status_code == 302
    assert "Switch off" in ada.get(PAGE).text
    assert ada.post(f"{PAGE}/{number}/remove", on=PAGE).status_code == 302
    assert URL not in ada.get(PAGE).text
    log = ada.get("/review/log").text
    assert "Added a webhook" in log and "Took a webhook away" in log


@pytest.mark.one_database
def test_what_doesn_t_fit_is_said_and_what_was_typed_stays(town: Town, admin: AccountRow) -> None:
    ada = town.at_home(admin)
    answer = ada.post(f"{PAGE}/add", on=PAGE, url="http://bot.example/x", event=["case.opened"])
    assert answer.status_code == 422 and "no address that can be sent to" in answer.text
    assert 'value="http://bot.example/x"' in answer.text
    assert ada.post(f"{PAGE}/add", on=PAGE, url=URL).status_code == 422
