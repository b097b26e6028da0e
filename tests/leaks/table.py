"""The table of what shows posts: for each address that answers to GET, which of the four posts it shows to whom once they
are let in, and whether their author finds them there while they wait; or why it shows none. A new address needs its line.

The posts (`of`): `post`, a member's own, with a hashtag, that names ben and quotes him; `answer`, hers with a poll, to a
post of hers; `note`, hers to ben alone, which answers the first; `far`, from elsewhere, that names ben.
"""

from __future__ import annotations

from dataclasses import dataclass

EVERYBODY = "ana ben dan anyone"
MEMBERS = "ana ben dan"
PEERS = "anyone peer"


@dataclass(frozen=True)
class Shows:
    """An address that shows posts.

    `path` has gaps for numbers; with `{id}` or `{key}` it is asked once for each post. `to` are those who are shown them
    once they are let in. `own`: whether the author is shown hers there while they wait.
    """

    path: str
    of: str = "post far"
    to: str = EVERYBODY
    own: bool = False
    method: str = "GET"
    mark: str = ""
    """What stands there instead of the text, of posts that are named alone."""


STATUS = "/api/v1/statuses/{id}"
ROWS: dict[str, tuple[Shows, ...]] = {
    # What is done to a post answers with it; these come first, so that the lists below have something to show.
    "POST /api/v1/statuses/<public_id>/favourite": (Shows(f"{STATUS}/favourite", to="ben dan", method="POST"),),
    "POST /api/v1/statuses/<public_id>/bookmark": (Shows(f"{STATUS}/bookmark", to="ben dan", method="POST"),),
    "POST /api/v1/statuses/<public_id>/reblog": (Shows(f"{STATUS}/reblog", to="ben dan", method="POST"),),
    "POST /api/v1/statuses/<public_id>/mute": (Shows(f"{STATUS}/mute", "post", "dan", method="POST"),),
    "POST /api/v1/statuses/<public_id>/unmute": (Shows(f"{STATUS}/unmute", "post", "dan", method="POST"),),
    "POST /api/v1/statuses/<public_id>/pin": (Shows(f"{STATUS}/pin", "post", "ana", method="POST"),),
    # Posts
    "GET /api/v1/statuses": (Shows("/api/v1/statuses?id[]={id}", "post answer far", own=True),),
    "GET /api/v1/statuses/<public_id>": (
        Shows(STATUS, "post answer far", own=True),
        Shows(STATUS, "note", "ana ben", own=True),
    ),
    "GET /api/v1/statuses/<public_id>/context": (Shows("/api/v1/statuses/{root}/context", "answer", own=True),),
    "GET /api/v1/statuses/<public_id>/history": (Shows(f"{STATUS}/history", own=True),),
    "GET /api/v1/statuses/<public_id>/source": (Shows(f"{STATUS}/source", "post answer note", "ana", own=True),),
    "GET /api/v1/statuses/<public_id>/quotes": (Shows("/api/v1/statuses/{bens}/quotes", "post", "ana ben dan"),),
    "GET /api/v1/polls/<public_id>": (Shows("/api/v1/polls/{id}", "answer", own=True),),
    # Timelines
    "GET /api/v1/timelines/home": (
        Shows("/api/v1/timelines/home", "post", MEMBERS, own=True),
        Shows("/api/v1/timelines/home", "answer", "ana ben", own=True),
        Shows("/api/v1/timelines/home", "far", "ben"),
    ),
    "GET /api/v1/timelines/public": (
        Shows("/api/v1/timelines/public", own=True),
        Shows("/api/v1/timelines/public", "answer", own=True),
        Shows("/api/v1/timelines/public?local=true", "post", own=True),
        Shows("/api/v1/timelines/public?remote=true", "far"),
    ),
    "GET /api/v1/timelines/tag/<tag>": (Shows("/api/v1/timelines/tag/{tag}", own=True),),
    "GET /api/v1/timelines/list/<public_id>": (
        Shows("/api/v1/timelines/list/{list}", "post answer far", "ben"),
        Shows("/api/v1/timelines/list/{her_list}", "post answer", "ana", own=True),
    ),
    "GET /api/v1/accounts/<public_id>/statuses": (
        Shows("/api/v1/accounts/{ana}/statuses", "post answer", own=True),
        Shows("/api/v1/accounts/{mallory}/statuses", "far"),
        Shows("/api/v1/accounts/{ana}/statuses?pinned=true", "post"),
        Shows("/api/v1/accounts/{ana}/statuses?exclude_replies=true", "post", own=True),
        Shows("/api/v1/accounts/{ana}/statuses?tagged={tag}", "post", own=True),
    ),
    "GET /api/v1/favourites": (Shows("/api/v1/favourites", to="ben dan"),),
    "GET /api/v1/bookmarks": (Shows("/api/v1/bookmarks", to="ben dan"),),
    "GET /api/v1/conversations": (Shows("/api/v1/conversations", "note", "ana ben", own=True),),
    "GET /api/v1/notifications": (
        Shows("/api/v1/notifications?limit=80", "post answer", "ana", own=True),
        Shows("/api/v1/notifications?limit=80", "post note far", "ben"),
    ),
    "GET /api/v2/notifications": (
        Shows("/api/v2/notifications", "post", "ana", own=True),
        Shows("/api/v2/notifications", "post note far", "ben"),
    ),
    "GET /api/v2/search": (
        Shows("/api/v2/search?q={mark}&type=statuses", "post", "ana ben dan", own=True),
        Shows("/api/v2/search?q={mark}&type=statuses", "answer", "ana", own=True),
        Shows("/api/v2/search?q={mark}&type=statuses", "note", "ana ben", own=True),
        Shows("/api/v2/search?q=from:me&type=statuses", "post answer", "ana", own=True),
        Shows("/api/v2/search?q={mark}&type=statuses&account_id={ana}", "post", "ana ben dan", own=True),
        Shows("/api/v2/search?q={uri}&type=statuses", to="ben dan"),
    ),
    "GET /api/v1/trends/statuses": (Shows("/api/v1/trends/statuses", "post"),),
    "GET /api/oembed": (
        Shows("/api/oembed?url={uri}", "post", "anyone"),
        Shows("/api/oembed?url=https://ostiary.example/@ana/{id}", "post", "anyone"),
    ),
    # Pages
    "GET /home": (Shows("/home", "post", MEMBERS, own=True), Shows("/home", "far", "ben")),
    "GET /local": (Shows("/local", "post", own=True),),
    "GET /public": (Shows("/public", own=True),),
    "GET /tags/<name>": (Shows("/tags/{tag}", own=True),),
    "GET /@<handle>": (Shows("/@ana", "post", own=True), Shows("/@mallory@far.example", "far", MEMBERS)),
    "GET /@<handle>/<number>": (
        Shows("/@ana/{id}", "post answer", own=True),
        Shows("/@mallory@far.example/{id}", "far"),
    ),
    "GET /notifications": (
        Shows("/notifications", "post", "ana", own=True),
        Shows("/notifications", "post far", "ben"),
    ),
    "GET /search": (Shows("/search?q={uri}", to=MEMBERS), Shows("/search?q={mark}", "post", MEMBERS, own=True)),
    "GET /posts/<number>/edit": (Shows("/posts/{id}/edit", "post answer", "ana", own=True),),
    "GET /posts/<number>/delete": (Shows("/posts/{id}/delete", "post answer", "ana", own=True),),
    "GET /report/post/<number>": (Shows("/report/post/{id}", to="dan"),),
    "GET /compose": (Shows("/compose?in_reply_to={id}", to="dan"),),
    # What other servers read
    "GET /users/<name>/outbox": (Shows("/users/ana/outbox?page=true", "post", PEERS),),
    "GET /users/<name>/statuses/<key>": (Shows("/users/ana/statuses/{key}", "post answer", PEERS),),
    "GET /users/<name>/statuses/<key>/activity": (Shows("/users/ana/statuses/{key}/activity", "post", PEERS),),
    "GET /users/<name>/statuses/<key>/replies": (
        Shows("/users/ana/statuses/{root_key}/replies?page=true", "answer", PEERS, mark="uri"),
    ),
    "GET /users/<name>/collections/featured": (Shows("/users/ana/collections/featured", "post", PEERS, mark="uri"),),
}

NONE: dict[str, str] = {
    "/": "leads to a timeline",
    "/.well-known/": "names of people and addresses",
    "/about": "the house",
    "/about/model": "the model",
    "/about/model/<name>": "the same, of any version",
    "/about/blocks": "the house's rules about servers, in their public words",
    "/about/blocks.csv": "the same",
    "/about/blocks.json": "the same",
    "/about/blocks/": "the same, for programs",
    "/actor": "the house's own actor, which posts nothing",
    "/actor/outbox": "the house's own actor, which posts nothing",
    "/api/v1/accounts": "people",
    "/api/v1/accounts/<public_id>": "people",
    "/api/v1/accounts/<public_id>/followers": "people",
    "/api/v1/accounts/<public_id>/following": "people",
    "/api/v1/accounts/<public_id>/endorsements": "people",
    "/api/v1/accounts/<public_id>/featured_tags": "hashtags, and how many posts that are shown have each",
    "/api/v1/accounts/<public_id>/lists": "lists",
    "/api/v1/accounts/familiar_followers": "people",
    "/api/v1/accounts/lookup": "people",
    "/api/v1/accounts/relationships": "people",
    "/api/v1/accounts/search": "people",
    "/api/v1/accounts/verify_credentials": "people",
    "/api/v1/apps/verify_credentials": "a program",
    "/api/v1/blocks": "people",
    "/api/v1/custom_emojis": "pictures of the house",
    "/emojis/": "pictures of the house",
    "/api/v1/domain_blocks": "servers",
    "/api/v1/directory": "people",
    "/api/v1/emails/check_confirmation": "a flag of one's own",
    "/api/v1/endorsements": "people",
    "/api/v1/featured_tags": "hashtags, and how many posts that are shown have each",
    "/api/v1/featured_tags/suggestions": "one's own hashtags",
    "/api/v1/suggestions": "people",
    "/api/v2/suggestions": "people",
    "/api/v1/filters": "a member's own words",
    "/api/v1/filters/<public_id>": "a member's own words",
    "/api/v1/follow_requests": "people",
    "/api/v1/followed_tags": "hashtags",
    "/api/v1/instance": "the house",
    "/api/v1/instance/": "the house",
    "/api/v1_alpha/async_refreshes/<key>": "whether more is asked for",
    "/api/v1/timelines/link": "posts with a link that trends, and these have none: tests/app/mastodon/test_newer_endpoints.py",
    "/api/v1/profile": "what is shown of oneself",
    "/api/v1/announcements": "what the house announces",
    "/api/v1/lists": "lists",
    "/api/v1/lists/<public_id>": "lists",
    "/api/v1/lists/<public_id>/accounts": "people",
    "/api/v1/markers": "numbers of one's own",
    "/api/v1/media/<public_id>": "a member's own upload",
    "/api/v1/mutes": "people",
    "/api/v1/notifications/<public_id>": "one of those that the list shows, by the same reading",
    "/api/v1/notifications/policy": "numbers",
    "/api/v1/notifications/requests": "nobody is kept apart here by default: tests/app/mastodon/test_notifications.py",
    "/api/v1/notifications/requests/<public_id>": "as above",
    "/api/v1/notifications/requests/merged": "a flag",
    "/api/v1/notifications/unread_count": "a number, told apart below",
    "/api/v1/preferences": "settings",
    "/api/v1/push/subscription": "a device",
    "/api/v1/scheduled_statuses": "a member's own, before they are posts",
    "/api/v1/scheduled_statuses/<public_id>": "a member's own, before it is a post",
    "/api/v1/statuses/<public_id>/favourited_by": "people",
    "/api/v1/statuses/<public_id>/reblogged_by": "people",
    "/api/v1/tags/<tag>": "a hashtag and its days",
    "/api/v1/trends": "hashtags",
    "/api/v1/trends/links": "links",
    "/api/v1/trends/tags": "hashtags",
    "/api/v2/filters": "a member's own words",
    "/api/v2/filters/": "a member's own words, and numbers of posts",
    "/api/v2/instance": "the house",
    "/api/v2/notifications/<key>": "one of those that the list shows, by the same reading",
    "/api/v2/notifications/<key>/accounts": "people",
    "/api/v2/notifications/policy": "numbers",
    "/api/v2/notifications/unread_count": "a number, told apart below",
    "/appeals/": "for whom a decision is about",
    "/confirm/": "an address that was mailed",
    "/contest/": "for whom a decision is about",
    "/decisions/": "for whom a decision is about",
    "/follow-requests": "people",
    "/healthz": "the machine",
    "/held/<number>": "its author alone, told apart below",
    "/join/": "an invitation",
    "/language/": "a choice",
    "/legal": "a form",
    "/legal/": "for who gave a notice",
    "/letters/": "for whom it was written to",
    "/media/": "files: tests/federation/test_pictures.py",
    "/metrics": "the machine",
    "/news/": "a number, told apart below",
    "/nodeinfo/": "numbers, told apart below",
    "/oauth/": "programs",
    "/outside/": "for whom an appeal was given to",
    "/organisations": "a form",
    "/organisations/": "for whom a letter was sent to",
    "/password": "signing in",
    "/password/": "signing in",
    "/pictures/": "files",
    "/posts/<number>": "leads to a post's page",
    "/privacy": "the house",
    "/privacy/": "the house",
    "/quote-requests": "posts by others that quote one's own: tests/app/quotes",
    "/readyz": "the machine",
    "/record": "decisions about oneself",
    "/report/account/": "a form",
    "/reports": "one's own reports",
    "/reports/": "one's own reports",
    "/settings": "what somebody chose",
    "/settings/": "what somebody chose",
    "/sign-in": "signing in",
    "/sign-in/": "signing in",
    "/sign-up": "signing up",
    "/sign-up/": "signing up",
    "/statements/": "for whom a decision is about",
    "/static/": "files",
    "/terms": "the house",
    "/terms/": "the house",
    "/transparency": "counts of decisions",
    "/transparency/": "counts of decisions",
    "/users/<name>": "people",
    "/users/<name>/collections/tags": "hashtags",
    "/users/<name>/followers": "people",
    "/users/<name>/followers_synchronization": "people",
    "/users/<name>/following": "people",
    "/users/<name>/quote_authorizations/": "a stamp: tests/federation/test_quotes.py",
    "/users/<name>/statuses/<key>/likes": "a number, told apart below",
    "/users/<name>/statuses/<key>/shares": "a number, told apart below",
    "/waiting-list": "a form",
    "/waiting-list/": "for whom a letter was sent to",
    "/welcome/": "signing up",
}
"""Address, or the beginning of several with a slash at its end → what it shows instead."""
STAFF = ("/review", "/api/v1/admin/", "/api/v2/admin/", "/api/ostiary/")
"""For whom they are: tests/security/test_roles.py and tests/expert."""
DEEDS = {
    "PUT /api/v1/statuses/<public_id>": "/api/v1/statuses/{id}?status=New",
    "DELETE /api/v1/statuses/<public_id>": STATUS,
    "PUT /api/v1/statuses/<public_id>/interaction_policy": f"{STATUS}/interaction_policy?quote_approval_policy=nobody",
    "POST /api/v1/statuses/<public_id>/quotes/<quoting_id>/revoke": "/api/v1/statuses/{bens}/quotes/{id}/revoke",
    "POST /api/v1/polls/<public_id>/votes": "/api/v1/polls/{id}/votes?choices[]=0",
} | {
    f"POST /api/v1/statuses/<public_id>/{deed}": f"{STATUS}/{deed}"
    for deed in (
        "favourite", "unfavourite", "bookmark", "unbookmark", "reblog", "unreblog", "mute", "unmute", "pin", "unpin",
        "translate",
    )
}  # fmt: skip
"""What is done to a post that is named: while it waits, who isn't its author is answered as if there were none."""
DEEDS_IN = ("/api/v1/statuses/<public_id>", "/api/v1/polls/<public_id>")
"""Where every write is such a deed. Other writes answer with what was sent, or lead to a page."""


def line_of(method: str, rule: str) -> str | None:
    """What the table says of an address: its row's key, or the reason why it shows nothing; None where it's missing."""
    key = f"{method} {rule}"
    if key in ROWS:
        return key
    if method != "GET":
        return DEEDS.get(key) if rule.startswith(DEEDS_IN) else "answers with what was sent"
    if rule.startswith(STAFF):
        return "for staff"
    return NONE.get(rule) or next(
        (reason for start, reason in NONE.items() if start.endswith("/") and start != "/" and rule.startswith(start)),
        None,
    )
