"""The transparency page, for everybody, and the same figures for machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.accounts.tables import Role
from app.appealing import contest
from app.clock import FrozenClock
from app.instance import domain, years
from app.instance.tables import InstanceSettingRow
from moderation.cases.tables import DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.quality.ratings import as_json
from moderation.quality.tables import ReviewRow, ReviewState
from moderation.transparency.tables import YearQualityRow
from moderation.values import Action
from tests.app.web.conftest import Town
from tests.app.web.test_members import decide


def test_everybody_reads_what_was_decided_this_year(town: Town) -> None:
    ana, _admin = town.member("ana"), town.member("ada", Role.ADMIN)
    town.writes(ana, "they are vermin")
    decide(town, Action.REMOVE)
    visitor = town.visitor()
    page, year = visitor.page("/transparency"), town.services.clock.now().year
    assert "Decided by people, pointed out by machines" in page and "kept for a person" in page
    told = visitor.get(f"/transparency/{year}.json").json
    assert told is not None and told["decisions"] == {"remove": 1} and told["pointed_out_by_machine"] == 1
    assert "decisions,remove,1" in visitor.get(f"/transparency/{year}.csv").text


def test_a_years_report_says_what_articles_15_and_24_ask_for_and_can_be_printed(town: Town) -> None:
    ana, mo = town.member("ana"), town.member("mo", Role.MODERATOR)
    town.writes(ana, "they are vermin")
    decide(town, Action.REMOVE)
    with town.services.db.read() as session:
        number = session.scalars(select(DecisionRow.id)).one()
    town.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    contest.by_author(town.services, ana, number, "It was a quotation.")
    town.writes(ana, "a nude by the river")
    visitor, year = town.visitor(), town.services.clock.now().year
    page = visitor.page(f"/transparency/{year}")
    for said in (
        "whom the decision was about",
        "1 person moderates here today.",
        "Month by month",
        "What machines restricted by themselves",
    ):
        assert said in page, said
    assert f'href="/transparency/{year}"' in visitor.page("/transparency") and mo.actor.username + "@" not in page
    told = visitor.get(f"/transparency/{year}.json").json
    assert told is not None and told["appealed_by"] == {"author": 1} and told["automated"] == {"label": 1}
    months = {each["month"]: each for each in told["months"]}
    now = f"{year}-{town.services.clock.now().month:02d}"
    assert (
        list(months)[-1] == now and months[now]["decisions"] == 1 and sum(m["decisions"] for m in told["months"]) == 1
    )
    assert f"month_decisions,{now},1" in visitor.get(f"/transparency/{year}.csv").text
    assert "Signalements et notifications" in town.visitor("fr").page(f"/transparency/{year}")


def test_there_are_no_figures_of_the_future(town: Town) -> None:
    assert town.visitor().get("/transparency/2999.json").status_code == 404
    assert town.visitor().get("/transparency/2999").status_code == 404


def test_nothing_is_told_of_the_time_before_the_house(town: Town) -> None:
    visitor, now = town.visitor(), town.services.clock.now()
    assert "nothing is counted from before" not in visitor.page(f"/transparency/{now.year}")
    assert visitor.get(f"/transparency/{now.year - 1}").status_code == 200, "as long as nobody knows since when"
    with town.services.db.write() as session:
        begun = now - timedelta(days=40)
        session.add(InstanceSettingRow(name=domain.NAME, value=town.services.settings.domain, set_at=begun))
    town.services.redis.flushdb()
    told = visitor.get(f"/transparency/{begun.year}.json").json
    assert told is not None and told["since"] == begun.date().isoformat()
    assert told["months"][0]["month"] == f"{begun:%Y-%m}"
    assert "nothing is counted from before" in visitor.page(f"/transparency/{begun.year}")
    for before in ("", ".json", ".csv"):
        assert visitor.get(f"/transparency/{begun.year - 1}{before}").status_code == 404
    assert f'id="y{begun.year - 1}"' not in visitor.page("/transparency")


def test_a_year_that_is_over_keeps_how_often_people_and_machines_erred(town: Town, clock: FrozenClock) -> None:
    domain.settle(town.services)
    ana, _admin = town.member("ana"), town.member("ada", Role.ADMIN)
    town.writes(ana, "they are vermin")
    decide(town, Action.REMOVE)
    year = clock.now().year
    with town.services.db.write() as session:
        made = session.scalars(select(DecisionRow)).one()
        session.add(read_again(made, Action.REMOVE, clock.now()))
    clock.move(timedelta(days=366))
    assert years.settle(town.services) == 1 and years.settle(town.services) == 0
    with town.services.db.write() as session:
        session.execute(delete(ReviewRow))
    visitor = town.visitor()
    told = visitor.get(f"/transparency/{year}.json").json
    assert told is not None and told["audited"] == {}
    assert told["agreement"] == {"read_twice": 1, "read_alike": 1, "kappa": None, "alpha": None}
    assert "agreement,read_alike,1" in visitor.get(f"/transparency/{year}.csv").text
    page = visitor.page(f"/transparency/{year}")
    assert "How often machines erred" in page and "answered alike</th><td>1<" in page
    with town.services.db.write() as session:
        session.execute(delete(YearQualityRow))
    town.services.redis.flushdb()
    clock.move(timedelta(days=366))
    told = visitor.get(f"/transparency/{year}.json").json
    assert told is not None and told["agreement"] is None, "what nobody kept isn't zero"
    assert "wasn’t kept" in visitor.page(f"/transparency/{year}")


def read_again(made: DecisionRow, action: Action, now: datetime) -> ReviewRow:
    """A second reader's answer to a decision."""
    return ReviewRow(
        decision_id=made.id,
        case_id=made.case_id,
        category="hate",
        state=ReviewState.AGREED,
        first_by=made.made_by,
        first_action=made.action,
        first_rule=made.rule_id,
        drawn_at=now,
        second_by="ben",
        second_request=as_json(DecisionRequest(action)),
        answered_at=now,
    )
