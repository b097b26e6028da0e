"""What a decision would do, in sentences: whom it touches, who is told, and what can't be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.web import filters, labels
from app.web.review import words
from moderation import warnings
from moderation.cases.foreseeing import AccountsForeseen, Foreseen
from moderation.cases.plans import HARMLESS
from moderation.cases.values import CaseDetail, DecisionRequest
from moderation.values import Action, CaseOrigin, Scope, Verb


@dataclass(frozen=True, slots=True)
class Foretold:
    """The preview, line by line."""

    effects: tuple[str, ...]
    touches: str
    answered: str
    statement: str
    lasting: tuple[str, ...]
    """What can't be taken back, and from when on."""


def foretell(seen: Foreseen, request: DecisionRequest, detail: CaseDetail) -> Foretold:
    """In the moderator's language."""
    effects = [*(_posts(verb, count) for verb, count in seen.posts.items() if count), *_measures(seen, detail)]
    effects += _warned(request, detail.case.label)
    if detail.case.origin is CaseOrigin.WAVE or request.scope is Scope.CLUSTER:
        effects.append(_later(request))
    if seen.left:
        effects.append(
            ngettext(
                "%(count)s unticked post stays as it is",
                "%(count)s unticked posts stay as they are",
                seen.left,
                count=filters.number(seen.left),
            )
        )
    if seen.cases:
        effects.append(
            ngettext(
                "%(count)s other case is closed with it",
                "%(count)s other cases are closed with it",
                seen.cases,
                count=filters.number(seen.cases),
            )
        )
    return Foretold(
        tuple(effects) or (_("nothing changes: the case is closed"),),
        _touches(seen),
        _answered(seen, request),
        _statement(seen, request),
        tuple(_lasting(seen, request, local=detail.case.local, held=detail.held)),
    )


def foretell_several(seen: Foreseen, request: DecisionRequest, *, local: bool, held: bool) -> Foretold:
    """The same for several cases; `local`: some author is a member here, `held`: all of them wait."""
    effects = tuple(_posts(verb, count) for verb, count in seen.posts.items() if count)
    effects += tuple(_warned(request, None)) if request.warning is not None else ()
    return Foretold(
        effects or (_("nothing changes: the case is closed"),),
        _touches(seen),
        _answered(seen, request),
        _statement(seen, request),
        tuple(_lasting(seen, request, local=local, held=held)),
    )


def _posts(verb: Verb, count: int) -> str:
    said: Mapping[Verb, Callable[[], str]] = {
        Verb.REMOVE: lambda: ngettext(
            "%(count)s post is refused, or taken away",
            "%(count)s posts are refused, or taken away",
            count,
            count=filters.number(count),
        ),
        Verb.PUBLISH: lambda: ngettext(
            "%(count)s post is let in", "%(count)s posts are let in", count, count=filters.number(count)
        ),
        Verb.LABEL: lambda: ngettext(
            "%(count)s post goes behind a warning",
            "%(count)s posts go behind a warning",
            count,
            count=filters.number(count),
        ),
        Verb.LIMIT: lambda: ngettext(
            "%(count)s post leaves the public timelines",
            "%(count)s posts leave the public timelines",
            count,
            count=filters.number(count),
        ),
        Verb.WITHDRAW: lambda: ngettext(
            "%(count)s post is hidden until it is mended",
            "%(count)s posts are hidden until they are mended",
            count,
            count=filters.number(count),
        ),
    }
    return said.get(
        verb,
        lambda: ngettext(
            "%(count)s post is shown again", "%(count)s posts are shown again", count, count=filters.number(count)
        ),
    )()


def _warned(request: DecisionRequest, label: str | None) -> list[str]:
    """What readers see before it."""
    if request.action is not Action.LABEL:
        return []
    code = request.warning or label or warnings.GENERAL
    if code == warnings.SENSITIVE:
        return [_("only its pictures, films and sounds are marked; no words stand before it")]
    return [_("its readers see before it: “%(words)s”", words=labels.warning(code))]


def _measures(seen: Foreseen, detail: CaseDetail) -> list[str]:
    return [_measure(each, detail.case.author_domain) for each in seen.measures]


def _measure(one: AccountsForeseen, domain: str) -> str:
    done = words.action(one.step.action)
    if one.step.scope is Scope.DOMAIN:
        whom = _("everybody on %(domain)s", domain=domain)
    else:
        whom = ngettext("%(count)s account", "%(count)s accounts", one.accounts, count=filters.number(one.accounts))
    if one.step.expires_in is None:
        return _("%(done)s: %(whom)s, until somebody lifts it", done=done, whom=whom)
    days = one.step.expires_in.days
    return ngettext(
        "%(done)s: %(whom)s, for %(count)s day",
        "%(done)s: %(whom)s, for %(count)s days",
        days,
        done=done,
        whom=whom,
        count=filters.number(days),
    )


def _later(request: DecisionRequest) -> str:
    if request.action in HARMLESS:
        return _("what comes later and is alike is let in, for a while")
    return _("what comes later and is alike is refused, for a while")


def _touches(seen: Foreseen) -> str:
    posts = ngettext("%(count)s post", "%(count)s posts", seen.reached, count=filters.number(seen.reached))
    accounts = ngettext("%(count)s account", "%(count)s accounts", seen.accounts, count=filters.number(seen.accounts))
    domains = ngettext("%(count)s server", "%(count)s servers", seen.domains, count=filters.number(seen.domains))
    return _("%(posts)s · %(accounts)s · %(domains)s", posts=posts, accounts=accounts, domains=domains)


def _answered(seen: Foreseen, request: DecisionRequest) -> str:
    if not seen.reporters:
        return _("Nobody here waits for an answer to a report.")
    if request.action in HARMLESS:
        return ngettext(
            "%(count)s person who reported is told that nothing was found.",
            "%(count)s people who reported are told that nothing was found.",
            seen.reporters,
            count=filters.number(seen.reporters),
        )
    return ngettext(
        "%(count)s person who reported is told that something was done.",
        "%(count)s people who reported are told that something was done.",
        seen.reporters,
        count=filters.number(seen.reporters),
    )


def _statement(seen: Foreseen, request: DecisionRequest) -> str:
    if request.action in HARMLESS:
        return _("None is owed: nothing is held against anybody.")
    if not seen.told:
        return _("None is owed: nobody here is restricted, and authors elsewhere can’t be reached.")
    if seen.exempt:
        return ngettext(
            "None is owed for advertising on a large scale; %(count)s author here gets a short notice.",
            "None is owed for advertising on a large scale; %(count)s authors here get a short notice.",
            seen.told,
            count=filters.number(seen.told),
        )
    return ngettext(
        "Owed, and sent, to %(count)s author here.",
        "Owed, and sent, to %(count)s authors here.",
        seen.told,
        count=filters.number(seen.told),
    )


def _lasting(seen: Foreseen, request: DecisionRequest, *, local: bool, held: bool) -> list[str]:
    found = []
    if seen.told or seen.reporters:
        found.append(_("What somebody has read in a notice stays read; an undo is told, too."))
    if seen.told and not seen.exempt:
        found.append(_("Mails leave after ten minutes; until then an undo stops them."))
    if local and seen.posts.get(Verb.PUBLISH):
        found.append(
            _("What is let in goes to other servers at once. An undo deletes it there, as far as they listen.")
        )
    if local and (seen.posts.get(Verb.REMOVE) or seen.posts.get(Verb.WITHDRAW)) and not held:
        found.append(_("Other servers are told to delete it after ten minutes. After that it doesn’t come back there."))
    return found
