"""Why a post waits: told to its author, and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.current import services
from app.instance.first_rules import DEFAULTS
from app.posts import answering, held, resolve
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostState
from app.web import filters, house, labels, sessions, usual
from app.web.house import Rule
from moderation.planning.adaptation import Delay
from moderation.verdicts.tables import VerdictRow

blueprint = sessions.guard(Blueprint("held", __name__))
_RULE_OF_LABEL: Mapping[str, int] = {"harassment": 0, "violence": 0, "hate": 1, "spam": 2}
"""Which of the rules that a house begins with a label speaks of."""


@blueprint.get("/held/<number>")
@sessions.signed_in
def why(number: str) -> str | Response:
    """What made us hesitate, who reads it, how long that takes, what the author can do."""
    me = sessions.required()
    with services().db.read() as session:
        resolve.own(session, resolve.parse_id(number), me.id)
        view = resolve.view(session, resolve.parse_id(number), me.id)
        verdict = _verdict(session, view.post)
        rule = _rule(session, verdict)
        answers = answering.does_wait(session, view.post, services().clock.now())
        end = held.end_of(session, view.post)
    if not view.held:
        return redirect(filters.permalink(view.post))
    waiting = view.post.state is PostState.WAITING
    if waiting and answers:
        return _answer(view)
    return render_template(
        "held.html",
        view=view,
        reasons=_reasons(verdict, waiting=waiting),
        rule=rule,
        machine=not waiting,
        who=_who(waiting=waiting),
        how_long=_how_long(usual.wait(), waiting=waiting),
        ends=held.end_words(end, services().clock.now()) if not waiting and usual.away() is None else "",
    )


def _answer(view: PostView) -> str:
    reason = _("Nothing about your post: it answers one that waits, and comes when that is decided.")
    return render_template(
        "held.html",
        view=view,
        reasons=[reason],
        rule=None,
        machine=False,
        who=_("Nobody has to: it is judged by itself."),
        how_long=_("As long as the other one, three days at most."),
    )


def _verdict(session: Session, post: PostRow) -> VerdictRow | None:
    return session.get(VerdictRow, post.verdict_id) if post.verdict_id is not None else None


def _rule(session: Session, verdict: VerdictRow | None) -> Rule | None:
    """The rule that the label speaks of, as long as the house keeps it as it was."""
    number = _RULE_OF_LABEL.get(verdict.label or "") if verdict is not None else None
    if number is None:
        return None
    return next((rule for rule in house.rules(session) if rule.original == DEFAULTS[number].text_en), None)


def _reasons(verdict: VerdictRow | None, *, waiting: bool) -> list[str]:
    if waiting or verdict is None:
        return [_("Nothing about your post: a check doesn’t answer just now, and what isn’t judged isn’t shown.")]
    return labels.reasons(verdict.label, verdict.reasons)


def _who(*, waiting: bool) -> str:
    if waiting:
        return _("Nobody has to: it is judged by itself as soon as the check answers again.")
    return _("Somebody from the moderation team of this server. Nobody else sees it.")


def _delayed(late: Delay) -> str:
    if late.wait is None:
        return _("Longer than usual: more waits just now than people can answer.")
    return _("About %(time)s just now: more waits than people can answer.", time=filters.duration(late.wait))


def _how_long(wait: timedelta | None, *, waiting: bool) -> str:
    if waiting:
        return _("We can’t say; mostly minutes.")
    if (nobody := usual.away()) is not None:
        return held.away_line(nobody)
    if (late := usual.delay()) is not None:
        return _delayed(late)
    if wait is None:
        return _("Too little has been decided here lately to say.")
    return _("Usually %(time)s.", time=filters.duration(wait))
