"""Everything that happened to a subject or a server, the newest first, in pages."""
