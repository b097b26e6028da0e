"""The ladder about another server: each rung is shown with what it would do before it is taken, and can be undone."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.reviewing import domain_steps, impact, people, ruling
from app.reviewing.domain_steps import Rung, Said
from app.web import forms, labels, pages, sessions
from app.web.review import domain_words, frame, keymap
from moderation.domains import names
from moderation.domains.rules import rule_for
from moderation.errors import BadDomainError, NotFoundError

blueprint = frame.blueprint("steps")
Answer = str | tuple[str, int] | Redirect


@blueprint.get("/domains/steps/<rung>")
@sessions.at_least(people.RULES)
def before(rung: str) -> Answer:
    """What a rung would do, computed now; nothing changes."""
    return _preview(_rung(rung), _domain(request.args.get("domain", "")[:1000]), asked_case())


@blueprint.post("/domains/steps/<rung>")
@sessions.at_least(people.RULES)
def take(rung: str) -> Answer:
    """Take it."""
    wanted, domain, case = _rung(rung), _domain(forms.line("domain", 1000)), _number(forms.line("case", 20))
    said = Said(
        public=forms.text("public_comment", 3000).strip(),
        private=forms.text("private_comment", 3000).strip(),
        evidence=(case,) if case and forms.ticked("evidence") else (),
    )
    try:
        with services().db.read() as session:
            draft = domain_steps.draft(session, wanted, domain, said, services().clock.now())
        ruling.set_rules(services(), frame.account(), [draft])
    except BadDomainError as error:
        return _preview(wanted, domain, case, error=error.safe), 422
    pages.tell("in", keymap.undoable(_("The rule for %(domain)s is in force.", domain=domain)))
    return redirect(page_of(domain, case))


@blueprint.post("/domains/undo")
@sessions.at_least(people.RULES)
def undo() -> Answer:
    """Take back one's own last step about a server."""
    domain, case = _domain(forms.line("domain", 1000)), _number(forms.line("case", 20))
    domain_steps.undo(services(), frame.account(), domain)
    pages.tell("note", _("Undone. All is as it was before."))
    return redirect(page_of(domain, case))


def page_of(domain: str, case: int | None) -> str:
    """The address of a server's page, with the case from which somebody came."""
    return f"/review/domains/{domain}" + (f"?case={case}" if case else "")


def asked_case() -> int | None:
    """The case from which somebody came, as the address says."""
    return _number(request.args.get("case", ""))


def _preview(rung: Rung, domain: str, case: int | None, error: str = "") -> str:
    now = services().clock.now()
    with services().db.read() as session:
        return render_template(
            "review/domain-step.html",
            rung=rung,
            draft=domain_steps.draft(session, rung, domain, None, now),
            before=rule_for(session, domain),
            impact=impact.of(session, domain),
            losses=impact.losses(session, domain),
            case=case,
            error=error,
            title=domain_words.rung(rung),
            severity_of=labels.severity,
            filters=domain_words.filters(),
        )


def _rung(word: str) -> Rung:
    if word not in tuple(Rung):
        raise NotFoundError("there is no such step")
    return Rung(word)


def _domain(typed: str) -> str:
    """Raises BadDomainError, which becomes a page that says why."""
    return names.for_rule(typed, services().settings.domain)


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
