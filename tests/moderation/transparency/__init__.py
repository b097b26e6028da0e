"""Tests of the public figures."""
