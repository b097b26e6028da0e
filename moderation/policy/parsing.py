"""A policy document read into frozen values, or refused with the field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from models.labels import LANGUAGES
from moderation.errors import BadPolicyError
from moderation.policy import graves, strikes
from moderation.policy.document import DEFAULT
from moderation.policy.kinds import SEEN_BY_PEOPLE
from moderation.policy.values import (
    Access,
    Acquaintance,
    Adapt,
    Audits,
    Behaviour,
    Breakers,
    Budget,
    Care,
    Careful,
    Disposable,
    HoldTimes,
    Keeping,
    LabelLines,
    Learning,
    Line,
    Loosened,
    Mailing,
    Mending,
    NudityLines,
    Pictures,
    PileOn,
    PrivateMessages,
    Proven,
    Quality,
    SecondStage,
    Sending,
    SignUps,
    Unattended,
    Wave,
    WhileAway,
)

T = TypeVar("T")
LABEL_NAMES = tuple(DEFAULT["labels"])
_NUMBERS: Mapping[str, type[Any]] = {
    "acquaintance": Acquaintance,
    "wave": Wave,
    "proven": Proven,
    "mailing": Mailing,
    "budget": Budget,
    "audits": Audits,
    "holds": HoldTimes,
    "loosened": Loosened,
    "pile_on": PileOn,
    "mending": Mending,
    "keeping": Keeping,
    "access": Access,
    "learning": Learning,
    "breakers": Breakers,
}
"""The parts that hold nothing but numbers."""
_WHOLE = ("strangers_in_a_post", "strangers_in_an_hour", "links", "hashtags")
_LEAST = {
    "wave.copies": 3,
    "wave.authors": 2,
    "wave.copies_of_one_author": 3,
    "wave.minimum_characters": 20,
    "adapt.minutes": 5,
    "adapt.hours": 0.5,
    "unattended.hours": 1,
    "unattended.longest_hours": 1,
    "pile_on.authors": 3,
    "pile_on.posts": 3,
    "pile_on.window_hours": 0.25,
    "pile_on.limited_hours": 1,
    "keeping.purge_reports_days": 30,
    "access.reviewer_days": 1,
    "second_stage.band": 0.1,
    "mending.hours": 1,
    "breakers.window_hours": 0.25,
}
_MOST = {
    "audits.rate": 1.0,
    "audits.restrained_rate": 1.0,
    "wave.distance": 8,
    "pictures.distance": 31,
    "pictures.quality": 100,
    "adapt.minutes": 1440,
    "adapt.logits": 2,
    "adapt.hours": 24,
    "unattended.hours": 720,
    "unattended.longest_hours": 720,
    "pile_on.authors": 500,
    "pile_on.posts": 5000,
    "pile_on.window_hours": 24,
    "pile_on.limited_hours": 168,
    "keeping.purge_reports_days": 36_500,
    "access.reviewer_days": 730,
    "learning.every_days": 365,
    "learning.questions_an_hour": 60,
    "learning.questions_a_shift": 500,
    "second_stage.band": 6,
    "mending.hours": 720,
    "breakers.quiet_days": 365,
    "breakers.window_hours": 168,
}


def parse(document: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a Policy by name. Raises BadPolicyError naming the field."""
    if not isinstance(document, Mapping):
        raise BadPolicyError("a policy is an object")
    extra = set(document) - set(DEFAULT)
    if extra or set(DEFAULT) - set(document):
        names = ", ".join(sorted(str(name) for name in extra ^ (set(DEFAULT) - set(document))))
        raise BadPolicyError(f"missing or unknown parts: {names}")
    parts: dict[str, Any] = {name: _numbers(kind, name, document[name]) for name, kind in _NUMBERS.items()}
    parts["labels"] = _labels(document["labels"])
    parts["care"] = _care(document["care"])
    parts["behaviour"] = _behaviour(document["behaviour"])
    parts["sending"] = _sending(document["sending"])
    parts["careful"] = _careful(document["careful"])
    parts["strikes"] = strikes.parse(document["strikes"])
    parts["grave"] = graves.parse(document["grave"], frozenset((*LABEL_NAMES, *SEEN_BY_PEOPLE, *graves.ALWAYS)))
    parts["quality"] = _quality(document["quality"])
    parts["unattended"] = _unattended(document["unattended"])
    parts["adapt"] = _adapt(document["adapt"])
    parts["sign_ups"] = _sign_ups(document["sign_ups"])
    parts["private"] = _private(document["private"])
    parts["pictures"] = _pictures(document["pictures"])
    parts["second_stage"] = _second_stage(document["second_stage"])
    return parts


def bounds(where: str) -> tuple[float, float]:
    """The least and the most that a number of the policy may be, by `part.field`."""
    return _LEAST.get(where, 0), _MOST.get(where, 1_000_000)


def _object(value: Any, where: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) != keys:
        raise BadPolicyError(f"{where}: an object with exactly {', '.join(sorted(keys))}")
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1_000_000:
        raise BadPolicyError(f"{where}: a number from 0 to 1000000")
    if not _LEAST.get(where, 0) <= value <= _MOST.get(where, 1_000_000):
        raise BadPolicyError(f"{where}: at least {_LEAST.get(where, 0)}, at most {_MOST.get(where, 1_000_000)}")
    return value


def _numbers(kind: type[T], where: str, value: Any) -> T:
    names = {each.name: each.type for each in fields(kind)}  # type: ignore[arg-type]
    given = _object(value, where, set(names))
    found: dict[str, float] = {}
    for name, wanted in names.items():
        number = _number(given[name], f"{where}.{name}")
        if wanted == "int" and number != int(number):
            raise BadPolicyError(f"{where}.{name}: a whole number")
        found[name] = int(number) if wanted == "int" else float(number)
    return kind(**found)


def _line(value: Any, where: str) -> Line:
    if value is None or value == "model":
        return "model" if value == "model" else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BadPolicyError(f'{where}: a probability above 0 and up to 1, "model" or null')
    return float(value)


def _labels(value: Any) -> dict[str, LabelLines]:
    given = _object(value, "labels", set(LABEL_NAMES))
    return {name: _label_lines(given[name], f"labels.{name}", name) for name in LABEL_NAMES}


def _label_lines(value: Any, where: str, name: str) -> LabelLines:
    given = _object(value, where, {"label", "limit", "hold", "severity"})
    hold = _line(given["hold"], f"{where}.hold")
    if name == "self_harm" and (hold is not None or given["limit"] is not None):
        raise BadPolicyError(f"{where}: self-harm is care, a machine neither holds nor limits it")
    severity = _number(given["severity"], f"{where}.severity")
    if not 1 <= severity <= 10:
        raise BadPolicyError(f"{where}.severity: from 1 to 10")
    return LabelLines(
        _line(given["label"], f"{where}.label"), _line(given["limit"], f"{where}.limit"), hold, float(severity)
    )


def _care(value: Any) -> Care:
    given = _object(value, "care", {"label", "line", "local_only"})
    if given["label"] not in LABEL_NAMES or not isinstance(given["local_only"], bool):
        raise BadPolicyError("care: a label of the model, and local_only true or false")
    return Care(given["label"], _line(given["line"], "care.line"), given["local_only"])


def _behaviour(value: Any) -> Behaviour:
    names = {each.name for each in fields(Behaviour)}
    given = _object(value, "behaviour", names)
    points = _object(given["points"], "behaviour.points", set(DEFAULT["behaviour"]["points"]))
    whole = {name: int(_number(given[name], f"behaviour.{name}")) for name in _WHOLE}
    return Behaviour(
        limit=_optional(given["limit"], "behaviour.limit"),
        hold=_optional(given["hold"], "behaviour.hold"),
        points={name: _number(number, f"behaviour.points.{name}") for name, number in points.items()},
        young_account_days=_number(given["young_account_days"], "behaviour.young_account_days"),
        young_domain_days=_number(given["young_domain_days"], "behaviour.young_domain_days"),
        **whole,
    )


def _sending(value: Any) -> Sending:
    given = _object(value, "sending", {"limit", "hold"})
    return Sending(_line(given["limit"], "sending.limit"), _line(given["hold"], "sending.hold"))


def _private(value: Any) -> PrivateMessages:
    given = _object(value, "private", {"text_model"})
    if not isinstance(given["text_model"], bool):
        raise BadPolicyError("private.text_model: true or false")
    return PrivateMessages(given["text_model"])


def _second_stage(value: Any) -> SecondStage:
    where = "second_stage"
    given = _object(value, where, {each.name for each in fields(SecondStage)})
    if not all(isinstance(given[name], bool) for name in ("on", "strangers", "reported")):
        raise BadPolicyError(f"{where}: on, strangers and reported are true or false")
    wide, band = _number(given["wide_from"], f"{where}.wide_from"), _number(given["band"], f"{where}.band")
    if wide != int(wide):
        raise BadPolicyError(f"{where}.wide_from: a whole number")
    labels, languages = (
        _some(given["labels"], LABEL_NAMES, f"{where}.labels"),
        _some(given["languages"], LANGUAGES, f"{where}.languages"),
    )
    return SecondStage(given["on"], given["strangers"], int(wide), given["reported"], float(band), labels, languages)


def _some(value: Any, known: Sequence[str], where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(each in known for each in value) or len(set(value)) < len(value):
        raise BadPolicyError(f"{where}: a list of some of {', '.join(known)}")
    return tuple(value)


def _pictures(value: Any) -> Pictures:
    given = _object(value, "pictures", {"distance", "quality", "turned", "nudity"})
    numbers = {name: _number(given[name], f"pictures.{name}") for name in ("distance", "quality")}
    if any(number != int(number) for number in numbers.values()):
        raise BadPolicyError("pictures: distance and quality are whole numbers")
    if not isinstance(given["turned"], bool):
        raise BadPolicyError("pictures.turned: true or false")
    names = {each.name for each in fields(NudityLines)}
    nudity = _object(given["nudity"], "pictures.nudity", names)
    lines = {name: _score(line, f"pictures.nudity.{name}") for name, line in nudity.items()}
    return Pictures(int(numbers["distance"]), int(numbers["quality"]), given["turned"], NudityLines(**lines))


def _score(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BadPolicyError(f"{where}: a score above 0 and up to 1, or null")
    return float(value)


def _unattended(value: Any) -> Unattended:
    given = _object(value, "unattended", {"hours", "holds", "longest_hours", "approve_sign_ups"})
    if given["holds"] not in {each.value for each in WhileAway}:
        raise BadPolicyError("unattended.holds: released, limited or longer")
    if not isinstance(given["approve_sign_ups"], bool):
        raise BadPolicyError("unattended.approve_sign_ups: true or false")
    hours, longest = (_number(given[name], f"unattended.{name}") for name in ("hours", "longest_hours"))
    return Unattended(float(hours), WhileAway(given["holds"]), float(longest), given["approve_sign_ups"])


def _adapt(value: Any) -> Adapt:
    given = _object(value, "adapt", {"on", "minutes", "logits", "hours"})
    if not isinstance(given["on"], bool):
        raise BadPolicyError("adapt.on: true or false")
    minutes, logits, hours = (float(_number(given[name], f"adapt.{name}")) for name in ("minutes", "logits", "hours"))
    return Adapt(given["on"], minutes, logits, hours)


def _sign_ups(value: Any) -> SignUps:
    given = _object(value, "sign_ups", {"disposable"})
    if given["disposable"] not in {each.value for each in Disposable}:
        raise BadPolicyError(f"sign_ups.disposable: one of {', '.join(Disposable)}")
    return SignUps(Disposable(given["disposable"]))


def _optional(value: Any, where: str) -> float | None:
    return None if value is None else _number(value, where)


def _careful(value: Any) -> Careful:
    given = _object(value, "careful", {"days", "decisions", "hold"})
    hold = given["hold"]
    if not isinstance(hold, list) or not all(label in LABEL_NAMES for label in hold):
        raise BadPolicyError("careful.hold: a list of labels")
    days, decisions = _number(given["days"], "careful.days"), _number(given["decisions"], "careful.decisions")
    return Careful(float(days), int(decisions), tuple(hold))


def _quality(value: Any) -> Quality:
    given = _object(value, "quality", {"share", "shares", "golden_every"})
    shares, every = given["shares"], _number(given["golden_every"], "quality.golden_every")
    if not isinstance(shares, Mapping) or len(shares) > 50 or not all(0 < len(str(name)) <= 64 for name in shares):
        raise BadPolicyError("quality.shares: an object from categories to shares")
    if every != int(every) or 0 < every < 25:
        raise BadPolicyError("quality.golden_every: 0 for never, or at least 25")
    found = {str(name): _share(share, f"quality.shares.{name}") for name, share in shares.items()}
    return Quality(_share(given["share"], "quality.share"), found, int(every))


def _share(value: Any, where: str) -> float:
    number = _number(value, where)
    if number > 1:
        raise BadPolicyError(f"{where}: from 0 to 1")
    return float(number)
