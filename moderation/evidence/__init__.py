"""Evidence: it outlives its subject, and is kept no longer than is stated."""

from moderation.evidence.purging import PurgeReport, purge
from moderation.evidence.snapshots import RETENTION, Snapshot, latest, of, take

__all__ = ["RETENTION", "PurgeReport", "Snapshot", "latest", "of", "purge", "take"]
