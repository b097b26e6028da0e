"""Audits: a random sample of what machines let through, so that what they miss is measured."""
