"""People to follow: the directory, and suggestions."""
