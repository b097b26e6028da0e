"""Being called in a browser: set up by its button, shown by the service worker. Only the maker's push service is played."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from playwright.sync_api import Browser, CDPSession, Page
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.push import sending
from app.push.encryption import encoded
from app.workforce import calling
from tests.app.push.test_push import Device
from tests.browser.conftest import PATIENCE_MILLISECONDS, LiveHouse, before_a_screen
from tests.support.posts import Elsewhere

PAGE = "/review/on-call"
PUSH_SERVICE = """
  const device = %s, kept = () => sessionStorage.getItem("subscribed");
  const raw = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const subscription = {
    endpoint: device.endpoint,
    getKey: (name) => raw(device[name]).buffer,
    unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
  };
  PushManager.prototype.getSubscription = async () => (kept() ? subscription : null);
  PushManager.prototype.subscribe = async (asked) => {
    sessionStorage.setItem("subscribed", asked.userVisibleOnly + " " + asked.applicationServerKey.length);
    return subscription;
  };
"""
AWAKE = """async () => (await navigator.serviceWorker.getRegistration("/static/"))?.active?.state === "activated\""""
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.getRegistration("/static/");
  return (await worker.getNotifications()).map((one) => [one.title, one.body, one.data.url]);
}"""


def until(page: Page, script: str) -> None:
    """Something comes to be so; `wait_for_function` would take the promise of an answer for one."""
    for _ in range(PATIENCE_MILLISECONDS // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(script)


def registration_of(cdp: CDPSession, page: Page) -> str:
    """The id by which Chromium knows the page's service worker."""
    found: list[dict[str, Any]] = []
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    cdp.send("ServiceWorker.enable")
    for _ in range(50):
        for each in found:
            if "/static/" in each["scopeURL"]:
                return str(each["registrationId"])
        page.wait_for_timeout(100)
    raise AssertionError("no service worker was registered")


def test_a_call_is_set_up_sealed_and_shown_by_the_service_worker(chromium: Browser, live: LiveHouse) -> None:
    live.member("cassandra", Role.MODERATOR)
    device = Device(endpoint="http://push.example/cassandra")
    said = {"endpoint": device.endpoint, "p256dh": encoded(device.point), "auth": encoded(device.auth)}
    context, cassandra = before_a_screen(chromium, live, viewport={"width": 390, "height": 844})
    context.grant_permissions(["notifications"], origin=live.address)
    context.add_init_script("{" + PUSH_SERVICE % json.dumps(said) + "}")
    page = cassandra.signs_in("cassandra").goes(PAGE).page
    page.get_by_role("button", name="Tell me on this device").click()
    cassandra.sees("You are called on this device from now on.")
    cassandra.sees("this device")
    assert page.evaluate("sessionStorage.getItem('subscribed')") == "true 65", "visible ones only, by the house's key"

    with live.services.db.read() as session:
        account = session.scalars(
            select(AccountRow).join(ActorRow).where(ActorRow.username == "cassandra", ActorRow.local)
        ).one()
    page.get_by_role("button", name="Call me, to try it").click()
    cassandra.sees("a push to your devices")
    elsewhere = Elsewhere(201)
    with ThreadPoolExecutor(1) as worker:  # this thread has playwright's own event loop
        worker.submit(sending.drain, live.services, poster=elsewhere).result()
    [message] = [each for each in elsewhere.sent if each.url == device.endpoint]
    told = orjson.dumps(device.reads(message)).decode()

    cdp = context.new_cdp_session(page)
    number = registration_of(cdp, page)
    until(page, AWAKE)  # what comes before is lost
    deliver = {"origin": live.address, "registrationId": number, "data": told}
    cdp.send("ServiceWorker.deliverPushMessage", deliver)
    until(page, f"async () => (await ({SHOWN})()).length")
    domain = live.services.settings.domain
    assert page.evaluate(SHOWN) == [
        [f"{domain}: A trial", "This is a trial of being called. Nothing waits.", "/review/on-call"]
    ]

    page.get_by_role("button", name="Take it out").click()
    cassandra.sees("You aren’t called there any more.")
    assert calling.try_out(live.services, account) == 0
    assert cassandra.complaints == []
    context.close()
