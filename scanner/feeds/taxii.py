"""Collections of TAXII 2.1 servers: which pages to ask for, when that has an end, and all of them as one file.

Nothing is fetched here: `scanner.feeds.fetch` gives the pages. A server is not trusted to end: pages, objects and bytes
are bounded, and a page that was already asked for is not asked for again.

References:
    TAXII 2.1, sections 3.4 (filtering), 3.5 (pagination), 3.7 (envelope), 5.4 (objects):
        https://docs.oasis-open.org/cti/taxii/v2.1/os/taxii-v2.1-os.html
    RFC 7617, basic authentication: https://www.rfc-editor.org/rfc/rfc7617
    RFC 6750, bearer tokens: https://www.rfc-editor.org/rfc/rfc6750
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import msgspec

from scanner.feeds.tolerant import MAX_OBJECTS

FORMAT = "taxii"
"""The `format` of a catalogue entry whose address is a collection."""
MEDIA = "application/taxii+json"
ACCEPT = f"{MEDIA};version=2.1"
ADDED_LAST = "x-taxii-date-added-last"
MAX_PAGES = 5000
MAX_TOKEN = 4096
"""Characters of a server's `next`."""
USER, PASSWORD, TOKEN, HOST = (f"BRIDLE_TAXII_{name}" for name in ("USER", "PASSWORD", "TOKEN", "HOST"))
DENIED = f" (the environment may name {TOKEN}, or {USER} and {PASSWORD}; they are sent over https only)"
PLACE = re.compile(r"(.*/collections/[^/]+)(?:/objects)?/?")
BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Page(NamedTuple):
    """What a server answered: the content, and when the last object of it was added, if that is said."""

    data: bytes
    added: str = ""


Get = Callable[[str, dict[str, str]], Page]
"""One page of an address with parameters."""


class Envelope(msgspec.Struct):
    """A page; objects stay as they were sent."""

    more: bool = False
    next: str | None = None
    objects: list[msgspec.Raw] = []


def collection(get: Get, url: str, size: int) -> bytes:
    """All objects of a collection as `{"objects": [...]}`, which is read as STIX.

    Args:
        get: Fetches a page; what it raises is passed on.
        url: The collection's address, or that of its objects; its query (`added_after`, `match[type]`, `limit` …) is
            asked for with every page.
        size: Bytes that all pages may have together.

    Raises:
        ValueError: The address is no collection's, a page is no envelope, or the pages have no end.
    """
    place, filters = address(url)
    asked, taken = dict(filters), 0
    known = {tuple(asked.items())}
    objects: list[msgspec.Raw] = []
    for number in range(1, MAX_PAGES + 1):
        page = get(place, asked)
        if (taken := taken + len(page.data)) > size:
            raise ValueError(f"is larger than a feed may be ({size:,} bytes)")
        envelope = opened(page.data, number)
        objects += envelope.objects
        if len(objects) > MAX_OBJECTS:
            raise ValueError(f"has more objects than a feed may have ({MAX_OBJECTS:,})")
        if not envelope.more:
            return b'{"objects":[' + b",\n".join(map(bytes, objects)) + b"]}\n"
        asked = filters | following(envelope, page.added, number)
        if (mark := tuple(asked.items())) in known:
            raise ValueError(f"page {number} leads back to a page that was already read")
        known.add(mark)
    raise ValueError(f"has more than {MAX_PAGES:,} pages")


def address(url: str) -> tuple[str, dict[str, str]]:
    """Where the objects of a collection are, and the filters of its address.

    Raises:
        ValueError: It is no collection's address, or has a password in it, which would be kept and shown.
    """
    parts = urlsplit(url)
    if (found := PLACE.fullmatch(parts.path)) is None:
        raise ValueError("is no TAXII collection: its address ends in /collections/<id>/ or /collections/<id>/objects/")
    if "@" in parts.netloc:
        raise ValueError(f"has a user in its address: the environment's {USER} and {PASSWORD} are for that")
    return urlunsplit((parts.scheme, parts.netloc, f"{found[1]}/objects/", "", "")), dict(parse_qsl(parts.query))


def opened(data: bytes, number: int) -> Envelope:
    """A page's envelope.

    Raises:
        ValueError: It is none, or not whole.
    """
    try:
        return msgspec.json.decode(data, type=Envelope)
    except RecursionError:
        raise ValueError(f"page {number} is nested too deep") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise ValueError(f"page {number} is no TAXII envelope: {str(error)[:200]}") from None


def following(envelope: Envelope, added: str, number: int) -> dict[str, str]:
    """The parameters of the next page: the server's token, or else what was added after the last object of this one.

    Raises:
        ValueError: There is said to be more, and not how to get it, or nothing came.
    """
    if not envelope.objects:
        raise ValueError(f"page {number} is empty and says that there is more")
    if envelope.next:
        if len(envelope.next) > MAX_TOKEN:
            raise ValueError(f"page {number} names the next one in {len(envelope.next):,} characters")
        return {"next": envelope.next}
    if added:
        return {"added_after": added}
    raise ValueError(f"page {number} says that there is more, and not how to get it")


def spoken(content_type: str) -> bool:
    """Whether an answer's content type is that of TAXII 2.1; a version may be left out."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    versions = [value.strip('" ') for name, _, value in (one.partition("=") for one in parameters) if name == "version"]
    return kind == MEDIA and versions in ([], ["2.1"])


def headers(url: str, own: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request: with who we are only over https, and only to the server that the catalogue names.

    Args:
        url: The address that is asked, maybe after a redirect.
        own: The feed's own address.
        environment: `BRIDLE_TAXII_TOKEN`, or `BRIDLE_TAXII_USER` and `BRIDLE_TAXII_PASSWORD`; if `BRIDLE_TAXII_HOST`
            is set, they are for that server only.

    Raises:
        ValueError: What the environment holds cannot be sent; the message does not tell it.
    """
    accept = {"Accept": ACCEPT}
    to, host = urlsplit(url), environment.get(HOST, "").strip().lower()
    if to.scheme != "https" or server(url) != server(own) or (host and host not in {to.hostname, to.netloc.lower()}):
        return accept
    if token := environment.get(TOKEN, ""):
        if not BEARER.fullmatch(token):
            raise ValueError(f"{TOKEN} is not a token as it can be sent")
        return accept | {"Authorization": f"Bearer {token}"}
    if user := environment.get(USER, ""):
        if ":" in user:
            raise ValueError(f"{USER} has a colon, which cannot be sent")
        pair = f"{user}:{environment.get(PASSWORD, '')}".encode("utf-8", "surrogateescape")
        return accept | {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return accept


def server(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
