"""The folder of kept feeds, which is whole at any moment, whatever was interrupted.

    feeds/<id>.<ext>                       the current version; nothing else lies here, so that a scan takes the folder
    feeds/.state/<id>.json                 what is known of it (`State`)
    feeds/.previous/<id>/<time>-<hash>.<ext>   older versions
    feeds/.held/<id>.<ext>                 a version that waits to be accepted
    feeds/.incoming/                       what is being written
    feeds/.lock                            held by the one update that may write

A file comes into its place by one renaming, after its bytes are on the disk. The state is written last: while
its hash is not that of the current version, an update was cut off between the two; the next one asks the server anew.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scanner.feeds import catalogue
from scanner.feeds.load import FEED_SUFFIXES

KEPT = 5
"""Older versions of a feed that are kept."""
WAIT = 30.0
"""Seconds that an update waits for another to end."""
OWNER_ONLY = 0o700
BUSY_TRIES = 20
SUFFIXES = FEED_SUFFIXES | {".gz", ".zip"}
FORMATS = {
    "stix2": ".stix2",
    "taxii": ".json",
    "yara": ".yar",
    "stalkerware-yaml": ".yaml",
    "samples-csv": ".csv",
    "misp": ".json",
}


class StoreError(ValueError):
    """The folder of feeds cannot be used now; nothing was changed."""


class Held(msgspec.Struct, kw_only=True):
    """A version that was fetched and not taken."""

    sha256: str
    why: list[str]
    since: datetime
    etag: str = ""
    modified: str = ""


class State(msgspec.Struct, kw_only=True):
    """What is known of a kept feed."""

    url: str = ""
    sha256: str = ""
    etag: str = ""
    modified: str = ""
    fetched: datetime | None = None
    """When this version came."""
    checked: datetime | None = None
    """When the server last said that it is the newest."""
    counts: dict[str, int] = {}
    """Values by kind."""
    gone: datetime | None = None
    """Since when the server has not had it."""
    gone_accepted: bool = False
    held: Held | None = None


def folder() -> Path:
    """Where the feeds lie; the same folder that a scan takes."""
    from platformdirs import user_data_path

    return user_data_path("bridle", appauthor=False) / "feeds"


class Store:
    """The kept feeds of one folder; write only while holding `lock`."""

    def __init__(self, place: Path | None = None) -> None:
        """Of a folder, or of the user's."""
        self.folder = place or folder()

    @property
    def own_catalogue(self) -> Path:
        """The user's catalogue."""
        return self.folder.parent / "feeds.yaml"

    @contextmanager
    def lock(self, wait: float = WAIT) -> Iterator[None]:
        """Be the only one who writes; the system lets go of the lock if the process dies.

        Raises:
            StoreError: another has it for longer than we wait, or the folder cannot be written.
        """
        try:
            self.folder.mkdir(OWNER_ONLY, parents=True, exist_ok=True)
            file = (self.folder / ".lock").open("a+b")
        except OSError as error:
            raise StoreError(f"the folder of feeds {self.folder} cannot be written: {error.strerror}") from None
        with file:
            until = time.monotonic() + wait
            while not grabbed(file.fileno()):
                if time.monotonic() >= until:
                    raise StoreError(f"another update of the feeds in {self.folder} is at work; try again later")
                time.sleep(0.05)
            self.sweep()
            yield

    def sweep(self) -> None:
        """Let go of what an interrupted update left half written."""
        for part in self.hidden("incoming").glob("*"):
            with suppress(OSError):
                part.unlink()

    def hidden(self, name: str) -> Path:
        """A folder that a scan does not see."""
        return self.folder / f".{name}"

    def ids(self) -> list[str]:
        """The feeds that are kept, sorted."""
        found = {path.stem for path in self.folder.glob("*") if path.is_file() and not path.name.startswith(".")}
        return sorted(name for name in found if catalogue.ID.fullmatch(name))

    def current(self, name: str) -> Path | None:
        """The file of a feed; None if it is not kept."""
        return next((path for path in sorted(self.folder.glob(f"{name}.*")) if path.stem == name), None)

    def place(self, name: str, hint: str, form: str = "") -> Path:
        """The file of a feed, there or not: its name stays while the feed is kept, so that there are never two."""
        suffix = Path(hint.partition("?")[0]).suffix.lower()
        known = suffix if suffix in SUFFIXES else FORMATS.get(form, ".txt")
        return self.current(name) or self.folder / f"{name}{known}"

    def state(self, name: str) -> State:
        """What is known of a feed; of a damaged record, nothing."""
        with suppress(OSError, ValueError):
            return msgspec.json.decode((self.hidden("state") / f"{name}.json").read_bytes(), type=State)
        return State()

    def note(self, name: str, state: State) -> None:
        """Keep what is known of a feed."""
        self.put(self.hidden("state") / f"{name}.json", msgspec.json.format(msgspec.json.encode(state)))

    def put(self, place: Path, data: bytes, when: datetime | None = None) -> None:
        """A file in its place, changed at some time, or nothing changed."""
        write(place, data, self.hidden("incoming") / f"{place.name}.part", when)

    def incoming(self, place: Path, data: bytes) -> Path:
        """A file as it would be installed, to be looked at first."""
        part = self.hidden("incoming") / place.name
        written(part, data)
        return part

    def install(self, name: str, place: Path, data: bytes, state: State) -> None:
        """Make bytes the current version of a feed; the one before is kept."""
        if (current := self.current(name)) is not None and current.read_bytes() != data:
            self.keep(name, current)
        self.put(place, data, state.checked)
        self.note(name, state)
        self.drop_held(name)

    def keep(self, name: str, current: Path) -> None:
        """Keep the current version among the older ones; its name has the time when it came, its age the last check."""
        data, seen = current.read_bytes(), current.stat().st_mtime
        sha256, state = digest(data), self.state(name)
        came = state.fetched if state.fetched and state.sha256 == sha256 else datetime.fromtimestamp(seen, UTC)
        older = self.hidden("previous") / name / f"{came:%Y%m%dT%H%M%SZ}-{sha256[:16]}{current.suffix}"
        if not older.exists():
            self.put(older, data)
        os.utime(older, (seen, seen))
        for one in self.previous(name)[KEPT:]:
            one.unlink()

    def previous(self, name: str) -> list[Path]:
        """The older versions of a feed, newest first: `<time it came>-<its hash>.<ext>`, changed when seen last."""
        return sorted((self.hidden("previous") / name).glob("[0-9]*-*"), reverse=True)

    def baseline(self, name: str) -> Path | None:
        """The version that the last finished update left: the current one, or, where one was cut off, that before.

        None if no update of the feed was ever finished.
        """
        current, sha256 = self.current(name), self.state(name).sha256
        if current is None or not sha256:
            return None
        if digest(current.read_bytes()) == sha256:
            return current
        before = (path for path in self.previous(name) if digest(path.read_bytes()) == sha256)
        return next(before, current)

    def held_file(self, name: str) -> Path | None:
        """The version of a feed that waits to be accepted."""
        return next((path for path in self.hidden("held").glob(f"{name}.*") if path.stem == name), None)

    def hold(self, name: str, place: Path, data: bytes, state: State) -> None:
        """Keep a version aside, with the reason in the state."""
        self.put(self.hidden("held") / place.name, data)
        self.note(name, state)

    def drop_held(self, name: str) -> None:
        """Let go of a version that waited."""
        if (path := self.held_file(name)) is not None:
            path.unlink()

    def confirm(self, name: str, when: datetime) -> None:
        """Note on the current version that it is still the newest: its age is counted from its time of change."""
        if (current := self.current(name)) is not None:
            os.utime(current, (when.timestamp(), when.timestamp()))

    def remove(self, name: str) -> bool:
        """Remove a feed and all that is known of it, its current version first; whether there was one."""
        current = self.current(name)
        rest = [self.held_file(name), self.hidden("state") / f"{name}.json", *self.previous(name)]
        for path in [current, *rest]:
            if path is not None:
                path.unlink(missing_ok=True)
        with suppress(OSError):
            (self.hidden("previous") / name).rmdir()
        return current is not None


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write(place: Path, data: bytes, part: Path, when: datetime | None = None) -> None:
    """Put bytes into a file by one renaming; `part`, on the same disk, is where they are written first."""
    place.parent.mkdir(OWNER_ONLY, parents=True, exist_ok=True)
    written(part, data)
    if when is not None:
        os.utime(part, (when.timestamp(), when.timestamp()))
    for attempt in range(BUSY_TRIES):
        try:
            part.replace(place)
            break
        except PermissionError:  # on Windows, while a scan reads the old one
            if sys.platform != "win32" or attempt == BUSY_TRIES - 1:
                raise
            time.sleep(0.1)
    if sys.platform != "win32":
        opened = os.open(place.parent, os.O_RDONLY)
        try:
            with suppress(OSError):
                os.fsync(opened)
        finally:
            os.close(opened)


def written(part: Path, data: bytes) -> None:
    """Bytes in a file, and on the disk."""
    part.parent.mkdir(OWNER_ONLY, parents=True, exist_ok=True)
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def grabbed(opened: int) -> bool:
        """Whether the lock on an open file could be had at once."""
        try:
            os.lseek(opened, 0, os.SEEK_SET)
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def grabbed(opened: int) -> bool:
        """Whether the lock on an open file could be had at once."""
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
