"""The transparency page: this year and the last in figures, from the rows of the work itself; as JSON and CSV, too."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from babel.dates import format_date
from flask import Blueprint, Response, render_template
from flask_babel import get_locale
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from app.appealing import crew
from app.current import services
from app.errors import NotFoundError
from app.instance import domain, public_log
from app.instance.public_log import Line
from app.web import choices, forms, house, pages, sessions
from app.web.review import words
from moderation.audits import rates
from moderation.transparency import figures, quality
from moderation.values import Action

blueprint = sessions.guard(Blueprint("transparency", __name__))
FRESH_SECONDS = 3600
FIRST_YEAR = 2000
GROUPS = (
    "by_machine", "reports", "origins", "outcomes", "notices", "decisions", "rules", "automated", "appeals",
    "appealed_by",
)  # fmt: skip
SINGLE = (
    "judged", "pointed_out_by_machine", "pointed_out_by_people", "reversed", "median_seconds", "notice_seconds",
    "appeal_seconds",
)  # fmt: skip
MONTHLY = ("judged", "reports", "decisions", "reversed", "appeals")
"""What the report says month by month; of groups, their sum."""


@blueprint.get("/transparency")
def page() -> str:
    """This year and the last."""
    now = services().clock.now()
    with services().db.read() as session:
        first = _first_year(session)
        errors = [each for each in rates.error_rates(session, now) if each.decided]
        rules = {str(rule.id): f"{rule.number}. {rule.text}" for rule in house.rules(session)}
    return render_template(
        "transparency.html",
        years=[_year(year) for year in (now.year, now.year - 1) if year >= first],
        errors=errors,
        rules=rules,
        length=lambda seconds: timedelta(seconds=seconds),
        actions={each.value: words.action(each) for each in Action},
    )


@blueprint.get("/transparency/<int:year>")
def report(year: int) -> str:
    """A year's report (DSA, articles 15 and 24), to be read, printed or saved."""
    told, now = _known(year), services().clock.now()
    with services().db.read() as session:
        rules = {str(rule.id): f"{rule.number}. {rule.text}" for rule in house.rules(session)}
        staff = crew.languages(session, now) if year == now.year else None
    return render_template(
        "report-year.html",
        one=told,
        rules=rules,
        staff=staff,
        languages={code: choices.language_name(code) for code in staff or () if code},
        running=year == now.year,
        since=_day(told["since"]),
        today=now,
        length=lambda seconds: timedelta(seconds=seconds),
        month=_month_name,
        actions={each.value: words.action(each) for each in Action},
    )


def _day(told: object) -> datetime | None:
    return datetime.fromisoformat(told).replace(tzinfo=UTC) if isinstance(told, str) else None


def _month_name(told: str) -> str:
    return str(format_date(datetime.strptime(told, "%Y-%m").replace(tzinfo=UTC), "MMMM", locale=get_locale() or "en"))


@blueprint.get("/transparency/<int:year>.json")
def as_json(year: int) -> Response:
    """A year as JSON."""
    return Response(json.dumps(_known(year), indent=1, sort_keys=True), mimetype="application/json")


@blueprint.get("/transparency/<int:year>.csv")
def as_csv(year: int) -> Response:
    """A year as CSV: figure, of what, how many."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(("figure", "of", "value"))
    writer.writerows(_rows(_known(year)))
    return Response(lines.getvalue(), mimetype="text/csv")


@blueprint.get("/transparency/log")
def public_log_page() -> str:
    """Decisions without anybody's name, some days late; only where the house has opened it."""
    lines, older, late = _public_log()
    actions = {each.value: words.action(each) for each in Action}
    return render_template("public-log.html", lines=lines, older=older, late=late, actions=actions)


@blueprint.get("/transparency/log.json")
def public_log_as_json() -> Response:
    """The same for programs; `before` reads on, and `next` says with what."""
    lines, older, late = _public_log()
    told = [{**asdict(each), "day": each.day.isoformat()} for each in lines]
    return Response(
        json.dumps({"decisions": told, "next": older, "days_late": late}, indent=1), mimetype="application/json"
    )


def _public_log() -> tuple[list[Line], int | None, int]:
    place = forms.asked_number("before")
    with services().db.read() as session:
        late = public_log.days(session)
        if late is None:
            raise NotFoundError
        lines, older = public_log.page(session, services().clock.now(), late, pages.language(), place)
    return lines, older, late


def _rows(told: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from ((name, of, count) for of, count in value.items())
        elif isinstance(value, list):
            yield from ((f"month_{of}", month["month"], month[of]) for month in value for of in MONTHLY)
        else:
            yield name, "", value if value is not None else ""


def _known(year: int) -> dict[str, object]:
    with services().db.read() as session:
        if not _first_year(session) <= year <= services().clock.now().year:
            raise NotFoundError
    return _year(year)


def _year(year: int) -> dict[str, object]:
    """A year's figures, counted at most once an hour; without Redis each time."""
    key = f"ostiary:transparency:4:{year}"
    try:
        kept = services().redis.get(key)
        if isinstance(kept, bytes | str):
            told: dict[str, object] = json.loads(kept)
            return told
    except RedisError:
        return _count(year)
    counted = _count(year)
    with suppress(RedisError):  # it is counted again the next time
        services().redis.set(key, json.dumps(counted), ex=FRESH_SECONDS)
    return counted


def _count(year: int) -> dict[str, object]:
    with services().db.read() as session:
        found = figures.of_span(session, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
        groups = {name: dict(getattr(found, name)) for name in GROUPS}
        begun = domain.begun(session)
        erred = _erred(session, year)
        months = [_month(session, year, number) for number in range(1, 13) if _counts(begun, year, number)]
    since = begun.date().isoformat() if begun is not None and begun.year == year else None
    return {
        "year": year,
        "since": since,
        **{name: getattr(found, name) for name in SINGLE},
        **groups,
        **erred,
        "months": months,
    }


def _erred(session: Session, year: int) -> dict[str, object]:
    """How often machines and people erred: as far as the year has come, or as it was kept; null where nobody did."""
    now = services().clock.now()
    found = quality.kept(session, year)
    if found is None and year >= now.year - 1:
        found = quality.of_year(session, year)
    return {name: dict(found[name]) if found is not None else None for name in quality.GROUPS}


def _first_year(session: Session) -> int:
    """Nothing is told of years in which there was no house: figures of nobody aren't zero."""
    begun = domain.begun(session)
    return begun.year if begun is not None else FIRST_YEAR


def _counts(begun: datetime | None, year: int, number: int) -> bool:
    """Whether the house was there in this month, and the month has begun."""
    now = services().clock.now()
    first = (begun.year, begun.month) if begun is not None else (year, 1)
    return first <= (year, number) <= (now.year, now.month)


def _month(session: Session, year: int, number: int) -> dict[str, object]:
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    found = figures.of_span(session, datetime(year, number, 1, tzinfo=UTC), ends)
    counted = {name: getattr(found, name) for name in MONTHLY}
    sums = {name: sum(each.values()) if isinstance(each, Mapping) else each for name, each in counted.items()}
    return {"month": f"{year}-{number:02d}", **sums}
