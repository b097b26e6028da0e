"""The real services, made from settings: what each process builds once, at its start."""

from __future__ import annotations

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from app.clock import Clock, SystemClock
from app.database.engine import Database
from app.federation.wire.client import Fetcher, make_fetcher
from app.mail import Mailer, NoMailer, SmtpMailer
from app.services import Services
from app.settings import Settings
from app.stores.nudges import RqNudger
from moderation.tools import Tools, make_tools

REDIS_TIMEOUT_SECONDS = 5
