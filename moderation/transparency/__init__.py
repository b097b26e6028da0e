"""What a house says in public of its moderation, from the rows that moderating leaves."""
