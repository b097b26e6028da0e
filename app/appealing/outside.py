"""A reader outside of the crew, for houses of one or two: named by the admin, asked by mail, answering by a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts import names, tokens
from app.accounts.tables import AccountRow
from app.appealing.readers import BY, FACT, Reader
from app.enforcement import enact
from app.errors import InvalidError, NotFoundError
from app.instance import facts
from app.mail import Mail
from app.notifications import languages, post_office
from app.reviewing import people
from app.services import Services
from moderation.appeals import answering, reading
from moderation.appeals.tables import AppealOutcome, Party
from moderation.appeals.values import Answer, Answered, Appeal
from moderation.cases import claims
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.log import chain
from moderation.values import Action, Scope, SubjectKind

PURPOSE = "outside"
LIFETIME = timedelta(days=30)
NAME_LONGEST = 100


def name_reader(services: Services, admin: AccountRow, name: str, email: str, language: str) -> Reader | None:
    """Name them, or with empty fields nobody. Raises ForbiddenError, InvalidError."""
    people.require(admin, people.RULES)
    name = " ".join(name.split())[:NAME_LONGEST]
    if bool(name) != bool(email.strip()):
        raise InvalidError(_("A reader outside has a name and an address"), code="reader")
    chosen = Reader(name, names.require_email(email), languages.normal(language)) if name else None
    with services.db.write() as session:
        value = {"name": chosen.name, "email": chosen.email, "language": chosen.language} if chosen else {}
        facts.put(session, FACT, value, services.clock.now())
        chain.append(session, people.name_of(admin), "outside_reader_named", "house:outside", {}, services.clock.now())
    return chosen


def ask(services: Services, session: Session, whom: Reader, appeal: Appeal) -> None:
    """Write to them, in the write that filed the appeal: no word of what it is about, only a link that runs out."""
    _ = languages.translator(whom.language)
    link = services.settings.url(f"/outside/{tokens.sign(services, PURPOSE, [appeal.case_id])}")
    text = _(
        "Hello %(name)s,\n\nsomebody contests a decision of the moderators of %(domain)s. Nobody there may judge it "
        "but who decided, and you agreed to be asked then. You see the content, the decision, and what they say:"
        "\n\n%(link)s\n\nThe link is for you alone, and good for 30 days."
    )
    values = {"name": whom.name, "domain": services.settings.domain, "link": link}
    subject = _("An appeal on %(domain)s waits for your judgement") % values
    post_office.put(session, services, Mail(whom.email, subject, text % values), about=f"appeal:{appeal.id}")


def case_of(services: Services, token: str) -> int:
    """The case that a link opens. Raises InvalidError for what we didn't sign, or more than 30 days ago."""
    match tokens.read(services, PURPOSE, token, LIFETIME):
        case [int(case_id)]:
            return case_id
    raise InvalidError("This link is wrong or too old", code="bad_link")


def _removal(session: Session, case_id: int, reply: str) -> DecisionRequest:
    """What a reporter asked for, as mild as it can be: a post goes, an account is warned or limited."""
    case = session.get_one(CaseRow, case_id)
    if case.kind is SubjectKind.ACCOUNT:
        return DecisionRequest(Action.WARN if case.local else Action.SILENCE, Scope.ACCOUNT, reason=reply)
    return DecisionRequest(Action.REMOVE, reason=reply)


def answer(services: Services, case_id: int, given: Answer) -> Answered:
    """Uphold or overturn. Raises NotFoundError where it isn't theirs (any more), and moderation's errors."""
    with services.db.write() as session:
        row = reading.find_by_case(session, case_id)
        if row is None or row.outside_at is None:
            raise NotFoundError
        now = services.clock.now()
        if row.by is Party.REPORTER and given.outcome is AppealOutcome.OVERTURN:
            given = replace(given, instead=_removal(session, case_id, given.reply))
        claims.take(session, case_id, BY, now)
        done = answering.answer(session, case_id, given, BY, now)
        enact.enact(services, session, done.effects)
    return done
