"""Writing: a new post, a reply, an edit, a deletion. The author learns at once whether it waits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.current import services
from app.errors import InvalidError
from app.posts import compose, delete, edit, mending, resolve
from app.posts.compose import MOST_CHARACTERS, MOST_OPTION_CHARACTERS, MOST_OPTIONS, ComposeRequest, PollRequest
from app.posts.edit import EditRequest
from app.posts.reading import PostView, QuoteView
from app.posts.tables import PostRow, PostState, QuoteState
from app.posts.terms import QuotePolicy
from app.stores.budgets import POSTS_BY_ACCOUNT, Budgets
from app.uploads import keeping, taking
from app.uploads.recordings import taking as recordings
from app.uploads.tables import UploadRow
from app.web import choices, composing_pictures, filters, forms, pages, reasons, sessions
from app.web.choices import Choices
from app.web.sessions import Member
from moderation.values import Visibility

blueprint = sessions.guard(Blueprint("composing", __name__))
MOST_BYTES = max(taking.LARGEST_BYTES * keeping.MOST, recordings.LARGEST_BYTES) + 1024**2
_NARROWNESS = {one: rank for rank, one in enumerate(Visibility)}


@dataclass(frozen=True)
class Form:
    """What the box shows. `key` makes a second press of the button the same post."""

    text: str = ""
    warning: str = ""
    sensitive: bool = False
    visibility: str = Visibility.PUBLIC.value
    language: str = ""
    reply_to_id: int | None = None
    quoted_id: int | None = None
    quote_policy: str = QuotePolicy.PUBLIC.value
    error: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    visibilities: Choices = field(default_factory=choices.visibilities)
    languages: Choices = field(default_factory=choices.languages)
    quote_policies: Choices = field(default_factory=choices.quote_policies)
    limit: int = MOST_CHARACTERS
    options: tuple[str, ...] = ()
    poll_seconds: str = choices.A_DAY
    poll_multiple: bool = False
    poll_hidden: bool = False
    poll_durations: Choices = field(default_factory=choices.poll_durations)
    most_options: int = MOST_OPTIONS
    longest_option: int = MOST_OPTION_CHARACTERS
    pictures: tuple[UploadRow, ...] = ()
    """Uploaded already, when the form comes back."""
    picture_rows: tuple[int, ...] = ()
    """One for each picture that can still be added; an edit adds none."""
    picture_types: str = ",".join(taking.TYPES)
    media_words: str = ""
    longest_description: int = taking.LONGEST_DESCRIPTION


def blank(me: Member) -> Form:
    """An empty box, as the member likes it."""
    return composing_pictures.with_rows(
        Form(visibility=me.default_visibility, language=me.default_language or "", quote_policy=me.default_quote_policy)
    )


def reply(me: Member, view: PostView) -> Form:
    """A box that answers: it names the author, keeps the warning, and is never wider than what it answers."""
    post = view.shown.post
    mine = Visibility(me.default_visibility)
    visibility = max(mine, post.visibility, key=_NARROWNESS.__getitem__)
    text = "" if post.actor_id == me.id else f"{filters.handle(post.actor)} "
    return replace(
        blank(me), text=text, warning=post.warning, visibility=visibility.value, reply_to_id=view.shown.post.id
    )


@blueprint.get("/compose")
@sessions.signed_in
def compose_page() -> str:
    """A page to write on; `?text=` fills it, `?in_reply_to=` answers, `?quote=` quotes."""
    me = sessions.required()
    quoted = _seen(request.args.get("quote"), me)
    if quoted is not None:
        return _compose_page(replace(blank(me), quoted_id=quoted.shown.post.id), None)
    parent = _seen(request.args.get("in_reply_to"), me)
    form = reply(me, parent) if parent is not None else replace(blank(me), text=request.args.get("text", "")[:5000])
    return _compose_page(form, parent)


@blueprint.post("/compose")
@sessions.signed_in
@sessions.takes_files(MOST_BYTES)
def write() -> str | tuple[str, int] | Response:
    """Post it."""
    me = sessions.required()
    _spend(me)
    form = _sent(me)
    try:
        form = replace(form, pictures=composing_pictures.taken(services(), me.id))
        post = compose.compose(services(), me.id, _request(form))
    except InvalidError as error:
        parent = _seen(str(form.reply_to_id or ""), me)
        return _compose_page(replace(form, error=_said(error, form)), parent), 422
    _tell(post)
    return redirect(_after(post))


@blueprint.get("/posts/<number>/edit")
@sessions.signed_in
def edit_page(number: str) -> str:
    """The box with what was written."""
    post = _own(number)
    return _edit_page(post, _as_written(post))


@blueprint.post("/posts/<number>/edit")
@sessions.signed_in
def change(number: str) -> str | tuple[str, int] | Response:
    """Edit it; a held one keeps its place."""
    me, post = sessions.required(), _own(number)
    _spend(me)
    form = _for_editing(post, _sent(me))
    asked = EditRequest(
        text=form.text,
        warning=form.warning,
        sensitive=form.sensitive,
        language=choices.language(form.language),
        poll=_poll(form),
        keeps_poll=post.poll is not None,
        picture_ids=None,
    )
    try:
        edited = edit.edit(services(), me.id, post.id, asked)
    except InvalidError as error:
        return _edit_page(post, replace(form, error=_said(error, form))), 422
    if edited.state in mending.HIDDEN:
        pages.tell("hold", _("Changed. A moderator looks at it before it is shown; you’ll be told."))
        return redirect("/record")
    if edited.state in (PostState.HELD, PostState.WAITING):
        pages.tell("hold", _("Changed. It keeps its place at the door."))
    else:
        pages.tell("in", _("Changed."))
    return redirect(filters.permalink_of(edited.id))


@blueprint.get("/posts/<number>/delete")
@sessions.signed_in
def delete_page(number: str) -> str:
    """Ask once."""
    view = _own_view(number)
    heading = _("Withdraw this post?") if view.held else _("Delete this post?")
    return render_template("delete.html", view=view, heading=heading)


@blueprint.post("/posts/<number>/delete")
@sessions.signed_in
def remove(number: str) -> Response:
    """Delete it."""
    me, view = sessions.required(), _own_view(number)
    delete.delete(services(), me.id, view.post.id)
    pages.tell("note", _("Withdrawn.") if view.held else _("Deleted."))
    return redirect("/home")


def _spend(me: Member) -> None:
    """The same budget as a client's. Raises RateLimitedError."""
    budgets = Budgets(services().redis, services().clock, enabled=services().settings.rate_limits)
    budgets.spend(POSTS_BY_ACCOUNT, str(me.id))


def _sent(me: Member) -> Form:
    warning = forms.line("warning")
    reply_to, quoted = request.form.get("reply_to_id", ""), request.form.get("quoted_id", "")
    return Form(
        text=forms.text("text", MOST_CHARACTERS * 2),
        warning=warning,
        sensitive=bool(warning),
        visibility=choices.visibility(request.form.get("visibility", ""), me.default_visibility).value,
        language=request.form.get("language", ""),
        reply_to_id=resolve.parse_id(reply_to) if reply_to else None,
        quoted_id=resolve.parse_id(quoted) if quoted else None,
        quote_policy=choices.quote_policy(request.form.get("quote_policy", ""), me.default_quote_policy).value,
        options=tuple(option for option in _options() if option),
        poll_seconds=choices.poll_seconds(request.form.get("poll_seconds", "")),
        poll_multiple=forms.ticked("poll_multiple"),
        poll_hidden=forms.ticked("poll_hidden"),
        key=request.form.get("key", "")[:64] or secrets.token_urlsafe(12),
    )


def _options() -> list[str]:
    given = request.form.getlist("option")[: MOST_OPTIONS + 1]
    return [" ".join(one[: MOST_OPTION_CHARACTERS + 1].replace("\0", "").split()) for one in given]


def _poll(form: Form) -> PollRequest | None:
    if not form.options:
        return None
    lasts = timedelta(seconds=int(form.poll_seconds))
    return PollRequest(form.options, lasts, multiple=form.poll_multiple, hide_totals=form.poll_hidden)


def _request(form: Form) -> ComposeRequest:
    return ComposeRequest(
        text=form.text,
        visibility=Visibility(form.visibility),
        warning=form.warning,
        sensitive=form.sensitive,
        in_reply_to_id=form.reply_to_id,
        language=choices.language(form.language),
        idempotency_key=f"page:{form.key}",
        quoted_id=form.quoted_id,
        quote_policy=QuotePolicy(form.quote_policy),
        poll=_poll(form),
        picture_ids=tuple(row.id for row in form.pictures),
    )


def _said(error: InvalidError, form: Form) -> str:
    """Why the text can't be posted, in the reader's words."""
    if not form.text.strip() and form.quoted_id is None and not form.pictures and not composing_pictures.were_sent():
        return _("Write something first.")
    if len(form.text) + len(form.warning) > MOST_CHARACTERS:
        return _("This is longer than %(most)d characters.", most=MOST_CHARACTERS)
    if form.options:
        return _(
            "A poll needs two to %(most)d different options, each of %(length)d characters at most.",
            most=MOST_OPTIONS,
            length=MOST_OPTION_CHARACTERS,
        )
    return reasons.of(error)


def _compose_page(form: Form, parent: PostView | None) -> str:
    answering = parent is not None
    quoted = _seen(str(form.quoted_id or ""), sessions.required())
    return render_template(
        "compose.html",
        form=composing_pictures.with_rows(form),
        parent=parent,
        quote=_as_quote(quoted.shown) if quoted is not None else None,
        action="/compose",
        heading=_("Reply") if answering else _("Quote") if quoted is not None else _("Write"),
        label=_("Your reply") if answering else _("Your post"),
        button=_("Reply") if answering else _("Post"),
        note="",
    )


def _as_quote(view: PostView) -> QuoteView:
    """As it will be shown, once it may be."""
    return QuoteView(QuoteState.ACCEPTED.value, view.post.uri, view, view.post.id)


def _edit_page(post: PostRow, form: Form) -> str:
    held = post.state in (PostState.HELD, PostState.WAITING)
    note = _("It keeps its place at the door; whoever reads it sees what you write here.") if held else ""
    if post.state in mending.HIDDEN:
        note = _("Mend what you were told to. A moderator looks at it before it is shown again.")
    return render_template(
        "compose.html",
        form=form,
        parent=None,
        action=f"/posts/{post.id}/edit",
        heading=_("Edit"),
        label=_("Your post"),
        button=_("Save the change"),
        note=note,
    )


def _as_written(post: PostRow) -> Form:
    form = Form(
        text=post.source,
        warning=post.warning,
        sensitive=post.sensitive,
        visibility=post.visibility.value,
        language=post.language or "",
    )
    return _for_editing(post, form)


def _for_editing(post: PostRow, form: Form) -> Form:
    """Without what an edit doesn't change; a poll can be added, one that people vote in stays as it is."""
    form = replace(form, visibilities=[], quote_policies=[])
    return form if post.poll is None else replace(form, options=(), poll_durations=[])


def _tell(post: PostRow) -> None:
    if post.state is PostState.PUBLISHED:
        pages.tell("in", _("Posted."))
    elif post.state is PostState.REJECTED:
        pages.tell("out", _("This was not let in: a rule of this house refuses it."))
    else:
        pages.tell("hold", _("Your post waits at the door. You’ll be told as soon as it is decided."))


def _after(post: PostRow) -> str:
    if post.state is PostState.PUBLISHED and post.in_reply_to_pk is not None:
        return filters.permalink_of(post.id)
    return "/home"


def _seen(number: str | None, me: Member) -> PostView | None:
    if not number:
        return None
    with services().db.read() as session:
        return resolve.view(session, resolve.parse_id(number), me.id)


def _own(number: str) -> PostRow:
    with services().db.read() as session:
        return resolve.own(session, resolve.parse_id(number), sessions.required().id)


def _own_view(number: str) -> PostView:
    me = sessions.required()
    with services().db.read() as session:
        resolve.own(session, resolve.parse_id(number), me.id)
        return resolve.view(session, resolve.parse_id(number), me.id)
