"""What is said of a case that is read blind: nothing of what anybody thinks of it."""

from __future__ import annotations

from flask_babel import gettext as _

from app.web.review import suggesting
from moderation.cases.values import CaseDetail
from moderation.values import CaseOrigin


def lead() -> str:
    """The first thing that is said."""
    return _("Read this one afresh. What machines and others think of it is shown once you have answered.")


def keep_action(detail: CaseDetail) -> str:
    """What keeping means for who doesn't know what was done: a sample may stand as if nothing had been."""
    return "approve" if detail.case.origin is CaseOrigin.AUDIT else suggesting.keep_action(detail)
