"""Macros on a case: what one of them would do, and doing it. None is done without having been previewed."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.current import services
from app.reviewing import macros, people
from app.web import forms, house, pages, sessions
from app.web.review import acting, foretelling, frame, keymap, showing
from app.web.review.acting import Answer
from moderation.cases import claims, exclusions
from moderation.cases.plans import HARMLESS
from moderation.cases.values import DecisionRequest
from moderation.errors import ConflictError, RefusedError
from moderation.macros import keeping
from moderation.macros.values import Macro

blueprint = frame.blueprint("macros")


@blueprint.route("/case/<int:number>/macro/<int:key>", methods=["GET", "POST"])
@sessions.at_least(people.WORK)
def preview(number: int, key: int) -> Answer:
    """What it would do, named line by line; nothing changes yet."""
    with services().db.read() as session:
        macro = keeping.find(session, key)
        case = claims.find(session, number)
        if forms.line("version", 18) not in ("", str(case.version)):
            stale = claims.stale(case)
        else:
            return _preview(session, macro, number)
    return acting.conflict(number, stale)


@blueprint.post("/case/<int:number>/macro/<int:key>/do")
@sessions.at_least(people.WORK)
def do(number: int, key: int) -> Answer:
    """All of it, as one decision that one undo takes back."""
    with services().db.read() as session:
        wanted = _wanted(keeping.find(session, key), number, forms.text("reason", 5000).strip())
        offered = {each.host for each in macros.linked(services(), session, number, wanted)}
        hosts = tuple(host for host in request.form.getlist("link_host") if host in offered)
        name = keeping.find(session, key).name(pages.language())
    try:
        macros.do(services(), frame.account(), number, replace(wanted, link_hosts=hosts))
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    return acting.go_on(keymap.undoable(_("Done: %(what)s.", what=name)))


def _preview(session: Session, macro: Macro, number: int) -> Answer:
    me = sessions.required()
    exclusions.require(session, number, me.username, services().clock.now())
    view = showing.load(session, services(), number, me.username, me.role)
    if view.blind or view.appeal is not None:
        raise RefusedError("this case is being read blind: open it and answer there")
    locale = showing.language_of(session, view.detail.case.author_uri)
    text, language = macro.text(locale)
    wanted = _wanted(macro, number, text)
    seen = macros.foresee(services(), session, number, wanted)
    rule = next((one for one in house.rules(session) if str(one.id) == macro.rule_id), None)
    return render_template(
        "review/macro.html",
        view=view,
        macro=macro,
        name=macro.name(pages.language()),
        told=foretelling.foretell(seen, wanted, view.detail),
        rule=rule,
        text=text,
        asks_text=wanted.action not in HARMLESS,
        elsewhere=not view.detail.case.local,
        fallback="" if language == locale[:2] else language,
        may=people.may(me.role, wanted),
        version=forms.line("version", 18) or view.detail.case.version,
        seen_of_author=acting.author_decision() if request.form.get("author_decision") else view.detail.author_decision,
        linked=macros.linked(services(), session, number, wanted),
        link_days=macro.link_days,
        shown=request.form.getlist("shown"),
        ticked=request.form.getlist("member"),
        all_odd=forms.ticked("all_that_stand_out"),
        note=forms.text("note", 5000),
    )


def _wanted(macro: Macro, number: int, reason: str) -> DecisionRequest:
    wanted = macro.request(
        reason=reason,
        note=forms.text("note", 5000).strip(),
        version=forms.number("version"),
        members=acting.ticked_members(number),
        author_note=forms.text("author_note", 5000).strip(),
    )
    return replace(wanted, author_decision=acting.author_decision())
