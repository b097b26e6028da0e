"""Ostiary: the federated server. Builds submissions, asks moderation, enacts its effects."""
