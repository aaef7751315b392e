"""Tables with a header: MISP's and Citizen Lab's CSV, exports of threat feeds, and any other that names its columns.

A table either has a column of values, mostly with one of their types beside it, or a column for each kind of value.

References:
    RFC 4180, CSV: https://www.rfc-editor.org/rfc/rfc4180
    MISP, CSV export: https://www.circl.lu/doc/misp/automation/
    Citizen Lab, malware-indicators: https://github.com/citizenlab/malware-indicators
"""

import csv
import re
from collections.abc import Callable, Iterator

import msgspec

from scanner.feeds import attributes, markings, normalise
from scanner.feeds.families import canonical, threat_of
from scanner.feeds.model import Entry, Role, Threat, Unsupported, YaraSource
from scanner.feeds.tolerant import WIDE
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_ROWS = 5_000_000
MAX_COLUMNS = 500
MAX_SPAN = 50
"""Lines that one row may run over; after that its quote is taken for a mistake."""
MAX_HEAD = 64 << 10
MAX_LEADING = 50
"""Comments before the header."""
MAX_NAME = 200
DELIMITERS = ",;\t|"

WORD = re.compile(r"[^a-z0-9]+")
TYPED = frozenset(
    {
        "value",
        "indicator",
        "ioc",
        "ioc_value",
        "indicator_value",
        "observable",
        "observable_value",
        "entity",
        "artifact",
    }
)
"""Names of a column of values of any type."""
MEANING = {
    "type": "type indicator_type ioc_type entity_type observable_type attribute_type artifact_type kind value_type",
    "category": "category",
    "to_ids": "to_ids ids",
    "comment": "comment comments description note notes context attribute_comment remarks",
    "first_seen": "date first_seen firstseen first_seen_utc date_added added",
    "last_seen": "last_seen lastseen last_seen_utc",
    "family": "family malware malware_family malware_printable app application app_name title spyware threat_name",
    "campaign": "campaign event_info operation actor threat_actor",
    "class": "class flag threat_type classification threat",
    "role": "role purpose usage",
    "report": "report reference references report_url link source_url",
    "uuid": "uuid id",
    "tags": "tags tag attribute_tag event_tag",
    "tlp": "tlp event_tlp",
    "relation": "object_relation",
    "owner": "object_name",
}
"""What columns say of a value, by the names that they go by."""
COLUMNS = {name: meaning for meaning, names in MEANING.items() for name in names.split()}
FALSE = frozenset({"0", "false", "no", "n"})
CLASSES = {
    "stalkerware": Threat.STALKERWARE,
    "spyware": Threat.STALKERWARE,
    "watchware": Threat.WATCHWARE,
    "dualuse": Threat.DUAL_USE,
    "mercenary": Threat.MERCENARY,
}
NETWORK = frozenset({Kind.DOMAIN, Kind.URL, Kind.IP, Kind.EMAIL})
VAGUE = frozenset({"", "file", "other", "text", "unknown", "network", "ioc", "indicator"})
"""Types that leave it to the value what it is."""
ALONE = frozenset({Kind.DOMAIN, Kind.URL, Kind.IP, Kind.APP_ID, *attributes.DIGESTS})
"""Kinds whose word heads a single column; other words may as well be the first value of a list."""
CONTEXT = frozenset({"link", "comment", "attachment"})
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})\Z")
SEPARATOR = re.compile(r"[\s,;|/]+")
"""Between the hashes of one file in one field."""
NAME = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})+\.?\Z")
FILE_TYPE = re.compile(r"\.(?:apk|dex|ipa|dylib|plist|so|jar|zip|exe|dll|pdf|docx?|js|html?|php)\Z", re.IGNORECASE)


class Header(msgspec.Struct, frozen=True):
    """What the columns of a table are, each by its index."""

    delimiter: str
    value: int | None
    meanings: dict[str, int]
    kinds: dict[int, Kind]
    """Columns of values of one kind; empty in a table that has a column of values."""
    line: int
    width: int


def sniff(head: bytes) -> bool:
    """Whether text begins with a header whose columns are known."""
    return header(text(head[:MAX_HEAD]).splitlines()) is not None


def read(data: bytes, feed: str) -> Iterator[Entry]:
    """The indicators of a table; whatever is bad in it is a Problem with its line.

    Args:
        data: The file: text with a header, after comments at most.
        feed: The feed's id, for `Source.feed` and the path of problems.
    """
    lines = text(data).splitlines(keepends=True)
    if (found := header(lines[: MAX_LEADING + 1])) is None:
        yield Problem(where="feed", message="has no header that names its columns", path=feed, row="line 1")
        return
    reading = Table(found, feed)
    for line, row in rows(lines, found):
        if isinstance(row, str):
            yield reading.problem(row, f"line {line}")
        elif any(field.strip() for field in row):
            yield from reading.row(row, f"line {line}")


def text(data: bytes) -> str:
    """The text of a table: UTF-8 or, with its mark, UTF-16; other bytes stay apart from each other."""
    if (wide := WIDE.get(data[:2])) is not None:
        return data.decode(wide, "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def header(lines: list[str]) -> Header | None:
    """The header: the first line that is no comment, or the last comment before it; None if it is none."""
    comment: tuple[int, str] | None = None
    for number, line in enumerate(lines[:MAX_LEADING]):
        stripped = line.strip()
        if stripped.startswith("#"):
            comment = number, stripped.lstrip("# ")
        elif stripped:
            return columns(stripped, number) or (commented(*comment, stripped) if comment else None)
    return None


def commented(number: int, comment: str, row: str) -> Header | None:
    """A header in a comment, if the row that follows has as many columns, and several."""
    found = columns(comment, number)
    fits = found is not None and 0 < found.width - 1 <= row.count(found.delimiter)
    return found if fits else None


def columns(line: str, number: int) -> Header | None:
    """What the columns of a header are; None if they do not tell what the values are."""
    if len(line) > MAX_HEAD:
        return None
    delimiter = max(DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter))
    except (csv.Error, StopIteration):
        return None
    if len(cells) > MAX_COLUMNS or any(guess(cell.strip()) for cell in cells):
        return None  # values already
    names = [WORD.sub("_", name.strip().lower()).strip("_") for name in cells]
    meanings: dict[str, int] = {}
    for at, name in enumerate(names):
        if name in COLUMNS:
            meanings.setdefault(COLUMNS[name], at)
    value = next((at for at, name in enumerate(names) if name in TYPED), None)
    kinds: dict[int, Kind] = {}
    if value is None:
        kinds = {at: kind for at, name in enumerate(names) if (kind := attributes.kind_of(name)) is not None}
    if value is None and not (kinds if len(names) > 1 else ALONE & set(kinds.values())):
        return None
    return Header(delimiter, value, meanings, kinds, number, len(names))


def rows(lines: list[str], of: Header) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its line, or what is wrong with it; a quote without an end costs its own line only."""
    at, count = of.line + 1, 0
    while at < len(lines):
        if (count := count + 1) > MAX_ROWS:
            yield at + 1, f"rows after the first {MAX_ROWS} are left out"
            return
        if lines[at].startswith("#"):
            at += 1
            continue
        reader = csv.reader(lines[at : at + (MAX_SPAN if '"' in lines[at] else 1)], delimiter=of.delimiter, strict=True)
        line = at + 1
        try:
            row: list[str] | str = next(reader, [])
            at += max(1, reader.line_num)
        except csv.Error as error:
            row, at = f"row with bad quotes: {error}", at + 1
        yield line, row


class Table:
    """Reads the rows of one table."""

    def __init__(self, of: Header, feed: str) -> None:
        """For a table with this header, of the feed of this id."""
        self.of, self.feed = of, feed

    def problem(self, message: str, row: str) -> Problem:
        """A problem of this feed."""
        return Problem(where="feed", message=message, path=self.feed, row=row)

    def field(self, row: list[str], meaning: str) -> str:
        """What a row says under a meaning; empty if it has no such column."""
        at = self.of.meanings.get(meaning)
        return row[at].strip() if at is not None and at < len(row) else ""

    def row(self, row: list[str], where: str) -> Iterator[Entry]:
        """The entries of one row."""
        if self.field(row, "to_ids").lower() in FALSE:
            return
        if self.of.value is not None and self.of.value >= len(row):
            yield self.problem(f"row of {len(row)} columns, where the header has {self.of.width}", where)
            return
        source = self.source(row, where)
        if self.of.value is not None:
            yield from self.typed(row, row[self.of.value].strip(), source)
            return
        given = [(kind, row[at].strip()) for at, kind in self.of.kinds.items() if at < len(row) and row[at].strip()]
        if not given:
            yield self.problem("row without a value", where)
        named = any(kind is Kind.DOMAIN for kind, _ in given)
        hashed = any(kind in attributes.DIGESTS for kind, _ in given)
        for kind, value in given:
            weak = attributes.POINTED if kind is Kind.IP and named else None
            weak = attributes.BESIDE_HASH if kind is Kind.FILE_NAME and hashed else weak
            yield attributes.entry(kind, value, msgspec.structs.replace(source, weak=weak) if weak else source)

    def typed(self, row: list[str], value: str, source: Source) -> Iterator[Entry]:
        """The entries of a value with its type."""
        said, where = self.field(row, "type"), source.place or ""
        if not value:
            yield self.problem("row without a value", where)
        elif len(several := SEPARATOR.split(value)) > 1 and all(map(HEXADECIMAL.match, several)):
            yield from (attributes.entry(Kind.HASH, one, source) for one in several)
        elif said.lower() in VAGUE and "to_ids" not in self.of.meanings:
            if (kind := guess(value)) is None:
                yield Unsupported(what=f"{said[:40]} {value[:40]}".strip(), place=where)
            else:
                yield attributes.entry(kind, value, source)
        elif said.lower() == "yara":
            yield YaraSource(name=f"{self.feed} {where}", text=value, source=source)
        elif said.lower() in CONTEXT:
            yield Unsupported(what=said, place=where)
        else:
            yield from attributes.entries(said, value, source, self.field(row, "relation"), self.field(row, "owner"))

    def source(self, row: list[str], where: str) -> Source:
        """What a row says of its values."""
        uuid, comment = self.field(row, "uuid"), self.field(row, "comment")
        tags = (
            [tag.strip() for tag in self.field(row, "tags").split(",") if tag.strip()]
            if "tags" in self.of.meanings
            else []
        )
        family, threat = attributes.family_of(tags)
        family = self.field(row, "family")[:MAX_NAME] or family
        if threat is Threat.UNKNOWN:
            words = f"{comment} {' '.join(tags)}"[:2000]
            threat = CLASSES.get(WORD.sub("", self.field(row, "class").lower())) or threat_of(family, words)
        report = self.field(row, "report")
        return Source(
            feed=self.feed,
            family=family,
            canonical=canonical(family),
            campaign=self.field(row, "campaign")[:MAX_NAME] or None,
            role=self.role(row, comment).value,
            threat=threat.value,
            reports=(report,) if report.startswith(("http://", "https://")) else (),
            first_seen=self.field(row, "first_seen")[:MAX_NAME] or None,
            last_seen=self.field(row, "last_seen")[:MAX_NAME] or None,
            tlp=markings.strictest([markings.tagged(tags), markings.level(self.field(row, "tlp"))]),
            place=f"{where} {uuid[:80]}".strip(),
        )

    def role(self, row: list[str], comment: str) -> Role:
        """The part that a row's values play, if it says so."""
        role = attributes.role_of(self.field(row, "role"), comment)
        if role is Role.UNKNOWN and self.field(row, "category").lower() == "payload delivery":
            return Role.INFECTION if attributes.kind_of(self.field(row, "type")) in NETWORK else role
        return role


def guess(value: str) -> Kind | None:
    """The kind of a value that comes without a type; None if it looks like nothing that a phone shows."""
    plain = normalise.refang(value)
    return next((kind for kind, looks in LOOKS if looks(plain)), None)


LOOKS: tuple[tuple[Kind, Callable[[str], object]], ...] = (
    (Kind.HASH, HEXADECIMAL.match),
    (Kind.URL, lambda value: "://" in value),
    (Kind.IP, normalise.ip),
    (Kind.EMAIL, lambda value: "@" in value),
    (Kind.PATH, lambda value: value.startswith("/")),
    (Kind.URL, lambda value: "/" in value and NAME.match(value.partition("/")[0])),
    (Kind.FILE_NAME, FILE_TYPE.search),
    (Kind.DOMAIN, NAME.match),
)
