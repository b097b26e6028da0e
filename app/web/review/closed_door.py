"""What stands on the door where sign-ups are closed: switches, words, and the list of other servers, for admins."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import signup
from app.accounts.tables import Role
from app.current import services
from app.doors import choices as door_choices
from app.doors import hand, offered, others
from app.doors.choices import Choices
from app.doors.hand import Hand
from app.doors.others import Door
from app.errors import InvalidError
from app.settings import Registration
from app.web import choices, forms, pages, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("closed_door")
Answer = str | tuple[str, int] | Response
HOME = "/review/closed"


@blueprint.get("/closed")
@sessions.at_least(Role.ADMIN)
def closed() -> str:
    """What is offered now."""
    return _page()


@blueprint.post("/closed")
@sessions.at_least(Role.ADMIN)
def choose() -> Answer:
    """Offer this."""
    wanted = Choices(
        waiting_list=forms.ticked("waiting_list"),
        organisations=forms.ticked("organisations"),
        others=forms.ticked("others"),
        words_en=forms.text("words_en", door_choices.LONGEST_WORDS + 1).strip(),
        words_fr=forms.text("words_fr", door_choices.LONGEST_WORDS + 1).strip(),
    )
    try:
        door_choices.choose(services(), _hand(), wanted)
    except InvalidError as error:
        return _page(reasons.of(error), wanted), error.status
    pages.tell("in", _("Saved."))
    return redirect(HOME)


@blueprint.post("/closed/others")
@sessions.at_least(Role.ADMIN)
def add() -> Answer:
    """Another server, at the end of the list."""
    given = _door()
    try:
        others.add(services(), _hand(), given)
    except InvalidError as error:
        return _page(reasons.of(error), given=given), error.status
    pages.tell("in", _("%(name)s stands on the list.", name=given.name))
    return redirect(f"{HOME}#others")


@blueprint.post("/closed/others/<int:number>")
@sessions.at_least(Role.ADMIN)
def change(number: int) -> Answer:
    """Write one down anew."""
    try:
        others.change(services(), _hand(), number, _door())
    except InvalidError as error:
        return _page(reasons.of(error), about=number), error.status
    pages.tell("in", _("Saved."))
    return redirect(f"{HOME}#others")


@blueprint.post("/closed/others/<int:number>/move")
@sessions.at_least(Role.ADMIN)
def move(number: int) -> Response:
    """One place up or down."""
    others.move(services(), _hand(), number, up=forms.line("to", 4) == "up")
    return redirect(f"{HOME}#others")


@blueprint.post("/closed/others/<int:number>/remove")
@sessions.at_least(Role.ADMIN)
def remove(number: int) -> Response:
    """Take one off the list."""
    others.remove(services(), _hand(), number)
    pages.tell("note", _("It stands on the list no more."))
    return redirect(f"{HOME}#others")


def _hand() -> Hand:
    return hand.of(frame.account(), Role.ADMIN)


def _door() -> Door:
    return Door(
        name=forms.line("name", others.LONGEST_NAME + 1),
        address=forms.line("address", others.LONGEST_URL + 1),
        language=forms.line("language", 20),
        about_en=forms.line("about_en", others.LONGEST_ABOUT + 1),
        about_fr=forms.line("about_fr", others.LONGEST_ABOUT + 1),
    )


def _page(error: str = "", wanted: Choices | None = None, given: Door | None = None, about: int = 0) -> str:
    """`error` is about the switches (`wanted`), a new server (`given`), or the one with the number `about`."""
    with services().db.read() as session:
        mode = signup.registration(session, services())
        return render_template(
            "review/closed.html",
            error=error,
            chosen=wanted or door_choices.chosen(session),
            listed=others.listed(session),
            seen={row.id for row in others.shown(session)},
            given=given,
            about=about,
            typed=request.form if about else {},
            languages=choices.languages(),
            closed=offered.is_closed(mode),
            by_invitation=mode is Registration.INVITE,
            mails=services().settings.smtp_url is not None,
            longest=door_choices.LONGEST_WORDS,
            most=others.MOST,
        )
