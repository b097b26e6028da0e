"""Machine learning: text normalisation, features, training, evaluation, the registry and the shipped artefacts."""
