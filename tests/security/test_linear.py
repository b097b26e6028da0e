"""Nobody can stop the house with a long text: what reads texts takes time in proportion to their length."""

from __future__ import annotations

import subprocess
import sys

from tests.security import linear


def test_the_worst_texts_cost_no_more_than_their_length() -> None:
    run = subprocess.run([sys.executable, "-m", linear.__name__], capture_output=True, text=True, check=False)
    ended = run.stdout.split()
    assert run.returncode == 0, f"after {ended[-1:] or 'nothing'}: {run.stderr[-500:]}"
    assert ended == list(linear.readers())
