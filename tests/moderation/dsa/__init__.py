"""Statements in the schema of the DSA transparency database."""
