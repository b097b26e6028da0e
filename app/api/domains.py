"""Domains: what is known of each, what a rule would do, setting and lifting rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.api import answers, bodies, who
from app.errors import InvalidError
from app.federation import storms
from app.instance import list_readers, our_list
from app.instance.our_list import Reader
from app.instance.tables import ListReaderRow
from app.purging import domains as domain_purges
from app.reviewing import asking, domain_record, domains, impact, people, planned, ruling
from moderation.domains import exporting, publishing, record
from moderation.domains.editing import MOST_EVIDENCE
from moderation.domains.lists.reading import YEARS
from moderation.domains.names import canonical, for_rule
from moderation.domains.rules import DomainRules
from moderation.domains.values import Filter, RuleDraft
from moderation.errors import BadDomainError
from moderation.values import Severity

api = answers.make("domains")
RULE_FIELDS = frozenset(
    {
        *("severity", "reject_media", "reject_reports", "obfuscate", "public_comment", "private_comment"),
        *("subdomains", "filters", "review_at", "expires_at", "evidence"),
    }
)
NOTICE_FIELDS = frozenset({"obfuscate", "public_comment", "private_comment", "subdomains", "evidence"})
MOST_RULES = 10_000
LONGEST_COMMENT = 2000


@api.get("/domains")
def list_domains() -> Response:
    """Every known domain with its numbers; `rule` is `any` or `none`."""
    who.reader(Role.REVIEWER)
    order = bodies.word(domains.Order, bodies.argument("sort") or domains.Order.NAME, "sort")
    ruled = {None: None, "any": True, "none": False}.get(bodies.argument("rule"), "?")
    if ruled == "?":
        raise InvalidError("rule must be any or none")
    limit, after = bodies.limit(50, domains.MOST), _place(bodies.argument("cursor", most=9))
    with current.services().db.read() as session:
        only = ruled if isinstance(ruled, bool) else None
        found = domains.known(session, order=order, only_ruled=only, after=after, limit=limit)
    return answers.page(found, str(after + limit) if len(found) == limit else None)


@api.get("/domains/<domain>")
def show_domain(domain: str) -> Response:
    """Any domain, known or not: the rule in force (perhaps a parent's) and why, its record, what is planned, and which
    followed lists name it and why."""
    account, name = who.reader(Role.REVIEWER), canonical(domain)
    services = current.services()
    now = services.clock.now()
    with services.db.read() as session:
        found = domains.one(session, name)
        more = {
            "history": domains.history(session, found.rule_domain or name),
            "week": record.week(session, name, now),
            "passed_on": record.passed_on(session, name, now),
            "planned": domain_record.plan_of(session, name),
            "lists": domain_record.lists_of(session, name),
        }
        if lookup.at_least(account.role, Role.MODERATOR):
            more["questions"] = domain_record.asked(session, name, now)
    return answers.json(answers.plain(found) | {key: answers.plain(value) for key, value in more.items()})


@api.get("/storms")
def list_storms() -> Response:
    """Hosts that send far more than all others: what waits, what comes in a minute, what was turned away."""
    who.reader(Role.REVIEWER)
    with current.services().db.read() as session:
        found = storms.current(current.services(), session)
    return answers.json([answers.plain(storm) for storm in found])


@api.post("/domains/preview")
def preview() -> Response:
    """What rules would do; nothing changes."""
    who.reader(Role.REVIEWER)
    asked = bodies.body({"rules"}).get("rules")
    if not isinstance(asked, list) or len(asked) > MOST_RULES:
        raise InvalidError(f"rules must be a list of at most {MOST_RULES}")
    drafts, refused = [], []
    for place, each in enumerate(asked):
        try:
            drafts.append(_draft_of(each))
        except (InvalidError, BadDomainError) as error:
            reason = error.text if isinstance(error, InvalidError) else error.safe
            refused.append({"place": place, "reason": reason})
    with current.services().db.read() as session:
        rules = DomainRules.load(session)
        impacts = [_impact(session, rules, draft) for draft in drafts]
    conflicts = [each for each in impacts if each["rule_before"] not in (None, each["severity"])]
    return answers.json({"impact": impacts, "conflicts": conflicts, "refusals": refused})


@api.get("/published")
def show_published() -> Response:
    """Our list as others read it, with what was taken back, and who may."""
    who.reader(Role.REVIEWER)
    with current.services().db.read() as session:
        readers = our_list.readers(session)
        records = [*publishing.in_force(session), *publishing.retracted(session)]
    said = [exporting.told(record) for record in records]
    return answers.json({"readers": [one for one in Reader if one in readers], "rules": said})


@api.put("/published/readers")
def choose_readers() -> Response:
    """Say who may read our list; nobody where it is empty."""
    account = who.writer(Role.ADMIN)
    wanted = [bodies.word(Reader, one, "readers") for one in _several(bodies.body({"readers"}), "readers")]
    our_list.choose(current.services(), people.require(account, Role.ADMIN), wanted)
    return show_published()


@api.get("/published/tokens")
def list_tokens() -> Response:
    """Who has a token that reads our list, and when it was used last; those that were revoked come last."""
    who.reader(Role.ADMIN)
    with current.services().db.read() as session:
        return answers.json([_token(row) for row in list_readers.listed(session)])


@api.post("/published/tokens")
def make_token() -> Response:
    """Give a reader a token: `token` in this answer, and never again."""
    account = who.writer(Role.ADMIN)
    values = bodies.body({"name", "audience", "domain"})
    made = list_readers.make(
        current.services(),
        people.require(account, Role.ADMIN),
        bodies.required(values, "name", most=list_readers.LONGEST_NAME),
        bodies.word(Reader, values.get("audience"), "audience"),
        bodies.text(values, "domain", most=300),
    )
    return answers.json(_token(made.row) | {"token": made.token})


@api.delete("/published/tokens/<int:number>")
def revoke_token(number: int) -> Response:
    """It opens nothing from now on."""
    account = who.writer(Role.ADMIN)
    return answers.json(_token(list_readers.revoke(current.services(), people.require(account, Role.ADMIN), number)))


@api.put("/domains/<domain>/rule")
def set_rule(domain: str) -> Response:
    """Set the rule for a domain and everything below it."""
    account = who.writer(Role.LEAD)
    draft = _draft(domain, bodies.body(RULE_FIELDS))
    (done,) = ruling.set_rules(current.services(), account, [draft])
    return answers.json(done.rule)


@api.delete("/domains/<domain>/rule")
def lift_rule(domain: str) -> Response:
    """Lift the rule that was set for exactly this domain; what it hid comes back."""
    account: AccountRow = who.writer(Role.LEAD)
    ruling.lift_rule(current.services(), account, domain)
    return show_domain(domain)


@api.put("/domains/<domain>/notice")
def announce(domain: str) -> Response:
    """Announce its suspension: it takes place in a week, and members whose follows would end are told."""
    account = who.writer(Role.LEAD)
    values = bodies.body(NOTICE_FIELDS)
    draft = _draft(domain, {**values, "severity": Severity.SUSPEND.value})
    planned.announce(current.services(), account, draft)
    return show_domain(domain)


@api.delete("/domains/<domain>/notice")
def call_off(domain: str) -> Response:
    """It won't take place, and who was told hears it."""
    account = who.writer(Role.LEAD)
    planned.call_off(current.services(), account, canonical(domain))
    return show_domain(domain)


@api.get("/domains/<domain>/purge")
def show_purge(domain: str) -> Response:
    """What purging its data would take, counted now, and the purges that there were."""
    who.reader(Role.ADMIN)
    return _purge(canonical(domain))


@api.put("/domains/<domain>/purge")
def order_purge(domain: str) -> Response:
    """Order it: it begins in ten minutes. `confirmed` is the domain once more."""
    account, name = who.writer(Role.ADMIN), canonical(domain)
    confirmed = bodies.text(bodies.body({"confirmed"}), "confirmed", most=300)
    domain_purges.order(current.services(), name, people.require(account, Role.ADMIN), confirmed)
    return _purge(name)


@api.delete("/domains/<domain>/purge")
def call_off_purge(domain: str) -> Response:
    """Call it off; what isn't gone yet stays."""
    account, name = who.writer(Role.ADMIN), canonical(domain)
    domain_purges.call_off(current.services(), name, people.require(account, Role.ADMIN))
    return _purge(name)


@api.post("/domains/<domain>/questions")
def ask(domain: str) -> Response:
    """Ask its moderators: `text`, and `posts`, URIs of public posts there. It leaves after ten minutes."""
    account = who.writer(Role.MODERATOR)
    values = bodies.body({"text", "posts"})
    text = bodies.text(values, "text", most=LONGEST_COMMENT)
    uris = [str(each)[:2048] for each in _several(values, "posts")]
    asking.ask(current.services(), account, domain, text, uris)
    return show_domain(domain)


def _token(row: ListReaderRow) -> dict[str, Any]:
    names = ("id", "name", "audience", "domain", "made_by", "made_at", "used_at", "revoked_by", "revoked_at")
    said: dict[str, Any] = answers.plain({name: getattr(row, name) for name in names})
    return said


def _purge(domain: str) -> Response:
    with current.services().db.read() as session:
        foreseen = domain_purges.foresee(session, domain, current.services().clock.now())
        purges = [domain_purges.as_json(row) for row in domain_purges.of(session, domain)]
    return answers.json({"foreseen": foreseen, "purges": purges})


def _impact(session: Session, rules: DomainRules, draft: RuleDraft) -> dict[str, Any]:
    before = rules.match(draft.domain)
    names = impact.meant(session, rules, draft.domain, subdomains=draft.subdomains)
    said = {"domain": draft.domain, "severity": draft.severity, "rule_before": before.severity if before else None}
    counted: dict[str, Any] = answers.plain(impact.of_these(session, names))
    lists = domain_record.lists_of(session, draft.domain)
    return said | counted | {"otherwise": [one for one in lists if one.differs(draft)]}


def _draft_of(value: Any) -> RuleDraft:
    if not isinstance(value, dict) or not isinstance(value.get("domain"), str):
        raise InvalidError("a rule has a domain and a severity")
    rest = {name: item for name, item in value.items() if name != "domain"}
    for name in rest:
        if name not in RULE_FIELDS:
            raise InvalidError(f"{name[:64]!r} isn't a field of a rule")
    return _draft(value["domain"], rest)


def _draft(domain: str, values: dict[str, Any]) -> RuleDraft:
    return RuleDraft(
        domain=for_rule(domain, current.services().settings.domain),
        severity=bodies.word(Severity, values.get("severity"), "severity"),
        reject_media=bodies.flag(values, "reject_media"),
        reject_reports=bodies.flag(values, "reject_reports"),
        obfuscate=bodies.flag(values, "obfuscate"),
        public_comment=bodies.text(values, "public_comment", most=LONGEST_COMMENT),
        private_comment=bodies.text(values, "private_comment", most=LONGEST_COMMENT),
        subdomains=bodies.flag({"subdomains": True} | values, "subdomains"),
        filters=frozenset(bodies.word(Filter, one, "filters") for one in _several(values, "filters")),
        review_at=moment(values, "review_at"),
        expires_at=moment(values, "expires_at"),
        evidence=tuple(_number(one) for one in _several(values, "evidence")),
    )


def _several(values: dict[str, Any], name: str) -> list[Any]:
    found = values.get(name) or []
    if not isinstance(found, list) or len(found) > MOST_EVIDENCE:
        raise InvalidError(f"{name} must be a list of at most {MOST_EVIDENCE}")
    return found


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise InvalidError("evidence must be numbers of cases")
    return value


def moment(values: dict[str, Any], name: str) -> datetime | None:
    said = values.get(name)
    if said is None:
        return None
    try:
        at = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None or at.year not in YEARS:
        raise InvalidError(f"{name} must be a time with its zone, as in 2027-01-31T00:00:00Z")
    return at


def _place(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise InvalidError("cursor can't be that")
    return int(text)
