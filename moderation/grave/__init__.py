"""Cases that aren't everybody's: suspected sexual abuse of children, and threats to somebody's life."""
