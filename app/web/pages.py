"""What every page shares: the template's globals, and the page that says what went wrong."""

from __future__ import annotations

from flask import Flask, render_template


def prepare(app: Flask) -> None:
    """Register globals and filters of the templates."""


def error_page(status: int, text: str) -> str:
    """A page with one sentence."""
    return render_template("error.html", status=status, text=text)
