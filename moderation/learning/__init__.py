"""Learning from the crew: what people decided becomes labelled examples. What machines said never does."""
