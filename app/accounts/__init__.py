"""People: actors of every server, the accounts that sign in here, and their sessions."""
