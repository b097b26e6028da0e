"""What goes on by itself with grave cases: what a crash left unsealed is sealed, and what is over is destroyed."""

from __future__ import annotations

from app.grave import sealing, settling
from app.services import Services


def drain(services: Services, limit: int = 50) -> int:
    """How many files were sealed, and things destroyed."""
    return sealing.seal_files(services, limit) + settling.destroy_due(services, limit)
