"""Whether what comes is like what the machines know: scores, texts, and people's agreement, compared in time."""
