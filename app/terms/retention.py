"""After how long what is forgotten: one line for each, from the very times that the jobs use."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.browsers import UNUSED_FOR
from app.accounts.traits import KEPT as SIGN_UPS_KEPT
from app.doors.links import CONFIRM_WITHIN
from app.doors.organisations import KEPT as REQUESTS_KEPT
from app.doors.waiting import KEPT as WAITING_KEPT
from app.notices.answering import KEPT as NAMES_OF_NOTICES_KEPT
from app.notifications.languages import Translate
from app.purging.table import TRAFFIC_KEPT
from app.terms.values import Ground
from moderation.evidence.purging import FINGERPRINTS_KEPT, SCORES_KEPT
from moderation.evidence.snapshots import RETENTION


def lines(_: Translate, address_days: int, *, before_the_door: tuple[str, ...] = ()) -> tuple[str, ...]:
    """In the order of what people ask about first."""
    return (
        _("Your account and what you posted: until you delete it; then within days, copies for moderating excepted."),
        *_addresses(_, address_days),
        _("How you signed up, as counts and yes or no: %(days)s days.") % _days(SIGN_UPS_KEPT),
        _("In which browsers you are signed in: %(days)s days after the last use.") % _days(UNUSED_FOR),
        _("Copies for moderating of what was reported or held: %(days)s days.") % _days(RETENTION),
        _("What machines found in public posts: %(days)s days.") % _days(SCORES_KEPT),
        _("Fingerprints by which copies of spam are found: %(days)s days.") % _days(FINGERPRINTS_KEPT),
        _("Messages between servers, once dealt with: %(days)s days.") % _days(TRAFFIC_KEPT),
        _("Name and address of who gave a legal notice: %(days)s days after the answer.")
        % _days(NAMES_OF_NOTICES_KEPT),
        *before_the_door,
        _(
            "Decisions, statements of reasons, and the record of what moderators did, without what was posted: for "
            "good."
        ),
    )


def doors(_: Translate, ground: Ground) -> tuple[str, ...]:
    """Of those before a closed door, where they can leave something."""
    told = []
    if ground.waiting_list:
        told.append(
            _(
                "Your entry on the waiting list: until you sign up or leave it, %(days)s days without an answer at "
                "most; an address that nobody confirms, %(unconfirmed)s days."
            )
            % {"days": WAITING_KEPT.days, "unconfirmed": CONFIRM_WITHIN.days}
        )
    if ground.organisations:
        told.append(
            _("What an organisation asked us: %(days)s days after the answer, or until it has it deleted.")
            % _days(REQUESTS_KEPT)
        )
    return tuple(told)


def _addresses(_: Translate, days: int) -> tuple[str, ...]:
    """By days without use: an address that is used again is kept on."""
    if not days:
        return ()
    return (_("Network addresses that you use this server from: %(days)s days after the last use.") % {"days": days},)


def _days(span: timedelta) -> dict[str, int]:
    return {"days": span.days}
