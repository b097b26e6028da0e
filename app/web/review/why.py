""" "Why can't my user see X?": a member and a post, an account or a server in, plain words out."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _

from app.current import services
from app.errors import NotFoundError
from app.instance import rules
from app.posts.visibility import Barrier
from app.reviewing import people, why
from app.reviewing.why import Thing, Why
from app.web import forms, labels, pages, sessions
from app.web.review import frame

blueprint = frame.blueprint("why")
Answer = str | tuple[str, int]


@blueprint.get("/why")
@sessions.at_least(people.RULES)
def form() -> str:
    """The question."""
    return _page(request.args.get("member", "")[:300], request.args.get("what", "")[:2048])


@blueprint.post("/why")
@sessions.at_least(people.RULES)
def answer() -> Answer:
    """The answer; that it was asked is written down, as it tells what a member blocks and filters."""
    member, what = forms.line("member", 300).strip(), forms.line("what", 2048).strip()
    if not member or not what:
        return _page(member, what, _("Name a member, and what they can’t see.")), 422
    try:
        found = why.ask(services(), frame.account(), member, what)
    except NotFoundError:
        return _page(member, what, _("Nobody here is called %(name)s.", name=member)), 404
    return _page(member, what, found=found)


def _page(member: str, what: str, error: str = "", found: Why | None = None) -> str:
    rule = None
    if found is not None and found.decision is not None:
        with services().db.read() as session:
            rule = rules.text_of(session, found.decision.rule_id, pages.language())
    return render_template(
        "review/why.html",
        whom=member,
        what=what,
        error=error,
        found=found,
        rule=rule,
        answers=_answers(found) if found is not None else [],
        severity_of=labels.severity,
    )


def _answers(found: Why) -> list[str]:
    """Sentences, the decisive ones first."""
    said = [_barrier(each, found.thing) for each in found.barriers]
    said += [_("What it boosts: %(why)s", why=_barrier(each, Thing.POST)) for each in found.boosted]
    said += [
        _("Their own filter “%(name)s” hides it, or puts it behind a warning.", name=name) for name in found.filters
    ]
    if found.thing is Thing.UNKNOWN:
        said += _unknown(found)
    if found.unreachable:
        said.append(_("Its server hasn’t answered for long: little comes from there."))
    return said


def _unknown(found: Why) -> list[str]:
    if found.deleted_before:
        return [_("Its author deleted it before it came.")]
    if found.refused is not None:
        return [_("It came, and was refused at the inbox: %(code)s.", code=found.refused.replace("_", " "))]
    if found.rule is not None and found.rule.severity.value == "suspend":
        return [_("It isn’t here: nothing is taken in from its server.")]
    return [
        _("It isn’t here: it never arrived, and nothing is known of a refusal. Nobody here may follow its author; "
          "who searches for its address has it fetched.")
    ]  # fmt: skip


def _barrier(barrier: Barrier, thing: Thing) -> str:
    return {
        Barrier.HELD: _("It waits at the door for a moderator."),
        Barrier.WAITING: _("It waits at the door: a check couldn’t judge it yet."),
        Barrier.REJECTED: _("It was refused."),
        Barrier.WITHDRAWN: _("It was shown, and taken away."),
        Barrier.DELETED: _("Its author deleted it."),
        Barrier.SUSPENDED: _("The account is suspended."),
        Barrier.GONE: _("The account is gone."),
        Barrier.SERVER: _("Its server is suspended here."),
        Barrier.FOLLOWERS: _("It is for its author’s followers, and the member isn’t one."),
        Barrier.ADDRESSED: _("It was addressed to others by name."),
        Barrier.THEY_BLOCK: _("Its author blocks the member.") if thing is Thing.POST else _("They block the member."),
        Barrier.IS_BLOCKED: _("The member blocks them."),
        Barrier.PUT_AWAY: _("The member reported it: since then it is hidden from them."),
        Barrier.MUTED: _("The member muted them: nothing of theirs comes to timelines, but their profile shows it."),
        Barrier.SHUT: _("The member blocks the whole server for themselves."),
        Barrier.QUIET: _("It is kept off the public timelines: whoever follows sees it."),
    }[barrier]
