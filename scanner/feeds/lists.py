"""Plain lists, one value a line: maltrail's trails, hosts files, and texts of domains, addresses, hashes, names, paths.

Values may be defanged (`hxxps://evil[.]example`). The kind of a value is told by its form; where that leaves a doubt,
by the name of the file: `processes.txt`, `package_names.txt`.

References:
    maltrail, trails: https://github.com/stamparm/maltrail#architecture
    hosts(5): https://man7.org/linux/man-pages/man5/hosts.5.html
    Names of files of indicators: https://github.com/mvt-project/mvt-indicators
"""

import re
from collections.abc import Iterator

import msgspec

from scanner.feeds import normalise
from scanner.feeds.model import Entry, Indicator, Unsupported
from scanner.feeds.named import campaign_of, of_file
from scanner.feeds.patterns import InexpressibleError
from scanner.feeds.tolerant import MAX_OBJECTS, WIDE, Reading
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_LOOK = 1 << 16
"""Bytes from the beginning of a file that tell whether it is a list."""
MAX_REPORTS = 20
MAX_NAMES = 64
"""Names on one line of a hosts file."""
MAX_WORDS = 3
"""Words of the longest name of a process or an app; more are a sentence."""
MAX_LINE = normalise.MAX_VALUE + 1024
FAVICON = "favicon"
REGULAR = "regular expression"

HINTS: dict[str, Kind | str] = {
    "favicon_hash(?:es)?": FAVICON,
    "package_cert_hash(?:es)?|cert(?:ificate)?_hash(?:es)?|cert(?:ificate)?s": Kind.CERT_SHA1,
    "package_names?|packages|app_ids?|bundle_ids?|bundles": Kind.APP_ID,
    "android_propert(?:y|ies)|properties": Kind.ANDROID_PROPERTY,
    "config(?:uration)?_profiles?|profiles": Kind.PROFILE,
    "process(?:es|_names?)": Kind.PROCESS,
    "file_?names?": Kind.FILE_NAME,
    "(?:file_?)?paths?": Kind.PATH,
    "e?mails?|email_addresses": Kind.EMAIL,
    "ip_addresses|ips?": Kind.IP,
    "urls?": Kind.URL,
    "md5s?": Kind.MD5,
    "sha1s?": Kind.SHA1,
    "sha256s?": Kind.SHA256,
    "(?:file_?)?hash(?:es)?": Kind.HASH,
    "domains?|hosts?|hostnames?": Kind.DOMAIN,
}
"""What a word in the name of a file says of the values in it; the first that fits counts."""
HINT = [(re.compile(rf"(?:\A|_)(?:{words})(?=_|\Z)"), kind) for words, kind in HINTS.items()]
VERBATIM = frozenset({Kind.APP_ID, Kind.ANDROID_PROPERTY, Kind.PROFILE, Kind.PROCESS, Kind.FILE_NAME, Kind.PATH})
"""Kinds whose values may look like anything."""

COMMENT = re.compile(r"(?:\A|\s)(?:#|//(?=\s)|;).*|\A!.*")
REFERENCE = re.compile(r"\s*#\s*(?:References?|Source)s?\s*:(.*)", re.IGNORECASE)
REPORT = re.compile(r"https?://[!#-+\--;=?-~]+")
TRAIL = re.compile(rb"^#\s*(?:Copyright[^\n]{0,80}Maltrail|References?\s*:)", re.MULTILINE | re.IGNORECASE)
MAPPINGS = re.compile(rb"^-[ \t]+[\w-]+:(?:[ \t]|\r?$)", re.MULTILINE)
"""A YAML list of mappings."""
BULLET = re.compile(r"[-*\u2022]\s+")
SINK = re.compile(r"(?:0\.0\.0\.0|127\.\d+\.\d+\.\d+|255\.255\.255\.255|::1?|f[ef][0-9a-f]*::\S*|0)\s+(\S.*)")
OWN = re.compile(r"localhost|(?:localhost|ip6|local|broadcasthost)\b.*|0\.0\.0\.0")
"""Names of the device itself, with which hosts files begin."""
FILTER = re.compile(r"\|\|([^/^$|*]+)\^?\Z")
CHECKSUM = re.compile(r"([0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})(?:\s+\*?\S.*)?\Z")
CERTIFICATE = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+\Z")
EXPRESSION = re.compile(r"\A\^|\\[dwsDWS]|\.[*+]|\[[a-z0-9]-[a-z0-9]|\(\?|\A[^/?#]*[$*+(){}|\\]|\A[^/?#]*\[(?!\w*:)")
ESCAPED = re.compile(r"\\[.-]")
ADDRESS = re.compile(
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?=[:/]|\Z)|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%\w+)?\]?(?:[:/]\d+)?\Z"
)
FILE = re.compile(
    r"[^/]+\.(?:apk|bin|cfg|conf|dat|db|deb|dex|dll|dylib|exe|ipa|jar|json|log|plist|sqlite|txt|xml)\Z", re.IGNORECASE
)
APP = re.compile(r"(?:com|org|net|io|app|android)(?:\.[A-Za-z][\w-]*){2,}\Z")
TOP = re.compile(
    r".*\.(?:[A-Za-z]{2}|com|net|org|info|biz|online|site|shop|club|live|store|website|space|cloud|tech|link)\Z"
)
PROSE = re.compile(r"[,;!?] |\. [A-Z]|[<>{}()]")


def sniff(head: bytes, name: str) -> bool:
    """Whether a file is a list: most of its first lines are values.

    Args:
        head: The file, or how it begins.
        name: What it is called, with or without its suffix.
    """
    if head[:2] not in WIDE and b"\0" in head[:MAX_LOOK]:
        return False
    if MAPPINGS.search(head[:MAX_LOOK]):
        return False
    lister = Lister(head, "", name)
    text = Reading("").text(head[:MAX_LOOK]).rstrip("\ufffd")
    lines = text.split("\n")[: None if len(head) < MAX_LOOK else -1]
    good = bad = 0
    for entry in lister.entries(lines):
        bad += isinstance(entry, Problem)
        good += isinstance(entry, Indicator) or (isinstance(entry, Unsupported) and entry.what != REGULAR)
    return good > bad


def read(data: bytes, feed: str, name: str) -> Iterator[Entry]:
    """The values of a list; a line that is none is a Problem with its number.

    Args:
        data: The file.
        feed: The feed's id, for `Source.feed` and the path of problems.
        name: What the file is called: it may tell the kind of the values, and the family.
    """
    reading = Reading(feed)
    lines = reading.text(data).split("\n")
    yield from reading.problems
    if len(lines) > MAX_OBJECTS:
        message = f"holds {len(lines)} lines: those after the first {MAX_OBJECTS} are left out"
        yield Problem(where="feed", message=message, path=feed)
    yield from Lister(data, feed, name).entries(lines[:MAX_OBJECTS])


def hint(name: str) -> Kind | str | None:
    """What the name of a file, or of a column, says of the values."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return next((kind for pattern, kind in HINT if pattern.search(words)), None)


class Lister:
    """Reads the lines of one list."""

    def __init__(self, data: bytes, feed: str, name: str) -> None:
        """What a file is, by its beginning and its name."""
        stem = re.sub(
            r"(?:\.(?:txt|lst|list|csv|hosts|ioc|iocs|gz))+\Z", "", name.replace("\\", "/").rpartition("/")[2]
        )
        self.hint = hint(stem)
        self.trail = bool(TRAIL.search(data[:MAX_LOOK]))
        named = of_file(stem)
        self.feed = feed
        self.source = Source(
            feed=feed,
            family=named[0] if named else None,
            threat=named[1].value if named else "unknown",
            campaign=campaign_of(stem, named[0]) if named else None,
        )
        self.used = False
        """Whether a value stood after the last reference: then the next reference is of other values."""
        self.gap = False
        """Whether an empty line stood after the last value."""

    def entries(self, lines: list[str]) -> Iterator[Entry]:
        """The values of some lines, from the first on."""
        for number, line in enumerate(lines, 1):
            stripped = line.strip()
            if not stripped:
                self.gap = True
                continue
            if stripped[0] == "#":
                self.comment(stripped)
                continue
            place = f"line {number}"
            if len(line) > MAX_LINE:
                yield Problem(where="feed", message=f"a line of {len(line)} characters", path=self.feed, row=place)
                continue
            value = COMMENT.sub("", stripped).strip()
            if not value or (number == 1 and self.heading(value)):
                continue
            self.used, self.gap = True, False
            yield from self.line(value, place)

    def heading(self, value: str) -> bool:
        """Whether a first line is no value but the name of the column."""
        if not re.fullmatch(r"[A-Za-z_ 0-9-]{2,30}", value) or (found := hint(value)) is None or CHECKSUM.match(value):
            return False
        if self.hint in VERBATIM and found is not self.hint:
            return False
        self.hint = self.hint or found
        return True

    def comment(self, line: str) -> None:
        """Take note of a reference: it is of the values that follow, up to the next reference or section.

        A comment between values opens no section: it is a remark, or a value that was taken out.
        """
        found = REFERENCE.match(line)
        if self.used and (found or self.gap):
            self.source = msgspec.structs.replace(self.source, reports=())
            self.used = False
        if found:
            reports = (*self.source.reports, *REPORT.findall(found[1]))
            self.source = msgspec.structs.replace(self.source, reports=reports[:MAX_REPORTS])

    def line(self, line: str, place: str) -> Iterator[Entry]:
        """The values of one line without its comment; there is more than one only in hosts files."""
        verbatim = self.hint in VERBATIM
        sink = None if verbatim else SINK.match(line)
        names = sink[1].split() if sink else [line if verbatim else bare(line)]
        if len(names) > MAX_NAMES:
            message = f"{len(names)} names on one line: those after the first {MAX_NAMES} are left out"
            yield Problem(where="feed", message=message, path=self.feed, row=place)
        for raw in names[:MAX_NAMES]:
            if sink and OWN.fullmatch(raw):
                continue
            try:
                kind, value = normalise.indicator(*self.told(raw))
            except InexpressibleError as error:
                yield Unsupported(what=str(error), place=place)
                continue
            except ValueError as error:
                yield Problem(where="feed", message=str(error), path=self.feed, row=place)
                continue
            weak = normalise.weakness(kind, value)
            yield Indicator(kind=kind, value=value, source=msgspec.structs.replace(self.source, weak=weak, place=place))

    def told(self, raw: str) -> tuple[Kind, str]:
        """The kind of a value and its text, by its form, else by the name of the file.

        Raises:
            InexpressibleError: It is sound, but matches nothing that is on a phone.
            ValueError: It is no value but a sentence, or several values.
        """
        if self.hint == FAVICON:
            raise InexpressibleError("hash of a site's icon: no file of a phone")
        if isinstance(self.hint, Kind) and self.hint in VERBATIM:
            if self.hint is not Kind.PATH and (PROSE.search(raw) or len(raw.split()) > MAX_WORDS):
                raise ValueError(f"not a {self.hint}: {raw[:80]!r}")
            return self.hint, raw
        if self.hint is Kind.CERT_SHA1 and (CHECKSUM.match(raw) or CERTIFICATE.match(raw)):
            return Kind.CERT_SHA1, raw.split(maxsplit=1)[0]
        if found := CHECKSUM.match(raw):
            return Kind.HASH, found[1]
        value = normalise.refang(raw)
        if re.search(r"\s", value) and not value.startswith(("/", "~/", "+")):
            raise ValueError(f"not one value: {value[:80]!r}")
        if (self.trail and ESCAPED.search(raw)) or (
            "://" not in value and value[:1] != "+" and EXPRESSION.search(value.removeprefix("*."))
        ):
            raise InexpressibleError(REGULAR)
        return self.formed(value)

    def formed(self, value: str) -> tuple[Kind, str]:
        """The kind of a refanged value."""
        if value[:1] == "/" and value[:2] != "//":
            if self.trail or self.hint is Kind.URL:
                raise InexpressibleError("path of a URL without its host")
            return Kind.PATH, value
        if value[:2] == "~/" or value[:8] == "file:///":
            return Kind.PATH, value
        if value[:1] == "+":
            return Kind.PHONE, value
        return self.one_word(value)

    def one_word(self, value: str) -> tuple[Kind, str]:
        """The kind of a value that names a host in some way, or could."""
        if "://" in value or value[:7].lower() == "mailto:":
            return Kind.URL, value
        if "@" in value.partition("/")[0]:
            return Kind.EMAIL, value
        if ADDRESS.match(value):
            return Kind.IP, value
        return self.bare_name(value.partition("#")[0])

    def bare_name(self, value: str) -> tuple[Kind, str]:
        """The kind of a name with dots: a host, unless it is plainly a file or an app."""
        if self.hint is None and not self.trail and "/" not in value:
            if FILE.match(value):
                return Kind.FILE_NAME, value
            if APP.match(value) and not TOP.match(value):
                return Kind.APP_ID, value
        return self.hint if isinstance(self.hint, Kind) else Kind.DOMAIN, value


def bare(line: str) -> str:
    """A value without the bullet before it, the comma after it, or the signs of an ad blocker's list."""
    line = BULLET.sub("", line, count=1) if BULLET.match(line) else line
    line = line.rstrip(",").rstrip()
    return found[1] if (found := FILTER.match(line)) else line
