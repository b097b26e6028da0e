"""Tests of legal notices."""
