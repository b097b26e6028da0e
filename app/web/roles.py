"""Roles in words."""

from __future__ import annotations

from flask_babel import gettext as _

from app.accounts.tables import Role


def name(role: Role) -> str:
    """What a role is called."""
    return {
        Role.MEMBER: _("member"),
        Role.TRAINEE: _("trainee"),
        Role.REVIEWER: _("reviewer"),
        Role.MODERATOR: _("moderator"),
        Role.LEAD: _("lead"),
        Role.ADMIN: _("admin"),
        Role.CHILD_SAFETY: _("child safety"),
    }[role]


def reach(role: Role) -> str:
    """What a role lets somebody do, in one sentence; empty where none is needed."""
    said = {
        Role.TRAINEE: _("learns: reads cases and proposes decisions"),
        Role.REVIEWER: _("decides about posts; sees cases, and nobody’s mail or IP address"),
        Role.MODERATOR: _("decides about posts and accounts"),
        Role.LEAD: _("leads the crew: policy, servers, who works when"),
    }
    return said.get(role, "")
