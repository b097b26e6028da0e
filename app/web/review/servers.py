"""Rules about other servers: what is in force and why, what one would do before it is set, lists in and out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app.accounts import marking
from app.accounts.tables import Role
from app.current import services
from app.errors import ConflictError, GoneError, NotFoundError
from app.federation import contacts
from app.instance import our_list
from app.instance.our_list import Reader
from app.reviewing import domain_lists, domain_steps, impact, people, rule_preview, ruling, ties
from app.reviewing import domains as domains_known
from app.reviewing.domain_lists import Taking
from app.reviewing.domains import Order
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import domain_words, frame, happenings, keymap, list_uploads, steps, surroundings
from moderation import domains
from moderation.domains import editing, exporting, following, modes, names, planned, planning, questions, record
from moderation.domains.planning import Change
from moderation.domains.values import Filter, RuleDraft
from moderation.errors import BadDomainError
from moderation.timeline.values import About
from moderation.values import Severity

blueprint = frame.blueprint("servers")
Answer = str | tuple[str, int] | Redirect
SHOWN = 100
_RULED = {"": None, "any": True, "none": False}
_FILES = {
    "mastodon": ("text/csv", "csv"),
    "ostiary": ("application/jsonl", "jsonl"),
    "gotosocial": ("application/json", "json"),
    "plain": ("text/plain", "txt"),
}


@blueprint.get("/domains")
@sessions.at_least(people.WORK)
def listed() -> str:
    """The rules, and the form for another."""
    return _list()


@blueprint.post("/domains/preview")
@sessions.at_least(people.RULES)
def preview() -> Answer:
    """What a rule would do, computed now; nothing changes."""
    try:
        draft = _draft()
        with services().db.read() as session:
            seen = rule_preview.checked(session, draft, people.name_of(frame.account()), services().clock.now())
    except BadDomainError as error:
        return _refused_rule(error), 422
    return render_template("review/domain-preview.html", seen=seen, draft=draft, impact=seen.impact, **_words())


@blueprint.post("/domains/set")
@sessions.at_least(people.RULES)
def set_rule() -> Answer:
    """Set it."""
    try:
        draft = _draft()
        ruling.set_rules(services(), frame.account(), [draft])
    except BadDomainError as error:
        return _refused_rule(error), 422
    pages.tell("in", keymap.undoable(_("The rule for %(domain)s is in force.", domain=draft.domain)))
    return redirect(f"/review/domains/{draft.domain}")


@blueprint.post("/domains/lift")
@sessions.at_least(people.RULES)
def lift() -> Answer:
    """Lift it; what was hidden by it is there again."""
    domain = forms.line("domain", 300)
    ruling.lift_rule(services(), frame.account(), domain)
    pages.tell("in", keymap.undoable(_("The rule for %(domain)s is lifted.", domain=domain)))
    return redirect(f"/review/domains/{domain}")


@blueprint.post("/domains/import")
@sessions.takes_files(list_uploads.MOST_BYTES, list_uploads.MOST_BYTES)
@sessions.at_least(people.RULES)
def import_list() -> Answer:
    """Read a list: first what it would do, then, confirmed, all of it in one write; what wasn't seen isn't taken."""
    try:
        text, taking = list_uploads.text(), _taking()
    except (BadDomainError, GoneError) as error:
        status = 422 if isinstance(error, BadDomainError) else error.status
        return _list(import_error=reasons.of(error), wishes=_wishes()), status
    if not forms.ticked("confirmed"):
        return _previewed(text, taking)
    try:
        taken = domain_lists.take(services(), frame.account(), text, taking, forms.line("seen", 40))
    except ConflictError:
        return _previewed(text, taking, _("The rules have changed since, or how the list is taken: look again.")), 409
    except BadDomainError as error:
        return _previewed(text, taking, _("That doesn’t fit: %(why)s.", why=reasons.of(error))), 422
    pages.tell("in", ngettext("%(num)d rule is in force.", "%(num)d rules are in force.", len(taken.rules)))
    return redirect("/review/domains")


def _previewed(text: str, taking: Taking, error: str = "") -> str:
    with services().db.read() as session:
        seen = domain_lists.preview(services(), session, text, taking)
    return render_template(
        "review/domain-import.html",
        seen=seen,
        kept=list_uploads.keep(text),
        taking=taking,
        error=error,
        Change=Change,
        form=domain_words.form(seen.read.form),
        **_words(),
    )


@blueprint.get("/domains/export/<form>")
@sessions.at_least(people.WORK)
def export(form: str) -> Response:
    """Mastodon's CSV, GoToSocial's JSON, bare names, or our own lines that lose nothing."""
    if form not in exporting.WRITERS:
        raise NotFoundError
    with services().db.read() as session:
        rules = domains.list_rules(session)
    kind, ending = _FILES[form]
    answer = Response(exporting.WRITERS[form](rules), mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="domains-{form}.{ending}"'
    return answer


@blueprint.get("/domains/known")
@sessions.at_least(people.WORK)
def known() -> str:
    """Every server that was met or has a rule, with its numbers."""
    order, ruled, after = _order(), request.args.get("rule", ""), _after()
    with services().db.read() as session:
        found = domains_known.known(session, order=order, only_ruled=_RULED.get(ruled), after=after, limit=SHOWN + 1)
    return render_template(
        "review/domains-known.html",
        found=found[:SHOWN],
        order=order,
        orders=domain_words.orders(),
        ruled=ruled if ruled in _RULED else "",
        older=after + SHOWN if len(found) > SHOWN else None,
        **_words(),
    )


@blueprint.get("/domains/known.csv")
@sessions.at_least(people.WORK)
def known_as_csv() -> Response:
    """The same, all of it, as CSV."""
    with services().db.read() as session:
        told = domains_known.as_csv(session, _order(), _RULED.get(request.args.get("rule", "")))
    answer = Response(told, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="servers.csv"'
    return answer


@blueprint.post("/domains/readers")
@sessions.at_least(Role.ADMIN)
def choose_readers() -> Redirect:
    """Say who may read our list."""
    wanted = [one for one in Reader if forms.ticked(f"reader_{one.value}")]
    our_list.choose(services(), frame.account().actor.username, wanted)
    pages.tell("in", _("Saved."))
    return redirect("/review/domains#readers")


@blueprint.get("/domains/<path:domain>")
@sessions.at_least(people.WORK)
def one(domain: str) -> Answer:
    """Any server, known or not: the rule in force, perhaps a parent's, why, and its numbers."""
    try:
        name = names.canonical(domain)
    except BadDomainError as error:
        return _list(error=reasons.of(error), typed=domain[:300]), 422
    now = services().clock.now()
    with services().db.read() as session:
        way = modes.current(session)
        return render_template(
            "review/domain.html",
            server=surroundings.server_of(session, name),
            new_here=modes.let_in(session, name, way),
            first=way.first,
            week=record.week(session, name, now),
            passed_on=record.passed_on(session, name, now),
            rungs=domain_words.rungs(),
            next_rung=domain_steps.next_rung(session, name),
            undoable=domain_steps.undoable(session, frame.account(), name, now),
            case=steps.asked_case(),
            asks=frame.can(people.PEOPLE),
            contact=contacts.known(session, name),
            questions=questions.of(session, name, now) if frame.can(people.PEOPLE) else [],
            question_state=domain_words.question,
            plan=planned.of(session, name),
            known=domains_known.one(session, name),
            on_the_way=domains_known.deliveries(session, name),
            impact=impact.of(session, name),
            ties=ties.between(session, name) if frame.can(people.RULES) else None,
            mentions=following.mentions(session, name),
            verdicts=impact.verdicts(session, name, now),
            history=happenings.view(session, About(domain=name), {}),
            **_words(),
        )


def _refused_rule(error: BadDomainError) -> str:
    """The form once more, with all that was typed and ticked."""
    severity, days = forms.line("severity", 20), {name: forms.line(name, 10) for name in ("review_at", "expires_at")}
    rule = _filled_in(Severity(severity) if severity in tuple(Severity) else Severity.SILENCE)
    shown = {
        **{name: getattr(rule, name) for name in ("severity", "reject_media", "reject_reports", "obfuscate")},
        **{name: getattr(rule, name) for name in ("subdomains", "filters", "public_comment", "private_comment")},
        "evidence": forms.line("evidence", 1000).split(),
        **dict.fromkeys(days),
    }
    opened = days if any(days.values()) or shown["evidence"] else None
    return _list(reasons.of(error), request.form.get("domain", "")[:300], typed_rule=shown, typed_days=opened)


def _list(
    error: str = "",
    typed: str = "",
    import_error: str = "",
    *,
    typed_rule: dict[str, object] | None = None,
    typed_days: dict[str, str] | None = None,
    wishes: dict[str, str] | None = None,
) -> str:
    with services().db.read() as session:
        rules = domains.list_rules(session)
        dead = domains_known.dead(session)
        due = editing.to_review(session, services().clock.now())
        proposed = _proposed(session)
        plans = planned.announced(session)
        readers = our_list.readers(session)
        marked = marking.progress(session)
    return render_template(
        "review/domains.html",
        rules=rules[:SHOWN],
        more=max(len(rules) - SHOWN, 0),
        dead=dead,
        due=due,
        plans=plans,
        proposed=proposed,
        error=error,
        import_error=import_error,
        wishes=wishes or {},
        typed_rule=typed_rule,
        typed_days=typed_days,
        typed=typed,
        readers=readers,
        marked=marked,
        reader_words=domain_words.readers(),
        **_words(),
    )


def _order() -> Order:
    said = request.args.get("sort", "")
    return Order(said) if said in tuple(Order) else Order.NAME


def _after() -> int:
    return forms.as_number(request.args.get("after", ""), 7) or 0


def _proposed(session: Session) -> int:
    if not frame.can(people.RULES) or not following.count(session):
        return 0
    return following.proposal(session, impact.followed(session), services().clock.now()).count


def _words() -> dict[str, object]:
    return {
        "severities": [(one.value, labels.severity(one)[1]) for one in Severity],
        "severity_of": labels.severity,
        "filters": domain_words.filters(),
        "now": services().clock.now(),
        "one_day": timedelta(days=1),
        "sets_rules": frame.can(people.RULES),
        "sees_relays": frame.can(Role.ADMIN),
    }


def _draft() -> RuleDraft:
    severity = forms.line("severity", 20)
    if severity not in {one.value for one in Severity}:
        raise BadDomainError(_("choose what happens"))
    return replace(
        _filled_in(Severity(severity)),
        domain=names.for_rule(forms.line("domain", 1000), services().settings.domain),
        review_at=_day("review_at"),
        expires_at=_day("expires_at"),
        evidence=_cases(),
    )


def _filled_in(severity: Severity) -> RuleDraft:
    """What of the form can't be wrong."""
    return RuleDraft(
        domain="",
        severity=severity,
        reject_media=forms.ticked("reject_media"),
        reject_reports=forms.ticked("reject_reports"),
        obfuscate=forms.ticked("obfuscate"),
        public_comment=forms.text("public_comment", 3000).strip(),
        private_comment=forms.text("private_comment", 3000).strip(),
        subdomains=not forms.ticked("only_itself"),
        filters=frozenset(one for one in Filter if forms.ticked(f"filter_{one.value}")),
    )


def _day(name: str) -> datetime | None:
    try:
        return forms.end_of_day(name)
    except ValueError as error:
        raise BadDomainError(_("a day is written as in 2027-01-31")) from error


def _cases() -> tuple[int, ...]:
    words = forms.line("evidence", 1000).replace(",", " ").replace("#", " ").split()
    found = [number for word in words if (number := forms.as_number(word)) is not None]
    if len(found) != len(words):
        raise BadDomainError(_("cases are named by their numbers"))
    return tuple(dict.fromkeys(found))


def _taking() -> Taking:
    unsaid, at_most = forms.line("unsaid", 20), forms.line("at_most", 20)
    planning.require_bound(bound := Severity(at_most) if at_most in tuple(Severity) else None)
    return Taking(
        severity=Severity(unsaid) if unsaid in tuple(Severity) else Severity.SUSPEND,
        overrule=forms.ticked("overrule"),
        spare_followed=forms.ticked("spare_followed"),
        at_most=bound,
    )


def _wishes() -> dict[str, str]:
    """How a list that was refused was to be taken, for the next: but for a bound that is none."""
    ticked = {name: "1" for name in ("spare_followed", "overrule") if forms.ticked(name)}
    said = {name: forms.line(name, 20) for name in ("unsaid", "at_most")}
    if said["at_most"] == Severity.ALLOW:
        del said["at_most"]
    return ticked | {name: word for name, word in said.items() if word in tuple(Severity)}
