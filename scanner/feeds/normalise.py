"""Normal forms: the one place where case, IDNA, defanging, paths and URLs are settled.

Feed readers bring indicators to normal form once; the matcher brings what it observes to the same form, many times.

References:
    RFC 1035 (names), RFC 4632 (CIDR): https://www.rfc-editor.org/rfc/rfc1035 https://www.rfc-editor.org/rfc/rfc4632
"""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

from scanner.feeds.observed import (
    E164,
    INVISIBLE,
    PORT,
    a_label,
    email,
    host_in,
    host_of,
    ip,
    organisation,
    path,
    phone,
    split,
    url,
)
from scanner.record import Kind

__all__ = ["email", "host_of", "indicator", "ip", "organisation", "path", "phone", "refang", "url", "weakness"]

MAX_VALUE = 8192
"""Characters of the longest indicator value that is taken; the longest URL that browsers agree on is far shorter."""
SHORT = 4
COMMON = frozenset({"backupagent", "payload", "payload.dylib", "update", "updater", "helper", "agent", "daemon"})

NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}\Z")
HEX = re.compile(r"[0-9a-f]+\Z")
SURROGATE = re.compile(r"[\ud800-\udfff]")
CONTROL = re.compile(r"[\0-\x1f\x7f]")

DEFANGED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (r"[\[({]\s?(?:\.|dot)\s?[\])}]|\[\.|(?<=\w)\.\]|\\\.", "."),
        (r"[\[({]://[\])}]", "://"),
        (r"[\[({]:[\])}]", ":"),
        (r"[\[({]/[\])}]", "/"),
        (r"\s?[\[({](?:@|at)[\])}]\s?", "@"),
        (r"\Ah(?:xx|\*\*|tt|XX)p(s?)(?=:|__)(?:__)?", r"http\1"),
        (r"\Afxp(s?)(?=:)", r"ftp\1"),
    )
)
BY_LENGTH = {32: Kind.MD5, 40: Kind.SHA1, 64: Kind.SHA256, 128: Kind.SHA512}
CERTIFICATES = {32: Kind.CERT_MD5, 40: Kind.CERT_SHA1, 64: Kind.CERT_SHA256}
ANYBODY = frozenset({"android", "android debug", "unknown", "debug", "test", "google", "google inc."})
"""Organisations that tools for developers fill in, or that are named by whoever wants."""
EMPTY_FILE = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)


def indicator(kind: Kind, raw: str) -> tuple[Kind, str]:
    """An indicator's value in normal form, and its kind, which the value may show to be another than the feed says.

    Args:
        kind: What the feed says it is. `Kind.HASH` becomes the hash of its length, `Kind.HANDLE` a mail or a phone.
        raw: The value as the feed writes it: any case, defanged or not, Unicode or punycode.

    Raises:
        ValueError: The value cannot be one of that kind, or it would match what every device has.
    """
    if kind is Kind.DOMAIN and NAME.match(raw):
        return kind, raw
    if len(raw) > MAX_VALUE:
        raise ValueError(f"value of {len(raw)} characters is too long")
    if not raw.isascii() and SURROGATE.search(raw):
        raise ValueError("value is not valid Unicode")
    if (form := FORMS.get(kind)) is None:
        raise ValueError(f"{kind} is not a kind of indicator")
    if not raw.strip():
        raise ValueError(f"empty {kind}")
    kind, value = form(kind, raw)
    if CONTROL.search(value):
        raise ValueError(f"{kind} with control characters: {value[:80]!r}")
    return kind, value


def weakness(kind: Kind, value: str) -> str | None:
    """Why a hit on a name alone says little, if so: it is short, or other software bears it too."""
    if kind is not Kind.PROCESS and kind is not Kind.FILE_NAME:
        return None
    if len(value) <= SHORT:
        return f"a name of {len(value)} characters"
    return "a name that other software bears too" if value.lower() in COMMON else None


def refang(raw: str) -> str:
    """A defanged value as it was: `hxxps[:]//evil[.]example` becomes `https://evil.example`."""
    value = raw.translate(INVISIBLE).strip().strip("\"'`<>").strip()
    for pattern, plain in DEFANGED:
        value = pattern.sub(plain, value)
    return value


def _domain(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = refang(raw)
    if "/" in value.rstrip("/"):
        return _network(Kind.CIDR, value) if _is_network(value) else _url(Kind.URL, value)
    name = a_label(unquote(value).lower().rstrip("/")).removeprefix("*.").strip(".")
    if address := ip(name):
        return _address(Kind.IP, address)
    name = PORT.sub("", name).rstrip(".")
    if "." not in name:
        raise ValueError(f"{kind} without a dot: {raw[:80]!r}")
    if not NAME.match(name):
        raise ValueError(f"not a {kind} name: {raw[:80]!r}")
    return Kind.DOMAIN, name


def _url(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = refang(raw)
    if "@" in value and value[:7].lower() == "mailto:":
        return _email(Kind.EMAIL, value)
    scheme, named, tail = split(value)
    if not (name := host_in(named)):
        raise ValueError(f"{kind} without a host: {raw[:80]!r}")
    if not (NAME.match(name) or ip(name)):
        raise ValueError(f"{kind} with a bad host: {raw[:80]!r}")
    if not scheme and tail in {"", "/"}:
        return _domain(Kind.DOMAIN, name)
    return Kind.URL, url(value)


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _network(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = refang(raw)
    if "/" not in value:
        return _address(Kind.IP, value)
    if not _is_network(value):
        return (_domain if kind is Kind.IP and "://" not in value else _refuse)(kind, value)
    network = ip_network(value, strict=False)
    if network.prefixlen == 0:
        raise ValueError(f"{kind} that holds every address: {raw!r}")
    if network.num_addresses == 1:
        return _address(Kind.IP, str(network.network_address))
    return Kind.CIDR, str(network)


def _refuse(kind: Kind, value: str) -> tuple[Kind, str]:
    raise ValueError(f"not an {kind}: {value[:80]!r}")


def _address(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = refang(raw)
    if "/" in value:
        return _network(kind, value)
    if (address := ip(value)) is None:
        _refuse(kind, raw)
        raise AssertionError
    if (parsed := ip_address(address)).is_loopback or parsed.is_unspecified:
        raise ValueError(f"{kind} that every device has: {address}")
    return Kind.IP, address


def _email(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = email(refang(raw))
    if not value or value.count("@") != 1 or not NAME.match(value.rpartition("@")[2]):
        raise ValueError(f"not an {kind} address: {raw[:80]!r}")
    return Kind.EMAIL, value


def _phone(kind: Kind, raw: str) -> tuple[Kind, str]:
    digits = phone(raw).removeprefix("+")
    if len(digits) not in E164 or digits[0] == "0":
        raise ValueError(f"not an international {kind} number: {raw[:80]!r}")
    return Kind.PHONE, "+" + digits


def _handle(_: Kind, raw: str) -> tuple[Kind, str]:
    return _email(Kind.EMAIL, raw) if "@" in refang(raw) else _phone(Kind.PHONE, raw)


def _hash(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = raw.strip().lower().removeprefix("0x")
    found = BY_LENGTH.get(len(value)) if HEX.match(value) else None
    if found is None or (kind is not found and kind is not Kind.HASH):
        raise ValueError(f"not a {kind} in hexadecimal: {raw[:80]!r}")
    if value in EMPTY_FILE:
        raise ValueError(f"{found} of the empty file")
    return found, value


def _certificate(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = re.sub(r"[:\s-]", "", raw).lower()
    found = CERTIFICATES.get(len(value)) if HEX.match(value) else None
    if found is None:
        raise ValueError(f"not a {kind} in hexadecimal: {raw[:80]!r}")
    return found, value


def _path(_: Kind, raw: str) -> tuple[Kind, str]:
    value = path(raw.strip())
    if not value.strip("/."):
        raise ValueError(f"path that holds everything: {raw!r}")
    if "*" in value:
        raise ValueError(f"path with a wildcard: {raw[:80]!r}")
    return Kind.PATH, value


def _named(kind: Kind, raw: str) -> tuple[Kind, str]:
    """A name as it is; with a `/` it is a path. A process may have a `/` inside its name, as kernel threads do."""
    return _path(Kind.PATH, raw) if "/" in (raw if kind is Kind.FILE_NAME else raw[:1]) else (kind, raw)


def _lower(kind: Kind, raw: str) -> tuple[Kind, str]:
    return kind, raw.strip().lower()


def _upper(kind: Kind, raw: str) -> tuple[Kind, str]:
    return kind, raw.strip().upper()


def _as_it_is(kind: Kind, raw: str) -> tuple[Kind, str]:
    return kind, raw.strip()


def _organisation(kind: Kind, raw: str) -> tuple[Kind, str]:
    value = organisation(raw)
    if value in ANYBODY:
        raise ValueError(f"organisation that anybody's certificate names: {raw!r}")
    return kind, value


FORMS: dict[Kind, Callable[[Kind, str], tuple[Kind, str]]] = {
    Kind.DOMAIN: _domain,
    Kind.URL: _url,
    Kind.IP: _address,
    Kind.CIDR: _network,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.HANDLE: _handle,
    Kind.PROCESS: _named,
    Kind.FILE_NAME: _named,
    Kind.PATH: _path,
    Kind.APP_ID: _lower,
    Kind.PROFILE: _upper,
    Kind.ANDROID_PROPERTY: _as_it_is,
    Kind.CERT_ORGANISATION: _organisation,
    **dict.fromkeys((Kind.HASH, *BY_LENGTH.values()), _hash),
    **dict.fromkeys(CERTIFICATES.values(), _certificate),
}
