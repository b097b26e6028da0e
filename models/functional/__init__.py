"""Functional tests of a text model: what is harmful and what only looks it, in words that training never sees."""

from models.functional.judging import Outcome, Report, run
from models.functional.sentences import Case, cases

__all__ = ["Case", "Outcome", "Report", "cases", "run"]
