"""ActivityPub between servers."""
