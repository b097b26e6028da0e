"""From anything that a moderator has at hand to its page: the number of a case, a report, a decision, an appeal or a
statement, a handle, an address with or without https, a domain; words list what has them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from flask import redirect, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app.accounts import lookup
from app.accounts.tables import ActorRow, Role
from app.current import services
from app.errors import NotFoundError
from app.federation.tables import InstanceRow
from app.posts import resolve
from app.posts.tables import PostRow
from app.reviewing import having, people, ruled, sight
from app.web import sessions
from app.web.review import frame
from moderation.appeals.tables import AppealRow
from moderation.cases import exclusions, reading
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import Page
from moderation.domains import names
from moderation.errors import BadDomainError
from moderation.quality import blinding
from moderation.reports.tables import ReportRow
from moderation.statements.tables import StatementRow
from moderation.verdicts.tables import VerdictRow

blueprint = frame.blueprint("finding")
LONGEST = 2048
SHOWN = 40
_CASE = re.compile(r"(?:#|case\s+#?|dossier\s+#?)?(\d{1,18})", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(report|signalement|decision|décision|appeal|recours|statement|exposé)s?\s*(?:#|n°|no\.?)?\s*(\d{1,18})",
    re.IGNORECASE,
)
_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?/\S*")
"""An address without its scheme, as people copy it."""
_HANDLE = re.compile(r"(?:acct:)?(?:@[\w.-]+(?:@[\w.:-]+)?|[\w.-]+@[\w.:-]+)")
_OUR_POST = re.compile(r"/@[\w.-]+/(\d{1,19})")
_OUR_CASE = re.compile(r"/review/case/(\d{1,18})")
_OUR_DECISION = re.compile(r"(?:/review)?/decisions/(\d{1,18})")
_OUR_PROFILE = re.compile(r"/(@[\w.-]+(?:@[\w.:-]+)?)")


@blueprint.get("/find")
@sessions.at_least(Role.TRAINEE)
def find() -> str | Redirect:
    """Straight to the one page of what was typed; for words, the cases that have them."""
    asked = " ".join(request.args.get("q", "")[:LONGEST].split())
    me = sessions.required().username
    with services().db.read() as session:
        place = _place(session, asked, me) if asked else None
        if place is not None:
            return redirect(place)
        role, now = sessions.required().role, services().clock.now()
        found = having.cases(session, asked, me, role, now) if asked else ()
        accounts = _accounts(session, asked, me) if asked else []
        servers = _servers(session, asked) if asked and frame.can(people.WORK) else []
    page = Page(found, None)
    return render_template(
        "review/find.html",
        asked=asked,
        queue=page,
        accounts=accounts,
        servers=servers,
        answers_why=frame.can(people.RULES),
        current=None,
    )


def _place(session: Session, asked: str, reader: str) -> str | None:
    number = _CASE.fullmatch(asked)
    if number is not None:
        return _case(session, int(number[1]), reader)
    numbered = _NUMBERED.fullmatch(asked)
    if numbered is not None:
        return _numbered(session, numbered[1].casefold(), int(numbered[2]), reader)
    if asked.startswith(("https://", "http://")):
        return _address(session, asked, reader)
    if _BARE.fullmatch(asked):
        return _address(session, f"https://{asked}", reader)
    if _HANDLE.fullmatch(asked):
        return _person(session, asked, reader)
    return _domain(asked)


def _case(session: Session, number: int, reader: str) -> str | None:
    """A case that isn't the reader's to see isn't found either."""
    now = services().clock.now()
    theirs = select(CaseRow).where(CaseRow.id == number, exclusions.is_for(session, reader, now))
    row = session.scalar(theirs)
    told = row is not None and blinding.gives_away(session, [reading.summary_of(row, None, now)], reader)
    return f"/review/case/{number}" if row is not None and not told else None


def _numbered(session: Session, what: str, number: int, reader: str) -> str | None:
    """A decision's own page; a report's and an appeal's is their case."""
    if what in ("decision", "décision"):
        return _decision(session, number, reader)
    if what in ("statement", "exposé"):
        about = session.scalar(select(StatementRow.decision_id).where(StatementRow.id == number))
        return _decision(session, about, reader) if about is not None else None
    table = ReportRow if what in ("report", "signalement") else AppealRow
    case = session.scalar(select(table.case_id).where(table.id == number))
    return _case(session, case, reader) if case is not None else None


def _decision(session: Session, number: int, reader: str) -> str | None:
    try:
        ruled.one(session, number, reader, services().clock.now())
    except NotFoundError:
        return None
    return f"/review/decisions/{number}"


def _accounts(session: Session, asked: str, reader: str) -> list[ActorRow]:
    """Accounts whose name or handle begins with what was typed, and that are for the reader to know of."""
    name = asked.lstrip("@").casefold()
    if not name:
        return []
    begins = or_(
        ActorRow.username_lower.startswith(name, autoescape=True),
        ActorRow.display_name.istartswith(asked, autoescape=True),
    )
    rows = session.scalars(select(ActorRow).where(begins).order_by(ActorRow.local.desc(), ActorRow.id).limit(SHOWN))
    now = services().clock.now()
    return [
        row for row in rows if _reads(session, row.uri, reader) and not exclusions.hides(session, row.uri, reader, now)
    ]


def _servers(session: Session, asked: str) -> list[str]:
    """Known servers whose name has what was typed."""
    known = select(InstanceRow.domain).where(InstanceRow.domain.contains(asked.casefold(), autoescape=True))
    return list(session.scalars(known.order_by(InstanceRow.domain).limit(SHOWN)))


def _person(session: Session, handle: str, reader: str) -> str | None:
    """Also somebody who has left or is suspended: their history is what is looked for."""
    name, domain = lookup.split_handle(services().settings, handle)
    known = select(ActorRow.uri).where(ActorRow.username_lower == name, ActorRow.domain == domain)
    uri = session.scalar(known)
    return _history(session, uri, reader) if uri is not None else None


def _address(session: Session, address: str, reader: str) -> str | None:
    """A page of ours, or a page or id of elsewhere. What isn't known here leads to its server, where the reader may
    know servers: a link that somebody posted has no other page."""
    parts = _split(address)
    if parts is not None and parts[0] == services().settings.domain:
        return _ours(session, parts[1], reader) or _history(session, address, reader)
    post = select(PostRow.uri).join(CaseSubjectRow, CaseSubjectRow.uri == PostRow.uri).where(PostRow.url == address)
    found = session.scalar(post.limit(1)) or _known(session, address)
    if found is None and parts is not None and parts[1].startswith("/@") and "/" not in parts[1][2:]:
        found = session.scalar(
            select(ActorRow.uri).where(ActorRow.username_lower == parts[1][2:].casefold(), ActorRow.domain == parts[0])
        )
    if found is not None:
        return _history(session, found, reader)
    return (_domain(parts[0]) if parts is not None else None) or _history(session, address, reader)


def _known(session: Session, address: str) -> str | None:
    """The URI of what moderation has to do with under this address, or of an account."""
    if session.scalar(select(VerdictRow.id).where(VerdictRow.uri == address).limit(1)) is not None:
        return address
    if session.scalar(select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == address).limit(1)) is not None:
        return address
    here = or_(ActorRow.uri == address, ActorRow.url == address)
    return session.scalar(select(ActorRow.uri).where(here).limit(1))


def _split(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.netloc.lower(), parts.path.rstrip("/")


def _ours(session: Session, path: str, reader: str) -> str | None:
    """A page of the review, too, as colleagues send them. Of a post, only one that is in a case: nobody
    learns here of a private one that nobody reported."""
    case, decision = _OUR_CASE.fullmatch(path), _OUR_DECISION.fullmatch(path)
    if case is not None:
        return _case(session, int(case[1]), reader)
    if decision is not None:
        return _decision(session, int(decision[1]), reader)
    post, profile = _OUR_POST.fullmatch(path), _OUR_PROFILE.fullmatch(path)
    if profile is not None:
        return _person(session, profile[1], reader)
    if post is None:
        return None
    try:
        uri = session.scalar(select(PostRow.uri).where(PostRow.pk == resolve.pk_of(session, resolve.parse_id(post[1]))))
    except NotFoundError:
        return None
    known = session.scalar(select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == uri).limit(1))
    return _history(session, uri, reader) if uri is not None and known is not None else None


def _domain(asked: str) -> str | None:
    try:
        name = names.canonical(asked)
    except BadDomainError:
        return None
    return f"/review/domains/{quote(name)}" if "." in name and frame.can(people.WORK) else None


def _reads(session: Session, uri: str, reader: str) -> bool:
    return sight.reads_history(session, reader, sessions.required().role, uri, services().clock.now())


def _history(session: Session, uri: str, reader: str) -> str | None:
    """The page of what happened to it; None where that isn't for the reader, for whom it isn't found either."""
    return f"/review/history?uri={quote(uri, safe='')}" if _reads(session, uri, reader) else None
