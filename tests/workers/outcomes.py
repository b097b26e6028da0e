"""How a command ended."""

from __future__ import annotations

from click.testing import Result


def well(result: Result) -> str:
    """What it printed, without its log; it ended well."""
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result) -> str:
    """Its one line; it ended with 1."""
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr
