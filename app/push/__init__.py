"""Web push: what a member is told reaches their devices, encrypted for each, by way of whichever service they use."""
