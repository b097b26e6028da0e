"""Push: where a client of a member listens, and of what it is told. One subscription for each token."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.errors import InvalidError
from app.mastodon import answers, blueprint, params
from app.mastodon.params import Params
from app.oauth import bearer
from app.push import identity, subscriptions
from app.push.subscriptions import ALERTS, Wanted
from app.push.tables import PushPolicy, PushSubscriptionRow

api = blueprint.make("push")
PATH = "/api/v1/push/subscription"


@api.post(PATH)
@bearer.require("push")
def subscribe() -> Response:
    """Listen, in the place of what the token listened at before."""
    sent = params.sent()
    where, data = sent.group("subscription"), sent.group("data")
    keys = where.group("keys")
    wanted = Wanted(
        endpoint=where.text("endpoint", most=3000),
        key=keys.text("p256dh", most=200),
        auth=keys.text("auth", most=100),
        token=bearer.token() or "",
        standard=where.flag("standard"),
        policy=_policy(data, sent) or PushPolicy.ALL,
        alerts=_alerts(data) or {},
    )
    viewer = bearer.viewer()
    return _answer(subscriptions.subscribe(current.services(), viewer.token_id, bearer.account_id(), wanted))


@api.get(PATH)
@bearer.require("push")
def subscription() -> Response:
    """What the token listens at."""
    with current.services().db.read() as session:
        return _answer(subscriptions.find(session, bearer.viewer().token_id))


@api.put(PATH)
@bearer.require("push")
def change() -> Response:
    """Be told of other things."""
    sent = params.sent()
    data = sent.group("data")
    row = subscriptions.change(current.services(), bearer.viewer().token_id, _alerts(data), _policy(data, sent))
    return _answer(row)


@api.delete(PATH)
@bearer.require("push")
def unsubscribe() -> Response:
    """Listen no more."""
    subscriptions.unsubscribe(current.services(), bearer.viewer().token_id)
    return answers.json({})


def _alerts(data: Params) -> dict[str, bool] | None:
    if "alerts" not in data:
        return None
    alerts = data.group("alerts")
    return {name: alerts.flag(name) for name in ALERTS if name in alerts}


def _policy(data: Params, sent: Params) -> PushPolicy | None:
    """The documents of Mastodon have it in either place."""
    given = data.text_or_none("policy", most=16) or sent.text_or_none("policy", most=16)
    if given is None:
        return None
    if given not in list(PushPolicy):
        raise InvalidError("Validation failed: Policy is not included in the list", code="policy")
    return PushPolicy(given)


def _answer(row: PushSubscriptionRow) -> Response:
    """A WebPushSubscription."""
    entity: dict[str, Any] = {
        "id": row.id,
        "endpoint": row.endpoint,
        "standard": row.standard,
        "alerts": {name: bool(row.alerts.get(name)) for name in ALERTS},
        "policy": row.policy.value,
        "server_key": identity.public_key(current.services()),
    }
    return answers.json(entity)
