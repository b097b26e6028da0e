"""Learning from the crew: what people decided becomes labelled examples, and what machines said never does.

And what follows where there are labels only where somebody looked.
"""
