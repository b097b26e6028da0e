"""Every purge asks the same function what must be kept: one that doesn't stands here, with why."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UPKEEP = ROOT / "app/enforcement/upkeep.py"
ASKS = {
    "moderation.evidence.purging": 4,
    "app.accounts.addresses": 1,
    "app.accounts.browsers": 1,
    "app.accounts.signup": 1,
    "app.media.upkeep": 2,
    "app.uploads.upkeep": 1,
    "app.preservation.copies": 3,
    "app.notices.answering": 1,
    "moderation.grave.cases": 2,
}
"""By module: how often it asks at least; purging for each of its four kinds through one helper."""
SAYS_NOTHING = {
    "app.federation.tombstones": "digests of addresses",
    "app.federation.settled": "digests of addresses",
    "app.federation.wanted": "addresses that could not be fetched",
    "app.federation.intake": "settled activities: their bodies were emptied when they were done",
    "app.federation.deliver": "activities that arrived: the posts say the same",
    "app.instance.activity": "numbers",
    "app.lifecycle.severing": "follows that a domain rule ended",
    "app.cards.reading": "what pages elsewhere said of themselves, which no post shows any more",
    "app.relationships.mute": "mutes that ran out",
    "app.webhooks.sending": "what was told to programs",
    "moderation.quality.reviews": "second reviews that nobody made",
    "moderation.workforce.keeping": "shifts and time sheets of the crew",
    "moderation.workforce.handovers": "lines of the crew to the crew",
    "moderation.workforce.calls": "who was called, when",
    "app.appealing.recrew": "it forgets nothing: it gives waiting appeals to who may judge them by now",
}


def purged() -> set[str]:
    """The modules that the job calls."""
    tree = ast.parse(UPKEEP.read_text())
    named = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    [job] = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "purge"]
    used = {
        node.value.id for node in ast.walk(job) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return {named[name] for name in used if name in named}


def asked(module: str) -> int:
    """How often a module calls what says what must be kept."""
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    direct = [each for each in calls if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "reach"]
    helped = [each for each in calls if isinstance(each, ast.Name) and each.id == "_wanted"]
    return len(helped) or len(direct)


def test_each_purge_of_the_job_asks_or_says_why_not() -> None:
    assert purged() - ASKS.keys() - SAYS_NOTHING.keys() == set()
    assert not ASKS.keys() & SAYS_NOTHING.keys()


@pytest.mark.parametrize("module", ASKS)
def test_what_says_that_it_asks_does(module: str) -> None:
    assert asked(module) >= ASKS[module]
