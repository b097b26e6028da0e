"""Mails as rows: sent after their pause, tried again, given up, taken back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from app.clock import FrozenClock
from app.mail import Mail, MailBox, MailError
from app.notifications import post_office
from app.notifications.tables import MailRow
from app.services import Services
from app.stores.jobs import Job
from app.stores.nudges import Nudges

PAUSE = timedelta(minutes=10)
HELLO = Mail("ana@mail.example", "Hello\r\nBcc: mallory@evil.example", "How are you?")


@dataclass
class Refusing:
    """A mail server that takes nothing."""

    permanent: bool
    tried: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        """No."""
        self.tried.append(mail)
        raise MailError("no", permanent=self.permanent)


def put(services: Services, wait: timedelta = post_office.NOW, about: str | None = None) -> None:
    with services.db.write() as session:
        post_office.put(session, services, HELLO, wait=wait, about=about)


def waiting(services: Services) -> int:
    with services.db.read() as session:
        return len(session.scalars(select(MailRow)).all())


def sent(services: Services) -> list[Mail]:
    assert isinstance(services.mailer, MailBox)
    return services.mailer.sent


def test_a_mail_is_nudged_sent_and_forgotten(services: Services) -> None:
    put(services)
    assert isinstance(services.nudger, Nudges) and services.nudger.asked == [Job.MAIL]
    assert post_office.drain(services, 10) == 1
    assert [mail.text for mail in sent(services)] == ["How are you?"] and waiting(services) == 0


def test_a_subject_cannot_smuggle_a_header(services: Services) -> None:
    put(services)
    post_office.drain(services, 10)
    assert sent(services)[0].subject == "Hello Bcc: mallory@evil.example"


def test_a_mail_waits_out_the_undo_window_and_can_be_taken_back(services: Services, clock: FrozenClock) -> None:
    put(services, PAUSE, "decision:1")
    put(services, PAUSE, "decision:2")
    assert post_office.drain(services, 10) == 0
    with services.db.write() as session:
        post_office.take_back(session, "decision:1")
    clock.move(PAUSE)
    assert post_office.drain(services, 10) == 1


def test_a_mail_server_that_is_away_is_asked_again_and_at_last_given_up(services: Services, clock: FrozenClock) -> None:
    away = Refusing(permanent=False)
    services = replace(services, mailer=away)
    put(services)
    for _ in range(post_office.MAX_ATTEMPTS):
        assert waiting(services) == 1
        assert post_office.drain(services, 10) == 0
        clock.move(timedelta(days=3))
    assert waiting(services) == 0 and len(away.tried) == post_office.MAX_ATTEMPTS


def test_a_failed_mail_is_not_tried_again_at_once(services: Services) -> None:
    away = Refusing(permanent=False)
    services = replace(services, mailer=away)
    put(services)
    post_office.drain(services, 10)
    post_office.drain(services, 10)
    assert len(away.tried) == 1


def test_a_refused_address_is_given_up_at_once(services: Services) -> None:
    services = replace(services, mailer=Refusing(permanent=True))
    put(services)
    post_office.drain(services, 10)
    assert waiting(services) == 0
