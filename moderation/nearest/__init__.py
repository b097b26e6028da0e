"""Decided cases that are about something alike, for those who review."""
