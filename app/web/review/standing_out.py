"""Why a member of a wave is shown, in a few words: what makes it stand out, and how much it differs."""

from __future__ import annotations

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.web import filters as web_filters
from app.web.review import filters
from moderation.cases.outliers import Mark
from moderation.cases.values import Member


def because(member: Member, common: str | None, farthest: int) -> str:
    """In the reader's language. `common`: what the others are written in; `farthest`: the most bits that one differs
    in; 0 where nothing differs, or nothing was compared.
    """
    said = [_("account of %(age)s", age=filters.age(member.made_at)) if member.made_at else _("age unknown")]
    if member.followers_here:
        said.append(_followed(member.followers_here))
    if Mark.OTHER_LANGUAGE in member.marks and member.language and common:
        said.append(_("in %(one)s, the others in %(other)s", one=_named(member.language), other=_named(common)))
    if farthest and member.distance is not None:
        said.append(_differs(member.distance, farthest))
    return " · ".join(said)


def _followed(count: int) -> str:
    shown = web_filters.number(count)
    return str(ngettext("followed by %(count)s person here", "followed by %(count)s people here", count, count=shown))


def _differs(distance: int, farthest: int) -> str:
    if distance == farthest:
        return str(_("differs most"))
    return str(_("differs a little") if distance else _("the same words"))


def _named(code: str) -> str:
    """`French`; the code where there is no name for it."""
    locale = get_locale()
    plain = code.replace("_", "-").partition("-")[0].lower()
    return str((locale.languages.get(plain) if locale is not None else None) or code)
