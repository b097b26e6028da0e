"""Conversations of a member: private ones to be read one by one, and any of which they want to hear no more."""
