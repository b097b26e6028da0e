"""The reader outside of the crew, whom the admin of a small house has named: read where an appeal needs one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.instance import facts

FACT: Final = "outside_reader"
BY: Final = "outside reader"
"""Under which name moderation writes down what they answer: no member can be called so."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the admin trusts to look at appeals that nobody here may decide."""

    name: str
    email: str
    language: str


def reader(session: Session) -> Reader | None:
    """The house's reader outside; None where there is none."""
    told = facts.get(session, FACT)
    return Reader(**told) if told else None
