"""The smaller sections of the package service's dump: shared users, known apps, recent changes."""

from collections.abc import Iterator

from scanner.artifacts.android.package_blocks import shared_user
from scanner.artifacts.android.permissions import AppPermission, of_block
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.formats.dumpsys_package import SHARED, Block, Blocks
from scanner.formats.indented import pairs
from scanner.record import AppId, Place, Record


class SharedUser(Record):
    """A uid that several apps share, so that each has the permissions of all."""

    name: str
    uid: int | None = None
    packages: tuple[AppId, ...] = ()


class KnownPackage(Record):
    """An app that the system has given a part: installer, verifier, setup wizard, browser."""

    part: str
    app_id: AppId


class PackageChange(Record):
    """An app that was installed, updated or removed since the phone started."""

    app_id: AppId
    user: int | None = None
    sequence: int | None = None


class SharedUsers:
    """The blocks of shared users."""

    def __init__(self, file: File) -> None:
        """Before the first block."""
        self.file, self.blocks = file, Blocks(SHARED)

    def feed(self, number: int, text: str) -> Iterator[SharedUser | AppPermission]:
        """One line."""
        if done := self.blocks.feed(number, text):
            yield from self.records(done)

    def end(self) -> Iterator[SharedUser | AppPermission]:
        """The last block."""
        if done := self.blocks.end():
            yield from self.records(done)

    def records(self, block: Block) -> Iterator[SharedUser | AppPermission]:
        """A shared user and its permissions."""
        get = block.package.facts.get
        yield from self.file.record(
            SharedUser,
            Place(line=block.line),
            name=block.name,
            uid=whole((get("userId") or get("appId") or "").partition(" ")[0]),
            packages=tuple(name for line in block.package.all("packages") if (name := shared_user(line))),
        )
        yield from of_block(self.file, block)


class Small:
    """The sections of a few lines."""

    def __init__(self, file: File) -> None:
        """Before the first of them."""
        self.file, self.part, self.user = file, "", 0

    def known(self, number: int, text: str) -> Iterator[KnownPackage]:
        """`  Browser:`, and below it an app for each line."""
        body = text.strip()
        if body.endswith(":"):
            self.part = body[:-1]
        elif body not in {"", "none", "null"}:
            yield from self.file.record(KnownPackage, Place(line=number), part=self.part, app_id=body)

    def verifiers(self, number: int, text: str) -> Iterator[KnownPackage]:
        """`  Required: com.android.vending (uid=10123)`."""
        part, separator, rest = text.strip().partition(": ")
        if separator and (name := rest.partition(" ")[0]) not in {"", "null"}:
            yield from self.file.record(KnownPackage, Place(line=number), part=f"{part} verifier", app_id=name)

    def changes(self, number: int, text: str) -> Iterator[PackageChange]:
        """`  User 0:`, and below it `    seq=0, package=com.example`."""
        body = text.strip()
        if body.startswith("User ") and (user := whole(body[5:-1])) is not None:
            self.user = user
        elif body.startswith("seq="):
            values = pairs(body)
            yield from self.file.record(
                PackageChange,
                Place(line=number),
                app_id=values.get("package"),
                user=self.user,
                sequence=whole(values.get("seq")),
            )
