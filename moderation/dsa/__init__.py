"""Statements of reasons in the schema of the DSA transparency database, as article 24(5) of the DSA wants them."""
