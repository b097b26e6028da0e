"""Alarms of drift: one for what comes, one for how far people agree with the machine; down again once it is over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from moderation import alarms
from moderation.drift.calibration import Calibrated
from moderation.drift.windows import Watch

DRIFT: Final = "drift"
CALIBRATION: Final = "calibration"
NAMES: Final = (DRIFT, CALIBRATION)


def settle(session: Session, found: Watch, calibrated: Calibrated, now: datetime) -> None:
    """Raise or clear both alarms by what was found."""
    _settle(session, DRIFT, found.drifted, now)
    _settle(session, CALIBRATION, calibrated.off, now)


def _settle(session: Session, name: str, which: list[str], now: datetime) -> None:
    if which:
        alarms.raise_(session, name, now, {"which": which})
    else:
        alarms.clear(session, name, now)
