"""WhatsApp's encrypted backups in Android evidence: opened in memory where their key was given, or lies beside them."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from scanner.evidence.android import Part
from scanner.evidence.container import Reopened, Shared, Source
from scanner.evidence.file import Entry, Promise
from scanner.evidence.locked import LockedError
from scanner.evidence.reader import Memory, Reader
from scanner.evidence.secret import Secret
from scanner.formats import whatsapp_backup
from scanner.formats.whatsapp_key import BackupError, Key, read_key

BACKUP = re.compile(r"(?:msgstore|wa)[\w.-]*\.db\.crypt1[245]$")
KEY = re.compile(r"/com\.whatsapp(?:\.w4b)?/files/(?:key|encrypted_backup\.key)$")
SUFFIX = re.compile(r"\.crypt1[245]$")
OPENED = "!"
"""Ends the native name of a backup's content."""
HOW = (
    "give WhatsApp's key with --key-file: the phone's file `key` or `encrypted_backup.key`, or a text with the 64 "
    "digits that WhatsApp showed"
)


class CryptFile(Reopened):
    """An encrypted backup, as the source of the database in it."""

    def __init__(self, source: Source, keys: tuple[Key, ...]) -> None:
        """Take what opens it and the keys that may; nothing is decrypted yet."""
        self.source, self.keys = source, keys

    @property
    def name(self) -> str:
        """Its name without `.crypt14`."""
        return SUFFIX.sub("", self.source.name)

    @cached_property
    def reader(self) -> Reader:
        """The database.

        Raises:
            LockedError: there is no key, or none of them opens it.
            ValueError: it is damaged.
        """
        if not self.keys:
            raise LockedError(f"{self.source.name} is encrypted: {HOW}")
        refused: BackupError | None = None
        for key in self.keys:
            source = self.source.open()
            try:
                return decrypted(source, key)
            except whatsapp_backup.WrongKeyError as error:
                refused = error
            finally:
                source.close()
        raise LockedError(f"{self.source.name}: {refused}; {HOW}")

    def open(self) -> Reader:
        """The database."""
        return Shared(self.reader)


def decrypted(source: Reader, key: Key) -> Reader:
    """The database; of a damaged backup as much as can be had, with what is wrong."""
    plain = list[bytes]()
    try:
        plain.extend(whatsapp_backup.pieces(source, key))
    except whatsapp_backup.DamagedBackupError as error:
        found = Memory(b"".join(plain))
        if not found.size:
            raise
        found.problem = str(error)
        return found
    return Memory(b"".join(plain))


class Member:
    """A file of a part, as a source."""

    def __init__(self, part: Part, native: str) -> None:
        """Take the part and what the file is called there."""
        self.part, self.native = part, native

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.native.rpartition("/")[2]

    def open(self) -> Reader:
        """Its content."""
        return self.part.open(self.native)


class Unlocked:
    """A part, and beside each encrypted backup in it the database that it holds."""

    def __init__(self, part: Part, secret: Secret) -> None:
        """Take the part and what was given to open it."""
        self.part, self.kind, self.prefix = part, part.kind, part.prefix
        self.keys = given(secret)
        self.lacking: list[str] = []
        self.broken: list[str] = []
        """Keys that are damaged."""

    @property
    def dated(self) -> datetime | None:
        """When the part was made."""
        return self.part.dated

    @dated.setter
    def dated(self, moment: datetime | None) -> None:
        """The part knows it."""
        self.part.dated = moment

    def entries(self) -> Iterator[Entry]:
        """The part's files, then what its backups hold: a key may lie behind them."""
        backups = []
        for entry in self.part.entries():
            if BACKUP.search(entry.path):
                backups.append(entry)
            elif KEY.search(entry.path):
                self.found(entry)
            yield entry
        self.lacking = [entry.path for entry in backups] if backups and not self.keys else []
        if self.keys:
            yield from (Entry(SUFFIX.sub("", one.path), one.native + OPENED) for one in backups)

    def found(self, entry: Entry) -> None:
        """Take a key that lies in the evidence."""
        reader = self.part.open(entry.native)
        try:
            key = read_key(reader.read(0, 4096))
        except BackupError as error:
            self.broken.append(f"{entry.path}: {error}")
            return
        finally:
            reader.close()
        if key not in self.keys:
            self.keys = (*self.keys, key)

    def open(self, native: str) -> Reader:
        """A file's content."""
        if native.endswith(OPENED) and BACKUP.search(native[: -len(OPENED)]):
            return CryptFile(Member(self.part, native[: -len(OPENED)]), self.keys).open()
        return self.part.open(native)

    def size(self, native: str) -> int:
        """A file's size; of a backup's content, that of the backup."""
        return self.part.size(native.removesuffix(OPENED))

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """What the collector recorded."""
        return self.part.promises()

    def problems(self) -> Iterator[str]:
        """What the part complains of, and backups that nothing opens."""
        yield from self.part.problems()
        yield from dict.fromkeys(self.broken)
        if self.lacking:
            names = ", ".join(path.rpartition("/")[2] for path in self.lacking[:5])
            yield f"{len(self.lacking)} encrypted WhatsApp backups were not read ({names}): {HOW}"


def given(secret: Secret) -> tuple[Key, ...]:
    """The key that was given, if it is one of WhatsApp's."""
    try:
        return (read_key(secret.file),) if secret.file else ()
    except BackupError:
        return ()
