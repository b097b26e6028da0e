"""Polls: who voted for what, until when, and who is told of it."""
