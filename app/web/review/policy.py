"""The policy's page: the lines in force; what another line would have held yesterday, before it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.federation.wire import sanitise
from app.posts.tables import PostRow
from app.reviewing import people, ruling
from app.reviewing.model import second_stage, text_model
from app.web import forms, labels, pages, sessions
from app.web.review import adapting, frame, overview
from models.labels import LABELS
from moderation.cases import figures
from moderation.holds import absence
from moderation.policy import parsing, store
from moderation.policy.document import merged
from moderation.policy.preview import Preview
from moderation.policy.preview import preview as policy_preview
from moderation.policy.values import Line, PileOn, Policy, Unattended
from moderation.second_model import SecondScorer

blueprint = frame.blueprint("policy")
_FIELDS = ("hold", "limit", "label")
SENDING = "sending"
_PILE_ON = ("authors", "posts", "window_hours", "limited_hours")
_TIMES = (("keeping", "purge_reports_days"), ("access", "reviewer_days"), ("learning", "every_days"))
_TEACHING = (("learning", "questions_an_hour"), ("learning", "questions_a_shift"))
_BREAKERS = (
    ("breakers", "quiet_days"),
    ("breakers", "sign_ups"),
    ("breakers", "reports"),
    ("breakers", "window_hours"),
)
_PLAIN = (*_TIMES, *_TEACHING, *_BREAKERS)
_AWAY = ("away_hours", "away_holds", "away_longest_hours", "away_approve_sign_ups")


@dataclass(frozen=True, slots=True)
class Row:
    """A label's lines: as the policy says them, and as the numbers in force."""

    label: str
    name: str
    hold: str
    limit: str
    warn: str
    hold_now: float | None
    severity: float


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the policy, as a field: what it does, and between which bounds it may be."""

    name: str
    words: str
    hint: str
    value: str
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class ToRead:
    """A post on which the two policies differ, to be read before anybody decides."""

    label: str
    score: int
    text: str
    held_before: bool
    held_after: bool


@blueprint.get("/policy")
@sessions.at_least(Role.TRAINEE)
def current() -> str:
    """What is in force."""
    return _page()


@blueprint.post("/policy/preview")
@sessions.at_least(people.RULES)
def preview() -> str | tuple[str, int]:
    """What the lines as typed would have held yesterday, with ten of them to read; nothing changes."""
    now = services().clock.now()
    with services().db.read() as session:
        before = store.current(session)
        changes = _changes(before)
        if not changes:
            return _page(error=_("Nothing was changed.")), 422
        found = policy_preview(session, changes, now, model=text_model(services()), second=_second(before))
        readable = _readable(session, found)
    return render_template(
        "review/policy-preview.html", preview=found, to_read=readable, said=_said(before, changes), typed=_typed()
    )


@blueprint.post("/policy")
@sessions.at_least(people.RULES)
def publish() -> str | Response | tuple[str, int]:
    """Draw the lines, after they were looked at."""
    account = frame.account()
    with services().db.read() as session:
        before = store.current(session)
    if forms.line("version", 18) != str(before.version):
        return _page(error=_("Somebody changed the policy meanwhile: look at it again.")), 409
    ruling.publish_policy(services(), account, merged(before.document, _changes(before)))
    pages.tell("in", _("The new lines are in force. They can be drawn back here at any time."))
    return redirect("/review/policy")


@blueprint.post("/policy/hold-less")
@sessions.at_least(people.PEOPLE)
def hold_less() -> Response:
    """The one button: everything is looser for a day, and it stands in the log who pressed it."""
    ruling.hold_less(services(), frame.account())
    pages.tell("in", _("Less is held until this time tomorrow. It is written down that you pressed it."))
    return redirect("/review/policy")


def _second(policy: Policy) -> SecondScorer | None:
    """Loaded only where it is asked at all."""
    return second_stage(services()) if policy.second_stage.on else None


def _page(error: str = "") -> str:
    now = services().clock.now()
    with services().db.read() as session:
        policy = store.current(session)
        stats, rows = figures.of(session, now), [_proposed(row) for row in (*_rows(policy), _sending_row(policy))]
        return render_template(
            "review/policy.html",
            error=error,
            policy=policy,
            rows=[each for each, _filled in rows],
            proposed=[each.name for each, proposed in rows if proposed],
            away=absence.declared(session),
            away_shown=_away_shown(policy.unattended),
            pile_on=_pile_on(policy.pile_on),
            times=_plain(policy, _TIMES),
            teaching=_plain(policy, _TEACHING),
            breakers=_plain(policy, _BREAKERS),
            disposable=policy.sign_ups.disposable.value,
            careful=overview.careful_of(policy, now),
            adapting=adapting.shown(policy, now),
            loosened=policy.loosened_until if policy.is_loosened(now) else None,
            versions=store.versions(session, 10),
            budget=overview.budget_of(session, policy, stats, now),
            sets_rules=frame.can(people.RULES),
            sees_model=frame.can(people.PEOPLE),
            decides_people=frame.can(people.PEOPLE),
            runs_it=frame.can(Role.ADMIN),
        )


def _rows(policy: Policy) -> list[Row]:
    model, now = text_model(services()), services().clock.now()
    lines = model.hold_lines if model is not None else {}
    return [
        Row(
            label,
            labels.name(label),
            _shown(each.hold),
            _shown(each.limit),
            _shown(each.label),
            policy.hold_line(label, lines, now),
            each.severity,
        )
        for label, each in policy.labels.items()
    ]


def _proposed(row: Row) -> tuple[Row, bool]:
    """With the line for holding that the address proposes, if it does; filled in, it isn't in force."""
    typed = request.args.get(f"hold_{row.label}", row.hold)[:20] if request.method == "GET" else row.hold
    return replace(row, hold=typed), typed != row.hold


def _sending_row(policy: Policy) -> Row:
    """The behaviour model's lines: it warns of nothing, since what it says is no word about what somebody wrote."""
    lines = policy.sending
    spam = policy.labels["spam"].severity
    now = lines.hold if isinstance(lines.hold, float) else None
    return Row(SENDING, _("spam, by how it is sent"), _shown(lines.hold), _shown(lines.limit), "", now, spam)


def _sending_changes(before: Policy) -> dict[str, Any]:
    """What differs in those."""
    lines = {"hold": before.sending.hold, "limit": before.sending.limit}
    typed = {field: request.form.get(f"{field}_{SENDING}") for field in lines}
    found = {
        field: _line(value.strip()[:20])
        for field, value in typed.items()
        if value is not None and value.strip() != _shown(lines[field])
    }
    return {"sending": found} if found else {}


def _shown(line: Line) -> str:
    """As a field shows it: a number, `model`, or nothing for never."""
    return "" if line is None else line if isinstance(line, str) else f"{line:g}"


def _typed() -> dict[str, str]:
    """The fields as they were typed, for the form that confirms."""
    names = [f"{field}_{label}" for label in LABELS for field in _FIELDS]
    names += [f"{field}_{SENDING}" for field in ("hold", "limit")]
    names += ["budget", "audit_rate", "review_share", "version", *_AWAY, *(f"pile_on_{field}" for field in _PILE_ON)]
    names += [*(f"{part}_{field}" for part, field in _PLAIN), "disposable", *adapting.NAMES]
    return {name: forms.line(name, 20) for name in names}


def _changes(before: Policy) -> dict[str, Any]:
    """What differs from the policy in force, as a part of a document."""
    changed: dict[str, Any] = {}
    for label, each in before.labels.items():
        for field, line in (("hold", each.hold), ("limit", each.limit), ("label", each.label)):
            typed = forms.line(f"{field}_{label}", 20)
            if typed != _shown(line):
                changed.setdefault("labels", {}).setdefault(label, {})[field] = _line(typed)
    budget, rate = forms.line("budget", 8), forms.line("audit_rate", 12)
    if budget and budget != str(before.budget.cases_per_moderator):
        changed["budget"] = {"cases_per_moderator": forms.as_decimal(budget)}
    if rate and rate != f"{before.audits.rate:g}":
        changed["audits"] = {"rate": forms.as_decimal(rate)}
    share = forms.line("review_share", 12)
    if share and share != f"{before.quality.share:g}":
        changed["quality"] = {"share": forms.as_decimal(share)}
    changed |= adapting.changes(before.adapt)
    changed |= _sending_changes(before)
    changed |= _away_changes(before.unattended)
    changed |= _pile_on_changes(before.pile_on)
    changed |= _plain_changes(before)
    disposable = forms.line("disposable", 20)
    if disposable and disposable != before.sign_ups.disposable:
        changed["sign_ups"] = {"disposable": disposable}
    return changed


def _names_of_pile_on() -> list[str]:
    return [f"pile_on_{field}" for field in _PILE_ON]


def _pile_on(of: PileOn) -> list[Number]:
    """The numbers that say when strangers are a pile-on, each with what it does and its bounds."""
    said = {
        "authors": (_("Strangers, at least"), _("People to whom the member never wrote before.")),
        "posts": (_("Posts of theirs, at least"), _("Both numbers must be reached.")),
        "window_hours": (_("Within so many hours"), _("Half an hour is 0.5.")),
        "limited_hours": (
            _("A quiet day lasts so many hours"),
            _("For so long strangers don’t reach the member who said yes."),
        ),
    }
    return [
        Number(f"pile_on_{field}", *said[field], f"{getattr(of, field):g}", *parsing.bounds(f"pile_on.{field}"))
        for field in _PILE_ON
    ]


def _pile_on_changes(before: PileOn) -> dict[str, Any]:
    """What differs in when strangers are a pile-on."""
    typed = {field: forms.line(f"pile_on_{field}", 20) for field in _PILE_ON}
    changed = {field: value for field, value in typed.items() if value and value != f"{getattr(before, field):g}"}
    found = {field: forms.as_decimal(value) for field, value in changed.items()}
    return {"pile_on": found} if found else {}


def _plain(of: Policy, wanted: Sequence[tuple[str, str]]) -> list[Number]:
    """Numbers that say nothing of posts, each with what it does and its bounds."""
    said = {
        "keeping_purge_reports_days": (
            _("Days for which reports of purges are kept"),
            _("What they prove may be asked for years later."),
        ),
        "access_reviewer_days": (
            _("Days after which a reviewer’s access ends"),
            _("A lead can renew it with one button. Who has longer now is cut to this, and told."),
        ),
        "learning_every_days": (
            _("Days after which the text model learns anew from decisions"),
            _("0 is only when somebody asks. What it learnt is used once a person says so."),
        ),
        "learning_questions_an_hour": (
            _("Posts an hour about which a teacher is asked, at most"),
            _("Who of the crew wants to teach the text model chooses up to this. 0 asks nobody."),
        ),
        "learning_questions_a_shift": (
            _("The same in a shift"),
            _("Cases come first. 0 asks nobody who is on shift."),
        ),
        "breakers_quiet_days": (_("Days without any moderator"), _("It is over with the next thing that one does.")),
        "breakers_sign_ups": (_("Sign-ups, so many"), _("Somebody says on the page of sign-ups when it is over.")),
        "breakers_reports": (_("Reports, so many"), _("Somebody says on the page of sign-ups when it is over.")),
        "breakers_window_hours": (_("These two within so many hours"), _("Half an hour is 0.5.")),
    }
    return [
        Number(
            f"{part}_{field}",
            *said[f"{part}_{field}"],
            f"{getattr(getattr(of, part), field):g}",
            *parsing.bounds(f"{part}.{field}"),
        )
        for part, field in wanted
    ]


def _plain_changes(before: Policy) -> dict[str, Any]:
    """What differs in those."""
    found: dict[str, Any] = {}
    for part, field in _PLAIN:
        typed = forms.line(f"{part}_{field}", 20)
        if typed and typed != f"{getattr(getattr(before, part), field):g}":
            found.setdefault(part, {})[field] = forms.as_decimal(typed)
    return found


def _away_changes(before: Unattended) -> dict[str, Any]:
    """What differs in what is in force while nobody works."""
    shown = _away_shown(before)
    typed = {name: forms.line(name, 20) for name in shown}
    found: dict[str, Any] = {}
    for name, value in typed.items():
        if value and value != shown[name]:
            field = name.removeprefix("away_")
            number = forms.as_decimal(value)
            found[field] = value if field == "holds" else value == "yes" if field == "approve_sign_ups" else number
    return {"unattended": found} if found else {}


def _away_shown(of: Unattended) -> dict[str, str]:
    """The fields as the page shows them."""
    return {
        "away_hours": f"{of.hours:g}",
        "away_holds": of.holds.value,
        "away_longest_hours": f"{of.longest_hours:g}",
        "away_approve_sign_ups": "yes" if of.approve_sign_ups else "no",
    }


def _line(typed: str) -> float | str | None:
    """A line as it is stored; what is no number goes on as it is, and the policy's own parser refuses it."""
    if typed in ("", "model"):
        return typed or None
    return forms.as_decimal(typed)


def _said(before: Policy, changes: dict[str, Any]) -> list[str]:
    """Each change in words."""
    said = []
    names = {"hold": _("holds"), "limit": _("limits"), "label": _("warns")}
    for label, fields in changes.get("labels", {}).items():
        for field, line in fields.items():
            old = getattr(before.labels[label], field)
            said.append(
                _(
                    "%(label)s %(what)s from %(before)s → %(after)s",
                    label=labels.name(label),
                    what=names[field],
                    before=_shown(old) or _("never"),
                    after=_shown(line) or _("never"),
                )
            )
    for field, line in changes.get("sending", {}).items():
        said.append(
            _(
                "%(label)s %(what)s from %(before)s → %(after)s",
                label=_("spam, by how it is sent"),
                what=names[field],
                before=_shown(getattr(before.sending, field)) or _("never"),
                after=_shown(line) or _("never"),
            )
        )
    if "budget" in changes:
        said.append(_("cases a day and moderator: %(count)s", count=changes["budget"]["cases_per_moderator"]))
    if "audits" in changes:
        said.append(_("random sample: %(rate)s", rate=changes["audits"]["rate"]))
    if "quality" in changes:
        said.append(_("decisions read again: %(share)s", share=changes["quality"]["share"]))
    for each in _pile_on(before.pile_on):
        after = changes.get("pile_on", {}).get(each.name.removeprefix("pile_on_"))
        if after is not None:
            said.append(
                _("pile-ons, %(what)s: %(before)s → %(after)s", what=each.words, before=each.value, after=after)
            )
    for each, (part, field) in zip(_plain(before, _PLAIN), _PLAIN, strict=True):
        after = changes.get(part, {}).get(field)
        if after is not None:
            said.append(
                _(
                    "%(what)s: %(before)s → %(after)s",
                    what=each.words,
                    before=each.value,
                    after=f"{after:g}" if isinstance(after, float) else after,
                )
            )
    said += adapting.said(changes)
    if "sign_ups" in changes:
        said.append(_("throw-away addresses: %(value)s", value=changes["sign_ups"]["disposable"]))
    for name, value in changes.get("unattended", {}).items():
        said.append(_("while nobody works, %(what)s: %(value)s", what=_away_name(name), value=_away_value(value)))
    return said


def _away_name(field: str) -> str:
    return {
        "hours": _("after hours"),
        "holds": _("holds"),
        "longest_hours": _("hours at most"),
        "approve_sign_ups": _("sign-ups wait for a yes"),
    }[field]


def _away_value(value: object) -> str:
    known = {True: _("yes"), False: _("no"), "released": _("let in as ever"), "limited": _("let in, limited")}
    return str({**known, "longer": _("wait longer")}.get(value, value) if isinstance(value, bool | str) else value)


def _readable(session: Session, found: Preview) -> list[ToRead]:
    """The posts to read; those of which no evidence was kept are read from the app."""
    missing = [each.uri for each in found.to_read if each.text is None]
    query = select(PostRow.uri, PostRow.content).where(PostRow.uri.in_(missing))
    texts = {uri: sanitise.to_text(html) for uri, html in session.execute(query)} if missing else {}
    return [
        ToRead(
            labels.name(each.label),
            round(100 * each.score),
            (each.text or texts.get(each.uri) or _("(gone since)"))[:600],
            each.held_before,
            each.held_after,
        )
        for each in found.to_read
    ]
