"""The terms in words, from the rules, the policy and the contacts in force (DSA, articles 11, 12 and 14). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from app.notices import give, misuse
from app.notifications.languages import Translate
from app.terms import wording
from app.terms.values import Ground, Part, Section
from moderation.appeals import contesting
from moderation.cases.reversals import UNDO_WINDOW


def sections(ground: Ground, _: Translate) -> list[Section]:
    """All of them, in order; the admin's own words first and last."""
    return [
        *wording.own(ground, "terms_before", _("In our own words")),
        Section(_("Who runs this server, and whom to turn to"), tuple(wording.contacts(ground, _))),
        Section(_("The rules"), tuple(_rules(ground, _))),
        Section(_("What machines do with posts"), tuple(_machines(ground, _))),
        Section(_("What people decide"), tuple(_people(ground, _))),
        Section(_("What you are told"), tuple(_told(_))),
        Section(_("How to contest a decision"), tuple(_contest(ground, _))),
        Section(_("How to report something"), tuple(_report(_))),
        Section(_("When this changes"), tuple(_changes(ground, _))),
        *wording.own(ground, "terms_after", _("What else applies")),
    ]


def _rules(ground: Ground, _: Translate) -> Iterator[Part]:
    if not ground.rules:
        yield _("No rules have been written yet.")
        return
    yield _("Who posts here keeps to these rules. Decisions name the rule that they follow.")
    for number, rule in enumerate(ground.rules, start=1):
        lines = [rule.hint] if rule.hint else []
        lines += [_("Fine: %(example)s") % {"example": rule.good}] if rule.good else []
        lines += [_("Not fine: %(example)s") % {"example": rule.bad}] if rule.bad else []
        yield f"{number}. {rule.text}"
        if lines:
            yield tuple(lines)


def _machines(ground: Ground, _: Translate) -> Iterator[Part]:
    policy = ground.policy
    yield _(
        "Every post, profile and edit, from here or from another server, is looked at by machines on this server "
        "before anybody sees it. They look at the text, at its links, at how alike posts are, at how new and how "
        "busy a sender is, and at rules that people made about other servers. They are no people, and err; how "
        "often stands on the page “Transparency”."
    )
    yield _("What a machine may do by itself:")
    yield (
        _("let a post in, as it is or behind a warning"),
        _("let it in, but keep it off the public timelines"),
        _("make it wait until a person has read it: %(local)s hours at most for members, %(remote)s for others; "
          "then it is let in behind a warning, unless a rule that a person made holds it")
        % {"local": f"{policy.holds.local_hours:g}", "remote": f"{policy.holds.remote_hours:g}"},
        _("refuse it, only where a person wrote a rule for that"),
    )  # fmt: skip
    yield wording.unattended(policy, _)
    yield _("No machine suspends anybody, and none punishes self-harm: people are offered help.")
    yield _("What the text is read for, and what that may lead to:")
    yield wording.labels(policy, _)
    yield wording.private(policy, _)


def _people(ground: Ground, _: Translate) -> Iterator[Part]:
    yield _("A person may decide, about a post or about an account, and for a time or for good:")
    yield (
        _("let it stand"),
        _("put it behind a warning"),
        _("keep it off the public timelines"),
        _("remove it"),
        _("ask its author to mend it, who can’t post meanwhile"),
        _("warn its author"),
        _("keep what they post off the public timelines"),
        _("bar them from signing in, or suspend their account"),
    )
    strikes = ground.policy.strikes
    yield _(
        "Decisions against a member may count as strikes, the graver the more, for %(days)s days. The more weigh "
        "together, the further goes what is recommended; a person decides each time:"
    ) % {"days": strikes.days}
    yield wording.ladder(strikes, _)


def _told(_: Translate) -> Iterator[Part]:
    yield _(
        "Whoever is restricted is told at once what was restricted, for how long, by which rule, on what facts, "
        "whether machines took part, and how to contest it. So is who waits longer than an hour for a person to "
        "read a post. For floods of commercial spam the notice here is all: no mail is sent."
    )
    yield _("Whoever reports something is told what came of it. Nobody learns from us who reported.")


def _contest(ground: Ground, _: Translate) -> Iterator[Part]:
    yield _(
        "For %(months)s months, free of charge, on the page of the decision: whom it is about, and who reported and"
        " saw nothing done. A person answers, with reasons: it stands, it is taken back with all that it led to, or"
        " something milder takes its place."
    ) % {"months": contesting.WITHIN.days // 30}
    yield (
        _("Somebody else decides than who decided first.")
        + " "
        + (
            _("Where nobody else here may, a reader outside the house does.")
            if ground.reader_outside
            else _("Where there is nobody else, it waits a day and is read afresh, without the first reasons.")
        )
    )
    yield _(
        "You may also turn to a certified body for the out-of-court settlement of disputes (DSA, article 21), "
        "or to a court, at any time."
    )


def _report(_: Translate) -> Iterator[Part]:
    yield _("Members: the little flag under each post. It takes two steps, and comes with a number.")
    yield _(
        "Everybody, also without an account: the form “Legal notice” in the foot of each page, for what the law "
        "forbids. You get a receipt. We mean to decide within %(days)s days, within %(children)s for the sexual "
        "abuse of children, which may be told of without a name."
    ) % {"days": give.DUE.days, "children": give.DUE_CHILDREN.days}
    yield _(
        "Whoever had %(warn)s notices found without ground within %(days)s days, and next to none that were right, "
        "is warned; from %(suspend)s on their notices aren’t taken for as long. What counts is how many, which part"
        " of all, and that people found so. Who often posts what is plainly against the law is warned, then "
        "suspended, by the strikes above (DSA, article 23)."
    ) % {"warn": misuse.WARN, "suspend": misuse.SUSPEND, "days": misuse.WITHIN.days}


def _changes(ground: Ground, _: Translate) -> Iterator[Part]:
    yield _(
        "This page is made from the rules and the policy in force (version %(version)s), and made anew whenever they "
        "change. Every version stays readable, below."
    ) % {"version": ground.policy.version}
    yield _("A decision can be undone within %(minutes)s minutes; mails about it leave after that.") % {
        "minutes": int(UNDO_WINDOW.total_seconds() // 60)
    }
