"""Setting and lifting domain rules; each is an event, and gives the effects that the app enacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from moderation import turns
from moderation.domains import modes
from moderation.domains.modes import Mode
from moderation.domains.names import canonical, for_rule
from moderation.domains.rules import rule_of
from moderation.domains.tables import DomainEventRow, DomainRuleRow
from moderation.domains.values import DomainRule, Filter, RuleDraft, draft_of, in_order, rule_from
from moderation.errors import BadDomainError, NotFoundError
from moderation.log import chain as log
from moderation.rows import as_stored, insert_ids, insert_stored, slices
from moderation.values import Effect, Severity, Verb

COMMENT_LONGEST = 2000
MOST_EVIDENCE = 50
SET, LIFTED, UNDONE, ASKED, ANNOUNCED = "set", "lifted", "undone", "asked", "announced"
UNDOABLE = frozenset((SET, LIFTED, ASKED, ANNOUNCED))
"""Events that who caused them may take back within a few minutes."""
EXPIRY = "the clock"
"""Who lifts a rule whose end has come."""
_KEPT = ("reject_media", "reject_reports", "obfuscate", "public_comment", "private_comment", "subdomains", "source")
_PLAIN = ("severity", *_KEPT, "review_at", "expires_at")


@dataclass(frozen=True, slots=True)
class DomainDecided:
    """What was done: the rule in force now (None after lifting), and what the app must do about the domain."""

    rule: DomainRule | None
    event_id: int
    effects: tuple[Effect, ...]


def set_rule(
    session: Session,
    domain: str,
    severity: Severity,
    by: str,
    now: datetime,
    *,
    own: str | None = None,
    decision_id: int | None = None,
    **more: Any,
) -> DomainDecided:
    """Set the rule for a domain: `more` are the other fields of a draft, `own` is this server's domain.

    Raises BadDomainError.
    """
    return set_draft(session, RuleDraft(for_rule(domain, own), severity, **more), by, now, decision_id)


def set_draft(
    session: Session,
    draft: RuleDraft,
    by: str,
    now: datetime,
    decision_id: int | None = None,
    *,
    what: str = "set",
) -> DomainDecided:
    """Set the rule that a checked draft asks for; `what` is the event's word. Raises BadDomainError."""
    turns.take_rules(session)
    row = session.get(DomainRuleRow, draft.domain)
    rule, before = _put(session, row, draft, by, now, decision_id)
    event = _log(session, draft.domain, what, by, now, before, rule)
    return DomainDecided(rule, event, (_effect(rule, before, decision_id),))


def _put(
    session: Session, row: DomainRuleRow | None, draft: RuleDraft, by: str, now: datetime, decision_id: int | None
) -> tuple[DomainRule, DomainRule | None]:
    """The rule as it is now, and as it was."""
    before = rule_of(row) if row is not None else None
    _require_sound(draft, before, now)
    if row is None:
        row = DomainRuleRow(domain=draft.domain)
        session.add(row)
    for name in _PLAIN:
        setattr(row, name, getattr(draft, name))
    row.filters, row.evidence = [one.value for one in in_order(draft.filters)], list(draft.evidence)
    row.set_by, row.set_at, row.decision_id = by, now, decision_id
    return rule_of(row), before


def require_fits(draft: RuleDraft) -> None:
    """Raise BadDomainError for comments or evidence beyond what a rule holds."""
    if max(len(draft.public_comment), len(draft.private_comment)) > COMMENT_LONGEST:
        raise BadDomainError(f"a comment has at most {COMMENT_LONGEST} characters")
    if len(draft.evidence) > MOST_EVIDENCE:
        raise BadDomainError(f"at most {MOST_EVIDENCE} cases can be named")


def _require_sound(draft: RuleDraft, before: DomainRule | None, now: datetime, *, may_be_due: bool = False) -> None:
    require_fits(draft)
    if _is_over(draft.expires_at, before, now):
        raise BadDomainError("the day on which it ends is over")
    if not may_be_due and _is_over(draft.review_at, before, now):
        raise BadDomainError("the day on which it is looked at again is over")
    if draft.filters and draft.severity in (Severity.SUSPEND, Severity.ALLOW):
        raise BadDomainError("what is suspended or allowed has nothing to tone down")


def _is_over(at: datetime | None, before: DomainRule | None, now: datetime) -> bool:
    """Whether a day is past that the rule didn't have before."""
    return at is not None and at <= now and (before is None or at not in (before.expires_at, before.review_at))


@dataclass(frozen=True, slots=True)
class _Changed:
    """One rule: as wanted (None: lifted), as it will be, as it was, what the app must do then."""

    draft: RuleDraft | None
    rule: DomainRule | None
    before: DomainRule | None
    effect: Effect


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rules that are to be set and lifted, with all that is written: that takes longer than writing it."""

    by: str
    at: datetime
    changes: tuple[_Changed, ...]
    fresh: tuple[Mapping[str, Any], ...]
    """Rules that weren't there, as they are stored."""
    events: tuple[Mapping[str, Any], ...]
    lines: tuple[log.Line, ...]

    @property
    def rules(self) -> dict[str, DomainRule | None]:
        """What will be set by domain; None where a rule is lifted."""
        return {each.effect.uri: each.rule for each in self.changes}


def set_many(session: Session, drafts: Iterable[RuleDraft], by: str, now: datetime) -> list[DomainDecided]:
    """Set many rules, as a list does: all of them, or none. Raises BadDomainError."""
    turns.take_rules(session)
    return put(session, prepare(session, drafts, by, now))


def prepare(
    session: Session,
    drafts: Iterable[RuleDraft],
    by: str,
    now: datetime,
    lifted: Iterable[str] = (),
    *,
    by_list: bool = False,
    set_as: str = SET,
    lifted_as: str = LIFTED,
) -> Prepared:
    """What setting many rules, and lifting those of the domains `lifted`, writes, from the rules as this session sees
    them; `set_as` and `lifted_as` are the events' words. `by_list`: a day for looking again may be past, and is due.
    Raises BadDomainError.
    """
    wanted, over = list(drafts), list(lifted)
    there = _there(session, [*(draft.domain for draft in wanted), *over])
    for draft in wanted:
        try:
            _require_sound(draft, there.get(draft.domain), now, may_be_due=by_list)
        except BadDomainError as error:
            raise error if len(wanted) == 1 else BadDomainError(f"{draft.domain}: {error.safe}") from error
    changes = [_as_set(draft, rule_from(draft, by, now), there.get(draft.domain)) for draft in wanted]
    changes += [_Changed(None, None, there[name], _lifting(there[name], None)) for name in over if name in there]
    words = [set_as if each.rule else lifted_as for each in changes]
    said = [(each.effect.uri, word, by, now, each.before, each.rule) for each, word in zip(changes, words, strict=True)]
    fresh = [_values(each.draft, by, now) for each in changes if each.draft is not None and each.before is None]
    stored = tuple(as_stored(session, DomainRuleRow, fresh))
    events, lines = tuple(_said(*each) for each in said), tuple(_line(*each) for each in said)
    return Prepared(by, now, tuple(changes), stored, events, lines)


def put(session: Session, prepared: Prepared, import_id: int | None = None) -> list[DomainDecided]:
    """Write what was prepared, whole tables at a time; nothing else may have changed these rules since, so the turn is
    taken before that is asked. `import_id`: the list taken by hand that it's of."""
    session.flush()
    insert_stored(session, DomainRuleRow, prepared.fresh)
    others = [each.draft for each in prepared.changes if each.draft is not None and each.before is not None]
    if others:
        session.execute(update(DomainRuleRow), [_values(draft, prepared.by, prepared.at) for draft in others])
    for part in slices(each.effect.uri for each in prepared.changes if each.draft is None):
        session.execute(delete(DomainRuleRow).where(DomainRuleRow.domain.in_(part)))
    events = insert_ids(session, DomainEventRow, [{**each, "import_id": import_id} for each in prepared.events])
    log.append_lines(session, prepared.lines)
    return [
        DomainDecided(each.rule, number, (each.effect,)) for each, number in zip(prepared.changes, events, strict=True)
    ]


def _as_set(draft: RuleDraft, rule: DomainRule, before: DomainRule | None) -> _Changed:
    return _Changed(draft, rule, before, _effect(rule, before, None))


def _there(session: Session, domains: Iterable[str]) -> dict[str, DomainRule]:
    """By columns: no objects stay in the session that `put` would have to keep true."""
    found: dict[str, DomainRule] = {}
    for part in slices(domains):
        rows = session.execute(select(DomainRuleRow.__table__).where(DomainRuleRow.domain.in_(part)))
        found |= {row.domain: rule_of(row) for row in rows}
    return found


def _values(draft: RuleDraft, by: str, now: datetime) -> dict[str, Any]:
    """A new rule as its row's columns."""
    plain = {name: getattr(draft, name) for name in _PLAIN}
    listed = {"filters": [one.value for one in in_order(draft.filters)], "evidence": list(draft.evidence)}
    return plain | listed | {"domain": draft.domain, "set_by": by, "set_at": now, "decision_id": None}


def lift_rule(
    session: Session, domain: str, by: str, now: datetime, *, decision_id: int | None = None, what: str = "lifted"
) -> DomainDecided:
    """Lift the rule that was set for exactly this domain; `what` is the event's word. Raises NotFoundError."""
    name = canonical(domain)
    turns.take_rules(session)
    row = session.get(DomainRuleRow, name)
    if row is None:
        raise NotFoundError("there is no rule for this domain itself")
    before = rule_of(row)
    session.delete(row)
    event = _log(session, name, what, by, now, before, None)
    return DomainDecided(None, event, (_lifting(before, decision_id),))


def own_last(session: Session, domain: str, by: str, since: datetime) -> DomainEventRow | None:
    """The last thing that was done about this very domain, if it is this person's, happened since then, and stands in
    no case (where a decision is taken back, its rules go along)."""
    latest = select(DomainEventRow).where(DomainEventRow.domain == domain).order_by(DomainEventRow.id.desc()).limit(1)
    last = session.scalar(latest)
    if last is None or last.by != by or last.at < since or last.what not in UNDOABLE:
        return None
    row = session.get(DomainRuleRow, domain)
    return None if row is not None and row.decision_id is not None else last


def undo(session: Session, last: DomainEventRow, by: str, now: datetime) -> DomainDecided:
    """Take back one's own last rule, or lifting, of a domain: what was in force before is again, as it was. `last` is
    what `own_last` found; raises NotFoundError where that was neither."""
    if last.what not in (SET, LIFTED):
        raise NotFoundError("nothing of yours can be undone any more; a rule can still be changed or lifted")
    if last.before is None:
        return lift_rule(session, last.domain, by, now, what=UNDONE)
    return set_draft(session, from_json(last.domain, last.before, now), by, now, what=UNDONE)


def note(
    session: Session, domain: str, what: str, by: str, now: datetime, about: Mapping[str, Any] | None = None
) -> None:
    """Something was done about a domain that is no rule: `about` says which question or plan it is."""
    session.add(DomainEventRow(domain=domain, what=what, by=by, at=now, after=dict(about) if about else None))
    said = {name: value for name, value in (about or {}).items() if isinstance(value, str | int)}
    log.append(session, by, f"domain_{what}", domain, said, now)


def choose_mode(session: Session, mode: Mode, first: int, by: str, now: datetime) -> None:
    """What servers without a rule meet from now on. Raises BadDomainError."""
    turns.take_rules(session)
    note(session, modes.EVERYBODY, modes.CHOSEN, by, now, modes.chosen(modes.current(session), mode, first))


def list_rules(session: Session, *, severity: Severity | None = None) -> list[DomainRule]:
    """Every rule, by domain."""
    statement = select(DomainRuleRow).order_by(DomainRuleRow.domain)
    if severity is not None:
        statement = statement.where(DomainRuleRow.severity == severity)
    return [rule_of(row) for row in session.scalars(statement)]


def expire_due(session: Session, now: datetime, limit: int) -> list[Effect]:
    """Lift the rules whose end has come."""
    due = select(DomainRuleRow.domain).where(DomainRuleRow.expires_at <= now).order_by(DomainRuleRow.expires_at)
    names = session.scalars(due.limit(limit)).all()
    return [effect for name in names for effect in lift_rule(session, name, EXPIRY, now, what="expired").effects]


def to_review(session: Session, now: datetime, limit: int = 200) -> list[DomainRule]:
    """Rules that somebody wanted to look at again by now, the longest due first."""
    due = select(DomainRuleRow).where(DomainRuleRow.review_at <= now).order_by(DomainRuleRow.review_at).limit(limit)
    return [rule_of(row) for row in session.scalars(due)]


def as_json(rule: DomainRule) -> dict[str, Any]:
    """What an event and a decision keep of a rule; what is as usual is left out."""
    return draft_as_json(draft_of(rule))


def draft_as_json(rule: RuleDraft) -> dict[str, Any]:
    """The same of a draft."""
    kept: dict[str, Any] = {
        "severity": rule.severity.value,
        "reject_media": rule.reject_media,
        "reject_reports": rule.reject_reports,
        "obfuscate": rule.obfuscate,
        "public_comment": rule.public_comment,
        "private_comment": rule.private_comment,
    }
    more: dict[str, Any] = {
        "filters": [one.value for one in in_order(rule.filters)],
        "review_at": rule.review_at.isoformat() if rule.review_at else None,
        "expires_at": rule.expires_at.isoformat() if rule.expires_at else None,
        "evidence": list(rule.evidence),
        "source": rule.source,
    }
    kept |= {name: value for name, value in more.items() if value}
    return kept if rule.subdomains else kept | {"subdomains": False}


def from_json(domain: str, kept: Mapping[str, Any], now: datetime) -> RuleDraft:
    """The draft that brings back what `as_json` kept. Days that are over by now are left out."""
    days = {name: datetime.fromisoformat(kept[name]) for name in ("review_at", "expires_at") if kept.get(name)}
    return RuleDraft(
        domain,
        Severity(kept["severity"]),
        **{name: kept[name] for name in _KEPT if name in kept},
        filters=frozenset(map(Filter, kept.get("filters", ()))),
        evidence=tuple(kept.get("evidence", ())),
        review_at=_unless_over(days.get("review_at"), now),
        expires_at=_unless_over(days.get("expires_at"), now),
    )


def _unless_over(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at > now else None


def _effect(rule: DomainRule, before: DomainRule | None, decision_id: int | None) -> Effect:
    """`block_domain` carries the severity: the app does what that one asks for, and undoes what `before` asked."""
    params = as_json(rule) | {"before": before.severity.value if before else None}
    for inner in ("private_comment", "evidence", "review_at"):
        params.pop(inner, None)
    return Effect(Verb.BLOCK_DOMAIN, rule.domain, decision_id, None, params)


def _lifting(before: DomainRule, decision_id: int | None) -> Effect:
    return Effect(Verb.UNBLOCK_DOMAIN, before.domain, decision_id, None, {"before": before.severity.value})


def _log(
    session: Session,
    domain: str,
    what: str,
    by: str,
    now: datetime,
    before: DomainRule | None,
    after: DomainRule | None,
) -> int:
    row = _event(session, domain, what, by, now, before, after)
    session.flush()
    return row.id


def _event(
    session: Session,
    domain: str,
    what: str,
    by: str,
    now: datetime,
    before: DomainRule | None,
    after: DomainRule | None,
) -> DomainEventRow:
    row = DomainEventRow(**_said(domain, what, by, now, before, after))
    session.add(row)
    log.append_lines(session, (_line(domain, what, by, now, before, after),))
    return row


def _said(
    domain: str, what: str, by: str, now: datetime, before: DomainRule | None, after: DomainRule | None
) -> dict[str, Any]:
    """An event's columns."""
    kept = {"before": as_json(before) if before else None, "after": as_json(after) if after else None}
    return {"domain": domain, "what": what, "by": by, "at": now, **kept}


def _line(
    domain: str, what: str, by: str, now: datetime, before: DomainRule | None, after: DomainRule | None
) -> log.Line:
    said: dict[str, str | None] = {
        "before": before.severity.value if before else None,
        "after": after.severity.value if after else None,
    }
    return log.line(by, f"domain_{what}", domain, said, now)
