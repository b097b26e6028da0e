"""Lists of servers that are followed: which, how, what they say now, and what that would change."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.errors import InvalidError
from app.reviewing import doubtful, followed_lists, people
from app.reviewing.followed_lists import Wish
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import domain_words, frame
from moderation.domains import following
from moderation.domains.planning import Change
from moderation.errors import BadDomainError
from moderation.values import Severity

blueprint = frame.blueprint("followed")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/domains/lists"


@blueprint.get("/domains/lists")
@sessions.at_least(people.RULES)
def listed() -> str:
    """All that are followed, and what they propose together."""
    return _all()


@blueprint.post("/domains/lists")
@sessions.at_least(people.RULES)
def follow() -> Answer:
    """Follow another."""
    try:
        list_id = followed_lists.follow(services(), frame.account(), _wish())
    except (InvalidError, BadDomainError) as error:
        return _all(error=reasons.of(error), typed=dict(request.form)), 422
    pages.tell("in", _("The list is followed. Nothing of it is done before somebody has looked, unless you wished so."))
    return redirect(f"{HOME}/{list_id}")


@blueprint.get("/domains/lists/<int:list_id>")
@sessions.at_least(people.RULES)
def one(list_id: int) -> str:
    """One list: how it is followed, and what it proposes."""
    return _one(list_id)


@blueprint.post("/domains/lists/<int:list_id>")
@sessions.at_least(people.RULES)
def change(list_id: int) -> Answer:
    """Follow it otherwise."""
    try:
        followed_lists.change(services(), frame.account(), list_id, _wish())
    except (InvalidError, BadDomainError) as error:
        return _one(list_id, error=reasons.of(error)), 422
    pages.tell("in", _("Kept."))
    return redirect(f"{HOME}/{list_id}")


@blueprint.post("/domains/lists/<int:list_id>/ask")
@sessions.at_least(people.RULES)
def ask(list_id: int) -> Answer:
    """Ask it now."""
    followed_lists.ask(services(), list_id)
    return redirect(f"{HOME}/{list_id}")


@blueprint.post("/domains/lists/<int:list_id>/unfollow")
@sessions.at_least(people.RULES)
def unfollow(list_id: int) -> Answer:
    """Follow it no longer."""
    followed_lists.unfollow(services(), frame.account(), list_id, keeps=forms.line("rules", 10) != "lift")
    pages.tell("in", _("The list isn’t followed any more."))
    return redirect(HOME)


@blueprint.post("/domains/lists/<int:list_id>/doubtful")
@sessions.at_least(people.RULES)
def lift_doubtful(list_id: int) -> Answer:
    """Lift all the same what stays only because some of its rows can't be read."""
    try:
        done = doubtful.lift(services(), frame.account(), list_id, forms.line("seen", 40))
    except InvalidError as error:
        return _one(list_id, error=reasons.of(error)), 409
    pages.tell("in", ngettext("%(num)d rule is lifted.", "%(num)d rules are lifted.", len(done.lifted)))
    return redirect(f"{HOME}/{list_id}")


@blueprint.post("/domains/lists/agree")
@sessions.at_least(people.RULES)
def agree() -> Answer:
    """Do what the lists propose, or leave what was ticked."""
    if forms.line("answer", 10) == "decline":
        count = followed_lists.decline(services(), frame.account(), request.form.getlist("domain"))
        pages.tell("in", ngettext("%(num)d proposal is left.", "%(num)d proposals are left.", count))
        return redirect(HOME)
    try:
        count = followed_lists.agree(services(), frame.account(), forms.number("list"), forms.line("seen", 40))
    except InvalidError:
        return _all(error=_("the lists or the rules have changed since: look again")), 409
    except BadDomainError as error:
        return _all(error=reasons.of(error)), 422
    pages.tell("in", ngettext("%(num)d rule has changed.", "%(num)d rules have changed.", count))
    return redirect(HOME)


def _all(error: str = "", typed: dict[str, str] | None = None) -> str:
    now = services().clock.now()
    with services().db.read() as session:
        rows = following.followed(session)
        waits = followed_lists.waiting(session, now)
        orphans = following.orphans(session)
    return render_template(
        "review/followed.html", rows=rows, waits=waits, seen=followed_lists.digest(waits.proposal), orphans=orphans,
        error=error, typed=typed or {}, only=None, **_words(),
    )  # fmt: skip


def _one(list_id: int, error: str = "") -> str:
    now = services().clock.now()
    with services().db.read() as session:
        row = following.one(session, list_id)
        waits = followed_lists.waiting(session, now, list_id)
        doubt = doubtful.look(services(), session, list_id)
    return render_template(
        "review/followed-one.html", row=row, doubt=doubt, waits=waits, seen=followed_lists.digest(waits.proposal),
        error=error, only=list_id, **_words(),
    )  # fmt: skip


def _words() -> dict[str, object]:
    return {
        "severities": [(one.value, labels.severity(one)[1]) for one in Severity],
        "severity_of": labels.severity,
        "filters": domain_words.filters(),
        "Change": Change,
    }


def _wish() -> Wish:
    unsaid, at_most = forms.line("unsaid", 20), forms.line("at_most", 20)
    return Wish(
        name=forms.line("name", 200),
        url=forms.line("url", 2048),
        priority=_number("priority", 0),
        at_once=forms.ticked("at_once"),
        unsaid=Severity(unsaid) if unsaid in tuple(Severity) else Severity.SUSPEND,
        at_most=Severity(at_most) if at_most in tuple(Severity) else None,
        together=_number("together", 1),
        spare_followed=forms.ticked("spare_followed"),
        adopts=forms.ticked("adopts"),
        excludes=tuple(forms.text("excludes", 60_000).split()),
    )


def _number(name: str, otherwise: int) -> int:
    said = forms.line(name, 6)
    try:
        return int(said) if said else otherwise
    except ValueError as error:
        raise InvalidError(_("a whole number is needed")) from error
