"""The package service's dump: apps, their permissions and components, installations, in one pass."""

from collections.abc import Callable, Iterator

from scanner.artifact import artifact
from scanner.artifacts.android import install_sessions, resolvers
from scanner.artifacts.android.install_sessions import InstallSession
from scanner.artifacts.android.package_blocks import Apps
from scanner.artifacts.android.package_sections import (
    KnownPackage,
    PackageChange,
    SharedUser,
    SharedUsers,
    Small,
)
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.permissions import AppPermission
from scanner.artifacts.android.resolvers import IntentFilter
from scanner.artifacts.android.uid_errors import PackageMessage, noted
from scanner.evidence import File
from scanner.formats.dumpsys_package import ARCHIVED, GLUED, HEADER
from scanner.record import Place, Record

Feed = Callable[[int, str], Iterator[Record]]
End = Callable[[], Iterator[Record]]
OVERLAY = "overlay paths:"
"""Ends lines that stand without indentation inside a package's block."""


def nothing(*_: object) -> Iterator[Record]:
    """The end of a section that keeps nothing back."""
    return iter(())


class Dump:
    """Gives each line to what reads its section."""

    def __init__(self, file: File) -> None:
        """Before the first section."""
        self.file, self.apps, self.small = file, Apps(file), Small(file)
        self.feed: Feed | None = None
        self.end: End = nothing
        self.messages = False
        self.headers = 0

    def section(self, title: str) -> None:
        """What reads the section with this title."""
        self.feed, self.end, self.messages = None, nothing, title == "Package warning messages:"
        if title in {"Packages:", "Hidden system packages:"}:
            self.apps.factory = title != "Packages:"
            self.feed, self.end = self.apps.feed, self.apps.end
        elif title == "Shared users:":
            users = SharedUsers(self.file)
            self.feed, self.end = users.feed, users.end
        elif kind := resolvers.TABLES.get(title):
            table = resolvers.Table(self.file, kind)
            self.feed, self.end = table.feed, table.end
        elif state := install_sessions.TITLES.get(title):
            sessions = install_sessions.Sessions(self.file, state)
            self.feed, self.end = sessions.feed, sessions.end
        else:
            few: dict[str, Feed] = {
                "Known Packages:": self.small.known,
                "Verifiers:": self.small.verifiers,
                "Package Changes:": self.small.changes,
            }
            self.feed = few.get(title)

    def unindented(self, number: int, text: str) -> Iterator[Record]:
        """A line that begins a section, or one that only looks so, or a message."""
        if text.startswith(ARCHIVED) or GLUED in text:
            self.headers += HEADER in text
            yield from self.apps.feed(number, text)
        elif text.endswith(":") and not text.endswith(OVERLAY):
            yield from self.end()
            self.section(text)
        elif self.messages:
            yield from self.file.record(PackageMessage, Place(line=number), **noted(text))

    def read(self) -> Iterator[Record]:
        """All records."""
        for number, text in self.file.lines():
            if not text:
                continue
            if text[0] != " ":
                yield from self.unindented(number, text)
            elif text.startswith(HEADER):
                self.headers += 1
                if self.feed is None:
                    self.feed, self.end = self.apps.feed, self.apps.end  # below a title that only this phone has
                yield from self.feed(number, text)
            elif self.feed is not None:
                yield from self.feed(number, text)
        yield from self.end()
        if self.headers != self.apps.made:
            self.file.problem(f"of {self.headers} packages that the dump lists {self.apps.made} were read")


@artifact("dumpsys:/package")
def dumpsys(
    file: File,
) -> Iterator[
    Package | AppPermission | IntentFilter | SharedUser | KnownPackage | PackageChange | PackageMessage | InstallSession
]:
    """Apps of all users as `dumpsys package` lists them, with their permissions, intents and installations.

    From Android 2.3 (one state for all users, permissions without values) over 4.2 (states of users), 6 (permissions
    at run time), 9 (hashes of signers), 12 (time of installation for each user) to 16 (archived apps). The factory
    versions behind updated system apps are marked so. Headers of packages are counted against what was read.

    References:
        AOSP, com.android.server.pm.Settings, dumpPackageLPr: https://android.googlesource.com/platform/frameworks/base
    """
    yield from Dump(file).read()  # type: ignore[misc]
