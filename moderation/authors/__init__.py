"""Authors: what the door remembers of each, so that the proven and strangers can be told apart."""
