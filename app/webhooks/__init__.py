"""Webhooks: what happens here is told to programs elsewhere, signed, in the shapes of Mastodon's own webhooks."""
