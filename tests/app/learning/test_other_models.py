"""The behaviour model and the context model learn from the same examples, behind gates of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.learning import behaviour, context
from app.learning.values import Given, Made, split
from app.services import Services
from models import behaviour as shipped
from models import waves
from models.context import PREFIX, Standing
from models.local import behaviour as own
from models.local import files
from moderation.checks import in_context, sending
from moderation.learning import trainings, uses
from moderation.learning.serving import BehaviourCache, ContextCache
from moderation.learning.tables import TrainingState
from moderation.learning.values import Chosen, Example, ModelKind, Provenance
from tests.app.web.conftest import Town, Visitor, town
from tests.app.web.review.conftest import lea, mo

__all__ = ["lea", "mo", "town"]
PAGE = "/review/model"
AT = datetime(2026, 11, 1, tzinfo=UTC)


def example(number: int, circumstances: dict[str, Any], labels: dict[str, float], **more: Any) -> Example:
    values: dict[str, Any] = {"held_out": False, "propensity": None, "scores": {}, "chosen": Chosen.OTHER}
    return Example(
        uri=f"https://far.example/{number}",
        author_uri="https://far.example/users/ana",
        text="whatever",
        language="en",
        labels=labels,
        decided_at=AT,
        provenance=Provenance.DECISION,
        model_version=None,
        readers=1,
        decision_id=number,
        case_id=number,
        circumstances=circumstances,
        **(values | more),
    )


def sent(count: int) -> list[Example]:
    """Every second one is spam by people's word."""
    life, floods = waves.ordinary(count, 5), waves.wave("tag_floods", count, 5)
    return [
        example(
            number,
            {sending.FACT: sending.packed((floods if number % 2 else life)[number].facts)},
            {"spam": float(number % 2)},
        )
        for number in range(count)
    ]


def talked(count: int, *, useful: bool = True) -> list[Example]:
    """The text says 0.5 of all of them; what people decided goes with who wrote, or with nothing."""
    found = []
    for number in range(count):
        standing = Standing(removed=number % 2 * 4, mutuals=number % 2 == 0)
        upheld = number % 2 if useful else (number // 2) % 2
        facts = {in_context.FACT: in_context.packed(standing)}
        found.append(example(number, facts, {"hate": float(upheld)}, scores={"hate": 0.5}, held_out=number % 10 == 0))
    return found


def learn(
    learner: Callable[[Given], Made | None], root: Path, found: list[Example], use: tuple[str, str] | None = None
) -> Made | None:
    version, digest = use or (None, None)
    return learner(Given(root, version, digest, split(found), lambda _stage, _share: None))


def test_how_posts_were_sent_and_what_people_said_makes_a_candidate(tmp_path: Path) -> None:
    made = learn(behaviour.learn, tmp_path, sent(200))
    assert made is not None and made.judged.passed, made
    assert (made.learnt, made.measured, made.sides) == (160, 40, {"spam": (80, 80)})
    assert own.load(tmp_path, made.version, made.digest).version == made.version
    again = learn(behaviour.learn, tmp_path, sent(200), (made.version, made.digest))
    assert again is not None and (again.version, again.against) == (made.version, made.version)


def test_what_nobody_called_spam_or_not_and_what_has_no_circumstances_teaches_nothing(tmp_path: Path) -> None:
    assert learn(behaviour.learn, tmp_path, [example(number, {}, {"spam": 1.0}) for number in range(50)]) is None
    unsaid = [example(number, each.circumstances, {"hate": 1.0}) for number, each in enumerate(sent(50))]
    assert learn(behaviour.learn, tmp_path, unsaid) is None


def test_nothing_is_learnt_from_what_is_held_out(tmp_path: Path) -> None:
    held = [
        example(number, each.circumstances, dict(each.labels), held_out=True) for number, each in enumerate(sent(60))
    ]  # type: ignore[arg-type]
    assert learn(behaviour.learn, tmp_path, held) is None


def test_context_that_says_more_than_the_text_passes_and_what_says_no_more_is_refused(tmp_path: Path) -> None:
    made = learn(context.learn, tmp_path, talked(400))
    assert made is not None and made.judged.passed and made.version.startswith(PREFIX)
    assert (made.learnt, made.measured, made.against) == (288, 112, None)
    no_more = learn(context.learn, tmp_path, talked(400, useful=False), (made.version, made.digest))
    assert no_more is not None and no_more.against == made.version
    turned = [example(n, dict(e.circumstances), {"hate": 1.0 - float(e.labels["hate"] or 0)}, scores={"hate": 0.5})  # type: ignore[arg-type]
              if n >= 280 else e for n, e in enumerate(talked(400))]  # fmt: skip
    refused = learn(context.learn, tmp_path, turned)
    assert refused is not None and not refused.judged.passed


def test_a_sample_speaks_for_the_posts_that_nobody_looked_at(tmp_path: Path) -> None:
    """What was held is all spam; of what was let in, a few that were sent alike were drawn, and none was."""
    floods = [sending.packed(each.facts) for each in waves.wave("tag_floods", 240, 5)]
    held = [
        example(number, {sending.FACT: row}, {"spam": 1.0}, chosen=Chosen.SCORE, propensity=1.0)
        for number, row in enumerate(floods[:200])
    ]
    drawn = [
        example(number, {sending.FACT: row}, {"spam": 0.0}, chosen=Chosen.SAMPLE, propensity=chance)
        for chance in (0.02, 1.0)
        for number, row in enumerate(floods[200:], 200)
    ]
    found = {}
    for name, samples in (("weighed", drawn[:40]), ("alike", drawn[40:])):
        mixed = [each for group in zip(*(held[n::5] for n in range(5)), samples, strict=True) for each in group]
        made = learn(behaviour.learn, tmp_path, mixed)
        assert made is not None and made.worth is not None
        model = own.load(tmp_path, made.version, made.digest)
        rows = np.array([[each / 100 for each in row] for row in floods])
        found[name] = float(model.chances(rows).mean()), made.worth
    assert found["weighed"][0] < found["alike"][0] - 0.2
    assert (found["weighed"][1].drawn, found["alike"][1].drawn) == (40, 0)
    assert found["alike"][1].learnt == pytest.approx(192)
    assert found["weighed"][1].learnt < 96


def test_two_hundred_decisions_are_needed_for_context(tmp_path: Path) -> None:
    assert learn(context.learn, tmp_path, talked(150)) is None


def candidate(services: Services, kind: ModelKind, found: list[Example]) -> str:
    """A candidate of this house; its version."""
    learner = behaviour.learn if kind is ModelKind.BEHAVIOUR else context.learn
    made = learn(learner, services.settings.data_dir / "models", found)
    assert made is not None
    with services.db.write() as session:
        trainings.ask(session, "lea", services.clock.now(), [kind])
        row = trainings.begin(session, services.clock.now())
        assert row is not None
        learnt = {
            "learnt": 1, "measured": 1, "held_out": 0, "provenance": {}, "chosen": {}, "skipped": [],
            "labels": {label: list(sides) for label, sides in made.sides.items()},
            "worth": {"learnt": 40, "measured": 12, "drawn": 9},
        }  # fmt: skip
        judged = {"passed": True, "compared": [each.as_dict() for each in made.judged.compared]}
        now = services.clock.now()
        trainings.settle(
            session, row.id, version=made.version, digest=made.digest, base=made.base, against=made.against,
            learnt=learnt, judged=judged, now=now,
        )  # fmt: skip
    return made.version


@pytest.mark.parametrize("kind", [ModelKind.BEHAVIOUR, ModelKind.CONTEXT])
def test_a_person_puts_a_version_in_use_and_rolls_it_back_on_the_page(
    town: Town, lea: Visitor, mo: Visitor, kind: ModelKind
) -> None:
    services = town.services
    version = candidate(services, kind, sent(200) if kind is ModelKind.BEHAVIOUR else talked(400))
    with services.db.read() as session:
        row = trainings.of_version(session, version)
        assert row.state is TrainingState.CANDIDATE
    one = f"{PAGE}/{row.id}"
    assert "Put it in use" in lea.page(one) and "Put it in use" not in mo.page(one)
    for said in ("tells as much as 40 equally likely posts", "measured on as much as 12", "Not corrected:"):
        assert said in lea.page(one)
    assert version not in town.visitor().page("/about/model")
    lea.post(f"{one}/promote", on=one)
    with services.db.read() as session:
        cache = BehaviourCache if kind is ModelKind.BEHAVIOUR else ContextCache
        judging = cache(files.root(services.settings.data_dir)).get(session)
        assert judging is not None and judging.version == version
        assert uses.current(session) is None  # the text model's is its own
    for language in ("en", "fr"):
        assert version in town.visitor(language).page("/about/model")
    assert mo.post(f"{PAGE}/roll-back", on=PAGE, kind=kind.value).status_code == 403
    lea.post(f"{PAGE}/roll-back", on=PAGE, kind=kind.value)
    assert version not in town.visitor().page("/about/model")
    with services.db.read() as session:
        back = uses.current(session, kind)
        assert back is not None and back.version is None and back.rolled_back


def test_an_older_shipped_behaviour_model_is_put_in_use_and_rolled_back_on_the_page(
    town: Town, lea: Visitor, mo: Visitor
) -> None:
    current, older = shipped.versions()
    offered = f'value="{older}"'
    assert offered in lea.page(PAGE) and f'value="{current}"' not in lea.page(PAGE)
    assert older in mo.page(PAGE) and offered not in mo.page(PAGE)  # a moderator reads
    lea.post(f"{PAGE}/shipped", on=PAGE, kind="behaviour", version=older)
    root = files.root(town.services.settings.data_dir)
    with town.services.db.read() as session:
        judging = BehaviourCache(root).get(session)
        assert judging is not None and judging.version == older
        assert uses.current(session) is None  # the text model's is its own
    assert offered not in lea.page(PAGE) and f'value="{current}"' in lea.page(PAGE)
    assert older in town.visitor().page("/about/model")
    lea.post(f"{PAGE}/roll-back", on=PAGE, kind="behaviour")
    with town.services.db.read() as session:
        judging = BehaviourCache(root).get(session)
        assert judging is not None and judging.version == current
    assert lea.post(f"{PAGE}/shipped", on=PAGE, kind="behaviour", version="behaviour-none").status_code == 404
    assert lea.post(f"{PAGE}/shipped", on=PAGE, kind="behaviour", version="../models").status_code == 404


def test_a_form_about_a_model_that_is_none_changes_nothing(town: Town, lea: Visitor) -> None:
    assert lea.post(f"{PAGE}/roll-back", on=PAGE, kind="weather").status_code == 404
    assert lea.post(f"{PAGE}/shipped", on=PAGE, kind="context", version="text-x").status_code == 404
