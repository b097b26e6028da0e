"""Signing up by the house's mode, signing in and out, confirming an address, a forgotten password."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import credentials, invitations, recovery, signup
from app.accounts.factors import enrol, passkeys, verify
from app.accounts.signup import SignUp
from app.accounts.tables import Role
from app.current import services
from app.errors import AppError, ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthorizedError
from app.mail import can_send
from app.relationships import welcome as newcomers
from app.settings import Registration
from app.web import before_the_door, forms, house, pages, reasons, sessions

blueprint = sessions.guard(Blueprint("signing", __name__))
blueprint.after_request(sessions.keep_nowhere)  # addresses and forms here hold tokens and passwords
Answer = str | tuple[str, int] | Response


@blueprint.get("/sign-up")
def sign_up_page() -> Answer:
    """The form, or why there's none."""
    try:
        return _sign_up_form(request.args.get("invitation"))
    except NotFoundError as error:
        return _came_too_late(error)


@blueprint.post("/sign-up")
def sign_up() -> Answer:
    """Make the account; its address is confirmed by mail."""
    token = request.args.get("invitation")
    given = _given(token)
    try:
        account = signup.sign_up(services(), given)
        newcomers.follow_chosen(services(), account.id)
    except (InvalidError, ConflictError) as error:
        return _sign_up_form(token, given, reasons.of(error)), error.status
    waits, email = account.approved_at is None, given.email.strip()
    return _thanks(email, waits=waits) if can_send(services().mailer) else _thanks_without_mail(waits=waits)


def _given(token: str | None) -> SignUp:
    return SignUp(
        username=forms.line("username", 100),
        email=forms.line("email", 400),
        password=forms.secret("password"),
        reason=forms.text("reason", 2000),
        locale=str(get_locale() or "en"),
        agreement=forms.ticked("agreement"),
        invitation_token=token,
        address=request.remote_addr or "",
    )


def _sign_up_form(token: str | None, given: SignUp | None = None, error: str = "") -> str:
    with services().db.read() as session:
        mode = signup.registration(session, services())
        rules = house.rules(session)
        closed = None if _is_invited(session, token) else before_the_door.door(session)
    return render_template(
        "sign-up.html",
        given=given or SignUp("", "", ""),
        error=error,
        closed=closed,
        approval=mode is Registration.APPROVAL and not token,
        rules=rules,
        admin=False,
    )


def _came_too_late(error: NotFoundError) -> Answer:
    """Whose invitation is no good stands before a closed door, and is told both; elsewhere it isn't found."""
    with services().db.read() as session:
        closed = before_the_door.door(session)
    if closed is None:
        raise error
    page = render_template("sign-up.html", closed=closed, error=reasons.of(error), admin=False)
    return page, error.status


def _is_invited(session: Session, token: str | None) -> bool:
    if not token:
        return False
    return invitations.find(session, services(), token).role is Role.MEMBER


def _thanks(email: str, *, waits: bool) -> str:
    text = _("We sent a link to %(email)s. It works for three days.", email=email)
    if waits:
        text += " " + _("Then a person reads your application; you’ll get a mail either way.")
    return render_template("message.html", heading=_("One more thing: your mail"), text=text)


def _thanks_without_mail(*, waits: bool) -> str:
    """No letter is promised that can't be sent."""
    if waits:
        text = _(
            "A person reads your application. This server sends no mail, so nobody writes to you: try to sign in in a"
            " day or two, or ask whoever told you of it."
        )
        return render_template("message.html", heading=_("Your application is here"), text=text)
    return render_template(
        "message.html",
        heading=_("Your account is made"),
        text=_("You can sign in now."),
        link="/sign-in",
        link_words=_("Sign in"),
    )


@blueprint.get("/sign-up/confirm/<token>")
@blueprint.get("/confirm/<token>")
def confirm_page(token: str) -> str:
    """A button, so that a mail program that opens links confirms nothing."""
    return render_template("confirm.html")


@blueprint.post("/sign-up/confirm/<token>")
@blueprint.post("/confirm/<token>")
def confirm(token: str) -> str:
    """The address is theirs."""
    account = signup.confirm(services(), token)
    if account.approved_at is None:
        text = _("Now a person reads your application, mostly within a day. You’ll get a mail either way.")
        return render_template("message.html", heading=_("Your address is confirmed"), text=text)
    return render_template(
        "message.html",
        heading=_("Your address is confirmed"),
        text=_("You can sign in now."),
        link="/sign-in",
        link_words=_("Sign in"),
    )


@blueprint.get("/welcome/<token>")
def welcome(token: str) -> Answer:
    """The one-time link that makes the admin's account; one that is no good says how another is come by."""
    try:
        return _welcome_form(token)
    except NotFoundError:
        text = _(
            "The link that makes the admin’s account works once, and until there is an admin. Whoever made it signs in"
            " with it. If nobody did, “ostiary run” prints another link each time it starts, and “ostiary setup” makes"
            " the account on a terminal."
        )
        heading, words = _("This link was used, or is no good"), _("Sign in")
        page = render_template("message.html", heading=heading, text=text, link="/sign-in", link_words=words)
        return page, 404


@blueprint.post("/welcome/<token>")
def make_admin(token: str) -> Answer:
    """Make it, and sign in."""
    given = _given(None)
    try:
        account = signup.redeem_admin_link(
            services(),
            token,
            username=given.username,
            email=given.email,
            password=given.password,
            locale=given.locale,
        )
        newcomers.follow_chosen(services(), account.id)
    except (InvalidError, ConflictError) as error:
        return _welcome_form(token, given, reasons.of(error)), error.status
    sessions.sign_in(account, remember=False)
    pages.tell("in", _("Welcome. This server is yours."))
    return redirect("/review/setup")


def _welcome_form(token: str, given: SignUp | None = None, error: str = "") -> str:
    with services().db.read() as session:
        if invitations.find(session, services(), token).role is not Role.ADMIN:
            raise ForbiddenError(_("This link does not make an admin"), code="bad_invitation")
    return render_template(
        "sign-up.html", given=given or SignUp("", "", ""), error=error, admin=True, approval=False, rules=[]
    )


@blueprint.get("/sign-in")
def sign_in_page() -> Answer:
    """The form; members go where they wanted to, unless a program wants them to sign in again."""
    sessions.speak(request.args.get("lang"))
    wanted = sessions.safe_path(request.args.get("next"))
    if sessions.member() is not None and "again" not in request.args:
        return redirect(wanted)
    return _sign_in_form(wanted)


def _sign_in_form(wanted: str, name: str = "", error: str = "") -> str:
    lang = request.values.get("lang", "")[:12]
    return render_template("sign-in.html", next=wanted, given=name, error=error, lang=lang)


@blueprint.post("/sign-in")
def sign_in() -> Answer:
    """One answer for a wrong name and a wrong password."""
    sessions.speak(request.form.get("lang"))
    wanted, name = sessions.safe_path(request.form.get("next")), forms.line("name", 400)
    try:
        account = credentials.check(services(), name, forms.secret("password"), address=request.remote_addr or "")
    except (UnauthorizedError, ForbiddenError) as error:
        return _refused(error, wanted, name)
    with services().db.read() as session:
        asked = verify.is_asked(session, account.id)
    if asked:
        sessions.go_half_way(account, remember=forms.ticked("remember"), wanted=wanted)
        lang = request.form.get("lang", "")[:12]
        return redirect("/sign-in/code" + (f"?{urlencode({'lang': lang})}" if lang else ""))
    try:
        sessions.sign_in(account, remember=forms.ticked("remember"))
    except UnauthorizedError as error:
        return _refused(error, wanted, name)
    return redirect(wanted)


@blueprint.get("/sign-in/code")
def code_page() -> Answer:
    """The second factor is asked for."""
    sessions.speak(request.args.get("lang"))
    waiting = sessions.half_way()
    if waiting is None:
        return redirect("/sign-in")
    return _code_form(waiting)


@blueprint.post("/sign-in/code")
def code() -> Answer:
    """A code from the phone, or a recovery code."""
    waiting = sessions.half_way()
    if waiting is None:
        return redirect("/sign-in")
    try:
        verify.check(services(), waiting.account.id, forms.line("code", verify.LONGEST + 1))
    except ForbiddenError as error:
        return _code_form(waiting, reasons.of(error)), error.status
    sessions.sign_in(waiting.account, remember=waiting.remember)
    return redirect(waiting.wanted)


@blueprint.post("/sign-in/passkey")
def passkey() -> Answer:
    """What the browser answered with a passkey."""
    waiting = sessions.half_way()
    if waiting is None:
        return redirect("/sign-in")
    try:
        passkeys.check(services(), waiting.account.id, forms.text("answer", passkeys.LONGEST_ANSWER + 1))
    except ForbiddenError as error:
        return _code_form(waiting, reasons.of(error)), error.status
    sessions.sign_in(waiting.account, remember=waiting.remember)
    return redirect(waiting.wanted)


def _code_form(waiting: sessions.HalfWay, error: str = "") -> str:
    account_id = waiting.account.id
    options = passkeys.ask_to_use(services(), account_id)
    with services().db.read() as session:
        phone = enrol.standing(session, account_id).confirmed
    return render_template("sign-in-code.html", error=error, options=options, phone=phone)


def _refused(error: AppError, wanted: str, name: str) -> tuple[str, int]:
    return _sign_in_form(wanted, name, reasons.of(error)), error.status


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this browser's session."""
    sessions.sign_out()
    return redirect("/")


@blueprint.get("/password")
def ask_page() -> str:
    """Ask for a link that sets a new password."""
    return render_template("password.html", token=None, error="")


@blueprint.post("/password")
def ask() -> str:
    """Send it, if there's such an address; the answer is the same."""
    recovery.ask(services(), forms.line("email", 400), address=request.remote_addr or "")
    text = _("If somebody here has this address, a link is on its way. It works for an hour.")
    return render_template("message.html", heading=_("Look into your mail"), text=text)


@blueprint.get("/password/<token>")
def reset_page(token: str) -> str:
    """A new password."""
    return render_template("password.html", token=token, error="")


@blueprint.post("/password/<token>")
def reset(token: str) -> Answer:
    """Set it."""
    try:
        recovery.reset(services(), token, forms.secret("password"))
    except InvalidError as error:
        return render_template("password.html", token=token, error=reasons.of(error)), error.status
    pages.tell("in", _("The new password is set. Sign in with it."))
    return redirect("/sign-in")
