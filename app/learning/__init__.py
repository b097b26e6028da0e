"""Learning from the crew as the worker does it: gathering, training behind the gate, and the shadow run."""
