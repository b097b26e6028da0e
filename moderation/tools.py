"""What judging needs from outside: the time, the text model, perhaps a faster index of near-duplicates."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from models.local import files
from moderation.audits.expecting import ExpectedCache
from moderation.checks.image_model import ImageScorer
from moderation.checks.model import TextScorer
from moderation.clock import Clock
from moderation.domains.rules import DomainRules
from moderation.duplicates.index import NearDuplicateIndex
from moderation.instance_rules.keeping import InstanceRulesCache
from moderation.learning.serving import BehaviourCache, ContextCache, ModelCache
from moderation.listed.matching import BankCache
from moderation.nearest.index import DecidedIndex
from moderation.patterns.keeping import PatternsCache
from moderation.policy.store import PolicyCache
from moderation.second_model import SecondScorer


class RulesCache:
    """The domain rules of one process: read again when one has changed."""

    def __init__(self) -> None:
        self._rules: DomainRules | None = None

    def get(self, session: Session, version: int) -> DomainRules:
        """The rules in force; `version` was just read in this session."""
        rules = self._rules
        if rules is None or rules.version != version:
            rules = self._rules = DomainRules.load(session)
        return rules


@dataclass(frozen=True, slots=True)
class Tools:
    """Handed to `door.judge`. Without a model the one that is here is loaded when it is first needed.

    One Tools serves a process: it remembers the domain rules, the policy and the listed pictures.
    """

    now: Callable[[], datetime]
    text_model: TextScorer | None = None
    image_model: ImageScorer | None = None
    second_stage: SecondScorer | None = None
    data_dir: Path | None = None
    """Where a second stage may have been built."""
    bands: NearDuplicateIndex | None = None
    chance: Callable[[], float] = random.random
    rules: RulesCache = field(default_factory=RulesCache)
    policies: PolicyCache = field(default_factory=PolicyCache)
    bank: BankCache = field(default_factory=BankCache)
    patterns: PatternsCache = field(default_factory=PatternsCache)
    instance_rules: InstanceRulesCache = field(default_factory=InstanceRulesCache)
    models: ModelCache = field(default_factory=ModelCache)
    decided: DecidedIndex = field(default_factory=DecidedIndex)
    behaviour: BehaviourCache = field(default_factory=BehaviourCache)
    in_context: ContextCache = field(default_factory=ContextCache)
    expected: ExpectedCache = field(default_factory=ExpectedCache)


def make_tools(clock: Clock, data_dir: Path | None = None) -> Tools:
    """The real ones; in the data directory are this server's own versions of its models, and its second stage."""
    own = files.root(data_dir) if data_dir is not None else None
    return Tools(
        now=clock.now,
        data_dir=data_dir,
        models=ModelCache(own),
        behaviour=BehaviourCache(own),
        in_context=ContextCache(own),
    )
