"""Who reads our list of servers with a token: made, shown once, revoked. For admins."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.instance import list_readers, our_list
from app.instance.list_readers import AUDIENCES, Made
from app.instance.our_list import Reader
from app.reviewing import people
from app.web import forms, pages, reasons, sessions
from app.web.review import domain_words, frame
from moderation.errors import BadDomainError

blueprint = frame.blueprint("list_readers")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/domains/tokens"


@blueprint.get("/domains/tokens")
@sessions.at_least(Role.ADMIN)
def listed() -> str:
    """Every reader with when its token was used last, and the form for another."""
    return _page()


@blueprint.post("/domains/tokens")
@sessions.at_least(Role.ADMIN)
def make() -> Answer:
    """Another one; its token is on the page that answers, and nowhere afterwards."""
    by = people.require(frame.account(), Role.ADMIN)
    asked = forms.line("audience", 20)
    try:
        if asked not in tuple(Reader):
            raise InvalidError(_("A token is for members or for other servers"), code="bad_audience")
        name, domain = forms.line("name", list_readers.LONGEST_NAME + 1), forms.line("domain", 300)
        made = list_readers.make(services(), by, name, Reader(asked), domain)
    except InvalidError as error:
        return _page(error=reasons.of(error)), error.status
    except BadDomainError as error:
        return _page(error=_("That doesn’t fit: %(why)s.", why=reasons.of(error))), 422
    return _page(made=made)


@blueprint.post("/domains/tokens/<int:number>/revoke")
@sessions.at_least(Role.ADMIN)
def revoke(number: int) -> Redirect:
    """It opens nothing from now on."""
    row = list_readers.revoke(services(), people.require(frame.account(), Role.ADMIN), number)
    pages.tell("in", _("The token of %(name)s opens nothing any more.", name=row.name))
    return redirect(HOME)


def _page(*, made: Made | None = None, error: str = "") -> str:
    with services().db.read() as session:
        rows, allowed = list_readers.listed(session), our_list.readers(session)
    return render_template(
        "review/list-readers.html",
        rows=rows,
        allowed=allowed,
        everybody=Reader.EVERYBODY in allowed,
        audiences=[(one, words) for one, words in domain_words.readers() if one in AUDIENCES],
        audience_name=dict(domain_words.readers()),
        made=made,
        error=error,
        typed=request.form if error else {},
    )
