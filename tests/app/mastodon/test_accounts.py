"""Accounts by the client API."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.barring.tables import BarredMailDomainRow, BarredNetworkRow, NetworkSeverity
from app.federation.wire.twins import FakeWeb
from app.notifications.tables import MailRow, NotificationKind, NotificationRow
from app.oauth import tokens
from app.services import Services
from app.settings import Registration
from tests.app.mastodon.people import Person, member, remote, sign_in


def test_who_keeps_back_whom_they_follow_reads_it_alone(ana: Person, ben: Person) -> None:
    ana.do(f"/api/v1/accounts/{ben.id}/follow")
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    changed = ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"hide_collections": True}).json
    assert changed["hide_collections"] and ben.read(f"/api/v1/accounts/{ana.id}")["hide_collections"]
    for what in ("followers", "following"):
        lists = [who.read(f"/api/v1/accounts/{ana.id}/{what}") for who in (ana, ben)]
        assert [[one["acct"] for one in found] for found in lists] == [["ben"], []]
        assert ana.http.get(f"/api/v1/accounts/{ana.id}/{what}", base_url="https://ostiary.example").json == []
    assert [one["acct"] for one in ana.read(f"/api/v1/accounts/{ben.id}/followers")] == ["ana"], (
        "ben keeps nothing back"
    )


def test_ones_own_account_carries_what_was_typed(ana: Person) -> None:
    me = ana.read("/api/v1/accounts/verify_credentials")
    assert me["acct"] == "ana" and me["id"] == ana.id
    assert me["source"]["privacy"] == "public" and me["source"]["follow_requests_count"] == 0
    assert me["role"] == {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}


def test_an_admin_is_told_so(http: FlaskClient, services: Services) -> None:
    admin = sign_in(http, services, "ada", role=Role.ADMIN)
    assert admin.read("/api/v1/accounts/verify_credentials")["role"]["permissions"] == "1"


def test_a_profile_is_changed_by_form_and_json(ana: Person) -> None:
    form = {
        "display_name": "Ana B.", "note": "Likes trams.\n#lisbon", "locked": "true", "source[privacy]": "unlisted",
        "fields_attributes[0][name]": "Site", "fields_attributes[0][value]": "https://ana.example",
    }  # fmt: skip
    me = ana.send("PATCH", "/api/v1/accounts/update_credentials", data=form).json
    assert me["display_name"] == "Ana B." and me["locked"] is True
    assert "<p>Likes trams." in me["note"] and me["source"]["note"] == "Likes trams.\n#lisbon"
    assert me["source"]["privacy"] == "unlisted"
    assert me["fields"][0]["name"] == "Site" and 'href="https://ana.example"' in me["fields"][0]["value"]
    assert me["source"]["fields"][0]["value"] == "https://ana.example"
    status = ana.says("hello", visibility="public")
    assert status["account"]["display_name"] == "Ana B."
    answer = ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"bot": True, "locked": False}).json
    assert ana.read(f"/api/v1/statuses/{status['id']}")["account"]["bot"] is True
    assert answer["bot"] is True and answer["locked"] is False and answer["display_name"] == "Ana B."
    assert ana.says("hello")["visibility"] == "unlisted"


def test_a_doubtful_profile_waits_and_the_old_one_is_shown(ana: Person, http: FlaskClient) -> None:
    ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"note": "Ana"})
    me = ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"note": "You are all vermin"}).json
    assert me["source"]["note"] == "You are all vermin" and "vermin" not in me["note"]
    assert "vermin" not in http.get(f"/api/v1/accounts/{ana.id}").text


@pytest.mark.parametrize("sent", [{"note": "x" * 501}, {"source": {"privacy": "all"}}])
def test_a_profile_that_cannot_be_is_refused(ana: Person, sent: dict[str, object]) -> None:
    assert ana.send("PATCH", "/api/v1/accounts/update_credentials", json=sent).status_code == 422


def test_accounts_are_found_by_name_here_and_elsewhere(ana: Person, services: Services, http: FlaskClient) -> None:
    mallory = remote(services, "Mallory")
    assert http.get("/api/v1/accounts/lookup?acct=ana").json["id"] == ana.id
    assert http.get("/api/v1/accounts/lookup?acct=@ana@ostiary.example").json["id"] == ana.id
    found = http.get("/api/v1/accounts/lookup?acct=mallory@elsewhere.example").json
    assert found["id"] == str(mallory.id) and found["acct"] == "Mallory@elsewhere.example"
    assert http.get("/api/v1/accounts/lookup?acct=nobody").status_code == 404
    assert http.get("/api/v1/accounts/lookup?acct=nul%00").status_code == 422
    assert [a["acct"] for a in ana.read("/api/v1/accounts/search?q=mal")] == ["Mallory@elsewhere.example"]
    assert ana.read("/api/v1/accounts/search?q=mal&following=true") == []
    assert http.get("/api/v1/accounts/search?q=mal").status_code == 401


@pytest.mark.parametrize("column", ["confirmed_at", "approved_at"])
def test_who_is_not_in_yet_is_found_by_nobody_and_is_no_actor(
    ana: Person, services: Services, http: FlaskClient, column: str
) -> None:
    newcomer = member(services, "newcomer")
    with services.db.write() as session:
        setattr(session.get_one(AccountRow, newcomer.id), column, None)
    assert ana.read("/api/v1/accounts/search?q=newcomer") == []
    assert http.get("/api/v2/search?q=newcomer").json["accounts"] == []
    for path in ("", "/outbox", "/followers", "/following"):
        answer = http.get(f"/users/newcomer{path}", headers={"Accept": "application/activity+json"})
        assert answer.status_code == 404, path


def test_ones_own_account_takes_any_scope_that_reads_it(services: Services, http: FlaskClient) -> None:
    account = member(services, "ben")
    for scope, status in (("profile", 200), ("read", 200), ("read:accounts", 200), ("read:statuses", 403)):
        headers = {"Authorization": f"Bearer {tokens.make(services, account.id, scope)}"}
        for path in ("/api/v1/accounts/verify_credentials", "/api/v1/profile"):
            assert http.get(path, headers=headers).status_code == status, (scope, path)


def test_pictures_from_elsewhere_are_given_out_from_here(services: Services, http: FlaskClient) -> None:
    mallory = remote(services, "mallory", avatar_url="https://elsewhere.example/track.png", display_name="M :blob:",
                     emojis=[{"shortcode": "blob", "url": "https://elsewhere.example/blob.png"}])  # fmt: skip
    answer = http.get(f"/api/v1/accounts/{mallory.id}")
    found = answer.json
    assert "track.png" not in answer.text
    assert found["avatar"].startswith(f"https://ostiary.example/media/avatars/{mallory.id}/")
    assert found["avatar"].endswith("/original.webp")
    assert found["avatar_static"].endswith("/static.webp")
    assert found["header"] == "https://ostiary.example/pictures/header.png"
    [emoji] = found["emojis"]
    assert emoji["shortcode"] == "blob"
    assert emoji["url"].startswith("https://ostiary.example/media/emojis/")


def test_the_houses_stand_in_is_there(http: FlaskClient) -> None:
    with http.get("/pictures/avatar.png") as picture:
        assert picture.status_code == 200 and picture.mimetype == "image/png"


def test_an_accounts_posts_can_be_narrowed(ana: Person, ben: Person) -> None:
    first = ana.says("First #tram")
    reply = ana.says("@ben to you", in_reply_to_id=ben.says("A question")["id"])
    ana.do(f"/api/v1/statuses/{ben.says('Boost me')['id']}/reblog")
    path = f"/api/v1/accounts/{ana.id}/statuses"
    assert len(ana.read(path)) == 3
    assert [s["id"] for s in ana.read(f"{path}?exclude_replies=true&exclude_reblogs=1")] == [first["id"]]
    assert [s["id"] for s in ana.read(f"{path}?exclude_reblogs=on")] == [reply["id"], first["id"]]
    assert [s["id"] for s in ana.read(f"{path}?tagged=Tram")] == [first["id"]]
    assert ana.read(f"{path}?only_media=true") == [] and ana.read(f"{path}?pinned=true") == []


def test_follows_are_made_listed_and_ended(ana: Person, ben: Person) -> None:
    made = ana.do(f"/api/v1/accounts/{ben.id}/follow", json={"reblogs": False, "notify": True})
    assert made["following"] and not made["showing_reblogs"] and made["notifying"]
    assert [a["acct"] for a in ana.read(f"/api/v1/accounts/{ben.id}/followers")] == ["ana"]
    assert [a["acct"] for a in ben.read(f"/api/v1/accounts/{ana.id}/following")] == ["ben"]
    seen = ben.read("/api/v1/accounts/relationships", query_string={"id[]": [ana.id, ben.id, "77"]})
    assert [(r["id"], r["followed_by"]) for r in seen] == [(ana.id, True), (ben.id, False)]
    assert ben.do(f"/api/v1/accounts/{ana.id}/remove_from_followers")["followed_by"] is False
    assert ana.do(f"/api/v1/accounts/{ben.id}/unfollow")["following"] is False


def test_a_locked_member_is_asked_first(ana: Person, ben: Person) -> None:
    ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    assert ben.do(f"/api/v1/accounts/{ana.id}/follow")["requested"] is True
    assert [a["id"] for a in ana.read("/api/v1/follow_requests")] == [ben.id]
    assert ana.read("/api/v1/accounts/verify_credentials")["source"]["follow_requests_count"] == 1
    assert ana.do(f"/api/v1/follow_requests/{ben.id}/authorize")["followed_by"] is True
    assert ana.read("/api/v1/follow_requests") == []
    assert ana.post(f"/api/v1/follow_requests/{ben.id}/reject").status_code == 404


def test_blocks_and_mutes_are_listed_and_taken_back(ana: Person, ben: Person, services: Services) -> None:
    mallory = remote(services, "mallory")
    assert ana.do(f"/api/v1/accounts/{mallory.id}/block")["blocking"] is True
    muted = ana.do(f"/api/v1/accounts/{ben.id}/mute", data={"notifications": "false", "duration": "60"})
    assert muted["muting"] and not muted["muting_notifications"]
    assert [a["id"] for a in ana.read("/api/v1/blocks")] == [str(mallory.id)]
    assert ana.read("/api/v1/mutes")[0]["mute_expires_at"] == "2026-03-02T12:01:00.000Z"
    assert ana.do(f"/api/v1/accounts/{mallory.id}/unblock")["blocking"] is False
    assert ana.do(f"/api/v1/accounts/{ben.id}/unmute")["muting"] is False
    for verb in ("follow", "block", "mute"):
        assert ana.post(f"/api/v1/accounts/{ana.id}/{verb}").status_code in (403, 422)


@pytest.mark.parametrize("public_id", ["0", "abc", "9" * 40, "-1"])
def test_an_account_that_is_not_there_is_not_found(ana: Person, public_id: str) -> None:
    for tail in ("", "/statuses", "/followers", "/following"):
        assert ana.get(f"/api/v1/accounts/{public_id}{tail}").status_code == 404
    for verb in ("follow", "unfollow", "block", "unblock", "mute", "unmute", "remove_from_followers"):
        assert ana.post(f"/api/v1/accounts/{public_id}/{verb}").status_code == 404


def test_accounts_of_a_hidden_domain_are_not_there(ana: Person, services: Services, http: FlaskClient) -> None:
    mallory = remote(services, "mallory", marked_hidden=True)
    assert http.get(f"/api/v1/accounts/{mallory.id}").status_code == 404
    assert http.get("/api/v1/accounts/lookup?acct=mallory@elsewhere.example").status_code == 404
    assert ana.read("/api/v1/accounts/search?q=mallory") == []


def test_a_suspended_accounts_profile_is_empty(services: Services, http: FlaskClient) -> None:
    mallory = remote(services, "mallory", summary="<p>Buy!</p>", suspended_at=services.clock.now())
    found = http.get(f"/api/v1/accounts/{mallory.id}").json
    assert found["suspended"] is True and found["note"] == ""


def test_lists_of_accounts_are_paged_by_their_link_header(ana: Person, services: Services, http: FlaskClient) -> None:
    for number in range(3):
        sign_in(http, services, f"fan{number}").do(f"/api/v1/accounts/{ana.id}/follow")
    first = ana.get(f"/api/v1/accounts/{ana.id}/followers?limit=2")
    assert [a["acct"] for a in first.json] == ["fan2", "fan1"]
    older = first.headers["Link"].split(">")[0].removeprefix("<https://ostiary.example")
    assert "limit=2" in older and [a["acct"] for a in ana.read(older)] == ["fan0"]


def test_somebody_signs_up_from_a_client(services: Services, http: FlaskClient) -> None:
    member(services, "ada", role=Role.ADMIN)
    object.__setattr__(services.settings, "registration", Registration.OPEN)
    app_token = tokens.make(services, None, "read write")
    form = {
        "username": "carla", "email": "carla@mail.example", "password": "a long enough password", "agreement": "true",
        "locale": "fr",
    }  # fmt: skip
    answer = http.post("/api/v1/accounts", data=form, headers={"Authorization": f"Bearer {app_token}"})
    assert answer.status_code == 200, answer.text
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    early = http.get("/api/v1/accounts/verify_credentials", headers=headers)
    assert (early.status_code, early.json["error"]) == (403, "Your login is missing a confirmed e-mail address")
    with services.db.read() as session:
        assert session.query(AccountRow).filter_by(email_lower="carla@mail.example").one().locale == "fr"
    assert http.post("/api/v1/accounts", data=form).status_code == 401


@pytest.fixture
def carla(services: Services, http: FlaskClient) -> Person:
    """Who signed up by a program, and has not confirmed yet."""
    account = member(services, "carla", confirmed_at=None)
    return Person(http, account, tokens.make(services, account.id, "read write"))


CONFIRMATIONS = "/api/v1/emails/confirmations"
CHECK = "/api/v1/emails/check_confirmation"


def letters(services: Services) -> list[str]:
    with services.db.read() as session:
        return list(session.scalars(select(MailRow.to).order_by(MailRow.id)))


def test_the_letter_is_sent_again_to_another_address_if_one_is_given(carla: Person, services: Services) -> None:
    assert carla.read(CHECK) is False
    assert carla.do(CONFIRMATIONS) == {}
    assert carla.do(CONFIRMATIONS, json={"email": "Carla@Post.example"}) == {}
    assert letters(services) == ["carla@mail.example", "Carla@post.example"]
    with services.db.write() as session:
        account = session.get_one(AccountRow, carla.account.id)
        assert account.email_lower == "carla@post.example"
        account.confirmed_at = services.clock.now()
    refused = carla.post(CONFIRMATIONS)
    assert refused.status_code == 403 and "awaiting confirmation" in refused.json["error"]
    assert carla.read(CHECK) is True and len(letters(services)) == 2


def test_nobody_learns_whose_address_has_an_account(carla: Person, ana: Person, services: Services) -> None:
    assert carla.do(CONFIRMATIONS, json={"email": "ana@mail.example"}) == {} and carla.read(CHECK) is False
    assert letters(services) == ["ana@mail.example"]
    with services.db.read() as session:
        text = session.scalars(select(MailRow.text)).one()
        assert "tried to sign up" in text and "/confirm/" not in text
    assert carla.do(CONFIRMATIONS) == {} and len(letters(services)) == 1


@pytest.mark.parametrize(
    ("sent", "field", "word"),
    [
        ({"username": "ada"}, "username", "ERR_TAKEN"), ({"username": "admin"}, "username", "ERR_RESERVED"),
        ({"username": ""}, "username", "ERR_BLANK"), ({"username": "a b"}, "username", "ERR_INVALID"),
        ({"username": "a" * 31}, "username", "ERR_TOO_LONG"), ({"email": "no"}, "email", "ERR_INVALID"),
        ({"email": ""}, "email", "ERR_BLANK"), ({"email": "c@barred.example"}, "email", "ERR_BLOCKED"),
        ({"password": "short"}, "password", "ERR_TOO_SHORT"), ({"password": "x" * 200}, "password", "ERR_TOO_LONG"),
        ({"password": ""}, "password", "ERR_BLANK"), ({"agreement": "false"}, "agreement", "ERR_ACCEPTED"),
        ({"reason": "x" * 2000}, "reason", "ERR_TOO_LONG"),
    ],
)  # fmt: skip
def test_a_refused_sign_up_says_which_field_is_wrong(
    services: Services, http: FlaskClient, sent: dict[str, str], field: str, word: str
) -> None:
    member(services, "ada", role=Role.ADMIN)
    object.__setattr__(services.settings, "registration", Registration.OPEN)
    now = services.clock.now()
    with services.db.write() as session:
        row = BarredMailDomainRow(id=1, domain="barred.example", with_approval=False, barred_by="ada", barred_at=now)
        session.add(row)
    form = {"username": "carla", "email": "carla@mail.example", "password": "a long enough password"}
    bearer = {"Authorization": f"Bearer {tokens.make(services, None, 'read write')}"}
    answer = http.post("/api/v1/accounts", data=form | {"agreement": "true"} | sent, headers=bearer)
    assert answer.status_code == 422 and set(answer.json["details"]) == {field}, answer.text
    (said,) = answer.json["details"][field]
    assert said["error"] == word and said["description"] in answer.json["error"]


def test_by_the_api_an_address_in_use_looks_like_a_free_one(services: Services, http: FlaskClient) -> None:
    member(services, "ada", role=Role.ADMIN)
    object.__setattr__(services.settings, "registration", Registration.OPEN)
    bearer = {"Authorization": f"Bearer {tokens.make(services, None, 'read write')}"}
    for name, email in (("carla", "carla@mail.example"), ("dana", "ada@mail.example")):
        form = {"username": name, "email": email, "password": "a long enough password", "agreement": "true"}
        made = http.post("/api/v1/accounts", data=form, headers=bearer)
        assert made.status_code == 200 and set(made.json) == {"access_token", "token_type", "scope", "created_at"}
        person = {"Authorization": f"Bearer {made.json['access_token']}"}
        early = http.get("/api/v1/accounts/verify_credentials", headers=person)
        assert (early.status_code, early.json["error"]) == (403, "Your login is missing a confirmed e-mail address")
        assert http.get(CHECK, headers=person).json is False
        assert http.get(f"/api/v1/accounts/lookup?acct={name}").status_code == 404
        assert http.get(f"/@{name}").status_code == 404


def test_another_address_is_asked_what_any_sign_up_is_asked(carla: Person, ana: Person, services: Services) -> None:
    assert carla.post(CONFIRMATIONS, json={"email": "no address"}).status_code == 422
    now = services.clock.now()
    with services.db.write() as session:
        session.add(
            BarredMailDomainRow(id=1, domain="barred.example", with_approval=False, barred_by="ada", barred_at=now)
        )
        session.add(
            BarredMailDomainRow(id=2, domain="looked.example", with_approval=True, barred_by="ada", barred_at=now)
        )
    assert carla.post(CONFIRMATIONS, json={"email": "carla@barred.example"}).status_code == 422
    assert letters(services) == []
    assert carla.do(CONFIRMATIONS, json={"email": "carla@looked.example"}) == {}
    with services.db.read() as session:
        assert session.get_one(AccountRow, carla.account.id).approved_at is None, "somebody looks first"


SIX = "2001:db8:1:2::7"


@pytest.mark.parametrize(("severity", "answers", "approved"), [("block", 403, True), ("approval", 200, False)])
def test_an_address_of_ipv6_is_within_the_networks_that_are_barred(
    carla: Person, services: Services, severity: str, answers: int, approved: bool
) -> None:
    _barred(services, f"{SIX}/128", severity)
    answer = carla.post(CONFIRMATIONS, json={"email": "carla@new.example"}, environ_overrides={"REMOTE_ADDR": SIX})
    assert answer.status_code == answers
    with services.db.read() as session:
        assert (session.get_one(AccountRow, carla.account.id).approved_at is not None) is approved


def test_nobody_signs_up_by_a_program_from_an_address_of_ipv6_that_is_barred(
    services: Services, http: FlaskClient
) -> None:
    member(services, "ada", role=Role.ADMIN)
    object.__setattr__(services.settings, "registration", Registration.OPEN)
    _barred(services, f"{SIX}/128", "block")
    headers = {"Authorization": f"Bearer {tokens.make(services, None, 'read write')}"}
    form = {"username": "carla", "email": "carla@mail.example", "password": "a long enough one", "agreement": "true"}
    answer = http.post("/api/v1/accounts", data=form, headers=headers, environ_overrides={"REMOTE_ADDR": SIX})
    assert answer.status_code == 403, answer.text


def _barred(services: Services, network: str, severity: str) -> None:
    with services.db.write() as session:
        session.add(
            BarredNetworkRow(
                id=1,
                network=network,
                severity=NetworkSeverity(severity),
                comment="",
                barred_by="ada",
                barred_at=services.clock.now(),
            )
        )


def test_nobodys_mailbox_is_filled_with_letters_by_many_accounts(services: Services, http: FlaskClient) -> None:
    refused = 0
    for number in range(8):
        account = member(services, f"sock{number}", confirmed_at=None)
        sock = Person(http, account, tokens.make(services, account.id, "read write"))
        wanted, there = f"vic.tim+{number}@post.example", f"203.0.113.{number}"
        answer = sock.post(CONFIRMATIONS, json={"email": wanted}, environ_overrides={"REMOTE_ADDR": there})
        refused += answer.status_code == 429
    assert (len(letters(services)), refused) == (5, 3)


def test_one_network_can_t_ask_for_many_addresses_who_has_one_here(services: Services, http: FlaskClient) -> None:
    answers = []
    for number in range(12):
        account = member(services, f"sock{number}", confirmed_at=None)
        sock = Person(http, account, tokens.make(services, account.id, "read write"))
        asked = sock.post(
            CONFIRMATIONS,
            json={"email": f"somebody{number}@post.example"},
            environ_overrides={"REMOTE_ADDR": f"2001:db8:1:2::{number}"},
        )
        answers.append(asked.status_code)
    assert answers == [200] * 10 + [429] * 2


def test_staff_is_told_of_who_must_be_looked_at_because_of_another_address(carla: Person, services: Services) -> None:
    ada = member(services, "ada", role=Role.MODERATOR)
    _barred(services, "203.0.113.0/24", "approval")
    there = {"REMOTE_ADDR": "203.0.113.7"}
    for address in ("carla@new.example", "carla@newer.example"):
        assert carla.post(CONFIRMATIONS, json={"email": address}, environ_overrides=there).status_code == 200
    with services.db.read() as session:
        told = session.scalars(select(NotificationRow).where(NotificationRow.account_id == ada.id)).all()
    assert [row.kind for row in told] == [NotificationKind.SIGN_UP]


def test_a_program_alone_and_who_is_barred_send_no_letters(
    carla: Person, services: Services, http: FlaskClient
) -> None:
    alone = {"Authorization": f"Bearer {tokens.make(services, None, 'read write')}"}
    assert http.post(CONFIRMATIONS, headers=alone).status_code == 422
    assert http.post(CONFIRMATIONS).status_code == http.get(CHECK).status_code == 401
    with services.db.write() as session:
        session.get_one(AccountRow, carla.account.id).disabled_at = services.clock.now()
    assert carla.post(CONFIRMATIONS).status_code == 403 and letters(services) == []


def test_what_is_only_for_those_whom_it_names_isn_t_in_its_author_s_number(ana: Person, ben: Person) -> None:
    ana.says("Hello"), ana.says("For friends", visibility="private")
    secret = ana.says("@ben a secret", visibility="direct")

    def told() -> int:
        return ben.read(f"/api/v1/accounts/{ana.id}")["statuses_count"]  # type: ignore[no-any-return]

    assert told() == 2
    ana.send("DELETE", f"/api/v1/statuses/{secret['id']}")
    assert told() == 2


def test_a_search_asks_the_other_server_only_when_told_to(ana: Person, services: Services) -> None:
    assert isinstance(services.fetcher, FakeWeb)
    assert ana.read("/api/v2/search?q=@eve@far.example")["accounts"] == []
    assert ana.read("/api/v2/search?q=@eve@far.example&resolve=true")["accounts"] == []
    assert ana.read("/api/v2/search?q=https://far.example/@eve/1&resolve=true")["statuses"] == []


def test_an_account_that_moved_says_where_to_in_every_list(ana: Person, services: Services, http: FlaskClient) -> None:
    new = remote(services, "eve", "new.example", also_known_as=["https://elsewhere.example/users/eve"])
    old = remote(services, "eve", moved_to_uri=new.uri)
    found = [http.get(f"/api/v1/accounts/{old.id}").json, ana.read("/api/v1/accounts/search?q=eve")]
    assert found[0]["moved"]["acct"] == "eve@new.example"
    assert {a["acct"]: "moved" in a for a in found[1]} == {"eve@elsewhere.example": True, "eve@new.example": False}
    liar = remote(services, "liar", moved_to_uri=ana.account.actor.uri)
    assert "moved" not in http.get(f"/api/v1/accounts/{liar.id}").json


def test_what_a_member_says_of_searching_is_in_their_account(
    ana: Person, http: FlaskClient, services: Services
) -> None:
    assert ana.read("/api/v1/accounts/verify_credentials")["source"]["indexable"] is False
    answer = ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": True})
    assert (answer.json["indexable"], answer.json["source"]["indexable"]) == (True, True)
    late = remote(services, "late", memorial=True)
    assert http.get(f"/api/v1/accounts/{late.id}").json["memorial"] is True
