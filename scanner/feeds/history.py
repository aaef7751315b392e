"""Since when kept feeds have had a value, and when they withdrew it: by the versions that the store keeps.

The store keeps a few versions of each feed. What the oldest of them holds may have been there before.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath

import msgspec

from scanner.feeds import files, load
from scanner.feeds.model import Indicator
from scanner.feeds.store import Store, digest
from scanner.record import Kind

CAME = "%Y%m%dT%H%M%SZ"
"""How the name of an older version begins."""

Name = tuple[Kind, str]
"""A kind and a value in normal form."""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One value in the kept versions of one feed."""

    feed: str
    kind: Kind
    value: str
    first_seen: datetime
    """When the oldest version that has it came."""
    last_seen: datetime
    """When the newest version that has it was last known to be the publisher's newest."""
    withdrawn: datetime | None = None
    """When the first version after that came; None while the current one has it."""
    earlier: bool = False
    """Whether the oldest kept version has it: it may have stood there before."""
    versions: int
    """How many versions are kept and could be read."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A kept version, and which of the values that are asked for it has."""

    came: datetime
    checked: datetime
    has: frozenset[Name]


def history(store: Store, feeds: Iterable[str], names: Iterable[Name]) -> list[Past]:
    """Where values stand in the versions of feeds, by feed and value; nothing of a feed that never had any.

    Args:
        store: The kept feeds.
        feeds: The ids of those to look at; one that is not kept has no history.
        names: The values.
    """
    wanted = frozenset(names)
    return [past for feed in sorted(set(feeds)) for past in told(feed, list(versions(store, feed, wanted)), wanted)]


def told(feed: str, kept: list[Version], wanted: frozenset[Name]) -> Iterator[Past]:
    """What the versions of one feed, oldest first, tell of values."""
    for kind, value in sorted(wanted):
        at = [number for number, one in enumerate(kept) if (kind, value) in one.has]
        if at:
            yield Past(
                feed=feed,
                kind=kind,
                value=value,
                first_seen=kept[at[0]].came,
                last_seen=kept[at[-1]].checked,
                withdrawn=kept[at[-1] + 1].came if at[-1] + 1 < len(kept) else None,
                earlier=at[0] == 0,
                versions=len(kept),
            )


def versions(store: Store, feed: str, wanted: frozenset[Name]) -> Iterator[Version]:
    """The versions of a feed, oldest first; one that cannot be read is as if it were not kept."""
    current = store.current(feed)
    if current is None:
        return
    for path in (*reversed(store.previous(feed)), current):
        with suppress(OSError, ValueError):
            data = files.content(path)
            checked = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
            came = fetched(store, feed, data) if path == current else named(path)
            has = among(data, PurePath(current.name), feed, wanted)
            yield Version(came=min(came or checked, checked), checked=checked, has=has)


def fetched(store: Store, feed: str, data: bytes) -> datetime | None:
    """When the current version came, if that is known."""
    state = store.state(feed)
    return state.fetched.replace(microsecond=0) if state.fetched and state.sha256 == digest(data) else None


def named(path: Path) -> datetime | None:
    """When an older version came, by its name."""
    with suppress(ValueError):
        return datetime.strptime(path.name.partition("-")[0], CAME).replace(tzinfo=UTC)
    return None


def among(data: bytes, name: PurePath, feed: str, wanted: frozenset[Name]) -> frozenset[Name]:
    """Which of some values a version has; its current name tells the kind of a plain list.

    Raises:
        ValueError: It is no feed, so that what it lacks says nothing.
    """
    with load.uncollected():
        if (entries := load.read(data, name, feed)) is None:
            raise ValueError("not a format that this version reads")
        found = {(one.kind, one.value) for one in entries if isinstance(one, Indicator)}
    return wanted & found


def text(past: Iterable[Past]) -> list[str]:
    """Histories as lines for a person."""
    return [line(one) for one in past]


def line(one: Past) -> str:
    """One value in one feed."""
    count = f"{one.versions} kept version{'' if one.versions == 1 else 's'}"
    first = f"first seen {one.first_seen:%Y-%m-%d}{' or earlier' if one.earlier else ''}"
    gone = f", withdrawn on {one.withdrawn:%Y-%m-%d}" if one.withdrawn else ""
    return f"{one.feed} ({count}): {one.kind} {one.value} {first}, last seen {one.last_seen:%Y-%m-%d}{gone}"
