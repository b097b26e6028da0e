"""Purging what a suspended server left here: counted first, ordered by name, followed while it goes, reported."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError
from app.purging import domains
from app.purging.domains import WAITS
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import domain_words, frame
from moderation.cases.reversals import UNDO_WINDOW
from moderation.domains import names

blueprint = frame.blueprint("domain_purges")
Answer = str | tuple[str, int] | Redirect


@blueprint.get("/domains/purge")
@sessions.at_least(Role.ADMIN)
def shown() -> Answer:
    """What it would take, counted now, and the purges that there were; without a name, the servers."""
    asked = request.args.get("domain", "")[:1000].strip()
    return _page(names.canonical(asked)) if asked else redirect("/review/domains")


@blueprint.post("/domains/purge")
@sessions.at_least(Role.ADMIN)
def order() -> Answer:
    """Order it: it begins in ten minutes."""
    domain = names.canonical(forms.line("domain", 1000))
    by = people.require(frame.account(), Role.ADMIN)
    try:
        domains.order(services(), domain, by, forms.line("confirmed", 300))
    except AppError as error:
        return _page(domain, error=domain_words.purge_refused(error.code)), error.status
    pages.tell("in", _("Ordered. It begins in ten minutes, and can be called off until it is done."))
    return redirect(f"/review/domains/purge?domain={domain}")


@blueprint.post("/domains/purge/call-off")
@sessions.at_least(Role.ADMIN)
def call_off() -> Redirect:
    """What isn't gone yet stays."""
    domain = names.canonical(forms.line("domain", 1000))
    domains.call_off(services(), domain, people.require(frame.account(), Role.ADMIN))
    pages.tell("in", _("Called off. What isn’t gone yet stays."))
    return redirect(f"/review/domains/purge?domain={domain}")


def _page(domain: str, error: str = "") -> str:
    now = services().clock.now()
    with services().db.read() as session:
        return render_template(
            "review/domain-purge.html",
            domain=domain,
            found=domains.foresee(session, domain, now),
            open=domains.open_of(session, domain),
            purges=domains.of(session, domain),
            state_of=domain_words.purge_state,
            waits=WAITS.days,
            minutes=int(UNDO_WINDOW.total_seconds() // 60),
            now=now,
            error=error,
        )
