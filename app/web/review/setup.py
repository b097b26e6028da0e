"""The admin's first steps, one page each; any can be left out, and taken up again later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import redirect, render_template, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import roles as account_roles
from app.accounts.tables import Role
from app.current import services
from app.errors import AppError, InvalidError, NotFoundError
from app.instance import countries, our_list, registrations
from app.instance import house as instance
from app.instance.our_list import Reader
from app.mail import can_send
from app.reviewing import left_alone
from app.settings import Registration
from app.setup import blocklist, practice, reach, staffing, steps
from app.setup.blocklist import Choice, Group
from app.setup.reach import Check, What
from app.setup.steps import Step, Went
from app.web import forms, house, labels, pages, reasons, roles, sessions
from app.web.review import frame, list_uploads
from app.workforce import invitations
from app.workforce.invitations import Wanted
from moderation.errors import BadDomainError
from moderation.workforce.records import Record

blueprint = frame.blueprint("setup")
Answer = str | tuple[str, int] | Response
HOME = "/review/setup"
HOUSE = ("title", "description", "languages", "country", "contact_email", "contact_account")
_READERS = {
    "everybody": frozenset({Reader.EVERYBODY}),
    "members": frozenset({Reader.MEMBERS}),
    "nobody": frozenset[Reader](),
}
INVITED_FOR = (3, 7, 14, 30)
"""Days to take an invitation."""


@blueprint.get("/setup")
@sessions.at_least(Role.ADMIN)
def index() -> Answer:
    """Where to go on: the first step that was neither taken nor left out, or all of them once none is left."""
    with services().db.read() as session:
        found = steps.of(session)
    if found.next is not None:
        return redirect(f"{HOME}/{found.next}")
    return render_template("review/setup/over.html", **_frame(None))


@blueprint.get("/setup/<word>")
@sessions.at_least(Role.ADMIN)
def step(word: str) -> Answer:
    """One of them."""
    return _page(_step(word))


@blueprint.post("/setup/<word>")
@sessions.takes_files(list_uploads.MOST_BYTES, list_uploads.MOST_BYTES)
@sessions.at_least(Role.ADMIN)
def act(word: str) -> Answer:
    """What its buttons do: `skip` leaves it out, all else is the step's own."""
    wanted = _step(word)
    if forms.line("do", 20) == "skip":
        return _leave(wanted, Went.SKIPPED)
    try:
        return _ACTS[wanted]()
    except BadDomainError as error:
        return _page(wanted, error=reasons.of(error)), 422
    except AppError as error:
        return _page(wanted, error=reasons.of(error)), error.status


def _step(word: str) -> Step:
    if word not in tuple(Step):
        raise NotFoundError
    return Step(word)


def _name() -> Answer:
    if forms.line("do", 20) == "look":
        return _page(Step.NAME, checks=reach.look(services(), shown_elsewhere=_browsers_clock()))
    if forms.line("do", 20) == "letter":
        account = frame.account()
        text = _("This letter was sent from the first steps of %(domain)s: letters arrive.", domain=_domain())
        reach.send_letter(services(), account, _("A letter to try"), text)
        pages.tell("in", _("A letter is on its way to %(email)s. Look whether it came.", email=account.email))
        return redirect(f"{HOME}/{Step.NAME}")
    return _leave(Step.NAME)


def _browsers_clock() -> datetime | None:
    """What the browser's clock showed when it sent the form; None where it runs no scripts."""
    milliseconds = forms.number("browser_now", 14)
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds is not None else None


def _house() -> Answer:
    mode = forms.line("registration", 20)
    if mode not in tuple(Registration):
        raise InvalidError(_("Choose who may sign up"), code="registration_missing")
    wanted = {name: forms.text(name, 1501) if name == "description" else forms.line(name, 501) for name in HOUSE}
    instance.change(services(), sessions.required().username, **wanted)
    registrations.choose(services(), sessions.required().username, Registration(mode))
    return _leave(Step.HOUSE)


def _crew() -> Answer:
    crew = staffing.read(forms.line("people", 6), forms.line("hours", 6), forms.line("languages", 200))
    if forms.line("do", 20) == "reckon":
        return _page(Step.CREW, **_crew_shown(crew))
    staffing.settle(services(), frame.account(), crew)
    return _leave(Step.CREW)


def _blocklist() -> Answer:
    text = list_uploads.text()
    if not text.strip():
        raise InvalidError(_("Choose a file, or paste a list"), code="list_missing")
    shown: dict[str, Any] = {"kept": list_uploads.keep(text), "kept_size": len(text)}
    try:
        excludes = blocklist.excludes(_excluded())
    except BadDomainError as error:
        return _page(Step.BLOCKLIST, **shown, error=reasons.of(error)), 422
    left_alone.keep(services(), sessions.required().username, excludes)
    asked = blocklist.read(services(), text)
    groups = blocklist.groups(asked, excludes)
    choice, is_whole = _chosen(groups, excludes)
    shown |= {
        "groups": groups,
        "choice": choice,
        "refused": asked.refused,
        "repeated": len(asked.repeated),
        "spared": blocklist.spared(asked, excludes),
        "covering": blocklist.covering(asked, excludes),
    }
    if forms.line("do", 20) != "take":
        return _page(Step.BLOCKLIST, **shown)
    if not is_whole:
        return _page(Step.BLOCKLIST, **shown, error=_("The groups have changed: look again.")), 409
    if not choice.taken:
        return _page(Step.BLOCKLIST, **shown, error=_("Nothing is chosen: tick the groups that you mean.")), 422
    _choose_readers()
    count = len(blocklist.take(services(), frame.account(), text, choice).rules)
    pages.tell("in", ngettext("%(num)d rule is in force.", "%(num)d rules are in force.", count))
    return _leave(Step.BLOCKLIST)


def _choose_readers() -> None:
    wanted = _READERS.get(forms.line("readers", 20))
    with services().db.read() as session:
        changes = wanted is not None and wanted != our_list.readers(session)
    if wanted is not None and changes:
        our_list.choose(services(), sessions.required().username, wanted)


def _excluded() -> str:
    """What is typed as left alone; before anybody typed, what is kept."""
    if "excludes" in request.form:
        return forms.text("excludes", list_uploads.LONGEST_LIST)
    with services().db.read() as session:
        return "\n".join(sorted(left_alone.of(session)))


def _chosen(groups: Sequence[Group], excludes: frozenset[str]) -> tuple[Choice, bool]:
    """What is ticked, one by one or all of a severity; False where some of it isn't there any more, as once more is
    left alone."""
    every = request.form.getlist("all")
    ticked, suspended = set(request.form.getlist("group")), set(request.form.getlist("suspend"))
    known = {each.key for each in groups}
    taken = {each.key for each in groups if each.key in ticked or each.severity in every}
    if forms.ticked("suspend_all"):
        suspended |= taken
    chosen = Choice(frozenset(taken), frozenset(suspended & taken), excludes, comments=forms.ticked("comments"))
    return chosen, ticked <= known


def _invite() -> Answer:
    if forms.line("do", 20) != "invite":
        return _leave(Step.INVITE)
    asked, days = forms.line("role", 20), forms.line("days", 3)
    if asked not in {each.value for each in invitations.may_give(Role.ADMIN)}:
        raise InvalidError(_("Choose a role"), code="role_missing")
    languages = tuple(instance.codes(forms.line("languages", 200)).split())
    good_for = timedelta(days=int(days) if days in map(str, INVITED_FOR) else invitations.GOOD_FOR.days)
    until = _last_day(Role(asked))
    wanted = Wanted(forms.line("called", 100), Role(asked), Record("", languages=languages), None, until, good_for)
    token = invitations.make(services(), frame.account(), wanted)
    steps.mark(services(), sessions.required().username, Step.INVITE, Went.DONE)
    return _page(Step.INVITE, link=services().settings.url(f"/join/{token}"))


def _last_day(role: Role) -> datetime | None:
    """The midnight after the day that was chosen; a reviewer's, where none was, as late as the policy allows."""
    try:
        chosen = forms.end_of_day("role_until")
    except ValueError as error:
        raise InvalidError(_("A day is written as in 2027-01-31"), code="bad_end") from error
    if chosen is not None or role is not Role.REVIEWER:
        return chosen
    with services().db.read() as session:
        return account_roles.longest(session, services().clock.now())


def _practice() -> Answer:
    wish = forms.line("do", 20)
    if wish == "plant":
        practice.plant(services(), frame.account())
        return redirect(f"{HOME}/{Step.PRACTICE}")
    practice.clear(services(), frame.account())
    if wish == "clear":
        pages.tell("note", _("The practice post and its author are gone."))
        steps.mark(services(), sessions.required().username, Step.PRACTICE, Went.DONE)
        return redirect(f"{HOME}/{Step.PRACTICE}")
    return _leave(Step.PRACTICE)


_ACTS: Mapping[Step, Callable[[], Answer]] = {
    Step.NAME: _name,
    Step.HOUSE: _house,
    Step.CREW: _crew,
    Step.BLOCKLIST: _blocklist,
    Step.INVITE: _invite,
    Step.PRACTICE: _practice,
    Step.DOORS: lambda: _leave(Step.DOORS),
}


def _leave(step: Step, went: Went = Went.DONE) -> Response:
    if step is Step.PRACTICE and went is Went.SKIPPED:
        practice.clear(services(), frame.account())
    steps.mark(services(), sessions.required().username, step, went)
    following = steps.after(step)
    return redirect(f"{HOME}/{following}" if following is not None else HOME)


def _page(step: Step, error: str = "", **shown: Any) -> str:
    typed = request.form if error else {}
    return render_template(
        f"review/setup/{step}.html", error=error, typed=typed, **{**_TOLD[step](), **shown}, **_frame(step)
    )


def _frame(step: Step | None) -> dict[str, Any]:
    with services().db.read() as session:
        found = steps.of(session)
    return {
        "step": step,
        "steps": [(each, name, found.went.get(each)) for each, name in _names()],
        "place": list(Step).index(step) + 1 if step is not None else 0,
        "step_name": dict(_names())[step] if step is not None else "",
    }


def _names() -> list[tuple[Step, str]]:
    return [
        (Step.NAME, _("Name")),
        (Step.HOUSE, _("House")),
        (Step.CREW, _("Crew")),
        (Step.BLOCKLIST, _("Blocklist")),
        (Step.INVITE, _("Invite")),
        (Step.PRACTICE, _("Try it")),
        (Step.DOORS, _("Closed doors")),
    ]


def _domain() -> str:
    return services().settings.domain


def _name_told() -> dict[str, Any]:
    settings = services().settings
    return {
        "domain": settings.domain,
        "trial": settings.trial,
        "mails": settings.smtp_url is not None,
        "checks": [],
        "check_words": check_words,
        "now": services().clock.now(),
    }


def check_words(check: Check) -> tuple[str, str]:
    """What was looked at, and how it is."""
    name, said = _CHECKED[check.what]()
    return name, said[check.well].format(found=check.detail)


def _dns() -> tuple[str, dict[bool | None, str]]:
    return _("The name"), {
        None: _("Not looked at: a trial is on this machine alone."),
        True: _("It leads to {found}."),
        False: _("It leads nowhere ({found}). Set an A or AAAA record."),
    }


def _outside() -> tuple[str, dict[bool | None, str]]:
    return _("By its name"), {
        None: _("Not looked at: a trial federates with nothing."),
        True: _("This house reached itself by its name, and its certificate is good. Nobody else was asked."),
        False: _("This house doesn’t answer under its name ({found}). Is the proxy running, with a certificate?"),
    }


def _clock() -> tuple[str, dict[bool | None, str]]:
    return _("The clock"), {
        None: _("It shows {found}. It wasn’t compared: your browser didn’t say what it shows."),
        True: _("It shows {found}, and so does your browser’s."),
        False: _("It shows {found}, which is wrong, or your browser’s is: signatures depend on it."),
    }


def _letters() -> tuple[str, dict[bool | None, str]]:
    return _("Letters"), {
        None: _("A mail server is named. Send yourself a letter to see whether it takes any."),
        False: _(
            "No mail server is named (OSTIARY_SMTP_URL): nobody is told anything by mail. Whoever signs up waits for a"
            " person, who tells them."
        ),
    }


_CHECKED: Mapping[What, Callable[[], tuple[str, dict[bool | None, str]]]] = {
    What.DNS: _dns,
    What.OUTSIDE: _outside,
    What.CLOCK: _clock,
    What.MAIL: _letters,
}


def _house_told() -> dict[str, Any]:
    with services().db.read() as session:
        rules, mode = house.rules(session), registrations.chosen(session, services().settings)
    told = house.describe(services())
    known = {name: getattr(told, name) for name in HOUSE}
    known["languages"] = " ".join(told.languages)
    known["title"] = "" if told.title == told.domain else told.title
    return {
        "known": known,
        "countries": countries.listed(str(get_locale() or "en")),
        "rules": rules,
        "mode": mode,
        "mails": can_send(services().mailer),
        "modes": [
            (Registration.APPROVAL, _("Whoever applies waits until a person reads it")),
            (Registration.INVITE, _("Whoever has an invitation")),
            (Registration.CLOSED, _("Nobody")),
            (Registration.OPEN, _("Anybody, at once")),
        ],
    }


def _crew_told() -> dict[str, Any]:
    with services().db.read() as session:
        crew = staffing.planned(session)
    return {
        **_crew_shown(crew or staffing.Crew(1, 5)),
        "a_case": staffing.A_CASE / timedelta(minutes=1),
        "a_sitting": staffing.A_SITTING,
    }


def _crew_shown(crew: staffing.Crew) -> dict[str, Any]:
    with services().db.read() as session:
        return {"crew": crew, "unread": staffing.unread(session, services().settings, crew)}


def _blocklist_told() -> dict[str, Any]:
    with services().db.read() as session:
        now = our_list.readers(session)
    return {
        "kept": "",
        "kept_size": 0,
        "most": list_uploads.LONGEST_LIST,
        "groups": None,
        "choice": Choice(frozenset(_keys("group")), frozenset(_keys("suspend"))),
        "refused": (),
        "repeated": 0,
        "spared": (),
        "covering": (),
        "excluded": _excluded(),
        "comments": forms.ticked("comments"),
        "reads": forms.line("readers", 20) or next((word for word, each in _READERS.items() if each == now), ""),
        "readers": [
            ("everybody", _("everybody")),
            ("members", _("members")),
            ("nobody", _("nobody")),
        ],
        "severity_of": labels.severity,
        "by_severity": blocklist.by_severity,
        "again_days": blocklist.LOOKED_AT_AGAIN.days,
    }


def _keys(name: str) -> list[str]:
    """Groups that were ticked for a list that was refused: the next may have them, too."""
    return [key for key in request.form.getlist(name) if len(key) == blocklist.KEY_LENGTH]


def _invite_told() -> dict[str, Any]:
    may, now = invitations.may_give(Role.ADMIN), services().clock.now()
    with services().db.read() as session:
        latest = account_roles.longest(session, now) - timedelta(days=1)
    return {
        "tomorrow": (now + timedelta(days=1)).date().isoformat(),
        "latest": latest,
        "link": "",
        "roles": [(each.value, roles.name(each), roles.reach(each)) for each in reversed(may)],
        "days": INVITED_FOR,
        "usual": invitations.GOOD_FOR.days,
    }


def _practice_told() -> dict[str, Any]:
    with services().db.read() as session:
        found = practice.of(session)
    return {"practice": found, "stage": found.stage.value, "text": practice.text_for(frame.account())[1]}


_TOLD: Mapping[Step, Callable[[], dict[str, Any]]] = {
    Step.NAME: _name_told,
    Step.HOUSE: _house_told,
    Step.CREW: _crew_told,
    Step.BLOCKLIST: _blocklist_told,
    Step.INVITE: _invite_told,
    Step.PRACTICE: _practice_told,
    Step.DOORS: dict,
}
