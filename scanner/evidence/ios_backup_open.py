"""Recognising an iOS backup, saying precisely why one cannot be read, and opening it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from scanner.convert import text
from scanner.evidence import EvidenceError, keys
from scanner.evidence.ios_backup import LISTED, OWN, IosBackup
from scanner.evidence.ios_backup_old import OldBackup
from scanner.evidence.secret import Secret
from scanner.finding import Device, EvidenceFacts, Problem
from scanner.formats import bplist, keybag

MANIFESTS = ("Manifest.db", "Manifest.mbdb", "Manifest.plist")
AGAIN = "make or copy the backup again, whole, and scan that"
COPY_INCOMPLETE = "{root} is an incomplete copy of a backup: {what} is missing; copy the whole folder again"
FINISHED = "finished"
UNFINISHED = "the backup was not finished"
MAX_PLIST = 64 << 20
COLUMNS = "SELECT fileID, domain, relativePath, flags, file FROM Files LIMIT 1"


def detect(root: Path) -> bool:
    """Whether a folder is, or was, an iOS backup."""
    return any((root / name).is_file() for name in MANIFESTS) or (
        (root / "Info.plist").is_file() and (root / "Status.plist").is_file()
    )


@dataclass
class FoundBackup:
    """A folder that is an iOS backup, not yet opened."""

    root: Path
    kind: str = "ios backup"
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read what is never encrypted."""
        self.manifest, self.info, self.status = (self.plist(f"{name}.plist") for name in ("Manifest", "Info", "Status"))

    def plist(self, name: str) -> dict[str, Any]:
        """One of the backup's property lists; what is damaged is a Problem, a missing one is empty."""
        path = self.root / name
        if not path.is_file():
            return {}
        try:
            if path.stat().st_size > MAX_PLIST:
                raise ValueError(f"it is larger than {MAX_PLIST} bytes")
            found = bplist.loads(path.read_bytes())
        except PermissionError as error:
            raise no_permission(path) from error
        except (ValueError, OSError) as error:
            self.problems.append(Problem("evidence", f"{name} is damaged: {error}", OWN + name))
            return {}
        self.problems += [Problem("evidence", f"{name} is damaged: {one}", OWN + name) for one in found.problems]
        return found.root if isinstance(found.root, dict) else {}

    @property
    def encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.manifest.get("IsEncrypted"))

    def open(self, secret: Secret) -> IosBackup | OldBackup:
        """The backup, unlocked where it is encrypted.

        Raises:
            EvidenceError: it cannot be read; says why and what to do.
        """
        new, old = (self.root / "Manifest.db").is_file(), (self.root / "Manifest.mbdb").is_file()
        if not new and not old:
            raise EvidenceError(COPY_INCOMPLETE.format(root=self.root, what="Manifest.db"))
        if not self.manifest and not new:
            raise EvidenceError(COPY_INCOMPLETE.format(root=self.root, what="Manifest.plist"))
        classes = self.unlock(secret) if self.encrypted else {}
        facts = self.facts()
        try:
            backup = (IosBackup if new else OldBackup)(self.root, facts, self.manifest, classes)
            self.checked(backup)
        except PermissionError as error:
            raise no_permission(self.root) from error
        except OSError as error:
            raise EvidenceError(f"{self.root} cannot be read: {error}") from error
        except ValueError as error:
            raise EvidenceError(f"the manifest of {self.root} is damaged: {error}; {AGAIN}") from error
        backup.problems += self.problems
        if not facts.complete:
            backup.problems.append(Problem("evidence", f"{UNFINISHED}: files may be missing", OWN + "Status.plist"))
        return backup

    def checked(self, backup: IosBackup | OldBackup) -> None:
        """Close a backup again that fails the check."""
        try:
            self.check(backup)
        except BaseException:
            backup.close()
            raise

    def check(self, backup: IosBackup | OldBackup) -> None:
        """See that the manifest can be read at all, and that there is something beside it."""
        if not backup.names:
            backup.problems.append(Problem("evidence", "the copy is incomplete: it holds no file but the manifest"))
        if isinstance(backup, OldBackup):
            return
        try:
            backup.manifest.connection.execute(COLUMNS).fetchall()
        except apsw.Error as error:
            if recoverable(backup):
                return  # its listing says what is wrong
            if not self.manifest and not self.looks_like_database():
                raise EvidenceError(
                    f"Manifest.db of {self.root} is encrypted or damaged and Manifest.plist, which would tell and "
                    "without which nothing can be decrypted, is missing or damaged; copy the whole folder again"
                ) from error
            raise EvidenceError(f"Manifest.db of {self.root} is damaged ({error}); {AGAIN}") from error
        except UnicodeDecodeError:
            backup.problems.append(Problem("evidence", "a name is no text", OWN + "Manifest.db"))

    def looks_like_database(self) -> bool:
        """Whether Manifest.db begins as a plain database does."""
        with (self.root / "Manifest.db").open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"

    def unlock(self, secret: Secret) -> dict[int, bytes]:
        """The class keys."""
        if not secret:
            raise EvidenceError(
                f"{self.root} is encrypted: give its password in BRIDLE_PASSWORD, with --password-file FILE "
                "(- is standard input), or on a terminal when asked; or its derived key with --key-file"
            )
        if secret.key is None and secret.password is None:
            raise EvidenceError(f"what --key-file names is no key file: {keys.FORM}")
        try:
            return keys.class_keys(self.manifest, secret.derive)
        except keys.WrongKeyError:
            raise EvidenceError(
                f"the {secret.kind} does not open {self.root}; it is the password set for backups in iTunes or the "
                "Finder (Encrypt local backup), not the phone's passcode"
            ) from None
        except (ValueError, keybag.WrongPassword) as error:
            raise EvidenceError(f"the keybag of {self.root} cannot be used: {error}; {AGAIN}") from error

    def facts(self) -> EvidenceFacts:
        """What the backup says of itself and of the phone."""
        state = self.status.get("SnapshotState")
        notes = []
        if state is not None and state != FINISHED:
            notes.append(f"{UNFINISHED} (its state is {state!r}): files may be missing")
        if not self.encrypted:
            notes.append(
                "the backup is not encrypted: the phone leaves call history, Safari history and more out of such "
                "backups; an encrypted one shows more"
            )
        return EvidenceFacts(
            id=text(self.root.resolve().name),
            path=text(str(self.root)),
            kind=self.kind,
            encrypted=self.encrypted,
            notes=notes,
            complete=state in (None, FINISHED),
            device=self.device(),
            acquired=moment(self.info, self.manifest),
        )

    def device(self) -> Device:
        """The phone."""
        lockdown = self.manifest.get("Lockdown")
        lockdown = lockdown if isinstance(lockdown, dict) else {}

        def first(*names: str) -> str | None:
            values = (source.get(name) for name in names for source in (self.info, lockdown))
            return next((text(value) for value in values if isinstance(value, str) and value), None)

        return Device(
            name=first("Device Name", "DeviceName"),
            model=first("Product Type", "ProductType"),
            product=first("Product Name"),
            os="iOS",
            version=first("Product Version", "ProductVersion"),
            build=first("Build Version", "BuildVersion"),
            serial=first("Serial Number", "SerialNumber"),
            imei=first("IMEI"),
            phone=first("Phone Number"),
            udid=first("Unique Identifier", "UniqueDeviceID"),
        )


def recoverable(backup: IosBackup) -> bool:
    """Whether the pages of a damaged Manifest.db still name files."""
    try:
        return bool(backup.salvaged.execute(LISTED).fetchone())
    except (ValueError, apsw.Error):
        return False


def moment(*sources: dict[str, Any]) -> datetime | None:
    """When the backup was made (property lists write UTC)."""
    for source in sources:
        for name in ("Last Backup Date", "Date"):
            if isinstance(value := source.get(name), datetime):
                return value.replace(tzinfo=UTC)
    return None


def no_permission(path: Path) -> EvidenceError:
    """What to do where the system does not let us read."""
    return EvidenceError(
        f"no permission to read {path}: on macOS allow your terminal Full Disk Access (System Settings, Privacy & "
        "Security), elsewhere copy the backup to a folder of your own"
    )
