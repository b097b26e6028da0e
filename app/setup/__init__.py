"""The admin's first steps: seven, each to be skipped and taken up again; as pages, and as `ostiary setup`."""
