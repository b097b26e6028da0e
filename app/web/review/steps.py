"""The ladder about another server: each rung is shown with what it would do before it is taken, and can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.federation import contacts
from app.reviewing import asking, domain_steps, people, planned, rule_preview
from app.reviewing.domain_steps import DomainStep, Said
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import domain_words, frame, keymap
from moderation.domains import names, questions
from moderation.domains.planned import NOTICE
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
    wanted, domain, case = _rung(rung), _domain(forms.line("domain", 1000)), forms.number("case")
    said = Said(
        public=forms.text("public_comment", 3000).strip(),
        private=forms.text("private_comment", 3000).strip(),
        evidence=(case,) if case and forms.ticked("evidence") else (),
    )
    try:
        domain_steps.take(services(), frame.account(), wanted, domain, said)
    except BadDomainError as error:
        return _preview(wanted, domain, case, error=reasons.of(error), said=said), 422
    if wanted is DomainStep.NOTICE:
        pages.tell("in", keymap.undoable(_("The suspension of %(domain)s is announced.", domain=domain)))
    else:
        pages.tell("in", keymap.undoable(_("The rule for %(domain)s is in force.", domain=domain)))
    return redirect(page_of(domain, case))


@blueprint.post("/domains/call-off")
@sessions.at_least(people.RULES)
def call_off() -> Answer:
    """An announced suspension won't take place."""
    domain = _domain(forms.line("domain", 1000))
    planned.call_off(services(), frame.account(), domain)
    pages.tell("in", _("The suspension of %(domain)s is called off, and who was told hears it.", domain=domain))
    return redirect(page_of(domain, None))


@blueprint.get("/domains/ask")
@sessions.at_least(people.PEOPLE)
def before_asking() -> Answer:
    """What is asked of a server's moderators, about which posts, and who gets it."""
    return _question(_domain(request.args.get("domain", "")[:1000]), asked_case())


@blueprint.post("/domains/ask")
@sessions.at_least(people.PEOPLE)
def ask() -> Answer:
    """Ask them; it leaves after ten minutes."""
    domain, case = _domain(forms.line("domain", 1000)), forms.number("case")
    text, chosen = forms.text("text", 2000), [uri[:2048] for uri in request.form.getlist("post")[:100]]
    try:
        asking.ask(services(), frame.account(), domain, text, chosen)
    except BadDomainError as error:
        return _question(domain, case, error=reasons.of(error), text=text, chosen=chosen), 422
    pages.tell("in", keymap.undoable(_("Asked. It leaves in ten minutes.")))
    return redirect(page_of(domain, case))


@blueprint.post("/domains/contact")
@sessions.at_least(people.PEOPLE)
def contact() -> Answer:
    """Have a server asked who can be written to there."""
    domain, case = _domain(forms.line("domain", 1000)), forms.number("case")
    found = contacts.ask(services(), domain)
    known = found.accounts or found.email
    pages.tell("in" if known else "note", _("It says who can be written to.") if known else _("It doesn’t say."))
    return redirect(page_of(domain, case))


@blueprint.post("/domains/undo")
@sessions.at_least(people.PEOPLE)
def undo() -> Answer:
    """Take back one's own last step about a server."""
    domain, case = _domain(forms.line("domain", 1000)), forms.number("case")
    domain_steps.undo(services(), frame.account(), domain)
    pages.tell("note", _("Undone. All is as it was before."))
    return redirect(page_of(domain, case))


def page_of(domain: str, case: int | None) -> str:
    """The address of a server's page, with the case from which somebody came."""
    return f"/review/domains/{domain}" + (f"?case={case}" if case else "")


def asked_case() -> int | None:
    """The case from which somebody came, as the address says."""
    return forms.asked_number("case")


def _question(
    domain: str, case: int | None, error: str = "", text: str = "", chosen: Sequence[str] | None = None
) -> str:
    me, now = people.name_of(frame.account()), services().clock.now()
    with services().db.read() as session:
        found = asking.choices(session, me, domain, now)
        known = contacts.known(session, domain)
    ticked = [each.uri for each in found if each.case_id == case] if chosen is None else chosen
    return render_template(
        "review/domain-ask.html",
        domain=domain,
        case=case,
        error=error,
        text=text,
        choices=found,
        ticked=ticked,
        contact=known,
        longest=questions.LONGEST,
        label_name=labels.name,
    )


def _preview(rung: DomainStep, domain: str, case: int | None, error: str = "", said: Said | None = None) -> str:
    now = services().clock.now()
    with services().db.read() as session:
        seen = rule_preview.of(session, domain_steps.draft(session, rung, domain, said, now))
    return render_template(
        "review/domain-step.html",
        rung=rung,
        takes_place_at=now + NOTICE,
        draft=seen.draft,
        before=seen.before,
        impact=seen.impact,
        losses=seen.losses,
        otherwise=seen.otherwise,
        case=case,
        error=error,
        title=domain_words.rung(rung),
        severity_of=labels.severity,
        filters=domain_words.filters(),
    )


def _rung(word: str) -> DomainStep:
    if word not in tuple(DomainStep):
        raise NotFoundError("there is no such step")
    return DomainStep(word)


def _domain(typed: str) -> str:
    """Raises BadDomainError, which becomes a page that says why."""
    return names.for_rule(typed, services().settings.domain)
