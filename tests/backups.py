"""Small backups for tests: one synthetic phone in every style, opened and read."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from scanner.evidence import Entry, Evidence
from scanner.synthetic import Amount

PASSWORD = "correct horse"
LITTLE = Amount(messages=20, whatsapp=10, visits=20, interactions=10, files=4, bytes=800_000)
HISTORY = "/private/var/mobile/Library/Safari/History.db"
TCC = "/private/var/mobile/Library/TCC/TCC.db"
ADDAILY = "/private/var/mobile/Library/Preferences/com.apple.osanalytics.addaily.plist"
SMS = "/private/var/mobile/Library/SMS/sms.db"
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "encrypted": {"password": PASSWORD, "double_iterations": 1000},
    "old": {"style": "mbdb"},
    "old-encrypted": {"style": "mbdb", "password": PASSWORD},
}


def content(evidence: Evidence, entry: Entry) -> bytes:
    reader = evidence.reader(entry)
    with closing(reader):
        return reader.read(0, reader.size)


def contents(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """Device path and content of every stored file of the phone itself."""
    for entry in evidence.entries():
        if entry.stored and not entry.path.startswith(evidence.schemes):
            yield entry.path, content(evidence, entry)


def entry_of(evidence: Evidence, path: str) -> Entry:
    return next(entry for entry in evidence.entries() if entry.path == path)


def messages(evidence: Evidence) -> list[str]:
    list(evidence.entries())
    return [problem.message for problem in evidence.problems]
