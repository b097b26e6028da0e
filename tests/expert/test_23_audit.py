"""23. What staff do is written down, in a chain that shows what was changed; the public reads some of it, later."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.accounts.tables import AccountRow
from app.instance import public_log
from app.reviewing import decide
from moderation.cases.tables import DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.values import Action
from tests.app.web.conftest import Town
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "moderation")
LOG = "moderation.log.chain.append_lines"
REVIEW = "app.web.review"
_CASE = "an event of the case itself, which is kept and told in its history"
_TIME = "somebody's own time: every beat is a row of its own, frozen with the month's sheet"
_SEES = "changes nothing: it shows what would be"
NOT_LOGGED: Mapping[str, str] = MappingProxyType(
    {
        f"{REVIEW}.acting.take_next": _CASE,
        f"{REVIEW}.acting.claim": _CASE,
        f"{REVIEW}.acting.release": _CASE,
        f"{REVIEW}.acting.escalate": _CASE,
        f"{REVIEW}.looking.look": _CASE,
        f"{REVIEW}.translating.translate": _CASE,
        f"{REVIEW}.typed.keep_typed": "what wasn't sent is nobody's word yet, and only who typed it reads it",
        f"{REVIEW}.typed.forget_typed": "one's own words that weren't sent",
        f"{REVIEW}.opinions.ask": _CASE,
        f"{REVIEW}.opinions.propose": "a proposal is a row that stays, with whose it is",
        f"{REVIEW}.opinions.thumb": "a proposal is a row that stays, with who agreed",
        f"{REVIEW}.appeals.message": "the message itself stays with the appeal, with who wrote it",
        f"{REVIEW}.my_time.rest": _TIME,
        f"{REVIEW}.my_time.back": _TIME,
        f"{REVIEW}.my_time.leave": _TIME,
        f"{REVIEW}.policy.preview": _SEES,
        f"{REVIEW}.servers.preview": _SEES,
        f"{REVIEW}.steps.contact": "asks a server whom it names; what it says of itself is no change by staff",
        f"{REVIEW}.macros.preview": _SEES,
        f"{REVIEW}.training.answer": "an exercise of one's own",
        f"{REVIEW}.batch.preview": "says what would be done, and does nothing",
        f"{REVIEW}.overview.skip_today": "what somebody leaves to others for a day is nobody's business",
        f"{REVIEW}.overview.read": "that a colleague's line was read",
        f"{REVIEW}.my_time.hand_over": "the line itself stays, with who wrote it",
        f"{REVIEW}.on_call.listen": "a device of one's own",
        f"{REVIEW}.on_call.forget": "a device of one's own",
        f"{REVIEW}.on_call.try_out": "calls oneself, to see that it arrives",
        f"{REVIEW}.keys.keep": "one's own keys",
        f"{REVIEW}.queues.choose": "which queue one takes from",
        f"{REVIEW}.training.again": "an exercise of one's own",
        f"{REVIEW}.teaching.begin": "whether one teaches is one's own choice",
        f"{REVIEW}.teaching.stop": "whether one teaches is one's own choice",
        f"{REVIEW}.teaching.answer": "the answer is a row that stays, with whose it is, and changes nothing",
        f"{REVIEW}.teaching.undo": "one's own answer of the last ten minutes",
        f"{REVIEW}.webhooks.again": "sends once more what was sent before; each try stands with its delivery",
    }
)
"""View → why nothing of it is in the log."""


@lru_cache
def calls() -> Mapping[str, frozenset[str]]:
    """Each function of ours, by its full name, with the full names of what it mentions: calls, and functions passed on."""
    found: dict[str, frozenset[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            tree = ast.parse(path.read_text())
            names = dict(imported(tree)) | {
                node.name: f"{module}.{node.name}"
                for node in tree.body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
            }
            for name, node in functions(tree):
                found[f"{module}.{name}"] = frozenset(mentioned(node, names))
            # what a package offers under its own name
            for alias, full in names.items():
                found.setdefault(f"{module}.{alias}", frozenset((full,)))
            tables = (node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and node.value)
            for table in tables:
                targets = table.targets if isinstance(table, ast.Assign) else [table.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        found[f"{module}.{target.id}"] = frozenset(mentioned(table.value, names))
    return found


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Local names of what is imported, with their full ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions of a module, and of its classes as the class itself: who makes one may call any of them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node


def mentioned(node: ast.AST | None, names: Mapping[str, str]) -> Iterator[str]:
    """Full names of what is mentioned, for names that stand for something imported or of this module."""
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Name) and each.id in names:
            yield names[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            yield f"{names[each.value.id]}.{each.attr}"


def reaches(view: str) -> bool:
    """Whether a view leads to the log."""
    graph, seen, waiting = calls(), {view}, [view]
    while waiting:
        for name in graph.get(waiting.pop(), ()):
            if name == LOG:
                return True
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return False


def views(app: Flask) -> dict[str, str]:
    """Full name of each view of the review that takes a POST → its endpoint."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/review"):
            view = app.view_functions[rule.endpoint]
            found[f"{view.__module__}.{view.__name__}"] = rule.endpoint
    return found


def unlogged(app: Flask) -> set[str]:
    """Views that change something and don't lead to the log."""
    return {view for view in views(app) if not reaches(view)}


def test_every_change_by_staff_leads_to_the_log_or_says_why_not(town: Town) -> None:
    found = unlogged(town.app)
    assert len(views(town.app)) > 60
    assert found - set(NOT_LOGGED) == set(), "log what it does (moderation.log.chain), or give the reason above"
    assert set(NOT_LOGGED) - found == set(), "these are logged by now, or gone: take them off the list"


def test_the_search_would_notice_a_change_that_logs_nothing() -> None:
    assert reaches("app.web.review.policy.publish")
    assert not reaches("app.web.review.training.answer")


def test_quality_and_the_houses_own_words_are_in_it(town: Town, admin: AccountRow) -> None:
    visitor = town.at_home(admin)
    contacts = {"contact_email": "hello@house.example", "contact_account": "", "authority_contact": "", "country": ""}
    assert visitor.post("/review/contacts", outside_contact="Olga", **contacts).status_code == 302
    assert visitor.post("/review/outside", name="Olga", email="olga@help.example", language="fr").status_code == 302
    assert visitor.get("/review/log.jsonl").status_code == 200
    with town.services.db.read() as session:
        verbs = set(session.scalars(select(LogRow.verb).where(LogRow.actor == "ada")))
        assert chain.verify(session) is None
    assert verbs >= {"house_changed", "outside_reader_named", "log_exported"}
    page = visitor.page("/review/log")
    assert "Changed what the house says of itself" in page and "Saved the log" in page


def test_what_was_cut_off_or_rewritten_is_noticed(town: Town, admin: AccountRow) -> None:
    for days in (7, 8, 9):
        public_log.choose(town.services, "ada", days)
    with town.services.db.read() as session:
        whole = chain.head(session)
    with town.services.db.write() as session:
        session.execute(delete(LogRow).where(LogRow.seq == whole[0]))
    with town.services.db.read() as session:
        assert chain.verify(session) is None and chain.head(session) != whole, "the head was written down elsewhere"
    with town.services.db.write() as session:
        session.execute(update(LogRow).where(LogRow.seq == 1).values(actor="somebody"))
    with town.services.db.read() as session:
        assert chain.verify(session) == 1


def test_the_public_log_is_closed_until_an_admin_opens_it_and_then_it_is_late(
    town: Town, ana: AccountRow, ben: AccountRow, admin: AccountRow
) -> None:
    services, anybody = town.services, town.visitor()
    post = town.writes(ana, "an ordinary day at the harbour")
    case = Desk(town).reported(ben, post)
    request = DecisionRequest(Action.REMOVE, rule_id="1", reason="It shouts at Benedict.")
    decided = decide.decide(services, admin, case.id, request).decision
    assert anybody.get("/transparency/log").status_code == anybody.get("/transparency/log.json").status_code == 404
    at_home = town.at_home(admin)
    assert at_home.post("/review/log/public", on="/review/log", open="1", days="7").status_code == 302
    assert anybody.get("/transparency/log.json").json == {"decisions": [], "next": None, "days_late": 7}
    with services.db.write() as session:
        session.execute(update(DecisionRow).values(made_at=services.clock.now() - timedelta(days=8)))
    page, told = anybody.page("/transparency/log"), anybody.get("/transparency/log.json")
    assert [each["id"] for each in told.json["decisions"]] == [decided.id]
    assert "people pointed it out" in page
    for private in ("ana", "ben", "ada", "Benedict", "harbour", post.uri):
        assert private not in told.text.replace("transparency", ""), private
    assert anybody.get("/transparency/log?before=x").status_code == 200
    assert at_home.post("/review/log/public", on="/review/log", days="7").status_code == 302
    assert anybody.get("/transparency/log").status_code == 404
