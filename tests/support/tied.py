"""Runs a command that the kernel ends with its parent: `python tests/support/tied.py PARENT COMMAND…`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from app.parentage import tie_to

    tie_to(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
