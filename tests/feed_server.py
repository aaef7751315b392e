"""A server of feeds on this computer that behaves as badly as it is told to, and feeds of invented values."""

import gzip
import json
import ssl
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def stix(domains: int | list[str] = 40, family: str = "Chimera", processes: tuple[str, ...] = ("lanternd",)) -> bytes:
    """A bundle of invented domains and processes; ids are other ones every time, as publishers make them."""
    names = [f"d{number}.parcel.example" for number in range(domains)] if isinstance(domains, int) else domains
    patterns = [f"[domain-name:value='{name}']" for name in names] + [f"[process:name='{one}']" for one in processes]
    malware = {"type": "malware", "spec_version": "2.1", "id": f"malware--{uuid.uuid4()}", "name": family}
    objects: list[dict[str, Any]] = [malware | {"is_family": False, **TIMES}]
    for pattern in patterns:
        one = {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid4()}", "pattern": pattern}
        objects.append(one | {"pattern_type": "stix", "valid_from": WHEN, "indicator_types": [], **TIMES})
        link = {"type": "relationship", "spec_version": "2.1", "id": f"relationship--{uuid.uuid4()}"}
        ends = {"source_ref": one["id"], "target_ref": malware["id"], "relationship_type": "indicates"}
        objects.append({**link, **ends, **TIMES})
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}).encode()


WHEN = "2026-01-02T03:04:05.000Z"
TIMES = {"created": WHEN, "modified": WHEN}


class Server:
    """What is served by path: bytes, or a function that answers as it likes."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Callable[[Any], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.url = ""

    def statuses(self, path: str) -> list[dict[str, str]]:
        """The headers of every request of a path."""
        return [headers for asked, headers in self.asked if asked == path]


def etag(data: bytes) -> str:
    return f'"{uuid.uuid5(uuid.NAMESPACE_URL, data.hex()[:4000] + str(len(data)))}"'


def plain(handler: Any, data: bytes, status: int = 200, **headers: str) -> None:
    """An honest answer, or one with other headers."""
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(data))} | headers).items():
        if value:
            handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def redirect(target: str) -> Callable[[Any], None]:
    return lambda handler: plain(handler, b"", 302, Location=target)


def status(code: int, **headers: str) -> Callable[[Any], None]:
    return lambda handler: plain(handler, b"no", code, **headers)


def length(data: bytes, said: int) -> Callable[[Any], None]:
    """Says a length that is not that of what it sends, and closes."""
    return lambda handler: plain(handler, data, Content_Length=str(said))


def chunked_and_cut(data: bytes) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s" % (len(data), data[: len(data) // 2]))

    return answer


def compressed(data: bytes, cut: int = 0) -> Callable[[Any], None]:
    packed = gzip.compress(data)
    packed = packed[:-cut] if cut else packed
    return lambda handler: plain(handler, packed, Content_Encoding="gzip")


def hang(handler: Any) -> None:  # noqa: ARG001
    time.sleep(3)


def drip(handler: Any) -> None:
    """Sends a byte now and then: every single wait is short, the whole is without end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "50000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"{")
        handler.wfile.flush()
        time.sleep(0.05)


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    made = made.not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    pem, secret, clear = serialization.Encoding.PEM, folder / "key.pem", serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, clear))
    (folder / "ca.pem").write_bytes(signed.public_bytes(pem))
    return folder / "ca.pem", secret


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """A server in threads of its own; with a certificate and its key, over TLS."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = server.pages.get(self.path)
            with suppress(OSError):
                if page is None:
                    plain(self, b"not here", 404)
                elif not isinstance(page, bytes):
                    page(self)
                elif self.headers.get("If-None-Match") == etag(page):
                    plain(self, b"", 304)
                else:
                    plain(self, page, ETag=etag(page))

        def log_message(self, *_: object) -> None:
            """Be silent."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Clients that hang up are expected."""

    listening = Quiet(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    server.url = f"http{'s' if certificate else ''}://127.0.0.1:{listening.server_address[1]}"
    Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
