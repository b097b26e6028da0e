"""Evidence: it outlives its subject, and is kept no longer than is stated."""

from moderation.evidence.snapshots import RETENTION, Snapshot, latest, of, take

__all__ = ["RETENTION", "Snapshot", "latest", "of", "take"]
