"""Pictures from elsewhere: fetched when somebody first looks, drawn anew, kept for a while, and served from here."""
