"""Prometheus metrics: counters that each process counts, and gauges read from the database when somebody asks.

With `PROMETHEUS_MULTIPROC_DIR` set (`ostiary run` does it) the counters of all processes of one machine are
summed; without it `/metrics` shows those of the web process alone. Gauges come from rows, and are true either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.federation.tables import DeliveryRow, DeliveryState, InboxActivityRow, IntakeState
from app.posts import answering
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.values import CaseState, Outcome
from moderation.verdicts.tables import VerdictRow

REQUESTS = Counter("ostiary_requests", "Requests answered", ["endpoint", "method", "status"])
REQUEST_SECONDS = Histogram(
    "ostiary_request_seconds",
    "Time to answer",
    ["endpoint"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
)
VERDICTS = Counter("ostiary_verdicts", "What the door said", ["origin", "outcome"])
JOBS = Counter("ostiary_jobs", "Jobs run", ["job", "outcome"])
JOB_ROWS = Counter("ostiary_job_rows", "Rows that jobs dealt with", ["job"])
STREAM_EVENTS = Counter("ostiary_stream_events", "Events sent to listeners", ["stream"])


def render(services: Services) -> bytes:
    """Everything, in Prometheus's text format."""
    registry: CollectorRegistry = REGISTRY
    if values.ValueClass.__name__ == "MmapedValue":
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    rows = CollectorRegistry()
    rows.register(Rows(services))
    return generate_latest(registry) + generate_latest(rows)


class Rows(Collector):
    """What waits, counted in the database."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family for each kind of thing that can wait."""
        now = self._services.clock.now()
        with self._services.db.read() as session:
            yield from _backlog(session, now)
            yield _cases(session)
            yield _verdicts(session, now)


def _backlog(session: Session, now: datetime) -> Iterator[GaugeMetricFamily]:
    family = GaugeMetricFamily("ostiary_waiting", "Rows that wait to be dealt with", labels=["stage"])
    oldest = GaugeMetricFamily("ostiary_waiting_seconds", "Age of the oldest of them", labels=["stage"])
    for stage, number, since in backlog(session, now):
        family.add_metric([stage], number)
        oldest.add_metric([stage], max(0.0, (now - since).total_seconds()) if since else 0.0)
    yield family
    yield oldest


def backlog(session: Session, now: datetime) -> list[tuple[str, int, datetime | None]]:
    """What waits: stage, how many, since when."""
    waiting = (IntakeState.UNVERIFIED, IntakeState.WAITING, IntakeState.RETRY)
    stages = (
        ("intake", InboxActivityRow.received_at, InboxActivityRow.state.in_(waiting)),
        ("judging", PostRow.submitted_at, (PostRow.state == PostState.WAITING) & ~answering.waits(now)),
        (
            "fan_out",
            PostRow.submitted_at,
            PostRow.fanned_out_at.is_(None) & (PostRow.state == PostState.PUBLISHED),
        ),
        (
            "delivery",
            DeliveryRow.created_at,
            (DeliveryRow.state == DeliveryState.WAITING) & (DeliveryRow.next_at <= now),
        ),
    )
    found: list[tuple[str, int, datetime | None]] = []
    for stage, since, condition in stages:
        number, oldest = session.execute(select(func.count(), func.min(since)).where(condition)).one()
        found.append((stage, number, oldest))
    return found


def _cases(session: Session) -> GaugeMetricFamily:
    family = GaugeMetricFamily("ostiary_cases", "Cases that wait for a person", labels=["state"])
    numbers = dict(session.execute(select(CaseRow.state, func.count()).group_by(CaseRow.state)).all())
    for state in (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED):
        family.add_metric([state.value], numbers.get(state, 0))
    return family


def _verdicts(session: Session, now: datetime) -> GaugeMetricFamily:
    family = GaugeMetricFamily("ostiary_verdicts_last_hour", "What the door said lately", labels=["outcome"])
    said = select(VerdictRow.outcome, func.count()).where(VerdictRow.made_at > now - timedelta(hours=1))
    numbers = dict(session.execute(said.group_by(VerdictRow.outcome)).all())
    for outcome in Outcome:
        family.add_metric([outcome.value], numbers.get(outcome, 0))
    return family
