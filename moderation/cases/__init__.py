"""Cases: one unit of human work each, from its opening to its decision and back."""
