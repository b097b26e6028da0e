"""A bucket of an S3-compatible store, where media may lie instead of on disk."""
