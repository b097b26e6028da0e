"""A relay on loopback: to whom follows everybody by its inbox it forwards, to whom follows its actor it announces."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import httpx

from tests.support.peer import PUBLIC, Peer, RemoteActor


class _Service(RemoteActor):
    def document(self) -> dict[str, Any]:
        """An Application, as relays are."""
        return super().document() | {"type": "Application"}


class LiveRelay(Peer):
    """The server; a context manager. It agrees with everybody, and follows back who follows its actor."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self.actors["relay"] = _Service(self.base, "relay")
        self.members: dict[str, bool] = {}
        """Inbox → whether things are passed on whole."""
        self._lock = threading.Lock()

    def take(self, activity: dict[str, Any]) -> None:
        """Answer, or pass on; the sender has had its 202."""
        super().take(activity)
        threading.Thread(target=self._deal_with, args=(activity,), daemon=True).start()

    def _deal_with(self, activity: dict[str, Any]) -> None:
        kind = activity["type"]
        with httpx.Client(timeout=20) as client:
            if kind == "Follow":
                self._agree(client, activity)
            elif kind == "Undo":
                with self._lock:
                    self.members.pop(_inbox_of(activity), None)
            elif kind in ("Create", "Update", "Delete"):
                self._pass_on(client, activity)

    def _agree(self, client: httpx.Client, follow: dict[str, Any]) -> None:
        inbox = _inbox_of(follow)
        whole = follow["object"] == PUBLIC
        if not whole:
            self.me.send(client, inbox, self._activity("Follow", follow["actor"]))
        with self._lock:  # before it's told: it may say something at once
            self.members[inbox] = whole
        inner = {name: follow[name] for name in ("id", "type", "actor", "object")}
        self.me.send(client, inbox, self._activity("Accept", inner))

    def _pass_on(self, client: httpx.Client, activity: dict[str, Any]) -> None:
        with self._lock:
            others = {inbox: whole for inbox, whole in self.members.items() if inbox != _inbox_of(activity)}
        for inbox, whole in others.items():
            if whole or activity["type"] != "Create":
                self.me.send(client, inbox, activity)
            else:
                self.me.send(client, inbox, self._activity("Announce", activity["object"]["id"]))

    def _activity(self, kind: str, what: Any) -> dict[str, Any]:
        uri = f"{self.me.uri}/{uuid.uuid4()}"
        to = [f"{self.me.uri}/followers"]
        return {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": kind, "actor": self.me.uri, "object": what, "to": to}  # fmt: skip


def _inbox_of(activity: dict[str, Any]) -> str:
    """The shared inbox of who acts."""
    return "/".join(activity["actor"].split("/")[:3]) + "/inbox"
