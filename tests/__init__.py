"""Every test. This comes before anything that loads numpy."""

import os

# As workers/running.py has it for the house: threads of BLAS wait for each other by spinning, above all where other
# processes want the same cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - no setting of the house
