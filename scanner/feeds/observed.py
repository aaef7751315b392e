"""Hosts, URLs, paths, addresses and numbers as phones show them, in normal form: called for every value of a phone.

References:
    WHATWG URL Standard (hosts, backslashes, default ports, old forms of IPv4): https://url.spec.whatwg.org/
    Unicode TS 46, IDNA Compatibility Processing: https://www.unicode.org/reports/tr46/
    ITU-T E.164 (telephone numbers): https://www.itu.int/rec/T-REC-E.164
    Android Open Source Project, "Device configuration" of traditional and adoptable storage:
    https://source.android.com/docs/core/storage/config
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from unicodedata import normalize
from urllib.parse import unquote

MAX_URL = 65_536
"""Characters of a URL in which its host is looked for."""
MAX_HOST = 1024
MAX_LABEL = 63
MAX_ADDRESS = 64
MAX_WRAPPERS = 4
E164 = range(7, 16)
COUNTRY_CODED = 11
"""So many digits without a `+` still bear a country code, as messengers write them."""

PLAIN_URL = re.compile(r"(https?)://((?!0x)[a-z0-9_.-]+[a-z])(?=[/?]|\Z)")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?![0-9]{1,5}(?:[/?#]|\Z))(.*)", re.DOTALL)
"""A scheme and what follows; `host:8080/x` has none."""
AUTHORITY_END = re.compile(r"[/?#]")
PORT = re.compile(r":([0-9]*)\Z")
NUMBER = re.compile(r"0[xX][0-9a-fA-F]*\Z|[0-9]+\Z")
HOME = "/var/mobile/"
HERE = re.compile(r"(?<![^/])(?:\./)+")
ANDROID = frozenset({"/sdc", "/mnt", "/dat", "/sto"})
"""How every path begins that `SAME` may shorten."""
SAME = (
    (re.compile(r"/data/user/0(?=/|\Z)|/data_mirror/data_ce/\w+/0(?=/|\Z)"), "/data/data"),
    (
        re.compile(
            r"/(?:sdcard|data/media/0|storage/(?:emulated/legacy|self/primary|sdcard0)"
            r"|mnt/(?:sdcard|user/0/(?:primary|emulated/0)|shell/emulated/0|(?:pass_through/0|runtime/\w+)/emulated/0)"
            r")(?=/|\Z)"
        ),
        "/storage/emulated/0",
    ),
)
"""Names that Android gives one folder: an app's data of the first user, and that user's shared storage."""
DOTTED = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}\Z")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\t\r\n"))
FULL_STOPS = dict.fromkeys(map(ord, "\u3002\uff0e\uff61"), ".")
PUNCTUATION = dict.fromkeys(map(ord, " \t-.()/\u00a0\u202a\u202c\u2010\u2011\u2013\u200e\u200f\u2068\u2069"))
DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "ws": "80", "wss": "443"}
WRAPPER = re.compile(r"\A(?:view-source|blob|filesystem):", re.IGNORECASE)


def host_of(url: str) -> str:
    """The host of a URL as a browser would take it, in normal form; empty if there is none.

    Takes URLs without a scheme, with `//host`, a user, a port, a trailing dot, backslashes, an IDN or a bracketed IPv6.
    An IPv4 address in an old form (`0x7f.1`, `2130706433`) becomes the dotted one.
    """
    if found := PLAIN_URL.match(url):
        return found[2]
    if url.count(":", 0, MAX_ADDRESS) > 1 and "/" not in url and (address := ip(url)):
        return address  # a bare IPv6 address, whose beginning or end else looks like a scheme or a port
    return host_in(split(url[:MAX_URL])[1])


def url(value: str) -> str:
    """A URL in normal form: scheme and host lower, no user, default port, trailing dot or fragment; the query is kept.

    A URL without a scheme stays without; one without a path gets `/`. What has no host comes back without its fragment.
    """
    if found := PLAIN_URL.match(value):
        tail = value[found.end() :].partition("#")[0]
        return found[0] + (tail if tail[:1] == "/" else "/" + tail)
    scheme, authority, tail = split(value)
    if not (host := host_in(authority)):
        return value.strip().partition("#")[0]
    named = PORT.search(authority)
    port = f":{named[1]}" if named and named[1] not in {"", DEFAULT_PORTS.get(scheme)} else ""
    host = f"[{host}]" if ":" in host else host
    tail = tail.partition("#")[0]
    return f"{scheme}://{host}{port}"[0 if scheme else 3 :] + (tail if tail[:1] == "/" else "/" + tail)


def organisation(value: str) -> str:
    """An organisation's name without case, its words one blank apart."""
    return " ".join(value.casefold().split())


def path(value: str) -> str:
    """A device path in its short form: `/private/var` is `/var`, `~` the user's folder; a trailing `/` is kept.

    On Android `/sdcard` and its other names are `/storage/emulated/0`, `/data/user/0` is `/data/data`.
    """
    if value[:7] == "file://":
        value = unquote(value[7:].removeprefix("localhost"))
    if value[:2] == "~/":
        value = HOME + value[2:]
    while "//" in value:
        value = value.replace("//", "/")
    if "./" in value:
        value = HERE.sub("", value)
    if value[:9] == "/private/" and value[9:12] in {"var", "tmp", "etc"} and value[12:13] in {"/", ""}:
        return value[8:]
    if value[:4] in ANDROID:
        for names, folder in SAME:
            if found := names.match(value):
                return folder + value[found.end() :]
    return value


def email(value: str) -> str:
    """An address in lower case, without `mailto:` or a display name; empty if it is not one.

    The domain part becomes an A-label. An account of iMessage may be written `e:name@example.org`.
    """
    if "@" not in value:
        return ""
    if "<" in value:
        value = value.rpartition("<")[2].partition(">")[0]
    value = value.translate(INVISIBLE).strip().lower().removeprefix("mailto:").removeprefix("e:").partition("?")[0]
    local, _, domain = value.rpartition("@")
    return f"{local}@{a_label(domain).rstrip('.')}" if local and domain and " " not in value else ""


def phone(value: str) -> str:
    """A telephone number as `+` and its digits, or bare digits if it bears no country code; empty if it is not one."""
    value = value.strip().lower().removeprefix("tel:").removeprefix("p:").removesuffix("@s.whatsapp.net")
    value = value.partition(";")[0].translate(PUNCTUATION)
    digits = value.lstrip("+")
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if value[:1] == "+" or digits[:2] == "00":
        return "+" + digits.removeprefix("00")
    return f"+{digits}" if COUNTRY_CODED <= len(digits) < E164.stop and digits[0] != "0" else digits


def ip(value: str) -> str | None:
    """An address in normal form, without port, brackets or zone; v4-mapped is v4. None if it is not an address."""
    if not (value[-1:].isdigit() and value.count(".") == 3) and ":" not in value:
        return None
    if len(value) > MAX_ADDRESS:
        return None
    if DOTTED.match(value):
        return value
    bare = value.strip()
    if bare[:1] == "[":
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return str(_unmapped(address))


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def split(value: str) -> tuple[str, str, str]:
    """Scheme (lower, may be empty), authority (may be empty) and the rest."""
    value = value.strip().translate(INVISIBLE)
    for _ in range(MAX_WRAPPERS):
        value = WRAPPER.sub("", value, count=1)
    found = SCHEME.match(value)
    scheme, rest = (found[1].lower(), found[2]) if found else ("", value)
    if not scheme or scheme in DEFAULT_PORTS:
        head, mark, query = rest.partition("?")
        rest = head.replace("\\", "/") + mark + query
    slashes = len(rest) - len(rest.lstrip("/"))
    if slashes < 2 and (scheme not in DEFAULT_PORTS if scheme else slashes):
        return scheme, "", rest
    rest = rest[2:] if scheme and scheme not in DEFAULT_PORTS else rest[slashes:]
    end = found.start() if (found := AUTHORITY_END.search(rest)) else len(rest)
    return scheme, rest[:end], rest[end:]


def host_in(authority: str) -> str:
    """The host of an authority (`user@host:port`) in normal form; empty if it cannot be one."""
    host = authority.rpartition("@")[2]
    if host[:1] == "[":
        return ip(host) or ""
    host = PORT.sub("", host)
    if "%" in host:
        host = unquote(host)
    host = a_label(host.lower()).rstrip(".")
    if " " in host or ":" in host:
        return ip(host) or ""
    return _dotted(host) if host[-1:].isdigit() or "0x" in host else host


def a_label(host: str) -> str:
    """A host name in punycode: compatibility forms folded, invisible characters and odd full stops taken care of."""
    if host.isascii() or len(host) > MAX_HOST:
        return host
    folded = normalize("NFKC", normalize("NFKC", host.translate(FULL_STOPS)).lower()).translate(INVISIBLE)
    return ".".join(map(_label, folded.split(".")))


def _label(label: str) -> str:
    if label.isascii() or len(label) > MAX_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def _dotted(host: str) -> str:
    """The dotted form of an IPv4 address that is written in hexadecimal, octal or with fewer than four numbers."""
    parts = host.split(".")
    if len(parts) > 4 or not all(NUMBER.match(part) and len(part) < MAX_ADDRESS for part in parts):
        return host
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return host
    if any(number > 0xFF for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        return host
    return str(IPv4Address(numbers[-1] + sum(number << 8 * (3 - at) for at, number in enumerate(numbers[:-1]))))


def _number(part: str) -> int:
    if part[:2] in {"0x", "0X"}:
        return int(part[2:] or "0", 16)
    return int(part, 8) if part[0] == "0" else int(part)
