"""Purges: what is forgotten when its time is over, counted before it goes, and reported afterwards, store by store."""
