"""Applications that are made in thousands: what is the same in each is worked out once for a process.

Nearly all of the time in which an application is made goes into what doesn't depend on the services that it is made of:
the expressions of some eight hundred rules, and templates that are parsed and compiled when a page first needs them. The
house makes one application; the tests make one for each test, as nothing of another test's may be in it.
"""

from __future__ import annotations

from types import CodeType
from typing import Any, ClassVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.matcher import StateMachineMatcher


class SharedRoutes(Map):
    """A Map that compiles its rules when it's first asked, unless another Map had the same: then it has that one's.

    Rules know no application and no services, only the names of endpoints.
    """

    _compiled: ClassVar[dict[object, tuple[StateMachineMatcher, dict[Any, list[Rule]]]]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        self._added: list[Rule] | None = []
        super().__init__(*args, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        """Note its rules. Raises RuntimeError after the first request, as Flask itself does."""
        if self._added is None:
            raise RuntimeError("these routes are in use by other applications")
        self._added += rulefactory.get_rules(self)

    def update(self) -> None:
        """Compile what was noted, once for all that are alike."""
        with self._remap_lock:
            added, self._added = self._added, None
            if added is not None:
                self._take(added)
        super().update()

    def _take(self, added: list[Rule]) -> None:
        alike = (self.strict_slashes, self.host_matching, *self.converters.items(), *map(_words, added))
        if alike in self._compiled:
            self._matcher, self._rules_by_endpoint = self._compiled[alike]
            self._remap = False
            return
        for rule in added:
            super().add(rule)
        self._compiled[alike] = self._matcher, self._rules_by_endpoint


def _words(rule: Rule) -> tuple[object, ...]:
    """All that a rule is made of."""
    return (
        type(rule),
        rule.rule,
        rule.endpoint,
        None if rule.methods is None else frozenset(rule.methods),
        tuple((rule.defaults or {}).items()),
        rule.strict_slashes,
        rule.merge_slashes,
        rule.subdomain,
        rule.host,
        rule.build_only,
        rule.alias,
        rule.websocket,
        rule.redirect_to,
        rule.provide_automatic_options,  # type: ignore[attr-defined]  # Flask's, on rules that it adds
    )


class KeptTemplates(BytecodeCache):
    """The code of templates, by their text and by what an environment makes of text."""

    def __init__(self) -> None:
        self._code: dict[object, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was made of it before."""
        bucket.code = self._code.get(_text(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code is not None:
            self._code[_text(bucket)] = bucket.code


def _text(bucket: Bucket) -> tuple[object, ...]:
    made_by = bucket.environment
    return bucket.key, bucket.checksum, made_by.trim_blocks, made_by.lstrip_blocks, *sorted(made_by.extensions)
