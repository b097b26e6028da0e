"""The language of instance rules: CEL, with typed names, and bounds on what an expression can cost.

An expression sees the names below and nothing else. It can't grow: what makes longer texts (`+` on them, the macro
`map`) isn't there. It can't run away: regular expressions are RE2's and written out, loops aren't nested and
don't walk over the text again, and the library stops after 10,000 steps. See docs/adr/0029.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cel_expr_python import cel

from models.labels import LABELS
from moderation.errors import RefusedError

MOST_CHARACTERS: Final = 2000
MOST_REGEXES: Final = 5
MOST_REPEATS: Final = 100
"""The product of all counted repetitions of a regular expression: `(a{1,10}){5}` has 50."""
TEXT_LOOKED_AT: Final = 5000
"""Characters of a text that an expression sees."""
_CONFIG: Final = """
stdlib:
  exclude_macros: ["map"]
  exclude_functions:
  - name: "_+_"
    overloads: [{id: add_string}, {id: add_bytes}]
"""
"""Adding lists stays, for `filter` is made of it; without `map` nothing adds them up again and again."""
_RAW: Final = r"""[bB]?[rR](?:'{3}.*?'{3}|"{3}.*?"{3}|'[^'\n]*'|"[^"\n]*")"""
_PLAIN: Final = r"""[bB]?(?:'{3}(?:\\.|[^\\])*?'{3}|"{3}(?:\\.|[^\\])*?"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
_STRING: Final = re.compile(f"{_RAW}|{_PLAIN}", re.DOTALL)
"""A text as CEL's lexer reads it: else what follows one could look like part of it here."""
_COMMENT: Final = re.compile(r"//[^\n]*")
_LOOP: Final = re.compile(r"\.\s*(?:all|exists|exists_one|existsOne|filter)\s*\(")
_MARK: Final = "§"
"""Stands in for each text of an expression, with its number."""
_REGEX: Final = re.compile(rf"(\.?)\s*\bmatches\s*\((?:\s*{_MARK}(\d+)\s*\))?")
_REPEATS: Final = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_SAID: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNKNOWN: Final = re.compile(r"undeclared reference to '([^']+)'")
_TYPES: Final = re.compile(r"no matching overload for '([^']+)' applied to '([^']*)'")


@dataclass(frozen=True, slots=True)
class Name:
    """Something that an expression may name. `kind` is `text`, `number`, `yes`, `texts` or `scores`."""

    name: str
    kind: str


NAMES: Final[tuple[Name, ...]] = tuple(
    Name(name, kind)
    for kind, names in {
        "text": (
            *("post.text", "post.warning", "post.language", "post.kind", "post.visibility"),
            *("author.name", "author.domain", "domain.rule"),
        ),
        "texts": ("post.links", "post.hosts", "post.hashtags", "post.media_types", "findings"),
        "number": (
            *("post.characters", "post.mentions", "post.strangers", "post.media"),
            *("author.followers", "author.age_days", "author.approved", "author.held", "author.removed"),
            *("domain.age_days", "points"),
        ),
        "yes": (
            *("post.is_reply", "post.is_quote", "post.has_poll", "post.sensitive", "post.is_edit", "post.via_relay"),
            *("author.local", "author.bot", "author.proven", "author.known", "domain.new"),
        ),
        "scores": ("scores",),
    }.items()
    for name in names
)
FUNCTIONS: Final = ("contains", "startsWith", "endsWith", "matches", "size", "exists", "all", "exists_one", "filter")


class BadExpressionError(RefusedError):
    """An expression that can't be a rule: why (a code), what is meant, and where (line and column, from 1)."""

    def __init__(self, why: str, safe: str, *, line: int = 0, column: int = 0, named: str = "", near: str = "") -> None:
        place = f"line {line}, column {column}: " if line else ""
        super().__init__(place + safe)
        self.why = why
        self.line = line
        self.column = column
        self.named = named
        self.near = near


class TooCostlyError(Exception):
    """An expression that came to no end within its bounds, or has no answer; its text says which."""


class Program:
    """An expression that was read and is sound; `compiled` is None for one that can't be read any more."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def matches(self, given: Any) -> bool:
        """Whether it is true of an activation (see `activation`). Raises TooCostlyError."""
        if self._compiled is None:
            raise TooCostlyError("it can't be read by this release")
        try:
            value = self._compiled.eval(given)
        except RuntimeError as error:  # the library's budget of steps
            raise TooCostlyError(str(error)[:200]) from error
        if value.type().name() != "BOOL":
            raise TooCostlyError(str(value.value())[:200])
        return bool(value.value())


def compile_(text: str) -> Program:
    """Read an expression. Raises BadExpressionError with what is wrong, and where."""
    if not text.strip():
        raise BadExpressionError("empty", "an expression is missing")
    if len(text) > MOST_CHARACTERS or "\0" in text:
        raise BadExpressionError("long", f"at most {MOST_CHARACTERS} characters")
    compiled = _compiled(text)
    if compiled.return_type().name() != "BOOL":
        kind = compiled.return_type().name().lower()
        raise BadExpressionError("no_answer", f"it must be true or false of a post; this is of type {kind}", named=kind)
    _require_bounded(text)
    return Program(compiled)


def activation(values: Mapping[str, Any]) -> Any:
    """The values of all names, for several programs."""
    return _env().Activation(dict(values))


def _compiled(text: str) -> Any:
    try:
        return _env().compile(text)
    except RuntimeError as error:
        raise _told(text, str(error)) from error


def _told(text: str, said: str) -> BadExpressionError:
    """The library's first complaint, in words and with its place."""
    found = _SAID.search(said)
    if found is None:
        return BadExpressionError("deep", "it is nested too deeply")
    at_line, column = int(found[1]), int(found[2])
    unknown, types = _UNKNOWN.search(found[3]), _TYPES.search(found[3])
    if unknown is not None:
        named, near = unknown[1], _near(unknown[1])
        hint = f"; do you mean {near}?" if near else ""
        column = _begin(text, named, at_line, column)
        safe = f"there is no {named}{hint}"
        return BadExpressionError("unknown", safe, line=at_line, column=column, named=named, near=near)
    if types is not None:
        sign, kinds = types[1].strip("_").replace("@", ""), types[2].strip("()")
        safe = f"{sign} doesn't go with {kinds}"
        return BadExpressionError("types", safe, line=at_line, column=column, named=sign, near=kinds)
    said = found[3][:200]
    return BadExpressionError("syntax", said, line=at_line, column=column, named=said)


def _begin(text: str, named: str, line: int, column: int) -> int:
    """Where a name begins: the library says where its last dot is."""
    lines = text.splitlines()
    at = lines[line - 1].rfind(named, 0, column + len(named)) if line <= len(lines) else -1
    return at + 1 if at >= 0 else column


def _near(named: str) -> str:
    known = [each.name for each in NAMES] + list(FUNCTIONS)
    found = difflib.get_close_matches(named, known, n=1, cutoff=0.6)
    return found[0] if found else ""


def _require_bounded(text: str) -> None:
    """What the types don't say: loops that aren't nested, regular expressions that are written out, few of them."""
    bare, strings = _bare(text)
    regexes = 0
    for found in _REGEX.finditer(bare):
        if not found[1] or not found[2]:
            raise _at(text, found.start(), "regex_form", "a regular expression is written out: text.matches('…')")
        regexes += 1
        _require_regex(text, found.start(), strings[int(found[2])])
    if regexes > MOST_REGEXES:
        raise BadExpressionError("regexes", f"at most {MOST_REGEXES} regular expressions")
    for start, inside in _loops(bare):
        if _LOOP.search(inside):
            raise _at(text, start, "nested", "loops can't be nested")
        if re.search(r"\bpost\s*\.\s*text\b", inside):
            raise _at(text, start, "text_in_loop", "post.text can't be looked at again for each item of a list")


def _bare(text: str) -> tuple[str, list[str]]:
    """The expression with each text in it as a number, of the same length so that places stay, and those texts."""
    strings: list[str] = []

    def number(found: re.Match[str]) -> str:
        strings.append(found[0])
        said = f"{_MARK}{len(strings) - 1}"
        return said.ljust(len(found[0]))

    # Comments first where they begin outside of a text: one walk over both, whichever comes first.
    both = re.compile(f"({_STRING.pattern})|({_COMMENT.pattern})", re.DOTALL)
    bare = both.sub(lambda found: number(found) if found[1] else " " * len(found[0]), text.replace(_MARK, " "))
    return bare, strings


def _loops(bare: str) -> Iterator[tuple[int, str]]:
    """Each loop's place, and what stands between its brackets."""
    for found in _LOOP.finditer(bare):
        depth = 0
        for at in range(found.end() - 1, len(bare)):
            depth += {"(": 1, ")": -1}.get(bare[at], 0)
            if depth == 0:
                yield found.start(), bare[found.end() : at]
                break


def _require_regex(text: str, at: int, literal: str) -> None:
    """Whether RE2 takes it, and it isn't a giant. Raises BadExpressionError."""
    spelt = str(_env().compile(literal).eval(_env().Activation({})).value())  # `\x7b` is a brace, too
    repeats = [int(most or least or 1) for least, most in _REPEATS.findall(spelt)]
    if math.prod(max(1, each) for each in repeats) > MOST_REPEATS:
        raise _at(text, at, "repeats", f"it repeats too much: {MOST_REPEATS} times in all, at most")
    value = _env().compile(f"''.matches({literal})").eval(_env().Activation({}))
    if value.type().name() != "BOOL":
        raise _at(text, at, "regex", f"this isn't a regular expression: {literal[:80]}", named=literal[:80])


def _at(text: str, place: int, why: str, safe: str, named: str = "") -> BadExpressionError:
    before = text[:place]
    return BadExpressionError(why, safe, line=before.count("\n") + 1, column=place - before.rfind("\n"), named=named)


@cache
def _env() -> Any:
    """Made once a process, when somebody first has a rule."""
    kinds = {
        "text": cel.Type.STRING,
        "number": cel.Type.INT,
        "yes": cel.Type.BOOL,
        "texts": cel.Type.List(cel.Type.STRING),
        "scores": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
    }
    variables = {each.name: kinds[each.kind] for each in NAMES}
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_CONFIG), variables=variables)


def no_scores() -> dict[str, float]:
    """A score of 0 for each label, so that naming one that nobody gave isn't an error."""
    return dict.fromkeys(LABELS, 0.0)
