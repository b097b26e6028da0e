"""Evidence: it outlives its subject, and is kept no longer than is stated."""

from moderation.evidence.purging import RETENTION, PurgeReport, purge
from moderation.evidence.snapshots import Snapshot, latest, of, take

__all__ = ["RETENTION", "PurgeReport", "Snapshot", "latest", "of", "purge", "take"]
