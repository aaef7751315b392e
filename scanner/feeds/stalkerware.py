"""The stalkerware indicators of Echap: `ioc.yaml`, `watchware.yaml`, `samples.csv`, `network.csv`, TinyCheck's JSON.

    - name: Examplespy
      names: [Example Spy]
      type: stalkerware             # or watchware
      packages: [com.example.spy]
      ios_bundles: [com.example.spy.ios]
      certificates: [SHA-1 of the certificate that signs the app]
      certificate_organizations: [Example SRL]
      certificate_cname_re: [^Example$]
      websites: [spy.example]
      distribution: [get.spy.example, https://code.example/spy]
      c2: {domains: [c2.spy.example], ips: [192.0.2.1]}     # `ip` occurs too

References:
    Format: https://github.com/AssoEchap/stalkerware-indicators#readme
    TinyCheck: https://github.com/KasperskyLab/TinyCheck
"""

import csv
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from scanner.feeds import markings, normalise
from scanner.feeds.families import canonical, threat_of
from scanner.feeds.model import Entry, Indicator, Role, Threat, Unsupported
from scanner.feeds.nodes import compose, explained, parts, text
from scanner.feeds.tolerant import MAX_OBJECTS, Reading
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_NAME = 200
MAX_APPS = 20_000
"""Apps of one file; the published ones hold fewer than 200."""
MAX_HEADER = 1000
DELIMITERS = ",;\t"

LISTED = re.compile(rb"^-[ \t]+(?:name|names|type|packages)[ \t]*:", re.MULTILINE)
TELLING = re.compile(
    rb"^(?:- |  )[ \t]*(?:(?:packages|ios_bundles|certificates|websites|distribution|c2)[ \t]*:"
    rb"|type[ \t]*:[ \t]*[\"']?(?:stalkerware|watchware))",
    re.MULTILINE,
)
JSON = re.compile(rb"\s*\{")
IOCS = re.compile(rb'"iocs"\s*:\s*\[')

VALUES = {
    "packages": (Kind.APP_ID, Role.UNKNOWN),
    "ios_bundles": (Kind.APP_ID, Role.UNKNOWN),
    "certificates": (Kind.CERT_SHA1, Role.UNKNOWN),
    "certificate_organizations": (Kind.CERT_ORGANISATION, Role.UNKNOWN),
    "websites": (Kind.DOMAIN, Role.WEBSITE),
    "distribution": (Kind.DOMAIN, Role.DISTRIBUTION),
}
SERVERS = {"domains": Kind.DOMAIN, "domain": Kind.DOMAIN, "ips": Kind.IP, "ip": Kind.IP}
BEYOND = {
    "certificate_cname_re": "common name of a certificate as a regular expression",
}
SAMPLES = {"sha256": Kind.SHA256, "package name": Kind.APP_ID, "certificate": Kind.CERT_SHA1}
NETWORK = {"domain": Kind.DOMAIN, "ipv4": Kind.IP, "ipv6": Kind.IP, "ip": Kind.IP, "url": Kind.URL}
TINYCHECK = {"domain": Kind.DOMAIN, "ip4addr": Kind.IP, "ip6addr": Kind.IP, "cidr": Kind.CIDR}
SAMPLES_COLUMNS = frozenset({"sha256", "package name", "certificate", "app"})
NETWORK_COLUMNS = frozenset({"type", "indicator", "app"})


def sniff(head: bytes) -> bool:
    """Whether a file that begins so (or is so) is one of these."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if JSON.match(head):
        return bool(IOCS.search(head))
    columns = frozenset(header(head)[1])
    return (
        columns >= SAMPLES_COLUMNS or columns == NETWORK_COLUMNS or bool(LISTED.search(head) and TELLING.search(head))
    )


def read(data: bytes, feed: str) -> Iterator[Entry]:
    """The indicators of such a file; a bad entry is a Problem with its line and costs no other.

    Args:
        data: The file, of any of the five layouts.
        feed: The feed's id, for `Source.feed` and the path of problems.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    reader = Reader(feed)
    if JSON.match(data):
        return reader.tinycheck(data)
    delimiter, columns = header(data)
    if frozenset(columns) >= SAMPLES_COLUMNS or frozenset(columns) == NETWORK_COLUMNS:
        return reader.table(data, delimiter, columns)
    return reader.document(data)


def header(data: bytes) -> tuple[str, list[str]]:
    """The delimiter of a CSV file and its columns' names in lower case."""
    line = data[:MAX_HEADER].partition(b"\n")[0].decode("utf-8", "replace")
    delimiter = max(DELIMITERS, key=line.count)
    return delimiter, [name.strip().strip('"').strip().lower() for name in line.split(delimiter)]


class Reader:
    """Reads one file."""

    def __init__(self, feed: str) -> None:
        """For the feed of this id."""
        self.feed = feed

    def problem(self, message: str, row: str) -> Problem:
        """A problem of this feed."""
        return Problem(where="feed", message=message, path=self.feed, row=row)

    def indicator(self, kind: Kind, raw: str, of: Source, place: str) -> Entry:
        """One value as an indicator, or why it is none."""
        try:
            kind, value = normalise.indicator(kind, raw)
        except ValueError as error:
            return self.problem(str(error), place)
        return Indicator(kind=kind, value=value, source=msgspec.structs.replace(of, place=place))

    def document(self, data: bytes) -> Iterator[Entry]:
        """The entries of a YAML list; of one that is broken, each entry that is whole."""
        try:
            yield from self.apps(compose(data), 0)
            return
        except (ValueError, yaml.YAMLError) as error:
            whole = self.problem(f"invalid YAML: {explained(error)}", line_of(error, 0))
        broken = False
        for line, part in parts(data):
            try:
                node = compose(part)
            except (ValueError, yaml.YAMLError) as error:
                broken = True
                yield self.problem(f"invalid YAML: {explained(error)}", line_of(error, line))
                continue
            yield from self.apps(node, line)
        if not broken:
            yield whole

    def apps(self, node: Any, line: int) -> Iterator[Entry]:
        """The entries of a list of apps that begins after so many lines."""
        if not isinstance(node, yaml.SequenceNode):
            yield self.problem("not a list of apps", f"line {line + 1}")
            return
        if len(node.value) > MAX_APPS:
            yield self.problem(f"holds {len(node.value)} apps: those after the first {MAX_APPS} are left out", "")
        for at, one in enumerate(node.value[:MAX_APPS]):
            if isinstance(one, yaml.MappingNode):
                yield from self.app(one, line)
            else:
                yield self.problem("not a mapping", f"[{at}] line {one.start_mark.line + line + 1}")

    def app(self, node: Any, line: int) -> Iterator[Entry]:
        """The values of one app."""
        fields = [(scalar(key) or "?", value) for key, value in node.value]
        given = dict(fields)
        name, said = printable(scalar(given.get("name"))), scalar(given.get("type"))
        place = f"{name} line {node.start_mark.line + line + 1}".strip()
        if not name:
            yield self.problem("an app without a name", place)
        if len(fields) != len(given):
            yield self.problem("a key is there twice", place)
        if said and said not in list(Threat):
            yield self.problem(f"unknown type {said[:40]!r}", place)
        source = Source(
            feed=self.feed,
            family=name or None,
            canonical=next(filter(None, map(canonical, (name, *map(scalar, members(given.get("names")))))), None),
            threat=(Threat(said) if said in list(Threat) else threat_of(name)).value,
        )
        for key, value in fields:
            yield from self.field(key, value, source, line)

    def field(self, key: str, node: Any, of: Source, line: int) -> Iterator[Entry]:
        """The values of one key of an app."""
        if key in VALUES:
            kind, role = VALUES[key]
            yield from self.values(kind, key, node, msgspec.structs.replace(of, role=role.value), line)
        elif key in BEYOND:
            for one in members(node):
                yield Unsupported(what=BEYOND[key], place=named(of, key, one, line))
        elif key == "c2":
            yield from self.servers(node, msgspec.structs.replace(of, role=Role.C2.value), line)
        elif key not in {"name", "names", "type"}:
            yield self.problem(f"key {key[:40]!r} is unknown", named(of, "", node, line))

    def servers(self, node: Any, of: Source, line: int) -> Iterator[Entry]:
        """The servers that an app reports to."""
        if not isinstance(node, yaml.MappingNode):
            if members(node):
                yield self.problem("not a mapping", named(of, "c2", node, line))
            return
        for key, value in node.value:
            name = scalar(key)
            if name in SERVERS:
                yield from self.values(SERVERS[name], f"c2.{name}", value, of, line)
            else:
                yield self.problem(f"key {name[:40]!r} is unknown", named(of, "c2", value, line))

    def values(self, kind: Kind, key: str, node: Any, of: Source, line: int) -> Iterator[Entry]:
        """The values of a list, or a single one; an empty list is none."""
        for one in members(node):
            place = named(of, key, one, line)
            if isinstance(one, yaml.ScalarNode):
                yield self.indicator(kind, scalar(one), of, place)
            else:
                yield self.problem("not a text", place)

    def table(self, data: bytes, delimiter: str, columns: list[str]) -> Iterator[Entry]:
        """The rows of `samples.csv` or `network.csv`: one a line, so that a stray quote costs its own line only."""
        reading = Reading(self.feed)
        lines = reading.text(data).split("\n")
        yield from reading.problems
        if len(lines) > MAX_OBJECTS:
            yield self.problem(f"holds {len(lines)} lines: those after the first {MAX_OBJECTS} are left out", "")
        row = self.sample if "sha256" in columns else self.contact
        for number, line in enumerate(lines[1:MAX_OBJECTS], 2):
            place = f"line {number}"
            if not line.strip():
                continue
            try:
                cells = next(csv.reader([line.rstrip("\r")], delimiter=delimiter))
            except (csv.Error, StopIteration) as error:
                yield self.problem(f"invalid CSV: {error}", place)
                continue
            if len(cells) != len(columns):
                yield self.problem(f"{len(cells)} cells under {len(columns)} columns", place)
            yield from row(dict(zip(columns, (cell.strip() for cell in cells), strict=False)), place)

    def source(self, app: str) -> Source:
        """Where the values of an app come from."""
        name = printable(app)
        return Source(feed=self.feed, family=name or None, canonical=canonical(name), threat=threat_of(name).value)

    def sample(self, cells: dict[str, str], place: str) -> Iterator[Entry]:
        """One sample: its hash, its app's id, the certificate that signed it."""
        of = self.source(cells.get("app", ""))
        given = [(kind, cells[column]) for column, kind in SAMPLES.items() if cells.get(column)]
        if not given:
            yield self.problem("a row without a value", place)
        for kind, raw in given:
            yield self.indicator(kind, raw, of, place)

    def contact(self, cells: dict[str, str], place: str) -> Iterator[Entry]:
        """One server of an app: its C2 or where it is distributed, which this table does not tell apart."""
        kind = NETWORK.get(cells.get("type", "").lower())
        if kind is None:
            yield Unsupported(what=printable(f"type {cells.get('type', '')[:40]}"), place=place)
        else:
            yield self.indicator(kind, cells.get("indicator", ""), self.source(cells.get("app", "")), place)

    def tinycheck(self, data: bytes) -> Iterator[Entry]:
        """The entries of TinyCheck's JSON; of damaged JSON, each that is whole."""
        reading = Reading(self.feed)
        value = reading.value(IOCS.sub(b'"objects":[', data, count=1))
        yield from reading.problems
        listed = value.get("objects") if isinstance(value, dict) else None
        if not isinstance(listed, list):
            yield self.problem("holds no list of indicators", "iocs")
            return
        for at, one in enumerate(listed[:MAX_OBJECTS]):
            yield self.ioc(one, f"iocs[{at}]")

    def ioc(self, one: Any, place: str) -> Entry:
        """One entry of TinyCheck."""
        said, value = (one.get("type"), one.get("value")) if isinstance(one, dict) else (None, None)
        if not isinstance(said, str) or not isinstance(value, str):
            return self.problem("no type or no value", place)
        if (kind := TINYCHECK.get(said.lower())) is None:
            return Unsupported(what=printable(f"type {said[:40]}"), place=place)
        source = Source(
            feed=self.feed,
            threat=threat_of(None, str(one.get("tag"))[:MAX_NAME]).value,
            tlp=markings.level(one.get("tlp")),
        )
        return self.indicator(kind, value, source, place)


def printable(name: str) -> str:
    """A name that fits into a report."""
    return name[:MAX_NAME].encode("utf-8", "replace").decode()


def line_of(error: Exception, before: int) -> str:
    """The line that a parser names, in a part that begins after so many lines."""
    mark = getattr(error, "problem_mark", None)
    return f"line {(mark.line if mark else 0) + before + 1}"


def scalar(node: Any) -> str:
    """A scalar's text; empty for null and for what is none."""
    return (text(node, "") or "").strip() if isinstance(node, yaml.ScalarNode) else ""


def members(node: Any) -> list[Any]:
    """The nodes of a list, or the node itself; nothing for null."""
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    return [node] if isinstance(node, yaml.MappingNode) or scalar(node) else []


def named(of: Source, key: str, node: Any, line: int) -> str:
    """The place of a value: its app, its key, its line."""
    return " ".join(filter(None, (of.family, key, f"line {node.start_mark.line + line + 1}")))
