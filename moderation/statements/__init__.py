"""Statements of reasons: what somebody was told of a restriction, as article 17 of the DSA wants it."""
