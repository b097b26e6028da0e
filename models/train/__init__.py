"""Training and judging of the text model: the only place that may import scikit-learn."""
