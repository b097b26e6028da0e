"""The OpenAPI document of Ostiary's own API, written from the views beside it; a test holds the two together."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Response

from app import current
from app.api import answers
from app.api.cases import DECISION_FIELDS, LONGEST_TERM_SECONDS
from app.api.domains import LONGEST_COMMENT, MOST_RULES, NOTICE_FIELDS
from app.barring.breakers import SHORT
from app.instance.list_readers import AUDIENCES
from app.instance.our_list import Reader
from app.paging import LARGEST
from app.reviewing.domains import Order
from app.version import VERSION
from moderation.domains.editing import MOST_EVIDENCE
from moderation.domains.lists import LONGEST
from moderation.domains.modes import MOST_FIRST, Mode
from moderation.domains.planning import BOUNDS, Change
from moderation.domains.values import Filter
from moderation.instance_rules.keeping import LONGEST_NAME
from moderation.instance_rules.language import MOST_CHARACTERS
from moderation.instance_rules.tables import RuleState, TrialState
from moderation.instance_rules.trials import MOST_DAYS
from moderation.listed.bank import LONGEST_NAME as LIST_NAME
from moderation.listed.bank import LONGEST_WORDS as LIST_WORDS
from moderation.listed.tables import HashKind, ListSeverity
from moderation.patterns.keeping import LONGEST_NOTE
from moderation.patterns.spelling import LONGEST as PATTERN_LONGEST
from moderation.patterns.tables import PatternKind, PatternSeverity
from moderation.policy import parsing
from moderation.policy.values import Breakers
from moderation.queues.values import Ageing
from moderation.values import Action, CaseState, Scope, Severity

api = answers.make("openapi")
Json = dict[str, Any]
TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
TIME: Json = {"type": "string", "format": "date-time"}
ANYTHING: Json = {"type": "object"}
ANYTHINGS: Json = {"type": "array", "items": ANYTHING}
QUEUE: Json = {"type": ["string", "integer", "null"], "description": "A queue's id; rest or 0 is what no queue matches"}

_AUDIENCE: Json = {"type": "string", "enum": [one.value for one in AUDIENCES]}
_READERS: Json = {"type": "array", "items": {"type": "string", "enum": [one.value for one in Reader]}}

_BAR: Json = {
    "type": "object",
    "properties": {"days": {"type": "number"}, "count": NUMBER, "hours": {"type": "number"}},
}


@api.get("/openapi.json")
def document() -> Response:
    """The document; it needs no token."""
    return answers.json(describe(current.services().settings.base_url))


def describe(base_url: str) -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ostiary",
            "version": VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url + answers.PREFIX}],
        "security": [{"token": []}],
        "paths": {
            **_cases(),
            **_subjects(),
            **_domains(),
            **_modes(),
            **_breakers(),
            **_lists(),
            **_imports(),
            **_patterns(),
            **_hashes(),
            **_rules(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _cases() -> Json:
    number = _in_path("id", NUMBER)
    queries = [
        _query("state", _words(CaseState)),
        *(_query(name, TEXT) for name in ("subject", "label", "language", "assigned_to", "queue", "cursor")),
        _query("limit", NUMBER),
    ]
    return {
        "/cases": {"get": _operation("Cases by priority", _list("CaseSummary"), parameters=queries)},
        "/cases/next": {
            "post": _operation(
                "Claim the first case that nobody works on",
                _ref("Claim"),
                body=_object(queue=QUEUE),
                taken=True,
                nothing="Nothing waits for you there",
            )
        },
        "/cases/{id}": {"get": _operation("One case", _ref("CaseDetail"), parameters=[number])},
        "/cases/{id}/claim": {"post": _operation("Claim or renew", _ref("Claim"), parameters=[number], taken=True)},
        "/cases/{id}/release": {
            "post": _operation("Give a claim back", _ref("CaseDetail"), parameters=[number], taken=True)
        },
        "/cases/{id}/escalate": {
            "post": _operation(
                "Hand it to those who decide the hard ones",
                _ref("CaseDetail"),
                parameters=[number],
                body=_object(note=TEXT),
                taken=True,
            )
        },
        "/cases/{id}/assign": {
            "post": _operation(
                "Give it to a colleague", _ref("CaseDetail"), parameters=[number], body=_object(to=TEXT), taken=True
            )
        },
        "/cases/{id}/notes": {
            "post": _operation(
                "Put a note on it, which decides nothing",
                _ref("CaseDetail"),
                parameters=[number],
                body=_object(note=TEXT, needs=("note",)),
            )
        },
        "/cases/{id}/decisions": {
            "post": _operation(
                "Decide", _ref("Decision"), parameters=[number], body=_ref("DecisionRequest"), taken=True
            )
        },
        "/decisions/{id}/reverse": {
            "post": _operation(
                "Take a decision back", _ref("Decision"), parameters=[number], body=_object(reason=TEXT), taken=True
            )
        },
        "/queues": {"get": _operation("Named queues in their order, and last the rest", _list("Queue"))},
        "/queue/stats": {"get": _operation("How the queue is doing", _ref("QueueStats"))},
    }


def _subjects() -> Json:
    uri = {**_query("uri", TEXT), "required": True}
    events = {"type": "array", "items": _object(at=TIME, what=TEXT, by=_maybe(TEXT), details=ANYTHING)}
    return {"/subjects/history": {"get": _operation("Every event on a subject", events, parameters=[uri])}}


def _domains() -> Json:
    name = _in_path("domain", TEXT)
    queries = [
        _query("sort", _words(Order)),
        _query("rule", {"type": "string", "enum": ["any", "none"]}),
        _query("limit", NUMBER),
        _query("cursor", TEXT),
    ]
    rules = {"type": "array", "maxItems": MOST_RULES, "items": {"allOf": [_ref("RuleRequest"), _object(domain=TEXT)]}}
    preview = _object(
        impact={"type": "array", "items": ANYTHING},
        conflicts={"type": "array", "items": ANYTHING},
        refusals={"type": "array", "items": _object(place=NUMBER, reason=TEXT)},
    )
    return {
        "/domains": {"get": _operation("Known domains", _list("Domain"), parameters=queries)},
        "/domains/{domain}": {"get": _operation("Any domain", _ref("Domain"), parameters=[name])},
        "/domains/preview": {"post": _operation("What rules would do", preview, body=_object(rules=rules))},
        "/storms": {
            "get": _operation(
                "Hosts that send far more than all others",
                {
                    "type": "array",
                    "items": _object(
                        domain=TEXT, waiting=NUMBER, per_minute=NUMBER, refused=NUMBER, rule=_maybe(_ref("Rule"))
                    ),
                },
            )
        },
        "/published": {"get": _operation("Our list as others read it, and who may", _ref("Published"))},
        "/published/readers": {
            "put": _operation(
                "Say who may read it", _ref("Published"), body=_object(readers=_READERS, needs=("readers",))
            )
        },
        "/published/tokens": {
            "get": _operation("Who reads it with a token", _list("ListToken")),
            "post": _operation(
                "Give a reader a token, shown this once",
                _ref("ListToken"),
                body=_object(name=TEXT, audience=_AUDIENCE, domain=TEXT, needs=("name", "audience")),
            ),
        },
        "/published/tokens/{id}": {
            "delete": _operation("Revoke it", _ref("ListToken"), parameters=[_in_path("id", NUMBER)])
        },
        "/domains/{domain}/rule": {
            "put": _operation("Set a rule", _ref("Rule"), parameters=[name], body=_ref("RuleRequest")),
            "delete": _operation("Lift a rule", _ref("Domain"), parameters=[name]),
        },
        "/domains/{domain}/notice": {
            "put": _operation(
                "Announce its suspension: it takes place in a week",
                _ref("Domain"),
                parameters=[name],
                body=_ref("NoticeRequest"),
            ),
            "delete": _operation("Call that off", _ref("Domain"), parameters=[name]),
        },
        "/domains/{domain}/purge": {
            "get": _operation(
                "What purging its data would take, and the purges there were", _ref("Purge"), parameters=[name]
            ),
            "put": _operation(
                "Order it: it begins in ten minutes",
                _ref("Purge"),
                parameters=[name],
                body=_object(confirmed=TEXT, needs=("confirmed",)),
                taken=True,
            ),
            "delete": _operation("Call it off", _ref("Purge"), parameters=[name]),
        },
        "/domains/{domain}/questions": {
            "post": _operation(
                "Ask its moderators; it leaves after ten minutes",
                _ref("Domain"),
                parameters=[name],
                body=_object(text=TEXT, posts={"type": "array", "items": TEXT}, needs=("text",)),
            )
        },
    }


def _modes() -> Json:
    first: Json = {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_FIRST}
    wanted = _object(mode=_words(Mode), first=first, needs=("mode",))
    seen = _object(
        mode=_words(Mode), first=NUMBER, named=NUMBER, unnamed=NUMBER, impact=ANYTHING, new_lately=NUMBER,
        posts_lately=NUMBER, secure_mode=FLAG, needs=("mode", "first", "named", "unnamed", "impact"),
    )  # fmt: skip
    return {
        "/domains/mode": {
            "get": _operation("What servers without a rule meet", _ref("Mode")),
            "put": _operation("Put a mode in force", _ref("Mode"), body=wanted),
        },
        "/domains/mode/preview": {"post": _operation("What a mode would mean now", seen, body=wanted)},
    }


def _breakers() -> Json:
    name = _in_path("name", {"type": "string", "enum": list(SHORT)})
    return {
        "/breakers": {"get": _operation("What makes everybody who signs up wait for a yes", _list("Breaker"))},
        "/breakers/{name}/over": {
            "post": _operation("Say that it is over", _ref("Breaker"), parameters=[name]),
        },
        "/breakers/numbers": {
            "get": _operation("When they go out", _ref("BreakerNumbers")),
            "patch": _operation("Set some of these numbers", _ref("BreakerNumbers"), body=_object((), **_bars())),
        },
    }


def _bars() -> dict[str, Json]:
    """The numbers at which breakers go out, with their bounds; 0 is never."""
    found = {}
    for field in fields(Breakers):
        least, most = parsing.bounds(f"breakers.{field.name}")
        kind = "integer" if field.type == "int" else "number"
        found[field.name] = {"type": kind, "minimum": least, "maximum": most}
    return found


def _patterns() -> Json:
    queries = [_query("kind", _words(PatternKind)), _query("limit", NUMBER), _query("cursor", TEXT)]
    number = _in_path("id", NUMBER)
    wanted = _object(
        kind=_words(PatternKind),
        pattern={"type": "string", "maxLength": PATTERN_LONGEST},
        severity=_words(PatternSeverity),
        label=TEXT,
        note={"type": "string", "maxLength": LONGEST_NOTE},
        expires_at=_maybe(TIME),
        needs=("kind", "pattern"),
    )
    return {
        "/patterns": {
            "get": _operation("Links, hashtags and names with a rule", _list("Pattern"), parameters=queries),
            "post": _operation("Make a rule about one", _ref("Pattern"), body=wanted),
        },
        "/patterns/{id}": {"delete": _operation("End it", _ref("Pattern"), parameters=[number])},
    }


def _hashes() -> Json:
    number, hash_id = _in_path("id", NUMBER), _in_path("hash_id", NUMBER)
    severity, origin = _words(ListSeverity), {"type": "string", "maxLength": LIST_WORDS}
    name = {"type": "string", "maxLength": LIST_NAME}
    named = _object(name=name, severity=severity, label=TEXT, origin=origin, needs=("name",))
    changed = _object(severity=severity, label=TEXT, origin=origin, on=FLAG)
    filled = _object(added=NUMBER, of=NUMBER, refused=ANYTHINGS, needs=("added", "of", "refused"))
    sheet = _object(text=TEXT, kind=_maybe(_words(HashKind)), needs=("text",))
    seen = [number, _query("limit", NUMBER), _query("cursor", TEXT)]
    return {
        "/hash-lists": {
            "get": _operation("Lists of hashes of files and pictures", _list("HashList")),
            "post": _operation("Another list", _ref("HashList"), body=named),
        },
        "/hash-lists/{id}": {
            "put": _operation("What it does and says", _ref("HashList"), parameters=[number], body=changed)
        },
        "/hash-lists/{id}/hashes": {
            "get": _operation("What stands on it", _list("ListedHash"), parameters=seen),
            "post": _operation("Put hashes on it, line by line", filled, parameters=[number], body=sheet),
        },
        "/hash-lists/{id}/hashes/{hash_id}": {
            "delete": _operation("Take one off", _object(dropped=FLAG), parameters=[number, hash_id])
        },
    }


def _rules() -> Json:
    number = _in_path("id", NUMBER)
    wanted = _object(
        name={"type": "string", "maxLength": LONGEST_NAME},
        expression={"type": "string", "maxLength": MOST_CHARACTERS},
        severity=_words(PatternSeverity),
        label=TEXT,
        note={"type": "string", "maxLength": LONGEST_NOTE},
        expires_at=_maybe(TIME),
        needs=("name", "expression"),
    )
    days: Json = {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}
    return {
        "/rules": {
            "get": _operation("Rules for the door, in CEL", _list("InstanceRule")),
            "post": _operation("Another, as a draft", _ref("InstanceRule"), body=wanted),
        },
        "/rules/{id}": {
            "put": _operation("Say it anew", _ref("InstanceRule"), parameters=[number], body=wanted),
        },
        "/rules/{id}/state": {
            "post": _operation(
                "Move it on",
                _ref("InstanceRule"),
                parameters=[number],
                body=_object(state=_words(RuleState), needs=("state",)),
                taken=True,
            )
        },
        "/rules/{id}/rollback": {
            "post": _operation("Say again what it said before", _ref("InstanceRule"), parameters=[number])
        },
        "/rules/{id}/trials": {
            "get": _operation("Its trials on the past", _list("Trial"), parameters=[number]),
            "post": _operation("Try it on the past", _ref("Trial"), parameters=[number], body=_object(days=days)),
        },
    }


def _imports() -> Json:
    number = _in_path("id", NUMBER)
    severity = {"anyOf": [{"type": "string", "enum": [one.value for one in BOUNDS]}, {"type": "null"}]}
    wishes = _object(
        list={"type": "string", "maxLength": LONGEST}, unsaid=_words(Severity), at_most=severity,
        spare_followed=FLAG, overrule=FLAG, needs=("list",),
    )  # fmt: skip
    seen = TEXT | {"description": "The preview's: the list is taken as it was seen there, or not at all"}
    taking = {**wishes, "properties": {**wishes["properties"], "seen": seen}}
    refused = {"type": "array", "items": _object(line=NUMBER, reason=TEXT, text=TEXT)}
    kinds = (*(change.value for change in Change), "refused")
    taken = _object(
        id=_maybe(NUMBER), rules=NUMBER, counts=_object(kinds, **dict.fromkeys(kinds, NUMBER)), conflict=ANYTHINGS,
        refused=refused, needs=("id", "rules", "counts", "conflict", "refused"),
    )  # fmt: skip
    return {
        "/imports": {
            "get": _operation("Lists taken by hand, the latest first", _list("Import")),
            "post": _operation(
                "Take a list: all that its preview says, or nothing",
                taken,
                body=taking,
                taken=True,
            ),
        },
        "/imports/preview": {"post": _operation("What a list would do", _ref("ImportPreview"), body=wishes)},
        "/imports/{id}": {
            "get": _operation("One of them, and what undoing it would do", _ref("Import"), parameters=[number])
        },
        "/imports/{id}/undo": {
            "post": _operation(
                "Undo it, but for rules on which somebody had another word since",
                _ref("Import"),
                parameters=[number],
                taken=True,
            )
        },
    }


def _lists() -> Json:
    number = _in_path("id", NUMBER)
    severity = {"anyOf": [{"type": "string", "enum": [one.value for one in BOUNDS]}, {"type": "null"}]}
    wishes: Any = {
        "name": TEXT, "priority": NUMBER, "at_once": FLAG, "unsaid": _words(Severity), "at_most": severity,
        "together": NUMBER, "spare_followed": FLAG, "adopts": FLAG, "excludes": {"type": "array", "items": TEXT},
    }  # fmt: skip
    agreement = _object(seen=TEXT, list=_maybe(NUMBER), declined={"type": "array", "items": TEXT})
    return {
        "/lists": {
            "get": _operation("Followed lists, the one whose word counts most first", _list("FollowedList")),
            "post": _operation(
                "Follow a list: it is asked at once",
                _ref("FollowedList"),
                body=_object(url=TEXT, **wishes, needs=("name", "url")),
            ),
        },
        "/lists/changes": {
            "get": _operation("What all of them would change", _ref("ListChanges")),
            "post": _operation("Do what was seen, or leave some for good", _ref("ListChanges"), body=agreement),
        },
        "/lists/marking": {
            "get": _operation("How many known servers are marked by the rules", _object(done=NUMBER, all=NUMBER)),
        },
        "/lists/{id}": {
            "get": _operation("One list", _ref("FollowedList"), parameters=[number]),
            "patch": _operation(
                "Follow it otherwise", _ref("FollowedList"), parameters=[number], body=_object(**wishes)
            ),
            "delete": _operation(
                "Follow it no longer",
                _list("FollowedList"),
                parameters=[number],
                body=_object(rules={"type": "string", "enum": ["keep", "lift"]}),
            ),
        },
        "/lists/{id}/ask": {"post": _operation("Ask it now", _ref("FollowedList"), parameters=[number])},
        "/lists/{id}/doubtful": {
            "get": _operation(
                "What of it stays only because some of its rows can't be read",
                _ref("DoubtfulInList"),
                parameters=[number],
            ),
            "post": _operation(
                "Lift it all the same",
                _ref("DoubtfulInList"),
                parameters=[number],
                body=_object(seen=TEXT, needs=("seen",)),
            ),
        },
        "/lists/{id}/changes": {"get": _operation("What it would change", _ref("ListChanges"), parameters=[number])},
    }


def _schemas() -> Json:
    decision: Json = dict.fromkeys(DECISION_FIELDS, TEXT) | {
        "action": _words(Action),
        "scope": _words(Scope),
        "rule_id": {"type": ["string", "integer", "null"]},
        "expires_in": {"type": ["integer", "null"], "minimum": 0, "maximum": LONGEST_TERM_SECONDS},
        "version": {"type": ["integer", "null"], "minimum": 0, "maximum": 2**31 - 1},
        "members": {"type": ["array", "null"], "items": TEXT},
        "author_decision": {"type": ["integer", "null"], "minimum": 0, "maximum": LARGEST},
    }
    comment = {"type": "string", "maxLength": LONGEST_COMMENT}
    rule = _object(
        severity=_words(Severity), reject_media=FLAG, reject_reports=FLAG, obfuscate=FLAG,
        public_comment=comment, private_comment=comment, subdomains=FLAG,
        filters={"type": "array", "items": _words(Filter), "maxItems": MOST_EVIDENCE},
        review_at=_maybe(TIME), expires_at=_maybe(TIME),
        evidence={"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": MOST_EVIDENCE},
    )  # fmt: skip
    return {
        "Error": _object(error=TEXT, error_description=TEXT, needs=("error",)),
        "DecisionRequest": {**_object(**decision, needs=("action",)), "additionalProperties": False},
        "Decision": _object(id=NUMBER, action=TEXT, scope=TEXT, by=TEXT, at=TIME, needs=("id", "action", "scope")),
        "Claim": _object(case_id=NUMBER, holder=TEXT, until=TIME, version=NUMBER, needs=("case_id", "holder", "until")),
        "CaseSummary": _object(
            id=NUMBER, uri=TEXT, state=TEXT, priority=TEXT, version=NUMBER, opened_at=TIME,
            needs=("id", "uri", "state", "version"),
        ),
        "CaseDetail": _object(
            case=_ref("CaseSummary"), findings={"type": "array"}, reports={"type": "array"}, history={"type": "array"},
            notes={"type": "array", "items": _object(by=TEXT, at=TIME, words=TEXT)},
            needs=("case", "findings", "reports", "history", "members", "decisions"),
        ),
        "QueueStats": _object(open=NUMBER, claimed=NUMBER, oldest=_maybe(TIME), needs=("open", "claimed", "oldest")),
        "Queue": _object(
            id=NUMBER, name=TEXT, position=NUMBER, match=ANYTHING, required_role=TEXT,
            hidden_actions={"type": "array", "items": _words(Action)}, due_hours=_maybe(NUMBER),
            ageing=_maybe(_words(Ageing)), ageing_hours=_maybe(NUMBER), waiting=NUMBER, yours=FLAG,
            needs=("id", "name", "position", "match", "required_role", "hidden_actions", "waiting", "yours"),
        ),
        "NoticeRequest": _object(
            **{field: rule["properties"][field] for field in sorted(NOTICE_FIELDS)}, needs=("public_comment",)
        ),
        "RuleRequest": {**rule, "required": ["severity"]},
        "Rule": _object(domain=TEXT, severity=_words(Severity), set_by=TEXT, set_at=TIME, needs=("domain", "severity")),
        "FollowedList": _object(
            id=NUMBER, name=TEXT, url=TEXT, priority=NUMBER, at_once=FLAG, together=NUMBER, entries=NUMBER, error=TEXT,
            excludes={"type": "array", "items": TEXT}, unread_rows=NUMBER, note=TEXT,
            unread={"type": "array", "items": _object(line=NUMBER, reason=TEXT, text=TEXT)},
            needs=("id", "name", "url", "entries", "error", "unread", "unread_rows", "note"),
        ),
        "DoubtfulInList": _object(
            domains={"type": "array", "items": TEXT}, seen=TEXT,
            lifted={"type": "array", "items": _object(domain=TEXT, severity=_words(Severity))},
            needs=("domains", "lifted"),
        ),
        "Import": _object(
            id=NUMBER, digest=TEXT, rules=NUMBER, taken_by=TEXT, taken_at=TIME, undone_by=_maybe(TEXT),
            undone_at=_maybe(TIME), undo=_maybe(ANYTHING), lifted={"type": "array", "items": TEXT},
            put_back={"type": "array", "items": ANYTHING}, kept={"type": "array", "items": ANYTHING},
            needs=("id", "digest", "rules", "taken_by", "taken_at", "undone_at"),
        ),
        "ImportPreview": _object(
            form=TEXT, **{change.value: {"type": "array", "items": ANYTHING} for change in Change},
            refused={"type": "array", "items": _object(line=NUMBER, reason=TEXT, text=TEXT)}, impact=ANYTHING,
            repeated={"type": "array", "items": NUMBER}, seen=TEXT, needs=("form", "refused", "impact", "seen"),
        ),
        "ListChanges": _object(
            seen=TEXT, set={"type": "array"}, lifted={"type": "array"}, conflicts={"type": "array"},
            covers={"type": "array"}, impact=ANYTHING,
            needs=("seen", "set", "lifted", "conflicts", "impact"),
        ),
        "Purge": _object(foreseen=ANYTHING, purges={"type": "array", "items": ANYTHING}, needs=("foreseen", "purges")),
        "Published": _object(readers=_READERS, rules={"type": "array", "items": ANYTHING}, needs=("readers", "rules")),
        "ListToken": _object(
            id=NUMBER, name=TEXT, audience=_AUDIENCE, domain=_maybe(TEXT), made_by=TEXT, made_at=TIME,
            used_at=_maybe(TIME), revoked_by=_maybe(TEXT), revoked_at=_maybe(TIME), token=TEXT,
            needs=("id", "name", "audience", "made_at", "used_at", "revoked_at"),
        ),
        "Mode": _object(
            mode=_words(Mode), first=NUMBER, since=_maybe(TIME), by=TEXT, needs=("mode", "first", "since", "by")
        ),
        "Breaker": _object(
            name={"type": "string", "enum": list(SHORT)}, state={"type": "string", "enum": ["in", "out"]},
            since=_maybe(TIME), why=_maybe(_BAR), goes_out_at=_maybe(_BAR), was_out=FLAG,
            needs=("name", "state", "since", "why", "goes_out_at"),
        ),
        "BreakerNumbers": _object((*_bars(), "version"), **_bars(), version=NUMBER),
        "InstanceRule": _object(
            id=NUMBER, name=TEXT, state=_words(RuleState), version=NUMBER, expression=TEXT,
            severity=_words(PatternSeverity), label=TEXT, note=TEXT, proposed=FLAG, expires_at=_maybe(TIME),
            made_by=TEXT, made_at=TIME, last_weeks=_maybe(ANYTHING),
            needs=("id", "name", "state", "version", "expression", "severity"),
        ),
        "Trial": _object(
            id=NUMBER, version=NUMBER, days=NUMBER, state=_words(TrialState), posts=NUMBER, looked_at=NUMBER,
            result=ANYTHING, asked_by=TEXT, asked_at=TIME, needs=("id", "state", "posts", "looked_at", "result"),
        ),
        "Pattern": _object(
            id=NUMBER, kind=_words(PatternKind), pattern=TEXT, severity=_words(PatternSeverity), label=TEXT, note=TEXT,
            made_by=TEXT, made_at=TIME, expires_at=_maybe(TIME), lifted_at=_maybe(TIME),
            needs=("id", "kind", "pattern", "severity"),
        ),
        "HashList": _object(
            id=NUMBER, name=TEXT, origin=TEXT, severity=_words(ListSeverity), label=TEXT, on=FLAG, made_by=TEXT,
            made_at=TIME, hashes=ANYTHING, needs=("id", "name", "severity", "label", "on"),
        ),
        "ListedHash": _object(
            id=NUMBER, kind=_words(HashKind), hash=TEXT, reason=TEXT, expires_at=_maybe(TIME), listed_by=TEXT,
            listed_at=TIME, needs=("id", "kind", "hash"),
        ),
        "Domain": _object(
            domain=TEXT, actors=NUMBER, posts=NUMBER, relayed=NUMBER, cases=NUMBER, following=NUMBER, followers=NUMBER,
            rule=_maybe(_ref("Rule")), rule_domain=_maybe(TEXT),
            software=_maybe(TEXT), software_version=_maybe(TEXT), users=_maybe(NUMBER), open_registrations=_maybe(FLAG),
            week=_object(cases=NUMBER, upheld=NUMBER), passed_on=ANYTHING, planned=_maybe(ANYTHING),
            questions={"type": "array", "items": ANYTHING},
            lists={"type": "array", "items": _object(
                id=NUMBER, name=TEXT, domain=TEXT, severity=_maybe(TEXT), public_comment=TEXT, reject_media=FLAG,
                reject_reports=FLAG, filters={"type": "array", "items": _words(Filter)}, subdomains=FLAG,
                said={"type": "array", "items": TEXT},
            )},
            nodeinfo_at=_maybe(TIME), failing_since=_maybe(TIME), dead_since=_maybe(TIME),
            needs=("domain", "rule", "rule_domain", "dead_since"),
        ),
    }  # fmt: skip


def _operation(
    summary: str,
    schema: Json,
    *,
    parameters: list[Json] | None = None,
    body: Json | None = None,
    taken: bool = False,
    nothing: str = "",
) -> Json:
    """One call. `taken`: it can lose against somebody who was faster; `nothing`: what a 204 means."""
    refused = {"content": {"application/json": {"schema": _ref("Error")}}}
    codes = {
        "400": "The request itself can't be understood",
        "401": "The token is missing or no good",
        "403": "The scope or the role doesn't reach",
        "404": "Not there",
        "422": "Understood, and refused; the text says why",
        "429": "Later",
    } | ({"409": "Somebody was faster; the answer says who"} if taken else {})
    answered: Json = {"200": {"description": summary, "content": {"application/json": {"schema": schema}}}}
    if nothing:
        answered["204"] = {"description": nothing}
    operation: Json = {
        "summary": summary,
        "responses": answered | {code: {"description": text, **refused} for code, text in codes.items()},
    }
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _in_path(name: str, schema: Json) -> Json:
    bounded = {**schema, "minimum": 0} if schema == NUMBER else schema
    return {"name": name, "in": "path", "required": True, "schema": bounded}


def _query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "schema": schema}


def _object(needs: tuple[str, ...] = (), **properties: Json) -> Json:
    return {"type": "object", "properties": properties, **({"required": list(needs)} if needs else {})}


def _list(name: str) -> Json:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _maybe(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _words(kind: Any) -> Json:
    return {"type": "string", "enum": [word.value for word in kind]}
