"""Words for what the models learn, and for what their gates compare."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from app.web import labels
from models.labels import LABELS
from moderation.learning.tables import TrainingState
from moderation.learning.values import Chosen, ModelKind, Provenance, Taught


def kinds() -> Mapping[ModelKind, str]:
    """The models that learn."""
    return {
        ModelKind.TEXT: _("The text model"),
        ModelKind.BEHAVIOUR: _("The behaviour model"),
        ModelKind.CONTEXT: _("The context model"),
    }


def about(kind: ModelKind) -> str:
    """What a model beside the text model is asked."""
    if kind is ModelKind.BEHAVIOUR:
        return _(
            "It says how likely something is spam by how it is sent, never by its words. What people decided about "
            "spam corrects it; its lines are only ever raised. It only watches until an admin draws lines on the "
            "policy’s page."
        )
    return _(
        "It says what a score means, given who wrote it and to whom. It is made of this server’s decisions alone, so "
        "that none is shipped. It is read beside a case and by rules of the house; by itself it changes no outcome."
    )


def provenances() -> Mapping[str, str]:
    """Whose word labels are."""
    return {
        Provenance.APPEAL: _("an answer to an appeal"),
        Provenance.SECOND_OPINION: _("what several people said"),
        Provenance.AUDIT: _("one person, of a post drawn at random"),
        Provenance.DECISION: _("one person’s decision"),
        Provenance.TEACHING: _("who teaches, of a post that the model was unsure of"),
    }


def taught() -> Mapping[Taught, str]:
    """What somebody who teaches says of a post."""
    others = {Taught.NONE: _("none of these"), Taught.UNSURE: _("can’t tell")}
    return {each: others.get(each) or labels.name(each.value) for each in Taught}


def chosen() -> Mapping[str, str]:
    """How posts came before people."""
    return {
        Chosen.SCORE: _("held by the text model’s score"),
        Chosen.REPORT: _("reported"),
        Chosen.SAMPLE: _("drawn at random"),
        Chosen.OTHER: _("held for something else"),
    }


def states() -> Mapping[TrainingState, tuple[str, str]]:
    """Colour and word of where a training is."""
    return {
        TrainingState.WAITING: ("note", _("waits")),
        TrainingState.UNDER_WAY: ("note", _("under way")),
        TrainingState.CANDIDATE: ("in", _("passed the gate")),
        TrainingState.REFUSED: ("out", _("refused by the gate")),
        TrainingState.FAILED: ("hold", _("came to nothing")),
    }


def stage(code: str) -> str:
    """What a training is doing."""
    said = {
        "gathering": _("gathers examples"),
        "reading": _("reads texts"),
        "fitting": _("learns"),
        "comparing": _("is compared at the gate"),
    }
    return said.get(code, "")


def why(code: str) -> str:
    """Why a training came to nothing."""
    said = {
        "too_few": _("There were too few decisions to learn from."),
        "cancelled": _("Somebody stopped it."),
        "lost": _("Its worker stopped half-way. Ask again."),
    }
    return said.get(code, _("Something couldn’t be read or written. The worker’s log says what."))


def areas() -> Mapping[str, str]:
    """What the gate compares on."""
    return {
        "decisions": _("Decisions that it hasn’t learnt from"),
        "looked_at": _("The same decisions, each counting alike"),
        "functional": _("Sentences of our own, by what they test"),
        "disguises": _("The same sentences in disguise"),
        "fairness": _("Harmless mentions of people"),
        "waves": _("Simulated waves, and ordinary life"),
    }


def measures() -> Mapping[str, str]:
    """What is measured, smaller or larger being better as said."""
    return {
        "log_loss": _("how far off the probabilities are (less is better)"),
        "brier": _("how far off it is in all (must be less than before)"),
        "wave_found": _("spam of a wave that would be held"),
        "ordinary_found": _("ordinary posts that would be noticed"),
        "auc": _("harmful above harmless, as a chance"),
        "wrongly_held": _("harmless that would be held"),
        "missed": _("harmful that wouldn’t be held (less is better)"),
        "harmful_right": _("harmful that is recognised"),
        "harmless_right": _("harmless that is let be"),
        "wrongly_labelled": _("harmless that would get a label for hate"),
        "disguised_found": _("harmful that gets a label in disguise"),
        "disguised_labelled": _("harmless that gets a label in disguise"),
    }


def part(said: str) -> str:
    """Of what: a label, with a language; a kind of wave; others as they are."""
    if said in (known := waves()):
        return known[said]
    first, _space, rest = said.partition(" ")
    return f"{labels.name(first)} {rest}".strip() if first in LABELS else said


def waves() -> Mapping[str, str]:
    """Kinds of spam that are simulated."""
    return {
        "mention_images": _("pictures to strangers"),
        "coin_replies": _("answers with a link to a coin"),
        "link_profiles": _("profiles that are links"),
        "follow_bait": _("profiles that follow many to be looked at"),
        "tag_floods": _("floods of hashtags"),
        "follow_spam": _("posts of those who follow hundreds"),
        "signup_swarm": _("swarms of new accounts with one mail provider"),
    }


def ways(kind: ModelKind) -> Mapping[str, str]:
    """By which version a post would be held, or noticed."""
    if kind is ModelKind.CONTEXT:
        return {
            "both": _("both would say something"),
            "current": _("only the version in use would say something"),
            "candidate": _("only this version would say something"),
        }
    return {
        "both": _("both would hold"),
        "current": _("only the version in use would hold"),
        "candidate": _("only this version would hold"),
    }
