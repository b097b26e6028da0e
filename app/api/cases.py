"""Cases and what is decided on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.accounts.tables import AccountRow
from app.api import answers, bodies, naming, who
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.paging import LARGEST
from app.reviewing import claiming, decide, nearest, noting, opinions, people, queues, sight, withholding
from models.labels import LABELS
from moderation import warnings
from moderation.cases import exclusions, figures, queue
from moderation.cases.values import CaseQuery, DecisionRequest
from moderation.quality import blinding
from moderation.values import Action, CaseState, Scope

api = answers.make("cases")
DECISION_FIELDS = frozenset(
    {"action", "scope", "rule_id", "reason", "note", "author_note", "expires_in", "version", "warning", "members"}
    | {"author_decision", "warning_text"}
)
LONGEST_TERM_SECONDS = 3660 * 86400
MOST_MEMBERS = 10_000


@api.get("/cases")
def list_cases() -> Response:
    """Cases by priority; decided ones by when. What isn't for the caller is left out."""
    account = who.reader()
    state = bodies.argument("state")
    query = CaseQuery(
        state=bodies.word(CaseState, state, "state") if state else CaseState.OPEN,
        subject=bodies.argument("subject"),
        label=bodies.argument("label", most=64),
        language=bodies.argument("language", most=12),
        assigned_to=naming.meant(bodies.argument("assigned_to", most=255)),
        queue=_queue(bodies.argument("queue", most=18)),
        limit=bodies.limit(40, 200),
        cursor=bodies.argument("cursor", most=200),
        reader=people.name_of(account),
    )
    services = current.services()
    with services.db.read() as session:
        queues.require_for(session, account, query.queue)
        _require_history(session, account, query)
        found = queue.list_cases(session, query, services.clock.now())
        items = blinding.summaries(session, found.items, people.name_of(account))
    return answers.page(items, found.next)


def _require_history(session: Session, account: AccountRow, query: CaseQuery) -> None:
    """What was decided about somebody is their history, and read by whom that is for. Raises ForbiddenError."""
    if query.subject is None or query.state not in (CaseState.DECIDED, CaseState.CLOSED):
        return
    now = current.services().clock.now()
    if not sight.reads_history(session, people.name_of(account), account.role, query.subject, now):
        raise ForbiddenError("This history takes another role, or a case of its author that you have")


@api.get("/cases/<int:case_id>")
def show_case(case_id: int) -> Response:
    """Everything that a case's screen needs."""
    return answers.json(_detail(who.reader(), case_id))


@api.post("/cases/<int:case_id>/claim")
def claim(case_id: int) -> Response:
    """Take a case, or renew one's own claim; another's is 409, naming holder and end."""
    account = who.writer()
    return answers.json(claiming.take(current.services(), account, _known(case_id)))


@api.post("/cases/next")
def claim_next() -> Response:
    """Take the first case that nobody works on, of one queue or of all; 204 where nothing waits for the caller.

    Who holds a case goes on with that, and what is assigned to them comes first, whatever queue they name.
    """
    account, services = who.writer(), current.services()
    chosen = _queue(bodies.body({"queue"}).get("queue"))
    with services.db.read() as session:
        queues.require_for(session, account, chosen)
    claim = claiming.take_next(services, account, among=chosen)
    return answers.json(claim) if claim is not None else Response(status=204)


@api.post("/cases/<int:case_id>/release")
def release(case_id: int) -> Response:
    """Give it back."""
    account = who.writer()
    claiming.release(current.services(), account, _known(case_id))
    return answers.json(_detail(account, case_id))


@api.post("/cases/<int:case_id>/escalate")
def escalate(case_id: int) -> Response:
    """Hand it to those who decide the hard ones."""
    account = who.writer()
    note = bodies.text(bodies.body({"note"}), "note")
    claiming.escalate(current.services(), account, _known(case_id), note)
    return answers.json(_detail(account, case_id))


@api.post("/cases/<int:case_id>/assign")
def assign(case_id: int) -> Response:
    """Give it to a colleague, by their user name or what the desk calls them; without `to`, to everybody."""
    account = who.writer()
    to = bodies.text(bodies.body({"to"}), "to", most=255).strip() or None
    claiming.assign(current.services(), account, _known(case_id), naming.meant(to))
    return answers.json(_detail(account, case_id))


@api.post("/cases/<int:case_id>/notes")
def put_note(case_id: int) -> Response:
    """A note on the case, by whoever may read it; nothing is decided."""
    account = who.writer(people.LOOK)
    note = bodies.required(bodies.body({"note"}), "note")
    noting.put(current.services(), account, _known(case_id), note)
    return answers.json(_detail(account, case_id))


@api.post("/cases/<int:case_id>/decisions")
def make_decision(case_id: int) -> Response:
    """Decide; the answer is the decision, with its id. Of a case that is read blind, what became of one's answer."""
    account = who.writer()
    given = opinions.answer(current.services(), account, _known(case_id), _request(bodies.body(DECISION_FIELDS)))
    if given.decided is None:
        return answers.json({"answer": given.what.value, "decision": None})
    return answers.json(given.decided.decision)


@api.post("/decisions/<int:decision_id>/reverse")
def reverse(decision_id: int) -> Response:
    """Take a decision back, with everything that it did."""
    account = who.writer()
    reason = bodies.text(bodies.body({"reason"}), "reason")
    return answers.json(decide.reverse(current.services(), account, _known(decision_id), reason).decision)


@api.get("/queue/stats")
def stats() -> Response:
    """How the queue is doing."""
    who.reader()
    services = current.services()
    with services.db.read() as session:
        return answers.json(figures.of(session, services.clock.now()))


def _detail(reader: AccountRow, case_id: int) -> Any:
    """A case for whom it isn't kept from. Raises ExcludedError, NotFoundError."""
    services, name = current.services(), people.name_of(reader)
    with services.db.read() as session:
        exclusions.require(session, _known(case_id), name, services.clock.now())
        now = services.clock.now()
        seen = blinding.see(session, case_id, name, now)
        seen = nearest.with_nearest(session, services, seen, name, reader.role, now)
    return withholding.from_case(seen.detail, reader.role)


def _queue(asked: Any) -> int | None:
    """A queue by its number; `rest` and 0 are what none matches. Raises InvalidError."""
    if asked is None:
        return None
    if asked == queue.REST:
        return 0
    if isinstance(asked, bool) or not isinstance(asked, str | int):
        raise InvalidError("queue must be a queue's id, or rest")
    number = str(asked)
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise InvalidError("queue must be a queue's id, or rest")
    return int(number)


def _known(number: int) -> int:
    """An id that a database can hold; every other names nothing."""
    if number > LARGEST:
        raise NotFoundError()
    return number


def _request(values: dict[str, Any]) -> DecisionRequest:
    seconds = bodies.whole(values, "expires_in", LONGEST_TERM_SECONDS)
    rule = values.get("rule_id")
    return DecisionRequest(
        action=bodies.word(Action, values.get("action"), "action"),
        scope=bodies.word(Scope, values.get("scope") or Scope.SUBJECT, "scope"),
        rule_id=_rule(rule) if rule is not None else None,
        reason=bodies.text(values, "reason"),
        note=bodies.text(values, "note"),
        author_note=bodies.text(values, "author_note"),
        expires_in=timedelta(seconds=seconds) if seconds else None,
        version=bodies.whole(values, "version", 2**31 - 1),
        warning=_warning(values),
        members=_members(values.get("members")),
        author_decision=bodies.whole(values, "author_decision", LARGEST),
    )


def _rule(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or not 0 < len(str(value)) <= 64:
        raise InvalidError("rule_id must be a rule's id")
    return bodies.text({"rule_id": str(value)}, "rule_id", most=64)


def _warning(values: dict[str, Any]) -> str | None:
    """A moderator's own words, a label, or `sensitive` for media that are only marked; None for the case's label."""
    own = bodies.text(values, "warning_text", most=warnings.LONGEST).strip()
    if own:
        return warnings.own(own)
    code = bodies.text(values, "warning", most=64) or None
    if code is not None and code not in (*LABELS, warnings.SENSITIVE):
        raise InvalidError(f"warning must be one of {', '.join((*LABELS, warnings.SENSITIVE))}")
    return code


def _members(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST_MEMBERS or not all(isinstance(uri, str) for uri in value):
        raise InvalidError(f"members must be a list of at most {MOST_MEMBERS} URIs")
    return tuple(value)
