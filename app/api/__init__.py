"""Ostiary's own JSON API, under /api/ostiary/v1/."""
