"""Feeds from their servers: the only module that opens connections, and only `bridle feeds` calls it.

Nothing is written here; what comes is bytes in memory, whole or not at all. Servers are not trusted: sizes, times and
redirects are bounded, and no redirect leads from https to http. Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY`,
`ALL_PROXY` and `NO_PROXY`, certificates from `SSL_CERT_FILE`, `SSL_CERT_DIR`, `REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE`.

References:
    RFC 9110, HTTP Semantics (conditional requests, redirects, content coding): https://www.rfc-editor.org/rfc/rfc9110
"""

import os
import random
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from scanner import __version__
from scanner.feeds import taxii
from scanner.feeds.catalogue import one_line, shown_url
from scanner.feeds.files import MAX_BYTES

if TYPE_CHECKING:
    import ssl

    import httpx

MAX_VALIDATOR = 1024
"""Characters of an ETag or a Last-Modified that are kept."""
MAX_WAIT = 30.0
"""Seconds of a `Retry-After` that are waited for."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
DENIED = frozenset({401, 403})
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
CODINGS = {"": 0, "identity": 0, "gzip": 31, "x-gzip": 31, "deflate": 47}
"""Content codings that we ask for or that are common, as zlib's window bits."""


@dataclass(frozen=True)
class Limits:
    """What one feed may cost; seconds and bytes."""

    connect: float = 10.0
    read: float = 20.0
    total: float = 180.0
    attempts: int = 3
    backoff: float = 0.5
    size: int = MAX_BYTES
    redirects: int = 5
    threads: int = 6


@dataclass(frozen=True)
class Wanted:
    """A feed to fetch, and what is known of the version at hand."""

    id: str
    url: str
    etag: str = ""
    modified: str = ""
    taxii: bool = False
    """Whether the address is a collection of a TAXII server."""


@dataclass(frozen=True)
class Fetched:
    """A version, whole as far as the protocol tells."""

    data: bytes
    etag: str = ""
    modified: str = ""
    added: str = ""
    """Of a page of a TAXII collection: when its last object was added."""


@dataclass(frozen=True)
class Same:
    """The version at hand is the newest."""


@dataclass(frozen=True)
class Gone:
    """The server is there, the feed is not."""

    status: int


@dataclass(frozen=True)
class Failed:
    """Nothing came, and why; `reached` tells whether any server answered."""

    why: str
    reached: bool = True


Answer = Fetched | Same | Gone | Failed


class RefusedError(ValueError):
    """An answer that is not taken, and that asking again would not better."""


class AgainError(ValueError):
    """An answer that may be better next time; `after` is how many seconds the server asks to wait."""

    def __init__(self, why: str, *, reached: bool = True, after: float = 0.0) -> None:
        super().__init__(why)
        self.reached, self.after = reached, after


@dataclass
class Work:
    """What the threads share."""

    limits: Limits
    tasks: "Queue[Wanted]" = field(default_factory=Queue)
    answers: "Queue[tuple[Wanted, Answer]]" = field(default_factory=Queue)
    unreachable: dict[str, str] = field(default_factory=dict)
    """Servers that could not be reached, and why: asking each of their feeds would only take time."""


def fetch(wanted: list[Wanted], limits: Limits | None = None) -> Iterator[tuple[Wanted, Answer]]:
    """Fetch feeds side by side; the answers as they come, one for every feed, and no exception."""
    work = Work(limits or Limits())
    for one in wanted:
        work.tasks.put(one)
    threads = min(work.limits.threads, len(wanted))
    for _ in range(threads):  # daemons: one that hangs does not keep the program from ending
        threading.Thread(target=labour, args=(work,), daemon=True).start()
    until = time.monotonic() + (work.limits.total + 10) * -(-len(wanted) // max(threads, 1))
    missing = {one.id: one for one in wanted}
    while missing:
        try:
            one, answer = work.answers.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            break
        del missing[one.id]
        yield one, answer
    for one in missing.values():
        yield one, Failed("took too long")


def labour(work: Work) -> None:
    """One thread: feed after feed until there is none."""
    try:
        context = trust()
    except (OSError, ValueError) as error:
        context = None
        failed: Answer = Failed(f"the certificates that the environment names cannot be read: {one_line(error)}")
    while True:
        try:
            one = work.tasks.get_nowait()
        except Empty:
            return
        try:
            answer = (collected if one.taxii else tried)(one, work, context) if context else failed
        except Exception as error:  # noqa: BLE001 - every feed gets an answer, whatever a server makes of our libraries
            answer = Failed(f"cannot be fetched: {type(error).__name__}: {one_line(error)}")
        work.answers.put((one, answer))


def trust() -> "ssl.SSLContext":
    """The certificates that are trusted.

    Raises:
        OSError: a file that the environment names is not there or none.
    """
    import ssl

    import httpx

    own = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # httpx heeds these itself
    others = (os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    named = next(filter(None, others), None)
    if named is None or any(os.environ.get(name) for name in own):
        return httpx.create_ssl_context()
    return (
        ssl.create_default_context(capath=named) if Path(named).is_dir() else ssl.create_default_context(cafile=named)
    )


class PageError(Exception):
    """A page of a collection did not come, and with that the collection."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def collected(one: Wanted, work: Work, context: "ssl.SSLContext") -> Answer:
    """All pages of a TAXII collection as one file, within the time of one feed."""
    deadline, pages = time.monotonic() + work.limits.total, 0

    def page(url: str, parameters: dict[str, str]) -> taxii.Page:
        nonlocal pages
        asked = f"{url}?{urlencode(parameters)}" if parameters else url
        answer = tried(replace(one, url=asked, etag="", modified=""), work, context, deadline)
        pages += 1
        if isinstance(answer, Fetched):
            return taxii.Page(answer.data, answer.added)
        if isinstance(answer, Gone) and pages > 1:
            answer = Failed(f"page {pages}: the server answers {answer.status}")
        raise PageError(answer)

    try:
        return Fetched(taxii.collection(page, one.url, work.limits.size))
    except PageError as error:
        return error.answer
    except ValueError as error:
        return Failed(str(error))


def tried(one: Wanted, work: Work, context: "ssl.SSLContext", deadline: float = 0.0) -> Answer:
    """A feed, asked for again while that may help."""
    import httpx

    limits, host = work.limits, urlsplit(one.url).netloc
    deadline = deadline or time.monotonic() + limits.total
    if time.monotonic() > deadline:
        return Failed(f"not complete after {limits.total:g} seconds")
    failed = Failed("was not asked for")
    for attempt in range(limits.attempts):
        if host in work.unreachable:
            return Failed(work.unreachable[host], reached=False)
        try:
            times = httpx.Timeout(limits.read, connect=limits.connect)
            with httpx.Client(verify=context, timeout=times, headers=dict(HEADERS), follow_redirects=False) as client:
                return followed(client, one, limits, deadline)
        except RefusedError as error:
            return Failed(str(error))
        except AgainError as error:
            failed = Failed(str(error), reached=error.reached)
            pause = max(error.after, limits.backoff * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
        if attempt + 1 == limits.attempts or time.monotonic() + pause > deadline:
            break
        time.sleep(pause)
    if not failed.reached:
        work.unreachable[host] = failed.why
    return failed


HEADERS = {"User-Agent": f"bridle/{__version__}", "Accept": "*/*", "Accept-Encoding": "gzip"}


def followed(client: "httpx.Client", one: Wanted, limits: Limits, deadline: float) -> Answer:
    """The answer of the server, or of those that it sends us to.

    Raises:
        RefusedError: it is not to be taken.
        AgainError: it may be better next time.
    """
    import httpx

    url = one.url
    try:
        for _ in range(limits.redirects + 1):
            if urlsplit(url).scheme not in {"http", "https"}:
                raise RefusedError("is not an http or https address")
            with client.stream("GET", url, headers=conditions(one, url)) as response:
                if response.status_code not in REDIRECTS:
                    return answered(response, one, limits, deadline)
                url = redirected(url, response.headers.get("location", ""))
        raise RefusedError(f"redirects more than {limits.redirects} times")
    except httpx.ProxyError as error:
        raise AgainError(f"the proxy refuses: {one_line(error)}", reached=False) from None
    except httpx.UnsupportedProtocol as error:
        raise RefusedError(one_line(error)) from None
    except httpx.ConnectTimeout:
        raise AgainError(f"no connection within {limits.connect:g} seconds", reached=False) from None
    except httpx.TimeoutException:
        raise AgainError(f"no answer within {limits.read:g} seconds") from None
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise RefusedError(f"its certificate is not trusted: {one_line(error)}") from None
        raise AgainError(f"cannot be reached: {one_line(error)}", reached=False) from None
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise AgainError(f"broke off: {one_line(error)}") from None
    except (httpx.InvalidURL, UnicodeError) as error:
        raise RefusedError(f"is no address: {one_line(error)}") from None


def conditions(one: Wanted, url: str) -> dict[str, str]:
    """The headers that ask for a newer version only, or for a page of a TAXII collection."""
    if one.taxii:
        try:
            return taxii.headers(url, one.url, os.environ)
        except ValueError as error:
            raise RefusedError(str(error)) from None
    asked = {"If-None-Match": one.etag, "If-Modified-Since": one.modified}
    return {name: value for name, value in asked.items() if value}


def redirected(url: str, location: str) -> str:
    """Where a redirect leads.

    Raises:
        RefusedError: nowhere, or from https to something less.
    """
    try:
        target = urljoin(url, location)
        scheme = urlsplit(target).scheme
    except ValueError:
        raise RefusedError("redirects to no address") from None
    if not location or scheme not in {"http", "https"}:
        raise RefusedError("redirects to no http or https address")
    if urlsplit(url).scheme == "https" and scheme != "https":
        raise RefusedError(f"redirects from https to http: {shown_url(target)[:200]}")
    return target


def answered(response: "httpx.Response", one: Wanted, limits: Limits, deadline: float) -> Answer:
    """A final answer."""
    status = response.status_code
    if status == 304:
        if not (one.etag or one.modified):
            raise RefusedError("says that nothing has changed (304), without having been asked")
        return Same()
    if status in GONE:
        return Gone(status)
    if status in AGAIN:
        raise AgainError(f"the server answers {status}", after=retry_after(response.headers.get("retry-after", "")))
    if status != 200:
        raise RefusedError(f"the server answers {status}{taxii.DENIED if one.taxii and status in DENIED else ''}")
    if one.taxii and not taxii.spoken(response.headers.get("content-type", "")):
        raise RefusedError(f"answers in another content type than {taxii.ACCEPT}")
    data, kept = body(response, limits, deadline), ("etag", "last-modified", taxii.ADDED_LAST)
    return Fetched(data, *(validator(response.headers.get(name, "")) for name in kept))


def body(response: "httpx.Response", limits: Limits, deadline: float) -> bytes:
    """What an answer holds, decoded, with its size bounded before and after decoding."""
    declared = response.headers.get("content-length", "")
    coding = response.headers.get("content-encoding", "").strip().lower()
    if declared.isdecimal() and int(declared[:20]) > limits.size:
        raise RefusedError(f"{int(declared[:20]):,} bytes are more than a feed may have ({limits.size:,})")
    if coding not in CODINGS:
        raise RefusedError("comes in a content coding that was not asked for")
    decoder = zlib.decompressobj(CODINGS[coding]) if CODINGS[coding] else None
    made, taken = bytearray(), 0
    for chunk in response.iter_raw():
        taken += len(chunk)
        made += decoded(decoder, chunk, limits.size + 1 - len(made)) if decoder else chunk
        if max(taken, len(made)) > limits.size:
            raise RefusedError(f"is larger than a feed may be ({limits.size:,} bytes)")
        if time.monotonic() > deadline:
            raise AgainError(f"not complete after {limits.total:g} seconds")
    if decoder and (not decoder.eof or decoder.unused_data):
        raise AgainError("broke off: the compressed content is not whole")
    if declared.isdecimal() and taken != int(declared[:20]):
        raise AgainError(f"broke off: {taken:,} bytes came of {int(declared[:20]):,}")
    return bytes(made)


def decoded(decoder: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    """More of a compressed content, at most so many bytes."""
    try:
        return decoder.decompress(chunk, max(room, 1))
    except zlib.error:
        raise RefusedError("its compressed content is damaged") from None


def retry_after(value: str) -> float:
    """The seconds that a server asks to wait, as far as we do."""
    return min(float(value[:6]), MAX_WAIT) if value.strip().isdecimal() else 0.0


def validator(value: str) -> str:
    """An ETag or a time to send back next time; none that is odd."""
    return value if len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else ""
