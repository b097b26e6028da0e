"""Mastodon's admin API: its shapes and its doors, behind which are the review's own decisions."""
