"""The package service's dump: one block of lines for each package, from Android 2.3 to 16.

A block begins with `  Package [name] (hash):` and ends where the next one begins. Nothing else ends it: empty lines
stand inside blocks (after `targetSdk=` since Android 11), and so do lines without indentation (`<library> overlay
paths:`, and the state of an archived app, behind which the next line continues without a break).

References:
    AOSP, com.android.server.pm.Settings, dumpPackageLPr: https://android.googlesource.com/platform/frameworks/base
"""

from dataclasses import dataclass, field

from scanner.formats.android_text import whole
from scanner.formats.indented import pairs

HEADER = "  Package ["
SHARED = "  SharedUser ["
ARCHIVED = "ArchiveState {"
GLUED = "}" + HEADER
"""How the next package begins behind an archived app."""
MILLISECONDS = 14
"""Digits of a time."""
MAX_LISTED = 20_000
"""Lines of one list of one package."""
WANTED = """
userId appId sharedUser codePath versionCode versionName targetSdk flags privateFlags pkgFlags privatePkgFlags
timeStamp firstInstallTime lastUpdateTime installerPackageName installerPackageUid installInitiatingPackageName
initiatingPackageName installOriginatingPackageName originatingPackageName updateOwnerPackageName packageSource
signatures overlayTarget stopped installReason uninstallReason lastDisabledCaller
"""
FACTS = frozenset(WANTED.split())
LISTS = {
    "requested permissions:": "requested",
    "install permissions:": "install",
    "grantedPermissions:": "granted",
    "runtime permissions:": "runtime",
    "disabledComponents:": "disabled",
    "enabledComponents:": "enabled",
    "Packages": "packages",
}


@dataclass(slots=True)
class State:
    """What a block says of the package itself, or of one user's copy of it: single facts, and lists of lines."""

    facts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    user: int | None = None
    archived: int | None = None
    """When it was archived, in milliseconds since 1970; 0 where the dump does not say when."""

    def all(self, name: str) -> list[str]:
        """The lines of a list."""
        return self.lists.get(name, [])


@dataclass(slots=True)
class Block:
    """One package, or one shared user: what holds for all users, and for each."""

    name: str
    line: int
    shared: bool = False
    package: State = field(default_factory=State)
    users: list[State] = field(default_factory=list)


class Blocks:
    """Reads lines of the packages' section; gives each block when it is complete."""

    def __init__(self, start: str = HEADER) -> None:
        """Before the first block; `start` is what its first line begins with."""
        self.start = start
        self.block: Block | None = None
        self.state = State()
        self.listed: list[str] | None = None
        self.depth = 0
        self.seen = 0
        """Headers so far."""

    def feed(self, number: int, text: str) -> Block | None:
        """Take one line; the block that it ends, if it is a header."""
        if text.startswith(self.start):
            done, self.block = self.block, self.header(number, text)
            return done
        if text.startswith(ARCHIVED) or (GLUED in text and self.block):
            return self.archived(number, text)
        body = text.lstrip()
        if body and self.block:
            self.inside(body.rstrip(), len(text) - len(body))
        return None

    def end(self) -> Block | None:
        """The last block."""
        done, self.block, self.listed = self.block, None, None
        return done

    def header(self, number: int, text: str) -> Block:
        """A new block."""
        made = Block(text[len(self.start) :].rpartition("]")[0], number, self.start == SHARED)
        self.state, self.listed = made.package, None
        self.seen += 1
        return made

    def archived(self, number: int, text: str) -> Block | None:
        """The state of an archived app: no line break ends it, so that a user or the next package may follow."""
        at = max(text.rfind("}    User "), text.rfind(GLUED)) + 1
        moment = text.rpartition("archiveTimeMillis = ")[2].partition(" ")[0]
        self.state.archived = int(moment) if moment.isdecimal() and len(moment) <= MILLISECONDS else 0
        self.listed = None
        return self.feed(number, text[at:]) if at else None

    def inside(self, body: str, depth: int) -> None:
        """A line of a block."""
        if self.listed is not None:
            if depth > self.depth:
                if len(self.listed) < MAX_LISTED:
                    self.listed.append(body)
                return
            self.listed = None
        if name := LISTS.get(body):
            self.listed, self.depth = self.state.lists.setdefault(name, []), depth
            return
        key, separator, value = body.partition("=")
        if separator and key in FACTS:
            self.state.facts[key] = value
        elif body.startswith("User "):
            self.user(body)
        elif body.startswith("lastDisabledCaller:"):
            self.state.facts["lastDisabledCaller"] = body.partition(": ")[2]

    def user(self, body: str) -> None:
        """The first line of a user's state: `User 0: installed=true hidden=false enabled=0`."""
        number, separator, rest = body[5:].partition(":")
        if self.block and separator and (user := whole(number)) is not None:
            self.state = State(pairs(rest), user=user)
            self.block.users.append(self.state)


def bracketed(value: str | None) -> tuple[str, ...]:
    """The words of `[ SYSTEM HAS_CODE ]`."""
    return tuple((value or "").strip("[] ").replace(",", " ").split())


def hashes(value: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The present and past signers of `PackageSignatures{… signatures:[d7f1f224], past signatures:[…]}`.

    They are Java's 32-bit hashes of the certificates since Android 9. Before, `PackageSignatures{… [40a6d9b0]}` names
    objects in memory, which says nothing: empty.
    """
    _, found, rest = (value or "").partition("signatures:[")
    if not found:
        return (), ()
    present, _, rest = rest.partition("]")
    past = rest.partition("past signatures:[")[2].partition("]")[0]
    return words(present), words(past)


def words(text: str) -> tuple[str, ...]:
    """The hashes of a list, eight digits each; a past one has flags behind it."""
    return tuple(one.split()[0].rjust(8, "0") for one in text.split(",") if one.strip())
