"""What is said about privacy, from the settings and the times after which things are forgotten. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from app.notifications.languages import Translate
from app.terms import retention, wording
from app.terms.values import Ground, Part, Section


def sections(ground: Ground, _: Translate) -> list[Section]:
    """All of them, in order; the admin's own words first and last."""
    return [
        *wording.own(ground, "privacy_before", _("In our own words")),
        Section(_("Who is responsible"), tuple(wording.contacts(ground, _))),
        Section(_("What is kept, and what for"), tuple(_kept(ground, _))),
        Section(_("What other servers get"), tuple(_elsewhere(_))),
        Section(_("What machines read"), tuple(_machines(ground, _))),
        Section(_("Private messages"), tuple(_private(ground, _))),
        Section(_("What people read"), tuple(_people(_))),
        Section(_("When things are forgotten"), tuple(_forgotten(ground, _))),
        Section(_("What you can ask for"), tuple(_rights(ground, _))),
        *wording.own(ground, "privacy_after", _("What else applies")),
    ]


def _kept(ground: Ground, _: Translate) -> Iterator[Part]:
    yield (
        _("Your account: name, e-mail address, password (as a hash that can’t be turned back), language and "
          "settings; to let you in and write to you. It rests on the contract with you (GDPR, article 6(1)(b))."),
        _("What you post, follow, like, list and filter: to show it to whom you meant it for. The same basis."),
        _("What moderating needs: copies of what was reported or waits for a person, decisions, reports, appeals."
          " It rests on the law (DSA, articles 16 to 20) and on everybody’s interest in a place that is safe "
          "(GDPR, article 6(1)(c) and (f))."),
        _("That you were here in a week, and how many members were: as a number."),
    )  # fmt: skip
    yield _(
        "How you signed up, as counts and yes or no (how many others came alike that day, whether somebody approved "
        "it), for a month: a program finds swarms of spam by them. It rests on the interest in a place that is safe "
        "(GDPR, article 6(1)(f))."
    )
    if ground.address_days:
        yield _(
            "Network addresses that you use this server from, for a while: moderators and above look at them to find "
            "who comes back under another name. It rests on the interest in a place that is safe (GDPR, article "
            "6(1)(f))."
        )
    if ground.waiting_list:
        yield _(
            "The waiting list: the mail address that you left, the line that you wrote and your language; to write to "
            "you when there is room. It rests on your consent (GDPR, article 6(1)(a)), which every letter has a link "
            "to take back."
        )
    if ground.organisations:
        yield _(
            "Requests of organisations: what you wrote, a name and a mail address; to answer you (GDPR, article "
            "6(1)(b)). Every letter has a link to have it deleted."
        )
    yield _(
        "Cookies keep you signed in and guard forms, and do nothing else. There are no trackers, no adverts, and "
        "nothing on these pages comes from a third party."
    )


def _elsewhere(_: Translate) -> Iterator[Part]:
    yield _(
        "What you post for everybody or for your followers goes to the servers of those who read you, and what you "
        "write to somebody goes to theirs. Each of them has its own rules. If you delete something, we ask them to "
        "delete it, too; we can’t make them."
    )
    yield _("Reports go to another server only if you tick it, and never with your name.")


def _machines(ground: Ground, _: Translate) -> Iterator[Part]:
    yield _(
        "Machines on this server read every post before it is shown, to find what breaks the rules. Nothing is sent"
        " to anybody else for that. What they found in a public post is kept for a while, so that decisions can be "
        "explained; what they found in a private one isn’t kept at all."
    )
    if ground.translator:
        yield _(
            "Where a member asks for a translation, the text of a public post is sent to %(host)s; where a moderator "
            "does, also that of one that waits or was taken down, but never of one that was deleted. Nothing of who "
            "asked is sent. A moderator’s translation is kept here for five minutes, a member’s not at all."
        ) % {"host": ground.translator}


def _private(ground: Ground, _: Translate) -> Iterator[Part]:
    yield wording.private(ground.policy, _)
    yield _(
        "No person reads a private message unless somebody in the conversation reports it. What machines find never"
        " leads to more than a warning in front of it, or to a message request without a notification where a "
        "stranger wrote it."
    )
    if ground.policy.private.text_model:
        yield _("On which legal basis:")
        yield ground.own["private_basis"] or wording.private_basis(_)


def _people(_: Translate) -> Iterator[Part]:
    yield _(
        "Moderators see what was posted and what was reported, under rules of confidentiality; each role sees no "
        "more than it needs, and those who are paid for it see neither mail addresses nor network addresses. What "
        "they look at and decide is recorded, so that misuse shows."
    )


def _forgotten(ground: Ground, _: Translate) -> Iterator[Part]:
    yield retention.lines(_, ground.address_days, before_the_door=retention.doors(_, ground))
    yield _(
        "What a court or an authority orders to keep, or a case that is still open needs, stays until that is over."
    )
    yield _(
        "Such an order ends before its time only if two people of the crew say so; where there is one alone, that one "
        "decides, and the record says it."
    )


def _rights(ground: Ground, _: Translate) -> Iterator[Part]:
    yield (
        _("to read, correct and take along what is kept about you"),
        _(
            "to have it deleted: Settings, “Delete this account”; the names of who reported you are not part of "
            "what you get"
        ),
        _("to object to what rests on our interest, and to have a person decide where a machine did"),
        _("to complain to the data protection authority of your country"),
    )
    if ground.house.contact_email:
        yield _("Write to %(email)s.") % {"email": ground.house.contact_email}
