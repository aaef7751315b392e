"""Settings of Android: the tables system, secure and global of every user, who changed them, and their history."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Dated, Place, Record, Text

TABLES = ("system", "secure", "global", "ssaid", "config")
HEADING = re.compile(r"([A-Z]+) SETTINGS(?: \(user (-?\d{1,9})\))?")
USER_FILE = re.compile(r"/users/(\d+)/settings_(\w+)\.xml$")
ROW = "_id:"
BOUNDARY = re.compile(r"_id:|[A-Z]+ SETTINGS\b|Historical operations|\s+History \(|[A-Z]{4,} [A-Z]{4,}$")
"""What ends the row before; any other line goes on with its value."""
NOT_RESTORED = " notPreservedInRestore"
ENDS = (" isValuePreservedInRestore:", " tag:", " defaultSystemSet:")
"""What may follow the value and the default, from the last; values of one word."""
HISTORY = re.compile(r"\s+History \((.*)\)")
HISTORY_ROW = re.compile(
    r"\s+time:(?P<time>.*?) mode:(?P<operation>\S+) oldValue:(?P<previous>.*?)"
    r" newValue:(?P<value>.*) package:(?P<changed_by>\S*)$"
)
"""As Samsung's builds write it."""
BETWEEN = re.compile(r"[:;,\s]")
COMPONENT = re.compile(r"([A-Za-z]\w*(?:\.\w+)+)/[\w.$]+")
APPLICATION = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")
OF_APPLICATIONS = ("application", "always_on_vpn_app", "autofill_service", "_package", "_app", "assistant")
"""What ends the names of settings that hold an application without a component."""
NONE = ("{null}", "null")
MAX_VALUE_LINES = 10_000


class Setting(Record):
    """A setting of Android."""

    namespace: str
    """The table: system, secure, global; `config` holds flags of the system, `ssaid` each app's Android id."""
    name: str
    value: Text | None = None
    changed_by: AppId | None = None
    """The package that wrote the value."""
    default: str | None = None
    default_from_system: bool | None = None
    tag: str | None = None
    user: int | None = None
    apps: tuple[AppId, ...] = ()
    """Packages that the value names: accessibility services, input methods, notification listeners and so on."""


class SettingChange(Dated):
    """A change of a setting: debuggable builds keep a short history, builds of Samsung one with values."""

    namespace: str
    operation: str
    """initialize, insert, update, delete, reset, persist."""
    name: str | None = None
    value: Text | None = None
    previous: Text | None = None
    changed_by: AppId | None = None
    user: int | None = None


class Table(NamedTuple):
    """Whose table is being read."""

    namespace: str
    user: int | None


def applications(name: str, value: str | None) -> tuple[str, ...]:
    """The packages that a value names, each once."""
    if not value:
        return ()
    if "/" in value:
        components = (COMPONENT.fullmatch(part) for part in BETWEEN.split(value))
        return tuple(dict.fromkeys(found[1] for found in components if found))
    if name.endswith(OF_APPLICATIONS) and APPLICATION.fullmatch(value):
        return (value,)
    return ()


def setting(file: File, place: Place, table: Table, values: Mapping[str, object]) -> Iterator[Setting]:
    """The record of one setting."""
    value = values.get("value")
    found = applications(str(values.get("name")), value if isinstance(value, str) else None)
    yield from file.record(Setting, place, namespace=table.namespace, user=table.user, apps=found, **values)


class Dump:
    """The rows of a dump, put together from their lines."""

    def __init__(self, file: File) -> None:
        """Nothing read yet."""
        self.file, self.table = file, Table("", None)
        self.row, self.start = list[str](), 0
        self.subject: str | None = None
        """The setting whose history is being read."""

    def line(self, number: int, line: str) -> Iterator[Setting | SettingChange]:
        """Take one line; yields what it ends, or is."""
        more = self.row and len(self.row) < MAX_VALUE_LINES
        if more and not BOUNDARY.match(line) and not HISTORY_ROW.match(line):
            self.row.append(line)
            return
        yield from self.flush()
        if line.startswith(ROW):
            self.row, self.start = [line], number
        elif found := HEADING.match(line):
            self.table = Table(found[1].lower(), int(found[2]) if found[2] else None)
        elif found := HISTORY.match(line):
            self.subject = found[1]
        elif found := HISTORY_ROW.match(line):
            yield from self.told(found, number)
        elif line[:1].isdigit():
            yield from self.operation(line, number)

    def flush(self) -> Iterator[Setting]:
        """The setting whose row is complete."""
        if self.row:
            rest = "\n".join(self.row).rstrip("\n").removesuffix(NOT_RESTORED)
            yield from dumped(self.file, self.table, rest, self.start)
            self.row = []

    def told(self, found: re.Match[str], number: int) -> Iterator[SettingChange]:
        """A change of the setting that the history is of."""
        values = {name: none(value) for name, value in found.groupdict().items() if name != "time"}
        dated = self.file.dated(found["time"], number)
        values |= {"name": self.subject, "namespace": self.table.namespace}
        yield from self.file.record(SettingChange, Place(line=number), user=self.table.user, **values, **dated)

    def operation(self, line: str, number: int) -> Iterator[SettingChange]:
        """A change of any setting: `2024-05-03 12:34:56 update adb_enabled`."""
        day, time, operation, name = [*line.split(" ", 3), "", "", ""][:4]
        dated = self.file.dated(f"{day} {time}", number)
        values = {"operation": operation, "name": name or None, "namespace": self.table.namespace}
        yield from self.file.record(SettingChange, Place(line=number), user=self.table.user, **values, **dated)


@artifact("dumpsys:/settings")
def dump(file: File) -> Iterator[Setting | SettingChange]:
    """Settings with the package that wrote each, and the last changes.

    A row is `_id:1 name:x pkg:y value:z default:d defaultSystemSet:true tag:t`; a value may go over several lines.
    The history (`Historical operations`) is there on debuggable builds only; builds of Samsung have one of another
    form, with the values (`History (name)`).

    References:
        AOSP, SettingsProvider.dumpForUserLocked and SettingsState.dumpHistoricalOperations:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/packages/SettingsProvider/
    """
    reading = Dump(file)
    for number, line in file.lines():
        yield from reading.line(number, line)
    yield from reading.flush()


def dumped(file: File, table: Table, rest: str, start: int) -> Iterator[Setting]:
    """The setting of a row."""
    row, ends = rest, dict[str, str]()
    for end in ENDS:
        before, sign, after = rest.rpartition(end)
        if sign and " " not in after:
            rest, ends[end] = before, after
    system = ends.get(ENDS[2])
    head, sign, rest = rest.partition(" value:")
    value, default = cut(rest, " default:") if system else (rest, None)
    name, package = cut(head.partition(" name:")[2], " pkg:")
    if not sign or not name:
        file.problem(f"not a setting: {row[:80]!r}", start)
        return
    columns = {"name": name, "changed_by": package, "value": none(value), "default": none(default)}
    columns |= {"default_from_system": system, "tag": none(ends.get(ENDS[1]))}
    yield from setting(file, Place(line=start), table, columns)


def cut(text: str, mark: str) -> tuple[str, str | None]:
    """What stands before the last of a mark, and after it."""
    before, sign, after = text.rpartition(mark)
    return (before, after) if sign else (text, None)


def none(value: str | None) -> str | None:
    """A value, None where Android writes that there is none."""
    return None if value in NONE else value


@artifact("androidqf:/settings_system.txt", "androidqf:/settings_secure.txt", "androidqf:/settings_global.txt")
def listed(file: File) -> Iterator[Setting]:
    """Settings as `cmd settings list` gives them, `name=value`; a line without a name goes on with the value before.

    References:
        AndroidQF, settings module: https://github.com/mvt-project/androidqf
    """
    table = Table(file.path.rpartition("_")[2].removesuffix(".txt"), None)
    name, parts, start = "", list[str](), 0
    for number, line in file.lines():
        before, sign, rest = line.partition("=")
        if sign and before and " " not in before:
            yield from told(file, table, name, parts, start)
            name, parts, start = before, [rest], number
        elif parts:
            parts.append(line)
        elif line.strip():
            file.problem(f"not a setting: {line[:80]!r}", number)
    yield from told(file, table, name, parts, start)


def told(file: File, table: Table, name: str, parts: list[str], start: int) -> Iterator[Setting]:
    """The setting of some lines; none of no lines."""
    if parts:
        yield from setting(file, Place(line=start), table, {"name": name, "value": none("\n".join(parts))})


@artifact("/data/system/users/*/settings_*.xml")
def stored(file: File) -> Iterator[Setting]:
    """Settings as the phone keeps them, one file for each table of each user; text, or binary XML since Android 12.

    References:
        AOSP, SettingsState: https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/packages/SettingsProvider/
    """
    named = USER_FILE.search(file.path)
    if named is None or named[2] not in TABLES:
        file.problem("a table of settings that is not known")
    table = Table(named[2] if named else "", int(named[1]) if named else None)
    for number, element in enumerate(file.xml().iter("setting"), 1):
        given = element.attrib
        values: dict[str, object] = {
            "name": given.get("name"),
            "value": text(given, "value"),
            "default": text(given, "defaultValue"),
            "changed_by": given.get("package"),
            "default_from_system": given.get("defaultSysSet"),
            "tag": text(given, "tag"),
        }
        yield from setting(file, Place(row=number, key=given.get("name")), table, values)


def text(given: dict[str, str], name: str) -> str | None:
    """A value of an attribute, or of its Base64 form that Android takes for what XML cannot hold."""
    if name in given or f"{name}Base64" not in given:
        return given.get(name)
    try:
        return b64decode(given[f"{name}Base64"], validate=True).decode("utf-8", "backslashreplace")
    except ValueError:
        return given[f"{name}Base64"]
