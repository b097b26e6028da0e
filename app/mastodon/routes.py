"""Which blueprints there are. What isn't built isn't here, and answers 404."""

from __future__ import annotations

from flask import Blueprint

from app.mastodon import (
    accounts,
    announcements,
    apps,
    async_refreshes,
    bookmarks,
    conversations,
    domain_blocks,
    emails,
    featured,
    filters,
    filters_v1,
    house_words,
    instance,
    lists,
    media,
    notification_groups,
    notification_requests,
    notifications,
    polls,
    push,
    relationships,
    reports,
    scheduled,
    search,
    statuses,
    suggestions,
    tags,
    timelines,
    translating,
    trends,
)
from app.mastodon.admin import accounts as admin_accounts
from app.mastodon.admin import barring as admin_barring
from app.mastodon.admin import domains as admin_domains
from app.mastodon.admin import measuring as admin_measuring
from app.mastodon.admin import reports as admin_reports
from app.mastodon.admin import trends as admin_trends

pictures = Blueprint("pictures", __name__, static_folder="static", static_url_path="/pictures")
"""Stand-ins for pictures of people, in a format that every client draws."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    apps.api,
    instance.api,
    announcements.api,
    house_words.api,
    accounts.api,
    emails.api,
    relationships.api,
    featured.api,
    suggestions.api,
    statuses.api,
    async_refreshes.api,
    scheduled.api,
    polls.api,
    push.api,
    timelines.api,
    translating.api,
    notification_groups.api,
    notification_requests.api,
    notifications.api,
    search.api,
    bookmarks.api,
    conversations.api,
    domain_blocks.api,
    lists.api,
    media.api,
    tags.api,
    filters.api,
    filters_v1.api,
    reports.api,
    admin_accounts.api,
    admin_reports.api,
    admin_domains.api,
    admin_barring.api,
    admin_measuring.api,
    admin_trends.api,
    trends.api,
    pictures,
)
