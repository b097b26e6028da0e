"""From anything that a moderator has at hand (a case's number, a handle, an address, a domain, words) to its page."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, urlsplit

from flask import redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app.accounts import lookup
from app.accounts.tables import ActorRow, Role
from app.current import services
from app.errors import NotFoundError
from app.posts import resolve
from app.posts.tables import PostRow
from app.reviewing import people
from app.web import sessions
from app.web.review import frame
from moderation.cases import exclusions, queue
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import CaseQuery, CaseSummary, Page
from moderation.domains import names
from moderation.errors import BadDomainError
from moderation.quality import blinding
from moderation.values import CaseState

blueprint = frame.blueprint("finding")
LONGEST = 2048
LOOKED_THROUGH = queue.MOST
"""How many cases of each state words are looked for in."""
SHOWN = 40
_CASE = re.compile(r"(?:#|case\s+#?|dossier\s+#?)?(\d{1,18})", re.IGNORECASE)
_HANDLE = re.compile(r"(?:acct:)?(?:@[\w.-]+(?:@[\w.:-]+)?|[\w.-]+@[\w.:-]+)")
_OUR_POST = re.compile(r"/@[\w.-]+/(\d{1,19})")
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
        found = with_words(session, asked, me) if asked else ()
    return render_template("review/find.html", asked=asked, queue=Page(found, None), current=None)


def with_words(session: Session, asked: str, reader: str) -> tuple[CaseSummary, ...]:
    """Cases of the first that wait and of the latest decided whose text or author has all the words."""
    wanted = asked.casefold().split()
    query, now = CaseQuery(limit=LOOKED_THROUGH, reader=reader), services().clock.now()
    cases = [
        each
        for state in (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED, CaseState.DECIDED)
        for each in queue.list_cases(session, replace(query, state=state), now).items
    ]
    having = [each for each in cases if all(word in _words(each) for word in wanted)]
    return blinding.summaries(session, having[:SHOWN], reader)


def _words(case: CaseSummary) -> str:
    return f"{case.excerpt} {case.author_handle}".casefold()


def _place(session: Session, asked: str, reader: str) -> str | None:
    number = _CASE.fullmatch(asked)
    if number is not None:
        return _case(session, int(number[1]), reader)
    if asked.startswith(("https://", "http://")):
        return _address(session, asked)
    if _HANDLE.fullmatch(asked):
        return _person(session, asked)
    return _domain(asked)


def _case(session: Session, number: int, reader: str) -> str | None:
    """A case that isn't the reader's to see isn't found either."""
    now = services().clock.now()
    theirs = select(CaseRow.id).where(CaseRow.id == number, exclusions.is_for(session, reader, now))
    return f"/review/case/{number}" if session.scalar(theirs) is not None else None


def _person(session: Session, handle: str) -> str | None:
    """Also somebody who has left or is suspended: their history is what is looked for."""
    name, domain = lookup.split_handle(services().settings, handle)
    known = select(ActorRow.uri).where(ActorRow.username_lower == name, ActorRow.domain == domain)
    uri = session.scalar(known)
    return _history(uri) if uri is not None else None


def _address(session: Session, address: str) -> str:
    """A page of ours, or a page or id of elsewhere; what isn't known has a history all the same: an empty one."""
    parts = _split(address)
    if parts is not None and parts[0] == services().settings.domain:
        return _ours(session, parts[1]) or _history(address)
    post = select(PostRow.uri).join(CaseSubjectRow, CaseSubjectRow.uri == PostRow.uri).where(PostRow.url == address)
    return _history(session.scalar(post.limit(1)) or address)


def _split(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.netloc.lower(), parts.path.rstrip("/")


def _ours(session: Session, path: str) -> str | None:
    """Of a post, only one that is in a case: nobody learns here of a private one that nobody reported."""
    post, profile = _OUR_POST.fullmatch(path), _OUR_PROFILE.fullmatch(path)
    if profile is not None:
        return _person(session, profile[1])
    if post is None:
        return None
    try:
        uri = session.scalar(select(PostRow.uri).where(PostRow.pk == resolve.pk_of(session, resolve.parse_id(post[1]))))
    except NotFoundError:
        return None
    known = session.scalar(select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == uri).limit(1))
    return _history(uri) if uri is not None and known is not None else None


def _domain(asked: str) -> str | None:
    try:
        name = names.canonical(asked)
    except BadDomainError:
        return None
    return f"/review/domains/{quote(name)}" if "." in name and frame.can(people.WORK) else None


def _history(uri: str) -> str:
    return f"/review/history?uri={quote(uri, safe='')}"
