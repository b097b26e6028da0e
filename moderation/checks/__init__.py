"""The checks: each looks at a batch, and is pure; what it needs was loaded into the context before."""
