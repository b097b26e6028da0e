"""Words that both documents share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.enforcement.reasons import label as label_word
from app.instance import countries
from app.notifications.languages import Translate
from app.terms.values import Ground, Part, Section
from moderation.grave import jurisdictions
from moderation.policy.strikes import StrikePolicy
from moderation.policy.values import LabelLines, Policy, WhileAway


def own(ground: Ground, place: str, title: str) -> list[Section]:
    """The admin's words as a section, where there are any; an empty line parts paragraphs."""
    paragraphs = [part.strip() for part in ground.own[place].split("\n\n") if part.strip()]
    return [Section(title, tuple(paragraphs))] if paragraphs else []


def contacts(ground: Ground, _: Translate) -> Iterator[Part]:
    """Whom people, authorities, and those who complain about us turn to (DSA, articles 11 and 12)."""
    house = ground.house
    yield _("This is %(title)s, at %(domain)s.") % {"title": house.title, "domain": house.domain}
    lines = []
    if house.contact_email:
        lines.append(_("For everybody: %(contact)s. A person answers.") % {"contact": house.contact_email})
    if house.contact_account:
        handle = f"@{house.contact_account}@{house.domain}"
        lines.append(_("Here, from any server: %(handle)s") % {"handle": handle})
    if house.authority_contact:
        lines.append(_("For authorities: %(contact)s") % {"contact": house.authority_contact})
    if house.outside_contact:
        lines.append(_("About those who run this server: %(contact)s") % {"contact": house.outside_contact})
    if lines:
        yield tuple(lines)
    else:
        yield _("No contact has been named yet; the page “About” names who runs it.")
    yield _country(ground, _)
    yield _("You can write to us in English or French.")


def _country(ground: Ground, _: Translate) -> str:
    """Whose law holds, as far as anybody has said."""
    here = ground.house.country
    land = jurisdictions.of(here).land or dict(countries.listed("en")).get(here, "")
    if not land:
        return _(
            "Nobody has written down here in which country this server stands. Ask us whose law applies; the helplines "
            "that we name are of all countries."
        )
    return _(
        "This server stands in: %(land)s. Its law applies, besides that of your own country; whom we tell in an "
        "emergency, and which helplines we name first, follow from that."
    ) % {"land": land}


def labels(policy: Policy, _: Translate) -> tuple[str, ...]:
    """What each label may lead to; those that lead to nothing are left out."""
    said = [(name, _consequence(each, _)) for name, each in policy.labels.items()]
    return tuple(
        _("%(label)s: %(what)s") % {"label": label_word(name, _), "what": words} for name, words in said if words
    )


def private(policy: Policy, _: Translate) -> str:
    """How private messages are judged, in a sentence or two."""
    if policy.private.text_model:
        return _(
            "Machines on this server read the text of private messages, and look at their links and at what their "
            "sender does; nothing that they find is kept."
        )
    return _(
        "No machine reads the text of private messages. Machines look only at their links, at copies of what was "
        "removed, and at how new and how busy their sender is."
    )


def unattended(policy: Policy, _: Translate) -> str:
    """What holds while nobody works here."""
    away = policy.unattended
    words = {
        WhileAway.RELEASED: _("what a machine made wait is let in as ever"),
        WhileAway.LIMITED: _("what a machine made wait is let in behind a warning and off the public timelines"),
        WhileAway.LONGER: _("what a machine made wait waits longer, %(longest)s hours at most")
        % {"longest": f"{away.longest_hours:g}"},
    }
    said = _("When something has waited for %(hours)s hours and no moderator has worked in that time, %(what)s.") % {
        "hours": f"{away.hours:g}",
        "what": words[away.holds],
    }
    return said + (" " + _("Meanwhile, who signs up waits for a yes.") if away.approve_sign_ups else "")


def private_basis(_: Translate) -> str:
    """The legal basis where the admin wrote none of their own."""
    return _(
        "The interest of those who are written to in not being threatened, hounded and defrauded (GDPR, article "
        "6(1)(f)), weighed against yours: it happens on this server alone, leaves no trace, is read by nobody, and "
        "leads to a warning at most. You may object to it."
    )


def ladder(strikes: StrikePolicy, _: Translate) -> tuple[str, ...]:
    """The steps of the ladder."""
    steps: Mapping[str, str] = {
        "warn": _("a warning"),
        "freeze": _("mending what was posted before posting again"),
        "silence": _("being kept off the public timelines"),
        "disable": _("not signing in"),
        "suspend": _("suspension"),
    }
    return tuple(
        _("from %(points)s points on: %(step)s") % {"points": rung.points, "step": steps[rung.action]}
        + ("" if rung.days is None else " " + _("for %(days)s days") % {"days": rung.days})
        for rung in strikes.ladder
    )


def _consequence(lines: LabelLines, _: Translate) -> str:
    found = []
    if lines.label is not None:
        found.append(_("behind a warning"))
    if lines.limit is not None:
        found.append(_("off the public timelines"))
    if lines.hold is not None:
        found.append(_("kept for a person"))
    return _(" or ").join(found) if found else ""
