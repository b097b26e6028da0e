"""A case as its page shows it: moderation's detail and the app's surroundings, as values that templates print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.instance import rules as instance_rules
from app.instance.tables import RuleRow
from app.reviewing import nearest, withholding
from app.reviewing.model import second_stage, text_model
from app.services import Services
from app.web import house, labels
from app.web.review import blind_words, marking, standing_out, suggesting, surroundings, versions, words
from app.web.review.care_views import Care, care_of
from app.web.review.opinion_views import Opinions, opinions_of
from app.web.review.suggesting import Suggestion
from app.web.review.surroundings import Person, Quoted, Server, Thread
from app.web.review.versions import Versions
from moderation import second_model
from moderation.appeals import reading as appeals
from moderation.appeals.values import AppealShown
from moderation.authors import ladder
from moderation.authors.ladder import Recommendation
from moderation.cases import freezing
from moderation.cases.values import CaseDetail, ReportShown
from moderation.evidence.snapshots import Snapshot
from moderation.policy import store
from moderation.quality import blinding
from moderation.reports import forwards
from moderation.values import CaseOrigin, CaseState, Finding, Span, SubjectKind

NOT_OF_HELD = frozenset(
    ("text_model_adapted", "text_model_careful", "text_model_trusted", "over_budget", "author_trusted")
)
"""Why something was *not* held: beside what did hold it, it would only confuse."""

TOLD_ANYWAY = ("spam_sending", "text_too_long", "text_illegible", "context_raised", "context_lowered")
"""What weighed beyond words, told to who reviews whether or not the policy made anything of it."""


@dataclass(frozen=True, slots=True)
class Score:
    """A label's bar: both in hundredths; `line` is where this server holds, if anywhere."""

    name: str
    score: int
    line: int | None


@dataclass(frozen=True, slots=True)
class Alike:
    """A member of the case besides its own subject."""

    uri: str
    person: Person
    text: str
    held: bool
    odd: bool
    because: str
    """What makes it stand out, and how much it differs."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What came of passing a report on to another server."""

    said: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A report with who made it."""

    shown: ReportShown
    reporter: Person | None
    category: str
    rules: str
    on_another: bool
    forwarded: Sequence[Passed]


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """A rule of the house, and what an author of their language would read with it."""

    id: int
    number: int
    text: str
    reason: str
    good: str
    bad: str
    """Examples of what is fine, and of what isn't."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that the template prints."""

    detail: CaseDetail
    blind: bool
    """Its reader answers before they are told what anybody thinks of it."""
    staged: bool
    opinions: Opinions
    care: Care | None
    mine: bool
    working: bool
    lead: str
    sentences: Sequence[str]
    badge: str
    text: Markup
    snapshot: Snapshot | None
    versions: Versions
    reach: int
    author: Person
    server: Server
    thread: Thread
    quoted: Quoted | None
    alike: Sequence[Alike]
    ticked: int
    """How many members a decision about all of them reaches, unless somebody ticks otherwise."""
    more_odd: int
    """How many stand out besides those that are shown."""
    reports: Sequence[Report]
    nearest: str
    """What was decided of cases like it, in a line; empty where there is none."""
    scores: Sequence[Score]
    said_before: str
    """What the text model said when it came, where another read it since."""
    suggestion: Suggestion
    keep: str
    restrained: bool
    rules: Sequence[RuleChoice]
    rule: RuleChoice | None
    plain_reason: str
    author_language: str
    decided: bool
    posted_at: datetime | None
    ladder: Recommendation | None
    """The step that the policy recommends against a member; None for authors elsewhere, and for appeals."""
    mend_by: datetime | None
    """By when its frozen author is to mend it; None where nobody is frozen for it, and while it is read blind."""
    mend_over: bool
    appeal: AppealShown | None
    """What is contested, where the case is an appeal."""


def load(session: Session, services: Services, case_id: int, moderator: str, role: Role) -> CaseView:
    """The case as this moderator may see it. Raises moderation's NotFoundError."""
    now = services.clock.now()
    seen = blinding.see(session, case_id, moderator, now)
    seen = nearest.with_nearest(session, services, seen, moderator, role, now)
    detail = withholding.from_case(seen.detail, role)
    case = detail.case
    post = surroundings.post_of(session, case.uri)
    known = surroundings.people(session, _uris(detail))
    language = language_of(session, case.author_uri)
    rows = instance_rules.rules(session)
    rules = house.read(rows)
    choices = _choices(rows, rules, language)
    suggested = suggesting.rule_for(detail, rules)
    top = _top(detail)
    snapshots = detail.snapshots
    frozen = freezing.in_force(session, case.uri) if case.local and not seen.blind else None
    mend_by = frozen.mend_by if frozen is not None else None
    return CaseView(
        detail=detail,
        blind=seen.blind,
        staged=seen.staged,
        opinions=opinions_of(session, seen, moderator, now),
        care=care_of(session, case_id, language),
        mine=case.state is CaseState.CLAIMED and case.claimed_by == moderator,
        working=case.state is not CaseState.CLAIMED or case.claimed_by == moderator,
        lead=blind_words.lead() if seen.blind else _lead(detail, top),
        sentences=_sentences(detail),
        badge=words.named(case.label, reported=case.origin is CaseOrigin.REPORT and top is None),
        text=marking.marked(snapshots[-1].text, _spans(detail)) if snapshots else Markup(),
        snapshot=snapshots[-1] if snapshots else None,
        versions=versions.of(detail, deleted=surroundings.is_deleted(post)),
        reach=round(math.expm1(2 * case.priority_parts.get("reach", 0.0))),
        author=surroundings.person(known, case.author_uri),
        server=surroundings.server_of(session, case.author_domain),
        thread=Thread() if detail.private else surroundings.thread_of(session, post),
        quoted=surroundings.quoted_of(session, snapshots[-1] if snapshots and not detail.private else None),
        alike=_alike(detail, known),
        ticked=case.members - detail.standing_out,
        more_odd=detail.standing_out - sum(bool(each.marks) for each in detail.members),
        reports=_reports(session, detail, known, choices),
        nearest=words.nearest([each.action for each in detail.nearest]),
        scores=_scores(session, services, detail, now),
        said_before=_said_before(detail),
        suggestion=suggesting.suggest(detail, top.score if top else None),
        keep=blind_words.keep_action(detail) if seen.blind else suggesting.keep_action(detail),
        restrained=not seen.blind and suggesting.is_restrained(detail),
        rules=choices,
        rule=next((one for one in choices if suggested is not None and one.id == suggested.id), None),
        plain_reason=suggesting.reason_without_rule(language),
        author_language=language,
        decided=case.state in (CaseState.DECIDED, CaseState.CLOSED),
        posted_at=post.submitted_at if post is not None else None,
        ladder=_ladder(session, detail, str(suggested.id) if suggested is not None else None, now),
        mend_by=mend_by,
        mend_over=mend_by is not None and mend_by <= now,
        appeal=appeals.shown(session, case_id, moderator) if case.origin is CaseOrigin.APPEAL else None,
    )


def _ladder(session: Session, detail: CaseDetail, rule_id: str | None, now: datetime) -> Recommendation | None:
    case = detail.case
    if not case.local or case.origin in (CaseOrigin.APPEAL, CaseOrigin.CARE):
        return None
    return ladder.recommend(session, case.author_uri, case.label, now, rule_id)


def _uris(detail: CaseDetail) -> list[str]:
    reporters = [each.reporter_uri for each in detail.reports if each.reporter_uri]
    return [detail.case.author_uri, *reporters, *(each.author_uri for each in detail.members)]


def language_of(session: Session, author_uri: str) -> str:
    """The author's, where they are a member; English for letters to nobody."""
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == author_uri))
    account = session.get(AccountRow, actor.id) if actor is not None and actor.local else None
    return account.locale if account is not None else "en"


def _choices(rows: Sequence[RuleRow], rules: Sequence[house.Rule], language: str) -> list[RuleChoice]:
    theirs = {row.id: instance_rules.text_in(row, language) for row in rows}
    return [
        RuleChoice(
            rule.id,
            rule.number,
            rule.text,
            suggesting.reason(theirs[rule.id], rule.number, language),
            rule.good,
            rule.bad,
        )
        for rule in rules
    ]


def _top(detail: CaseDetail) -> Finding | None:
    """The finding that speaks loudest for the case's label."""
    scored = [each for each in detail.findings if each.score is not None and each.label == detail.case.label]
    return max(scored, key=lambda each: each.score or 0.0, default=None)


def _lead(detail: CaseDetail, top: Finding | None) -> str:
    case = detail.case
    if case.origin is CaseOrigin.WAVE:
        return words.lead(1.0, "spam")
    if top is not None and top.score is not None and case.origin is not CaseOrigin.AUDIT:
        return words.lead(top.score, top.label)
    if case.reports:
        return words.reported(case.reports)
    return words.opened(case.origin)


def _sentences(detail: CaseDetail) -> list[str]:
    findings = {each.why: each for each in detail.findings}
    codes = [code for code in detail.why if not (detail.held and code in NOT_OF_HELD)]
    if "pile_on" in codes:  # it is about what others write: there is no author to speak of
        codes.remove("opened_care")
    codes += [code for code in TOLD_ANYWAY if code in findings]
    found = [words.why(code, findings) for code in codes]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _spans(detail: CaseDetail) -> list[Span]:
    """The findings are those of the newest machine verdict, which judged the newest text."""
    return [span for each in detail.findings for span in each.spans]


def _alike(detail: CaseDetail, known: Mapping[str, Person]) -> list[Alike]:
    """Those that stand out, then the least alike: what a moderator should look at before clearing all."""
    others = [each for each in detail.members if each.uri != detail.case.uri]
    farthest = max((each.distance or 0 for each in others), default=0)
    return [
        Alike(
            each.uri,
            surroundings.person(dict(known), each.author_uri),
            " ".join((each.text or "").split())[:160],
            each.held,
            bool(each.marks),
            standing_out.because(each, detail.language, farthest),
        )
        for each in others
    ]


def _reports(
    session: Session, detail: CaseDetail, known: Mapping[str, Person], rules: Sequence[RuleChoice]
) -> list[Report]:
    texts = {str(rule.id): rule.text for rule in rules}
    sent = forwards.of_reports(session, [each.id for each in detail.reports])
    return [
        Report(
            shown=each,
            reporter=surroundings.person(dict(known), each.reporter_uri) if each.reporter_uri else None,
            category=words.category(each.category),
            rules=", ".join(texts[one] for one in each.rule_ids if one in texts),
            on_another=detail.case.kind is SubjectKind.POST and detail.case.uri not in each.subject_uris,
            forwarded=[Passed(labels.forwarded(one), one.reason or "", one.at) for one in sent.get(each.id, ())],
        )
        for each in detail.reports
    ]


def _said_before(detail: CaseDetail) -> str:
    """What the text model said when it came, in hundredths, where another read it since."""
    again = detail.read_again
    found = {each.label: each.score for each in reversed(again.before) if each.score is not None} if again else {}
    ranked = sorted(found.items(), key=lambda each: -each[1])
    return ", ".join(f"{labels.name(label)} {round(100 * score)}" for label, score in ranked) or _("nothing")


def _scores(session: Session, services: Services, detail: CaseDetail, now: datetime) -> list[Score]:
    policy = store.current(session)
    model = text_model(services)
    lines = model.hold_lines if model is not None else {}
    asked = second_stage(services) if any(each.check == second_model.NAME for each in detail.findings) else None
    second = asked.hold_lines if asked is not None else {}
    found: dict[str, Score] = {}
    for each in detail.findings:
        if each.score is not None and each.label not in found:
            line = policy.hold_line(each.label, second if each.check == second_model.NAME else lines, now)
            at = round(100 * line) if line is not None else None
            found[each.label] = Score(labels.name(each.label), round(100 * each.score), at)
    return list(found.values())
