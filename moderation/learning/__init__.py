"""Learning from the crew: what people decided becomes labelled examples, what machines said never does; and what follows
where there are labels only where somebody looked."""
