"""Servers on loopback that answer as they are told, byte by byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = bytes | Callable[[socket.socket], None]


def answer(
    body: bytes = b"{}",
    *,
    status: str = "200 OK",
    content_type: str = "application/activity+json",
    headers: tuple[str, ...] = (),
) -> bytes:
    """A whole answer that closes its connection."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def redirect(location: str) -> bytes:
    """An answer that sends elsewhere."""
    return answer(b"", status="302 Found", headers=(f"Location: {location}",))


@dataclass
class Server:
    """One listening socket; `replies` by path, `requests` as they came."""

    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "remote.example", scheme: str = "http") -> str:
        """The URL of a path here, by a name."""
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server until the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])
    workers: list[threading.Thread] = []

    def accept() -> None:
        while not server.stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            worker = threading.Thread(target=_serve, args=(server, connection, tls))
            worker.start()
            workers.append(worker)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for worker in workers:
            worker.join()


def _serve(server: Server, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    connection.settimeout(10)
    try:
        with tls.wrap_socket(connection, server_side=True) if tls else connection as peer:
            head = read_request(peer)
            if not head:
                return
            server.requests.append(head)
            reply = server.replies.get(head.split(" ")[1], answer(b"", status="404 Not Found"))
            if callable(reply):
                reply(peer)
            else:
                peer.sendall(reply)
    except OSError:
        connection.close()  # the client hung up, which is what most of these tests want


def read_request(peer: socket.socket) -> str:
    """A whole request; empty where the connection was closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = peer.recv(65536)
        if not chunk:
            return ""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += peer.recv(65536)
    return (head + b"\r\n\r\n" + body).decode("latin-1")
