"""How posts are judged, for everybody: what the machines do here, each model's card and its figures, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.current import services
from app.reviewing import model
from app.web import gains, labels, markdown, pages, sessions
from app.web.review import model_words
from models import behaviour, nudity, registry
from models.errors import ModelError, UnknownVersionError
from models.local import named
from models.registry import Version
from moderation.learning import uses
from moderation.learning.tables import ModelUseRow
from moderation.learning.values import ModelKind
from moderation.policy import store
from moderation.policy.values import Policy

blueprint = sessions.guard(Blueprint("model_page", __name__))


@dataclass(frozen=True)
class Bar:
    """One label in the chart: of plainly harmful sentences, how many of a hundred would be held."""

    name: str
    english: int
    french: int


@dataclass(frozen=True)
class Wave:
    """A kind of spam in the simulation: of a hundred, how many the behaviour model would hold, known and never seen."""

    name: str
    known: int
    unseen: int


@dataclass(frozen=True)
class Beside:
    """The models beside the text model: which versions are asked, since when, and what comes of them."""

    behaviour: str
    own_behaviour: ModelUseRow | None
    draws: bool
    waves: list[Wave]
    context: ModelUseRow | None


@dataclass(frozen=True)
class Second:
    """The second stage here: whether policy wants it, about which labels, whether it can be asked, and its version."""

    on: bool
    state: str
    version: str
    labels: list[str]


@dataclass(frozen=True)
class Pictures:
    """The classifier of pictures: its version, whether it is here, whether its word warns, and whether it does more."""

    version: str
    here: bool
    warns: bool
    keeps_out: bool


@blueprint.get("/about/model")
def card() -> str | tuple[str, int]:
    """The card of the version in use, and which others are here."""
    with services().db.read() as session:
        own = uses.current(session)
    if own is not None and model.text_model(services()) is None:
        return _missing()
    try:
        return _page(_judging(own))
    except ModelError:
        return _missing()


@blueprint.get("/about/model/<name>")
def version(name: str) -> str | tuple[str, int]:
    """The card of any version that is here, older ones too."""
    try:
        return _page(registry.named(name))
    except UnknownVersionError:
        abort(404)
    except ModelError:
        return _missing()


def _judging(use: ModelUseRow | None) -> Version:
    """The shipped version that judges, or that this server's own one corrects."""
    if use is None or use.version is None or named.is_own(use.version):
        return registry.current()
    return registry.named(use.version)


def _name_of_judging(use: ModelUseRow | None) -> str:
    """Empty where nothing can judge: any version's card is shown all the same."""
    try:
        return _judging(use).name
    except ModelError:
        return ""


def _page(shown: Version) -> str:
    text, report = shown.card(pages.language()), shown.report()
    with services().db.read() as session:
        policy, used = store.current(session), uses.in_force(session)
    use = used.get(ModelKind.TEXT)
    return render_template(
        "model.html",
        card=markdown.render(text),
        bars=_bars(report),
        borrowed=policy.figures_borrowed,
        careful=policy.is_careful(services().clock.now()),
        held=_at_door(policy, shown=True),
        let_by=_at_door(policy, shown=False),
        shown=shown,
        judging=_name_of_judging(use),
        beside=_beside(used, draws=policy.sending.is_drawn),
        second=_second(policy),
        gains=gains.of_second(),
        pictures=_pictures(policy),
        versions=registry.versions(),
        adapted=policy.adapted is not None and policy.adapt.on and services().clock.now() < policy.adapted.until,
        own=use.version if use is not None and named.is_own(use.version or "") else None,
        since=use.put_at if use is not None else None,
    )


def _at_door(policy: Policy, *, shown: bool) -> list[str]:
    """The labels that the text model holds at the door now, each with its line; or those that it doesn't."""
    judging, now = model.text_model(services()), services().clock.now()
    own = judging.hold_lines if judging is not None else {}
    lines = {name: policy.hold_line(name, own, now) for name in policy.labels}
    if not shown:
        return [labels.name(name) for name, line in lines.items() if line is None]
    return [
        _("%(label)s from %(line)s", label=labels.name(name), line=format_decimal(round(line, 3)))
        for name, line in lines.items()
        if line is not None
    ]


def _beside(used: Mapping[ModelKind, ModelUseRow], *, draws: bool) -> Beside | None:
    """None where the behaviour model can't be read."""
    sent, context = used.get(ModelKind.BEHAVIOUR), used.get(ModelKind.CONTEXT)
    try:
        shipped = behaviour.load_current()
    except ModelError:
        return None
    return Beside(
        (sent.version if sent is not None else None) or shipped.version,
        sent if sent is not None and sent.version is not None else None,
        draws,
        _waves(shipped.about.report),
        context if context is not None and context.version is not None else None,
    )


def _second(policy: Policy) -> Second:
    """Loaded only where policy has it asked: the door has it then, too."""
    part = policy.second_stage
    found, state = model.second_with_state(services()) if part.on else (None, model.Second.ABSENT)
    asked = [labels.name(each) for each in part.labels]
    return Second(part.on and bool(asked), state.value, found.version if found is not None else "", asked)


def _pictures(policy: Policy) -> Pictures:
    lines = policy.pictures.nudity
    keeps_out = any(line is not None for line in (lines.limit, lines.hold, lines.reject))
    return Pictures(nudity.VERSION, nudity.weights() is not None, lines.label is not None, keeps_out)


def _waves(report: Mapping[str, Any]) -> list[Wave]:
    known, left_out = report.get("known kinds", {}), report.get("left out", {})
    return [
        Wave(name, _held(known.get(kind, {})), _held(left_out.get(kind, {}).get("never seen", {})))
        for kind, name in model_words.waves().items()
    ]


def _held(figures: Mapping[str, Any]) -> int:
    return round(100 * float(figures.get("recall at one false hold in 2,000") or 0))


def _missing() -> tuple[str, int]:
    """Without a model nothing is judged, so nothing is shown: say that, not an error."""
    text = _("The model that judges posts can’t be read just now. Until it can, every post waits at the door.")
    return render_template("message.html", heading=_("How posts are judged"), text=text), 503


def _bars(report: Mapping[str, Any]) -> list[Bar]:
    return [
        Bar(labels.name(label), _per_hundred(figures, "en"), _per_hundred(figures, "fr"))
        for label, figures in report.get("labels", {}).items()
    ]


def _per_hundred(figures: Mapping[str, Any], language: str) -> int:
    own = figures.get("own", {}).get(language, {})
    return round(100 * float(own.get("recall_at_hold") or 0))
