"""The language of instance rules in words: its names, and what is wrong with an expression."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext as _

from moderation.instance_rules.language import MOST_CHARACTERS, MOST_REGEXES, MOST_REPEATS, NAMES, BadExpressionError

_MISSING: Final = re.compile(
    r"Syntax error: (?:missing '(.+?)' at .*|mismatched input '<EOF>' expecting '([^']+)')", re.S
)
_STRANGE: Final = re.compile(
    r"Syntax error: (?:mismatched input|extraneous input|token recognition error at:|no viable alternative at input)"
    r" '(.+?)'(?: expecting .*)?",
    re.S,
)
"""What the language's library says, in English."""


def names() -> list[tuple[str, str, str]]:
    """Each name, its kind and what it is."""
    kinds = {
        "text": _("text"),
        "number": _("whole number"),
        "yes": _("true or false"),
        "texts": _("list of texts"),
        "scores": _('how sure the text model is: scores["spam"], hate, harassment, violence, sexual, self_harm, toxic'),
    }
    said = _said()
    return [(each.name, kinds[each.kind], said[each.name]) for each in NAMES]


def _said() -> dict[str, str]:
    return {
        "post.text": _("what readers see, with warning, options and descriptions: the first 5,000 characters"),
        "post.warning": _("the content warning"),
        "post.language": _("its language, as in “en”; empty where nobody said"),
        "post.kind": _("post, edit or profile"),
        "post.visibility": _("public, unlisted, followers or direct"),
        "post.links": _("addresses that it links to"),
        "post.hosts": _("servers that it links to"),
        "post.hashtags": _("hashtags in small letters, without #; what has accents is there without them, too"),
        "post.media_types": _("of its media, as in “image/png”"),
        "post.characters": _("how long its text is"),
        "post.mentions": _("how many it addresses"),
        "post.strangers": _("of these, how many don’t know its author"),
        "post.media": _("how many pictures, films and sounds it has"),
        "post.is_reply": _("whether it answers something"),
        "post.is_quote": _("whether it quotes something"),
        "post.has_poll": _("whether it has a poll"),
        "post.sensitive": _("whether its author put it behind a warning"),
        "post.is_edit": _("whether it is a new version of a post"),
        "post.via_relay": _("whether a relay named it"),
        "author.name": _("the user name in small letters, without its server"),
        "author.domain": _("the author’s server"),
        "author.followers": _("followers here"),
        "author.age_days": _("days since the account was made; 36500 where nobody said"),
        "author.approved": _("posts that were let in here"),
        "author.held": _("posts that were held here"),
        "author.removed": _("posts that were removed here"),
        "author.local": _("whether it is a member"),
        "author.bot": _("whether it says that it is a bot"),
        "author.proven": _("whether the record here is a good one"),
        "author.known": _("whether anything of them was seen here before"),
        "domain.rule": _("what the house’s rule about the server is, as in “silence”; empty without one"),
        "domain.age_days": _("days since the server was first heard of; 36500 where nobody said"),
        "domain.new": _("whether the server is one whose posts wait at first"),
        "findings": _("what other checks found, as in “spam_behaviour”, “wave”, “listed_picture”"),
        "points": _("points of the way in which it is sent"),
        "scores": _('how sure the text model is: scores["spam"], hate, harassment, violence, sexual, self_harm, toxic'),
    }


def wrong(error: BadExpressionError) -> str:
    """What is wrong, and where."""
    said = _what(error)
    if not error.line:
        return said
    return _("Line %(line)s, column %(column)s: %(what)s", line=error.line, column=error.column, what=said)


def _what(error: BadExpressionError) -> str:
    if error.why == "unknown":
        if error.near:
            return _("there is no %(name)s. Do you mean %(near)s?", name=error.named, near=error.near)
        return _("there is no %(name)s.", name=error.named)
    if error.why == "types":
        return _("%(sign)s doesn’t go with these kinds: %(kinds)s.", sign=error.named, kinds=error.near)
    if error.why == "no_answer":
        return _("It must be true or false of a post; this is of the kind %(kind)s.", kind=error.named)
    if error.why == "syntax":
        return _syntax(error.named)
    return {
        "empty": _("An expression is missing."),
        "long": _("It is longer than %(most)s characters.", most=MOST_CHARACTERS),
        "deep": _("It is nested too deeply."),
        "regex_form": _('a regular expression is written out, as in post.text.matches("free|gratis").'),
        "regexes": _("It has more than %(most)s regular expressions.", most=MOST_REGEXES),
        "regex": _("%(said)s isn’t a regular expression.", said=error.named),
        "repeats": _("a regular expression repeats %(most)s times at most, all in all.", most=MOST_REPEATS),
        "nested": _("a loop can’t stand in another."),
        "text_in_loop": _("post.text can’t be looked at again for each item of a list."),
    }[error.why]


def _syntax(said: str) -> str:
    """What doesn't hold together, in words; the library's own where it says something else."""
    missing = _MISSING.fullmatch(said)
    if missing is not None:
        return _("“%(sign)s” is missing.", sign=missing[1] or missing[2])
    if "'<EOF>'" in said:
        return _("it stops in the middle.")
    strange = _STRANGE.fullmatch(said)
    if strange is not None:
        return _("“%(sign)s” can’t stand here.", sign=strange[1].strip())
    return _("it can’t be read: %(said)s", said=said)
