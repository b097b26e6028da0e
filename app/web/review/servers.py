"""Rules about other servers: what is in force and why, what one would do before it is set, lists in and out."""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.reviewing import domains as domains_known
from app.reviewing import impact, people, ruling
from app.web import forms, labels, pages, sessions
from app.web.review import frame, happenings, surroundings
from moderation import domains
from moderation.domains import exporting, importing, names
from moderation.domains.values import RuleDraft
from moderation.errors import BadDomainError
from moderation.timeline.values import About
from moderation.values import Severity

blueprint = frame.blueprint("servers")
Answer = str | tuple[str, int] | Redirect
LONGEST_LIST = 900_000
"""Characters: a whole request is at most a megabyte."""


@blueprint.get("/domains")
@sessions.at_least(people.WORK)
def listed() -> str:
    """Every rule, and the form for another."""
    return _list()


@blueprint.post("/domains/preview")
@sessions.at_least(people.RULES)
def preview() -> Answer:
    """What a rule would do, computed now; nothing changes."""
    try:
        draft = _draft()
    except BadDomainError as error:
        return _list(error=error.safe, typed=request.form.get("domain", "")[:300]), 422
    with services().db.read() as session:
        found = impact.of(session, draft.domain)
        before = domains.rule_for(session, draft.domain)
    return render_template("review/domain-preview.html", draft=draft, impact=found, before=before, **_words())


@blueprint.post("/domains/set")
@sessions.at_least(people.RULES)
def set_rule() -> Answer:
    """Set it."""
    try:
        draft = _draft()
        ruling.set_rules(services(), frame.account(), [draft])
    except BadDomainError as error:
        return _list(error=error.safe, typed=request.form.get("domain", "")[:300]), 422
    pages.tell("in", _("The rule for %(domain)s is in force.", domain=draft.domain))
    return redirect(f"/review/domains/{draft.domain}")


@blueprint.post("/domains/lift")
@sessions.at_least(people.RULES)
def lift() -> Answer:
    """Lift it; what was hidden by it is there again."""
    domain = forms.line("domain", 300)
    ruling.lift_rule(services(), frame.account(), domain)
    pages.tell("in", _("The rule for %(domain)s is lifted.", domain=domain))
    return redirect("/review/domains")


@blueprint.post("/domains/import")
@sessions.at_least(people.RULES)
def import_list() -> Answer:
    """Read a list: first what it would do, then, confirmed, all of it in one write."""
    text = _uploaded() or forms.text("list", LONGEST_LIST)
    read = importing.parse(text, services().settings.domain)
    if forms.ticked("confirmed") and read.drafts:
        done = ruling.set_rules(services(), frame.account(), read.drafts)
        pages.tell("in", _("%(count)s rules are in force.", count=len(done)))
        return redirect("/review/domains")
    with services().db.read() as session:
        found = impact.of_many(session, [draft.domain for draft in read.drafts])
    return render_template("review/domain-import.html", read=read, impact=found, text=text, **_words())


@blueprint.get("/domains/export.<kind>")
@sessions.at_least(people.WORK)
def export(kind: str) -> Response:
    """Mastodon's CSV, or our own lines that lose nothing."""
    with services().db.read() as session:
        rules = domains.list_rules(session)
    own = kind == "jsonl"
    body = exporting.ostiary(rules) if own else exporting.mastodon(rules)
    answer = Response(body, mimetype="application/jsonl" if own else "text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="domains.{"jsonl" if own else "csv"}"'
    return answer


@blueprint.get("/domains/<path:domain>")
@sessions.at_least(people.WORK)
def one(domain: str) -> Answer:
    """Any server, known or not: the rule in force, perhaps a parent's, why, and its numbers."""
    try:
        name = names.canonical(domain)
    except BadDomainError as error:
        return _list(error=error.safe, typed=domain[:300]), 422
    with services().db.read() as session:
        return render_template(
            "review/domain.html",
            server=surroundings.server_of(session, name),
            known=domains_known.one(session, name),
            impact=impact.of(session, name),
            verdicts=impact.verdicts(session, name, services().clock.now()),
            history=happenings.view(session, About(domain=name), {}),
            **_words(),
        )


def _list(error: str = "", typed: str = "") -> str:
    with services().db.read() as session:
        rules = domains.list_rules(session)
        dead = domains_known.dead(session)
    return render_template("review/domains.html", rules=rules, dead=dead, error=error, typed=typed, **_words())


def _words() -> dict[str, object]:
    return {
        "severities": [(one.value, labels.severity(one)[1]) for one in Severity],
        "severity_of": labels.severity,
        "sets_rules": frame.can(people.RULES),
        "sees_relays": frame.can(Role.ADMIN),
    }


def _draft() -> RuleDraft:
    severity = forms.line("severity", 20)
    if severity not in {one.value for one in Severity}:
        raise BadDomainError(_("choose what happens"))
    return RuleDraft(
        domain=names.for_rule(forms.line("domain", 1000), services().settings.domain),
        severity=Severity(severity),
        reject_media=forms.ticked("reject_media"),
        reject_reports=forms.ticked("reject_reports"),
        obfuscate=forms.ticked("obfuscate"),
        public_comment=forms.text("public_comment", 3000).strip(),
        private_comment=forms.text("private_comment", 3000).strip(),
    )


def _uploaded() -> str:
    file = request.files.get("file")
    return file.read(LONGEST_LIST).decode("utf-8", "replace") if file is not None and file.filename else ""
