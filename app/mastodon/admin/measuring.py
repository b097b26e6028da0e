"""Numbers for dashboards: measures by day, dimensions by rank, and who stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Response

from app import current
from app.errors import InvalidError
from app.mastodon import answers, params
from app.mastodon.admin import door
from app.mastodon.params import Params
from app.mastodon.serialise.times import instant
from app.measuring import dimensions as ranks
from app.measuring import measures as numbers
from app.measuring import retention as cohorts
from app.measuring.retention import Cohort, Frequency
from app.measuring.spans import Span, midnight
from app.oauth import bearer
from app.reviewing import people

api = door.make("measuring")
READ = "admin:read"
MOST = 100


@api.post("/api/v1/admin/measures")
@bearer.require(READ)
def measures() -> Response:
    """One number a day, for each key; keys that aren't known are left out, as Mastodon does."""
    door.caller(people.PEOPLE)
    sent = params.sent()
    span, keys = _span(sent), [key for key in sent.texts("keys") if key in numbers.MEASURES]
    with current.services().db.read() as session:
        found = [
            _measure(key, numbers.measure(session, key, span, _about(sent, key, numbers.MEASURES[key].needs)))
            for key in keys
        ]
    return answers.json(found)


@api.post("/api/v1/admin/dimensions")
@bearer.require(READ)
def dimensions() -> Response:
    """What comes first, for each key; with which program something was posted isn't kept, so `sources` is left out."""
    door.caller(people.PEOPLE)
    sent, services = params.sent(), current.services()
    span, limit = _span(sent), sent.integer("limit", 10, least=1, most=MOST)
    keys = [key for key in sent.texts("keys") if key in ranks.RANKED or key in ranks.PLAIN]
    found = []
    with services.db.read() as session:
        for key in keys:
            about = _about(sent, key, ranks.RANKED[key][1]) if key in ranks.RANKED else ""
            rows = ranks.dimension(services, session, key, span, limit, about)
            found.append({"key": key, "data": [_entry(row) for row in rows]})
    return answers.json(found)


@api.post("/api/v1/admin/retention")
@bearer.require(READ)
def retention() -> Response:
    """Of those who joined in each day or month, how many stayed."""
    door.caller(people.PEOPLE)
    sent = params.sent()
    if sent.text("frequency") not in list(Frequency):
        raise InvalidError("Validation failed: frequency must be day or month", code="frequency")
    frequency = Frequency(sent.text("frequency"))
    with current.services().db.read() as session:
        found = cohorts.cohorts(session, _span(sent), frequency)
    return answers.json([_cohort(each, frequency) for each in found])


def _span(sent: Params) -> Span:
    """The days that are asked for; the times of day are ignored. The last 28 where nothing is said."""
    today = current.services().clock.now().date()
    last = _day(sent.text("end_at", most=64)) or today
    return Span(_day(sent.text("start_at", most=64)) or date.fromordinal(max(1, last.toordinal() - 27)), last)


def _day(given: str) -> date | None:
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidError("Validation failed: start_at and end_at must be dates", code="bad_span") from error
    day = (found.astimezone(UTC) if found.tzinfo and found.year not in (1, 9999) else found).date()
    if not 1900 <= day.year <= 2200:
        raise InvalidError("Validation failed: start_at and end_at must be dates", code="bad_span")
    return day


def _about(sent: Params, key: str, needs: str) -> str:
    found = sent.group(key).text(needs, most=300) if needs else ""
    if needs and not found:
        raise InvalidError(f"Validation failed: {key}[{needs}] can't be blank", code="nothing_asked_about")
    return found.lower()


def _measure(key: str, found: numbers.Measured) -> dict[str, Any]:
    unit = numbers.MEASURES[key].unit
    return {
        "key": key,
        "unit": unit,
        "total": str(found.total),
        **({"human_value": ranks.size(found.total)} if unit == "bytes" else {}),
        **({"previous_total": str(found.previous)} if found.previous is not None else {}),
        "data": [{"date": instant(midnight(day)), "value": str(count)} for day, count in found.days.items()],
    }


def _entry(row: ranks.Entry) -> dict[str, Any]:
    return {
        "key": row.key,
        "human_key": row.name,
        "value": row.value,
        **({"unit": row.unit} if row.unit else {}),
        **({"human_value": row.text} if row.text else {}),
    }


def _cohort(each: Cohort, frequency: Frequency) -> dict[str, Any]:
    return {
        "period": instant(midnight(each.begins)),
        "frequency": frequency.value,
        "data": [
            {
                "date": instant(midnight(day)),
                "rate": count / each.joined if each.joined else 0.0,
                "value": str(count),
            }
            for day, count in each.stayed
        ],
    }
