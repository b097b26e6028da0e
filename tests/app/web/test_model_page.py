"""How posts are judged, for everybody: what each model is, what it gets wrong, and what comes of it on this server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.web import gains
from models import nudity
from moderation import second_model
from moderation.errors import CheckFailedError
from moderation.policy import store
from moderation.policy.document import merged
from tests.app.web.conftest import Town
from tests.moderation.test_second_stage import Second

pytestmark = pytest.mark.one_database
PAGE = "/about/model"


def ruled(town: Town, **changes: Any) -> None:
    """A policy with some of its values changed is in force."""
    with town.services.db.write() as session:
        document = merged(store.current(session).document, changes)
        store.publish(session, document, "lea", town.services.clock.now())


def test_the_second_stage_is_told_of_though_nobody_asks_it(town: Town) -> None:
    page = town.visitor().page(PAGE)
    assert "The second stage" in page and "On this server it isn’t asked." in page
    assert all(gain.label in page and f"{gain.both:.3f}" in page for gain in gains.of_second())
    assert "La seconde étape" in town.visitor("fr").page(PAGE)


def test_where_it_is_asked_its_version_and_labels_are_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_model, "shipped", lambda _: Second(version="second-twin-7"))
    ruled(town, second_stage={"on": True, "labels": ["violence"]})
    assert "On this server second-twin-7 is asked about: violence, threats." in town.visitor().page(PAGE)
    ruled(town, second_stage={"labels": []})
    assert "On this server it isn’t asked." in town.visitor().page(PAGE)


def test_one_that_is_wanted_and_missing_or_broken_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path | None) -> None:
        raise CheckFailedError(second_model.NAME, "broken")

    ruled(town, second_stage={"on": True})
    assert "it isn’t installed" in town.visitor().page(PAGE)
    monkeypatch.setattr(second_model, "shipped", broken)
    assert "can’t be used just now" in town.visitor().page(PAGE)


def test_the_model_for_pictures_is_told_of_with_what_comes_of_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudity, "weights", lambda: Path("weights.onnx"))
    page = town.visitor().page(PAGE)
    assert nudity.VERSION in page and "no probability" in page and "behind a warning, and holds nothing" in page
    ruled(town, pictures={"nudity": {"hold": 0.95}})
    assert "have it wait for a person" in town.visitor().page(PAGE)
    ruled(town, pictures={"nudity": {"hold": None, "label": None}})
    assert "nothing comes of what it says" in town.visitor().page(PAGE)
    monkeypatch.setattr(nudity, "weights", lambda: None)
    assert "It isn’t installed on this server" in town.visitor().page(PAGE)
