"""Runs a command that the kernel ends with its parent: `python -I -S workers/tied.py PARENT COMMAND…`.

A program of its own, because asking between fork and exec isn't safe in a parent that has threads. What is asked for
here stays in force over exec (prctl(2)).
"""

import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - starts fast
    from workers.parentage import tied_to

    tied_to(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the supervisor's own command
