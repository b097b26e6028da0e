"""Moderation's effects, enacted."""
