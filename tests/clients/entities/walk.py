"""Asking every endpoint of the client API in a house where there is something of everything."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from app.accounts.tables import ActorRow, Role
from app.services import Services
from tests.app.mastodon.people import SCOPES, Person, remote, sign_in
from tests.clients.entities.reading import Entities
from tests.support.pictures import picture

_PLACE = re.compile(r"<(?:\w+:)?\w+>")
STAFF = f"{SCOPES} admin:read admin:write"


@dataclass
class Walk:
    """Who asks, what was asked so far, and what was wrong with the answers."""

    app: Flask
    services: Services
    entities: Entities
    asked: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = self.app.test_client(use_cookies=False)
        for name in ("ana", "ben", "cleo", "dora"):
            self.joins(name)
        self.joins("lea", STAFF, role=Role.LEAD)
        self.joins("ada", STAFF, role=Role.ADMIN)
        self.far = remote(self.services, "olga", display_name="Olga :cat:", emojis=CAT)
        with self.services.db.write() as session:
            for person in self.people.values():
                session.get_one(ActorRow, person.account.id).discoverable = True

    def joins(self, name: str, scope: str = SCOPES, **given: Any) -> Person:
        """Somebody becomes a member."""
        person = self.people[name] = sign_in(self.http, self.services, name, scope, **given)
        return person

    def __getattr__(self, name: str) -> Person:
        """Members by their names."""
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def get(self, who: Person | None, rule: str, shape: str, *places: object, **options: Any) -> Any:
        """GET, and hold what comes back against an entity."""
        return self.ask("GET", who, rule, shape, *places, **options)

    def post(self, who: Person | None, rule: str, shape: str, *places: object, **options: Any) -> Any:
        """POST, and the same."""
        return self.ask("POST", who, rule, shape, *places, **options)

    def put(self, who: Person | None, rule: str, shape: str, *places: object, **options: Any) -> Any:
        """PUT, and the same."""
        return self.ask("PUT", who, rule, shape, *places, **options)

    def delete(self, who: Person | None, rule: str, shape: str, *places: object, **options: Any) -> Any:
        """DELETE, and the same."""
        return self.ask("DELETE", who, rule, shape, *places, **options)

    def ask(
        self, method: str, who: Person | None, rule: str, shape: str, *places: object, status: int = 200, **options: Any
    ) -> Any:
        """Ask; `rule` is as in the application's map, and `places` fill it."""
        if "json" not in options and "data" not in options and method != "GET":
            options["json"] = {}
        left = iter(places)
        path = _PLACE.sub(lambda _found: str(next(left)), rule)
        headers = {**({} if who is None else who.headers), **options.pop("headers", {})}
        answer = self.http.open(path, method=method, headers=headers, **options)
        self.asked.add((method, rule))
        where = f"{method} {rule}"
        if answer.status_code != status:
            self.faults.append(f"{where}: {answer.status_code}, {answer.get_data(as_text=True)[:200]}")
            return None
        found = answer.get_json()
        self.faults += [f"{where} {fault}" for fault in self.entities.faults(found, shape)]
        return found

    def uploads(self, who: Person, rule: str = "/api/v2/media", **more: str) -> Any:
        """Send a picture."""
        form = {"file": (io.BytesIO(picture()), "cat.png"), **more}
        return self.post(who, rule, "MediaAttachment", data=form, content_type="multipart/form-data")


CAT: list[dict[str, str]] = [{"shortcode": "cat", "url": "https://elsewhere.example/emoji/cat.png"}]
