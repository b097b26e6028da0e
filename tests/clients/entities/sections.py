"""What is asked, part by part. Each part makes what it asks for, so that no list is empty."""

from __future__ import annotations

import base64
from datetime import timedelta

from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.announcements import writing
from app.appealing import contest
from app.clock import FrozenClock
from app.emojis import keeping
from app.instance import rules
from app.notifications import severed
from app.notifications.tables import SeveranceKind
from app.posts.tables import AttachmentRow
from app.relationships import follow
from app.settings import Registration
from app.terms import versions
from app.trends import counting
from moderation.cases.tables import DecisionRow
from tests.app import people as cast
from tests.app.mastodon.people import member
from tests.clients.entities.walk import CAT, Walk
from tests.support.pictures import picture

V1, V2 = "/api/v1", "/api/v2"
ADMIN = f"{V1}/admin"


def server(walk: Walk) -> None:
    """What the server says of itself."""
    rules.ensure_defaults(walk.services)
    versions.settle(walk.services)
    walk.get(None, f"{V1}/instance", "V1::Instance")
    walk.get(None, f"{V2}/instance", "Instance")
    walk.get(None, f"{V1}/instance/rules", "[Rule]")
    walk.get(None, f"{V1}/instance/peers", "[text]")
    walk.get(None, f"{V1}/instance/activity", "[Activity]")
    walk.get(None, f"{V1}/instance/extended_description", "ExtendedDescription")
    walk.get(None, f"{V1}/instance/privacy_policy", "PrivacyPolicy")
    terms = walk.get(None, f"{V1}/instance/terms_of_service", "TermsOfService")
    walk.get(None, f"{V1}/instance/terms_of_service/<day>", "TermsOfService", terms["effective_date"])
    keeping.add(walk.services, "kettle", picture(), "Kitchen", "ada")
    [emoji] = walk.get(None, f"{V1}/custom_emojis", "[CustomEmoji]")
    assert emoji["category"] == "Kitchen"
    walk.get(None, f"{V1}/instance/languages", "[Language]")
    walk.get(None, f"{V1}/instance/rules", "[Rule]", headers={"Accept-Language": "fr"})


def programs(walk: Walk) -> None:
    """Programs, and joining by them."""
    given = {"client_name": "Robin", "redirect_uris": "robin://back", "scopes": "read write"}
    app = walk.post(None, f"{V1}/apps", "CredentialApplication", json=given)
    grant = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    token = walk.http.post("/oauth/token", json={**grant, "scope": "read write"}).get_json()
    walk.faults += walk.entities.faults(token, "Token", "POST /oauth/token ")
    robin = {"Authorization": f"Bearer {token['access_token']}"}
    walk.get(None, f"{V1}/apps/verify_credentials", "Application", headers=robin)
    walk.get(None, f"{V1}/accounts/verify_credentials", "Error", status=401)
    object.__setattr__(walk.services.settings, "registration", Registration.OPEN)
    joins = {"username": "nora", "email": "nora@mail.example", "password": "a long enough pass phrase", "locale": "en"}
    walk.post(None, f"{V1}/accounts", "Token", json=joins | {"agreement": True}, headers=robin)
    walk.post(None, f"{V1}/accounts", "Error", status=422, json=joins, headers=robin)
    walk.post(walk.ana, f"{V1}/emails/confirmations", "Error", status=403)
    walk.get(walk.ana, f"{V1}/emails/check_confirmation", "bool")


def posts(walk: Walk) -> None:
    """Posts of all sorts, and what members do with them."""
    ana, ben, cleo = walk.ana, walk.ben, walk.cleo
    for follower in (ben, cleo):
        walk.post(follower, f"{V1}/accounts/<public_id>/follow", "Relationship", ana.id)
    picture = walk.uploads(ana, description="A wall", focus="0.5,0.5")
    walk.uploads(ana, f"{V1}/media")
    walk.get(ana, f"{V1}/media/<public_id>", "MediaAttachment", picture["id"])
    walk.put(ana, f"{V1}/media/<public_id>", "MediaAttachment", picture["id"], json={"description": "A red wall"})
    spare = walk.uploads(ana)
    walk.delete(ana, f"{V1}/media/<public_id>", "Empty", spare["id"])
    first = walk.post(ana, f"{V1}/statuses", "Status", json={"status": "The #ferry left, @ben", "language": "en"})
    said = {"status": "A wall", "media_ids": [picture["id"]], "sensitive": True, "spoiler_text": "walls"}
    walk.post(ana, f"{V1}/statuses", "Status", json=said)
    poll = {"options": ["Yes", "No"], "expires_in": 3600, "multiple": True}
    asked = walk.post(ana, f"{V1}/statuses", "Status", json={"status": "Tea?", "poll": poll})
    walk.post(ben, f"{V1}/polls/<public_id>/votes", "Poll", asked["poll"]["id"], json={"choices": [0, 1]})
    walk.get(None, f"{V1}/polls/<public_id>", "Poll", asked["poll"]["id"])
    single = ana.says("Coffee?", poll={"options": ["Yes", "No"], "expires_in": 3600, "hide_totals": True})
    walk.get(ben, f"{V1}/polls/<public_id>", "Poll", single["poll"]["id"])
    walk.post(ana, f"{V1}/statuses", "Status", json={"status": "Those people are vermin"})
    reply = ben.says("@ana so it did", in_reply_to_id=first["id"])
    quoting = ben.says("Read this", quoted_status_id=first["id"])
    walk.post(cleo, f"{V1}/statuses", "Status", json={"status": "And this", "quoted_status_id": quoting["id"]})
    ids = {"id[]": [first["id"], reply["id"]]}
    walk.get(ben, f"{V1}/statuses", "[Status]", query_string=ids)
    one = f"{V1}/statuses/<public_id>"
    for who in (None, ana, ben):
        walk.get(who, one, "Status", quoting["id"])
    walk.get(ben, one, "Status", elsewhere(walk))
    for verb in ("favourite", "reblog", "bookmark", "mute"):
        walk.post(ben, f"{one}/{verb}", "Status", first["id"])
    walk.get(ben, f"{V1}/favourites", "[Status]")
    walk.get(ben, f"{V1}/bookmarks", "[Status]")
    walk.post(ana, f"{one}/pin", "Status", first["id"])
    walk.get(ana, f"{one}/favourited_by", "[Account]", first["id"])
    walk.get(ana, f"{one}/reblogged_by", "[Account]", first["id"])
    walk.get(ana, f"{one}/quotes", "[Status]", first["id"])
    walk.get(ben, f"{one}/context", "Context", first["id"])
    walk.get(ben, f"{one}/context", "Context", reply["id"])
    walk.put(ana, one, "Status", asked["id"], json={"status": "Tea or coffee?", "poll": poll})
    walk.put(ana, one, "Status", first["id"], json={"status": "The #ferry left at nine, @ben"})
    walk.get(ana, f"{one}/history", "[StatusEdit]", asked["id"])
    walk.get(ana, f"{one}/history", "[StatusEdit]", quoting["id"])
    walk.get(ana, f"{one}/source", "StatusSource", first["id"])
    policy = {"quote_approval_policy": "followers"}
    walk.put(ana, f"{one}/interaction_policy", "Status", first["id"], json=policy)
    revoke = f"{one}/quotes/<quoting_id>/revoke"
    walk.post(ana, revoke, "Status", first["id"], quoting["id"])
    walk.get(cleo, f"{V1}/timelines/home", "[Status]")
    walk.get(None, f"{V1}/timelines/public", "[Status]")
    walk.get(ben, f"{V1}/timelines/tag/<tag>", "[Status]", "ferry")
    for verb in ("unfavourite", "unreblog", "unbookmark", "unmute"):
        walk.post(ben, f"{one}/{verb}", "Status", first["id"])
    walk.post(ana, f"{one}/unpin", "Status", first["id"])
    walk.delete(ben, one, "DeletedStatus", reply["id"])


def elsewhere(walk: Walk) -> int:
    """A post from elsewhere with media, an emoji and a mention."""
    post = cast.post(walk.services, walk.far, "Look :cat:", emojis=CAT)
    kinds = {"1.png": "image/png", "2.mp4": "video/mp4", "3.mp3": "audio/mpeg", "4.svg": "image/svg+xml"}
    with walk.services.db.write() as session:
        for position, (name, kind) in enumerate(kinds.items()):
            place = {"url": f"https://elsewhere.example/{name}", "media_type": kind, "position": position}
            session.add(AttachmentRow(post_pk=post.pk, width=64, height=48, description=name, **place))
    return post.id


def accounts(walk: Walk) -> None:
    """People, and what they are to each other."""
    ana, ben, cleo, dora, far = walk.ana, walk.ben, walk.cleo, walk.dora, walk.far
    walk.get(ana, f"{V1}/accounts/verify_credentials", "CredentialAccount")
    me = {"display_name": "Ana", "note": "Here", "fields_attributes": [{"name": "Place", "value": "https://a.example"}]}
    walk.ask("PATCH", ana, f"{V1}/accounts/update_credentials", "CredentialAccount", json=me)
    walk.ask("PATCH", ana, f"{V1}/accounts/update_credentials", "CredentialAccount", json={"source": {"language": ""}})
    walk.get(walk.lea, f"{V1}/accounts/verify_credentials", "CredentialAccount")
    walk.delete(ana, f"{V1}/profile/avatar", "CredentialAccount")
    walk.delete(ana, f"{V1}/profile/header", "CredentialAccount")
    one = f"{V1}/accounts/<public_id>"
    for who in (ana, far, walk.lea.account):
        walk.get(None, one, "Account", who.id)
    walk.get(ben, f"{V1}/accounts", "[Account]", query_string={"id[]": [ana.id, far.id]})
    walk.get(None, f"{V1}/accounts/lookup", "Account", query_string={"acct": "ana"})
    walk.get(ben, f"{V1}/accounts/search", "[Account]", query_string={"q": "olga"})
    walk.get(ben, f"{one}/statuses", "[Status]", ana.id)
    walk.get(ben, f"{one}/followers", "[Account]", ana.id)
    walk.get(ben, f"{one}/following", "[Account]", cleo.id)
    walk.get(ben, f"{V1}/accounts/relationships", "[Relationship]", query_string={"id[]": [ana.id, far.id]})
    walk.post(ben, f"{one}/note", "Relationship", ana.id, json={"comment": "a friend"})
    walk.post(ben, f"{one}/mute", "Relationship", dora.id, json={"duration": 3600})
    walk.post(ben, f"{one}/mute", "Relationship", cleo.id)
    walk.get(ben, f"{V1}/mutes", "[MutedAccount]")
    walk.post(ben, f"{one}/unmute", "Relationship", cleo.id)
    walk.post(ben, f"{one}/block", "Relationship", dora.id)
    walk.get(ben, f"{V1}/blocks", "[Account]")
    walk.post(ben, f"{one}/unblock", "Relationship", dora.id)
    walk.post(ana, f"{one}/remove_from_followers", "Relationship", cleo.id)
    ana.send("PATCH", f"{V1}/accounts/update_credentials", json={"locked": True})
    for asks in (cleo, dora):
        walk.post(asks, f"{one}/follow", "Relationship", ana.id)
    walk.get(ana, f"{V1}/follow_requests", "[Account]")
    walk.post(ana, f"{V1}/follow_requests/<public_id>/authorize", "Relationship", cleo.id)
    walk.post(ana, f"{V1}/follow_requests/<public_id>/reject", "Relationship", dora.id)
    walk.post(cleo, f"{one}/unfollow", "Relationship", ana.id)
    walk.post(ben, f"{V1}/domain_blocks", "Empty", json={"domain": "loud.example"})
    walk.get(ben, f"{V1}/domain_blocks", "[text]")
    walk.delete(ben, f"{V1}/domain_blocks", "Empty", json={"domain": "loud.example"})
    walk.get(ben, f"{V1}/preferences", "Preferences")
    walk.post(ben, f"{V1}/markers", "Markers", json={"home": {"last_read_id": "1"}})
    walk.get(ben, f"{V1}/markers", "Markers", query_string={"timeline[]": ["home", "notifications"]})


def kept(walk: Walk) -> None:
    """Lists, filters, hashtags, conversations."""
    ana, ben = walk.ana, walk.ben
    made = walk.post(ben, f"{V1}/lists", "List", json={"title": "Friends"})
    one = f"{V1}/lists/<public_id>"
    walk.post(ben, f"{one}/accounts", "Empty", made["id"], json={"account_ids": [ana.id]})
    walk.get(ben, f"{V1}/lists", "[List]")
    walk.get(ben, one, "List", made["id"])
    walk.put(ben, one, "List", made["id"], json={"title": "People", "replies_policy": "none"})
    walk.get(ben, f"{one}/accounts", "[Account]", made["id"])
    walk.get(ben, f"{V1}/accounts/<public_id>/lists", "[List]", ana.id)
    walk.get(ben, f"{V1}/timelines/list/<public_id>", "[Status]", made["id"])
    walk.delete(ben, f"{one}/accounts", "Empty", made["id"], json={"account_ids": [ana.id]})
    walk.delete(ben, one, "Empty", made["id"])
    for verb in ("follow", "unfollow", "follow"):
        walk.post(ben, f"{V1}/tags/<tag>/{verb}", "Tag", "ferry")
    for who in (ben, None):
        walk.get(who, f"{V1}/tags/<tag>", "Tag", "ferry")
    walk.get(ben, f"{V1}/followed_tags", "[Tag]")
    for text in ("olga", "#ferry", "wall"):
        walk.get(ana, f"{V2}/search", "Search", query_string={"q": text})
    psst = ana.says("@ben psst", visibility="direct")
    walk.get(ben, f"{V1}/conversations", "[Conversation]")
    walk.post(ben, f"{V1}/conversations/<public_id>/read", "Conversation", psst["id"])
    walk.delete(ben, f"{V1}/conversations/<public_id>", "Empty", psst["id"])


def filters(walk: Walk) -> None:
    """Filters of both versions."""
    ana, ben = walk.ana, walk.ben
    post = ana.says("the tram is late")
    parts = {"keywords_attributes": [{"keyword": "tram", "whole_word": True}]}
    given = {"title": "Trams", "context": ["home", "public"], "filter_action": "warn", "expires_in": 3600, **parts}
    made = walk.post(ben, f"{V2}/filters", "Filter", json=given)
    one = f"{V2}/filters/<public_id>"
    walk.get(ben, f"{V1}/statuses/<public_id>", "Status", post["id"])
    word = walk.post(ben, f"{one}/keywords", "FilterKeyword", made["id"], json={"keyword": "rails"})
    found = walk.post(ben, f"{one}/statuses", "FilterStatus", made["id"], json={"status_id": post["id"]})
    walk.get(ben, f"{V1}/statuses/<public_id>", "Status", post["id"])
    walk.get(ben, f"{V2}/filters", "[Filter]")
    walk.get(ben, one, "Filter", made["id"])
    walk.put(ben, one, "Filter", made["id"], json={"title": "Rails", "expires_in": ""})
    walk.get(ben, f"{one}/keywords", "[FilterKeyword]", made["id"])
    walk.get(ben, f"{one}/statuses", "[FilterStatus]", made["id"])
    keyword, status = f"{V2}/filters/keywords/<public_id>", f"{V2}/filters/statuses/<public_id>"
    walk.get(ben, keyword, "FilterKeyword", word["id"])
    walk.put(ben, keyword, "FilterKeyword", word["id"], json={"keyword": "rail"})
    walk.delete(ben, keyword, "Empty", word["id"])
    walk.get(ben, status, "FilterStatus", found["id"])
    walk.delete(ben, status, "FilterStatus", found["id"])
    walk.delete(ben, one, "Empty", made["id"])
    old = walk.post(ben, f"{V1}/filters", "V1::Filter", json={"phrase": "bus", "context": ["home"]})
    walk.get(ben, f"{V1}/filters", "[V1::Filter]")
    walk.get(ben, f"{V1}/filters/<public_id>", "V1::Filter", old["id"])
    changed = {"phrase": "buses", "context": ["home"], "expires_in": 60}
    walk.put(ben, f"{V1}/filters/<public_id>", "V1::Filter", old["id"], json=changed)
    walk.delete(ben, f"{V1}/filters/<public_id>", "Empty", old["id"])


def notifications(walk: Walk) -> None:
    """What members are told."""
    ana, ben, cleo, lea = walk.ana, walk.ben, walk.cleo, walk.lea
    kept_apart = {"for_new_accounts": "accept", "for_not_following": "filter"}
    policy = f"{V2}/notifications/policy"
    with walk.services.db.write() as session:
        where = (session, walk.services, ana.account.id, SeveranceKind.DOMAIN_BLOCK, "bad.example")
        severed.lost(*where, follower=True)
    walk.post(lea, f"{ADMIN}/accounts/<public_id>/action", "Empty", ana.id, json={"type": "silence", "text": "Calm"})
    with walk.services.db.read() as session:
        decision_id = session.scalars(select(DecisionRow.id).order_by(DecisionRow.id.desc())).first()
    assert decision_id is not None
    contest.by_author(walk.services, ana.account, decision_id, "I was kind")
    filed = {"account_id": cleo.id, "status_ids": [cleo.says("so there")["id"]], "comment": "rude", "forward": False}
    walk.post(ana, f"{V1}/reports", "Report", json=filed)
    walk.post(ana, f"{V1}/reports", "Report", json={"account_id": walk.far.id, "category": "spam"})
    told = walk.get(ana, f"{V1}/notifications", "[Notification]")
    walk.get(lea, f"{V1}/notifications", "[Notification]")
    walk.get(ana, f"{V1}/notifications/<public_id>", "Notification", told[0]["id"])
    for version in (V1, V2):
        walk.get(ana, f"{version}/notifications/unread_count", "Count")
    groups = walk.get(ana, f"{V2}/notifications", "GroupedNotificationsResults")
    walk.get(lea, f"{V2}/notifications", "GroupedNotificationsResults")
    for follower in (ben, cleo):
        follow.follow(walk.services, int(follower.id), walk.dora.account.id)
    brief = {"expand_accounts": "partial_avatars"}
    walk.get(walk.dora, f"{V2}/notifications", "GroupedNotificationsResults", query_string=brief)
    key = groups["notification_groups"][0]["group_key"]
    walk.get(ana, f"{V2}/notifications/<key>", "GroupedNotificationsResults", key)
    walk.get(ana, f"{V2}/notifications/<key>/accounts", "[Account]", key)
    walk.post(ana, f"{V2}/notifications/<key>/dismiss", "Empty", key)
    last = ana.read(f"{V1}/notifications")[0]
    walk.post(ana, f"{V1}/notifications/<public_id>/dismiss", "Empty", last["id"])
    walk.post(ana, f"{V1}/notifications/clear", "Empty")
    walk.get(ana, policy, "NotificationPolicy")
    for method in ("PATCH", "PUT"):
        walk.ask(method, ana, policy, "NotificationPolicy", json=kept_apart)
    walk.get(ana, f"{V1}/notifications/policy", "V1::NotificationPolicy")
    asks = f"{V1}/notifications/requests"
    for verb in ("dismiss", "accept"):
        for person in (cleo, walk.dora):
            person.says(f"@ana {verb} this")
        first, second = walk.get(ana, asks, "[NotificationRequest]")
        walk.get(ana, f"{asks}/<public_id>", "NotificationRequest", first["id"])
        walk.post(ana, f"{asks}/<public_id>/{verb}", "Empty", first["id"])
        walk.post(ana, f"{asks}/{verb}", "Empty", json={"id": [second["id"]]})
    walk.get(ana, f"{asks}/merged", "Merged")
    first_policy = f"{V1}/notifications/policy"
    for method in ("PATCH", "PUT"):
        walk.ask(method, ana, first_policy, "V1::NotificationPolicy", json={"filter_not_following": False})
    subscribed(walk)


def subscribed(walk: Walk) -> None:
    """Push."""
    path = f"{V1}/push/subscription"
    keys = {"p256dh": base64.urlsafe_b64encode(POINT).decode(), "auth": base64.urlsafe_b64encode(bytes(16)).decode()}
    wish = {
        "subscription": {"endpoint": "https://push.example/1", "keys": keys},
        "data": {"alerts": {"mention": True}, "policy": "all"},
    }
    walk.post(walk.ana, path, "WebPushSubscription", json=wish)
    walk.get(walk.ana, path, "WebPushSubscription")
    walk.put(walk.ana, path, "WebPushSubscription", json={"data": {"alerts": {"poll": True}}})
    walk.delete(walk.ana, path, "Empty")


POINT = bytes.fromhex(
    "04"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The generator of P-256: a point that everybody knows."""


def trends(walk: Walk) -> None:
    """What is spoken of."""
    lea = walk.lea
    crowd = [walk.joins(f"crowd{number}") for number in range(4)]
    with walk.services.db.write() as session:
        for person in crowd:
            session.get_one(ActorRow, person.account.id).discoverable = True
    liked = crowd[0].says("The light over the river")
    for person in crowd:
        person.says("Read https://news.example/kettle #kettle")
        if person is not crowd[0]:
            person.do(f"{V1}/statuses/{liked['id']}/favourite")
    counting.count(walk.services)
    root = f"{ADMIN}/trends"
    shapes = {"tags": "Admin::Tag", "links": "Admin::TrendsLink", "statuses": "Admin::TrendsStatus"}
    for kind, shape in shapes.items():
        waiting = walk.get(lea, f"{root}/{kind}", f"[{shape}]")
        for verb in ("reject", "approve"):
            walk.post(lea, f"{root}/{kind}/<public_id>/{verb}", shape, waiting[0]["id"])
    walk.get(lea, f"{ADMIN}/tags", "[Admin::Tag]")
    walk.get(lea, f"{ADMIN}/tags/<public_id>", "Admin::Tag", "kettle")
    walk.put(lea, f"{ADMIN}/tags/<public_id>", "Admin::Tag", "kettle", json={"trendable": True})
    for who in (None, walk.ana):
        walk.get(who, f"{V1}/trends", "[Tag]")
        walk.get(who, f"{V1}/trends/tags", "[Tag]")
        walk.get(who, f"{V1}/trends/links", "[TrendsLink]")
        walk.get(who, f"{V1}/trends/statuses", "[Status]")
        walk.get(who, f"{V1}/timelines/link", "[Status]", query_string={"url": "https://news.example/kettle"})


def moderators(walk: Walk) -> None:
    """The admin API of people and reports."""
    lea, ada, ben, cleo = walk.lea, walk.ada, walk.ben, walk.cleo
    shape, one = "Admin::Account", f"{ADMIN}/accounts/<public_id>"
    waits, refused = (member(walk.services, name, approved_at=None) for name in ("paul", "quentin"))
    walk.post(lea, f"{one}/approve", shape, waits.id)
    walk.post(lea, f"{one}/reject", shape, refused.id)
    for version in (V1, V2):
        walk.get(lea, f"{version}/admin/accounts", f"[{shape}]")
    for person in (ben, walk.far):
        walk.get(lea, one, shape, person.id)
    for type_, back in (("silence", "unsilence"), ("suspend", "unsuspend"), ("disable", "enable")):
        walk.post(lea, f"{one}/action", "Empty", walk.dora.id, json={"type": type_})
        if type_ == "suspend":
            walk.get(None, f"{V1}/accounts/<public_id>", "Account", walk.dora.id, status=200)
        walk.post(lea, f"{one}/{back}", shape, walk.dora.id)
    leaves = walk.joins("gone")
    lea.do(f"{ADMIN}/accounts/{leaves.id}/action", json={"type": "suspend"})
    walk.delete(ada, one, shape, leaves.id)
    rude = cleo.says("so there, again")
    given = {"account_id": cleo.id, "status_ids": [rude["id"]], "comment": "rude", "category": "violation"}
    number = ben.do(f"{V1}/reports", json=given)["id"]
    report, single = "Admin::Report", f"{ADMIN}/reports/<public_id>"
    walk.get(lea, f"{ADMIN}/reports", f"[{report}]")
    walk.get(lea, single, report, number)
    walk.put(lea, single, report, number, json={"category": "spam"})
    for verb in ("assign_to_self", "unassign", "resolve", "reopen"):
        walk.post(lea, f"{single}/{verb}", report, number)
    walk.get(lea, f"{ADMIN}/reports", f"[{report}]", query_string={"resolved": "true"})


def doors(walk: Walk) -> None:
    """The admin API of domains, of who can't sign up, and of numbers."""
    lea = walk.lea
    blocks = f"{ADMIN}/domain_blocks"
    given = {"domain": "bad.example", "severity": "suspend", "public_comment": "spam", "private_comment": "much"}
    walk.post(lea, blocks, "Admin::DomainBlock", json=given)
    walk.get(lea, blocks, "[Admin::DomainBlock]")
    walk.get(lea, f"{blocks}/<public_id>", "Admin::DomainBlock", "bad.example")
    walk.put(lea, f"{blocks}/<public_id>", "Admin::DomainBlock", "bad.example", json={"severity": "silence"})
    walk.get(None, f"{V1}/instance/domain_blocks", "[DomainBlock]")
    walk.delete(lea, f"{blocks}/<public_id>", "Empty", "bad.example")
    barred = {
        "domain_allows": ("Admin::DomainAllow", {"domain": "good.example"}),
        "email_domain_blocks": ("Admin::EmailDomainBlock", {"domain": "throwaway.example"}),
        "canonical_email_blocks": ("Admin::CanonicalEmailBlock", {"email": "john@mail.example"}),
        "ip_blocks": ("Admin::IpBlock", {"ip": "203.0.113.0/24", "severity": "sign_up_block", "expires_in": 60}),
    }
    for path, (shape, wish) in barred.items():
        made = walk.post(lea, f"{ADMIN}/{path}", shape, json=wish)
        walk.get(lea, f"{ADMIN}/{path}", f"[{shape}]")
        walk.get(lea, f"{ADMIN}/{path}/<public_id>", shape, made["id"])
        if path == "ip_blocks":
            walk.put(
                lea, f"{ADMIN}/{path}/<public_id>", shape, made["id"], json={"comment": "Calmer", "expires_in": ""}
            )
        if path == "canonical_email_blocks":
            walk.post(lea, f"{ADMIN}/{path}/test", f"[{shape}]", json=wish)
        walk.delete(lea, f"{ADMIN}/{path}/<public_id>", "Empty", made["id"])
    about = {"tag_servers": {"id": "kettle"}, "instance_statuses": {"domain": "elsewhere.example"}}
    measures = {"keys": ["new_users", "active_users", "interactions", "instance_statuses"], **about}
    walk.post(lea, f"{ADMIN}/measures", "[Admin::Measure]", json=measures)
    dimensions = {"keys": ["languages", "servers", "space_usage", "software_versions", "tag_servers"], **about}
    walk.post(lea, f"{ADMIN}/dimensions", "[Admin::Dimension]", json=dimensions)
    clock = walk.services.clock
    assert isinstance(clock, FrozenClock)
    since = (clock.now() - timedelta(days=2)).date().isoformat()
    for frequency in ("day", "month"):
        span = {"frequency": frequency, "start_at": since, "end_at": clock.now().date().isoformat()}
        walk.post(lea, f"{ADMIN}/retention", "[Admin::Cohort]", json=span)


def profiles(walk: Walk) -> None:
    """What members show on their profiles, and whom they might follow."""
    ana, ben, cleo = walk.ana, walk.ben, walk.cleo
    featured, one = f"{V1}/featured_tags", f"{V1}/accounts/<public_id>"
    ana.says("Off we go #harbour")
    made = walk.post(ana, featured, "FeaturedTag", json={"name": "ferry"})
    walk.get(ana, featured, "[FeaturedTag]")
    walk.get(None, f"{one}/featured_tags", "[FeaturedTag]", ana.id)
    walk.get(ana, f"{featured}/suggestions", "[Tag]")
    walk.delete(ana, f"{featured}/<public_id>", "Empty", made["id"])
    for verb in ("feature", "unfeature"):
        walk.post(ana, f"{V1}/tags/<tag>/{verb}", "Tag", "harbour")
    nina = walk.joins("nina")
    for follower, followed in ((nina, cleo), (cleo, ben)):
        follow.follow(walk.services, int(follower.id), int(followed.id))
    for verb in ("endorse", "unendorse", "pin", "unpin", "endorse"):
        walk.post(cleo, f"{one}/{verb}", "Relationship", ben.id)
    walk.get(cleo, f"{V1}/endorsements", "[Account]")
    walk.get(None, f"{one}/endorsements", "[Account]", cleo.id)
    walk.get(nina, f"{V1}/accounts/familiar_followers", "[FamiliarFollowers]", query_string={"id[]": [ben.id]})
    suggested = walk.get(nina, f"{V2}/suggestions", "[Suggestion]")
    walk.get(nina, f"{V1}/suggestions", "[Account]")
    walk.delete(nina, f"{V1}/suggestions/<public_id>", "Empty", suggested[0]["account"]["id"])
    walk.get(None, f"{V1}/directory", "[Account]")
    walk.get(ana, f"{V1}/profile", "Profile")
    changed = {"attribution_domains": ["paper.example"], "note": "Sails"}
    walk.ask("PATCH", ana, f"{V1}/profile", "Profile", json=changed)
    walk.get(ana, f"{V1}/accounts/verify_credentials", "CredentialAccount")


def announced(walk: Walk) -> None:
    """What the house announces, and what is asked for behind an answer."""
    ana, one = walk.ana, f"{V1}/announcements/<public_id>"
    row = writing.write(walk.services, walk.ada.account, "We move, @ben #harbour :kettle:", None, None)
    walk.put(ana, f"{one}/reactions/<name>", "Empty", row.id, "☕")
    walk.put(ana, f"{one}/reactions/<name>", "Empty", row.id, "kettle")
    walk.get(ana, f"{V1}/announcements", "[Announcement]")
    walk.delete(ana, f"{one}/reactions/<name>", "Empty", row.id, "☕")
    walk.post(ana, f"{one}/dismiss", "Empty", row.id)
    post = cast.post(walk.services, walk.far, "From afar")
    walk.get(ana, f"{V1}/statuses/<public_id>/context", "Context", post.id)
    walk.get(ana, "/api/v1_alpha/async_refreshes/<key>", "AsyncRefresh", f"context-{post.id}")


def scheduled(walk: Walk) -> None:
    """Posts that are to be published later."""
    ana, path = walk.ana, f"{V1}/scheduled_statuses"
    at = (walk.services.clock.now() + timedelta(hours=1)).isoformat()
    poll = {"options": ["Tea", "Coffee"], "expires_in": 3600}
    said = {"status": "Breakfast", "scheduled_at": at, "poll": poll, "visibility": "unlisted", "language": "en"}
    walk.post(ana, f"{V1}/statuses", "ScheduledStatus", json=said)
    pictured = {"status": "A wall", "scheduled_at": at, "media_ids": [walk.uploads(ana)["id"]], "spoiler_text": "walls"}
    made = walk.post(ana, f"{V1}/statuses", "ScheduledStatus", json=pictured)
    walk.get(ana, path, "[ScheduledStatus]")
    walk.get(ana, f"{path}/<public_id>", "ScheduledStatus", made["id"])
    later = (walk.services.clock.now() + timedelta(hours=2)).isoformat()
    walk.put(ana, f"{path}/<public_id>", "ScheduledStatus", made["id"], json={"scheduled_at": later})
    walk.delete(ana, f"{path}/<public_id>", "Empty", made["id"])


SECTIONS = (
    server, programs, posts, accounts, kept, filters, notifications, profiles, scheduled, announced, trends, moderators, doors
)  # fmt: skip
