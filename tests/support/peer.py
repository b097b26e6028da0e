"""Another server on loopback: it serves its actors' documents, signs what they send, and keeps what it is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
AS2 = "application/activity+json"


class RemoteActor:
    """Somebody there. Signing is written out here, not borrowed from the code under test."""

    def __init__(self, base: str, name: str) -> None:
        self.name, self.base, self.uri = name, base, f"{base}/users/{name}"

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """Its key, made when it first signs or is looked at."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def document(self) -> dict[str, Any]:
        """The actor document."""
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name.title(),
            "url": self.uri,
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "endpoints": {"sharedInbox": f"{self.base}/inbox"},
            "published": "2021-05-01T00:00:00Z",
            "publicKey": {"id": f"{self.uri}#main-key", "owner": self.uri, "publicKeyPem": pem.decode()},
        }

    def note(self, text: str, mention: str, handle: str) -> dict[str, Any]:
        """A public Create of a Note that mentions somebody."""
        uri = f"{self.uri}/statuses/{uuid.uuid4()}"
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: TID251 - the other server's own clock
        note = {
            "id": uri,
            "type": "Note",
            "attributedTo": self.uri,
            "published": now,
            "to": [PUBLIC],
            "cc": [mention, f"{self.uri}/followers"],
            "content": f'<p><a href="{mention}" class="u-url mention">{handle}</a> {text}</p>',
            "tag": [{"type": "Mention", "href": mention, "name": handle}],
        }
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{uri}/activity",
            "type": "Create",
            "actor": self.uri,
            "published": now,
            "to": note["to"],
            "cc": note["cc"],
            "object": note,
        }

    def send(self, client: httpx.Client, inbox: str, activity: dict[str, Any]) -> httpx.Response:
        """Deliver it, signed as Mastodon signs (draft-cavage, rsa-sha256)."""
        parts, body = urlsplit(inbox), json.dumps(activity).encode()
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        date = format_datetime(datetime.now(UTC), usegmt=True)  # noqa: TID251 - the other server's own clock
        signed = f"(request-target): post {parts.path}\nhost: {parts.netloc}\ndate: {date}\ndigest: {digest}"
        signature = base64.b64encode(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
        return client.post(
            inbox,
            content=body,
            headers={
                "Host": parts.netloc,
                "Date": date,
                "Digest": digest,
                "Content-Type": AS2,
                "Signature": f'keyId="{self.uri}#main-key",algorithm="rsa-sha256",'
                f'headers="(request-target) host date digest",signature="{signature}"',
            },
        )


class Peer:
    """The server; a context manager."""

    def __init__(self, *names: str) -> None:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, kind, document = peer.answer(self.path)
                self._send(status, kind, json.dumps(document).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._send(202, AS2, b"")
                peer.take(json.loads(body))

            def _send(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.domain = f"127.0.0.1:{self._server.server_port}"
        self.base = f"http://{self.domain}"
        self.actors = {name: RemoteActor(self.base, name) for name in names}
        self.received: list[dict[str, Any]] = []

    def __getitem__(self, name: str) -> RemoteActor:
        return self.actors[name]

    def take(self, activity: dict[str, Any]) -> None:
        """Something was delivered, and was answered 202."""
        self.received.append(activity)

    def answer(self, target: str) -> tuple[int, str, dict[str, Any]]:
        """Status, type and document for a GET."""
        parts = urlsplit(target)
        if parts.path == "/.well-known/webfinger":
            resource = parse_qs(parts.query).get("resource", [""])[0]
            name = resource.removeprefix("acct:").partition("@")[0].rpartition("/")[2]
            if name in self.actors:
                links = [{"rel": "self", "type": AS2, "href": self.actors[name].uri}]
                return 200, "application/jrd+json", {"subject": f"acct:{name}@{self.domain}", "links": links}
        segments = parts.path.strip("/").split("/")
        if segments[0] == "users" and len(segments) == 2 and segments[1] in self.actors:
            return 200, AS2, self.actors[segments[1]].document()
        return 404, AS2, {}

    def __enter__(self) -> Peer:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
