"""Newer versions of feeds into the store: looked at first, held back if much is missing, told value by value."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from scanner.feeds import fetch, taxii
from scanner.feeds.catalogue import Entry, one_line
from scanner.feeds.change import Change, Content, change, content, counts, suspicious
from scanner.feeds.store import Held, State, Store, digest

Fetching = Callable[[list[fetch.Wanted]], Iterable[tuple[fetch.Wanted, fetch.Answer]]]


class Became(StrEnum):
    """What became of a feed."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ACCEPTED = "accepted"
    HELD = "held back"
    FAILED = "failed"


AMISS = frozenset({Became.HELD, Became.FAILED})
"""What a person has to look at."""


class Result(msgspec.Struct, kw_only=True):
    """What became of one feed, and what is other in it now."""

    id: str
    became: Became
    why: list[str] = []
    change: Change = msgspec.field(default_factory=Change)
    values: int = 0
    """Values in the version that is used now; 0 if there is none."""
    reached: bool = True
    """Whether a server answered."""


class Version(msgspec.Struct, kw_only=True):
    """A version that came, by whatever way."""

    data: bytes
    url: str
    entry: Entry | None = None
    etag: str = ""
    modified: str = ""
    fetched: datetime


def update(store: Store, entries: list[Entry], fetching: Fetching = fetch.fetch) -> Iterator[Result]:
    """Fetch feeds and take what is sound, as it comes; hold the store's lock meanwhile."""
    known = {entry.id: entry for entry in entries}
    for wanted, answer in fetching([asked(store, entry) for entry in entries]):
        try:
            yield settled(store, known[wanted.id], answer)
        except (OSError, ValueError) as error:
            yield failed(store, wanted.id, one_line(error))


def asked(store: Store, entry: Entry) -> fetch.Wanted:
    """What to ask of a server; anything newer only, if what we have is certainly what we noted."""
    current, state = store.current(entry.id), store.state(entry.id)
    sound = current is not None and state.url == entry.url and digest(current.read_bytes()) == state.sha256
    etag, modified = (state.etag, state.modified) if sound else ("", "")
    collection = entry.format == taxii.FORMAT
    return fetch.Wanted(id=entry.id, url=entry.url, etag=etag, modified=modified, taxii=collection)


def settled(store: Store, entry: Entry, answer: fetch.Answer) -> Result:
    """What becomes of a feed by a server's answer."""
    now = datetime.now(UTC)
    if isinstance(answer, fetch.Fetched):
        version = Version(
            data=answer.data, url=entry.url, entry=entry, etag=answer.etag, modified=answer.modified, fetched=now
        )
        return take(store, entry.id, version)
    if isinstance(answer, fetch.Same):
        return same(store, entry.id, store.state(entry.id), now)
    if isinstance(answer, fetch.Gone):
        return gone(store, entry.id, answer.status, now)
    return failed(store, entry.id, answer.why, reached=answer.reached)


def failed(store: Store, name: str, why: str, *, reached: bool = True) -> Result:
    """Nothing came; what is kept stays, and what is held back still is."""
    held = store.state(name).held
    more = [f"still held back: {'; '.join(held.why)}"] if held else []
    return Result(id=name, became=Became.FAILED, why=[why, *more], values=values(store, name), reached=reached)


def values(store: Store, name: str) -> int:
    """How many values the version that is used has, as noted."""
    return sum(store.state(name).counts.values()) if store.current(name) else 0


def same(store: Store, name: str, state: State, now: datetime, why: str = "") -> Result:
    """The current version is the newest; nothing is held back any more."""
    now = max(now, state.checked or now)
    state.checked, state.gone, state.gone_accepted, state.held = now, None, False, None
    store.note(name, state)
    store.drop_held(name)
    store.confirm(name, now)
    return Result(id=name, became=Became.UNCHANGED, why=[why] if why else [], values=values(store, name))


def gone(store: Store, name: str, status: int, now: datetime) -> Result:
    """The server has it no more: it is kept, and said until it is accepted."""
    if store.current(name) is None:
        return failed(store, name, f"the server does not have it ({status})")
    state = store.state(name)
    state.gone = state.gone or now
    store.note(name, state)
    why = f"the server does not have it any more ({status}, first seen {state.gone:%Y-%m-%d})"
    became = Became.UNCHANGED if state.gone_accepted else Became.HELD
    return Result(id=name, became=became, why=[why], values=values(store, name))


def take(store: Store, name: str, version: Version, *, accepted: bool = False) -> Result:
    """Make a version the current one if it is sound and does not lack too much of the last one.

    Raises:
        ValueError: it is no feed; what is kept stays.
        OSError: the disk does not take it; what is kept stays.
    """
    entry, state, sha256 = version.entry, store.state(name), digest(version.data)
    place, current = store.place(name, version.url, entry.format if entry else ""), store.current(name)
    if current is not None and state.sha256 == sha256 == digest(current.read_bytes()):
        state.url, state.etag, state.modified = version.url, version.etag, version.modified
        return same(store, name, state, version.fetched)
    new = looked_at(store, place, version.data, entry)
    if not accepted and (why := suspicious(known(store, place, current, entry), new)):
        return hold(store, name, place, version, why)
    before = store.baseline(name)
    old = known(store, place, before, entry)
    store.install(name, place, version.data, noted(version, new))
    became = Became.NEW if before is None else Became.ACCEPTED if accepted else Became.UPDATED
    return Result(id=name, became=became, change=change(old, new), values=len(new))


def looked_at(store: Store, place: Path, data: bytes, entry: Entry | None) -> Content:
    """What bytes would be as a feed; looked at as the file that a scan would load.

    Raises:
        ValueError: no feed.
    """
    part = store.incoming(place, data)
    try:
        return content(part, entry)
    finally:
        part.unlink(missing_ok=True)


def known(store: Store, place: Path, path: Path | None, entry: Entry | None) -> Content:
    """What a kept version holds, read under the name that it has in use; of none, or a damaged one, nothing."""
    try:
        return looked_at(store, place, path.read_bytes(), entry) if path else {}
    except (OSError, ValueError):
        return {}


def noted(version: Version, new: Content) -> State:
    """What is to be known of a version that is taken."""
    return State(
        url=version.url, sha256=digest(version.data), etag=version.etag, modified=version.modified,
        fetched=version.fetched, checked=version.fetched, counts=counts(new),
    )  # fmt: skip


def hold(store: Store, name: str, place: Path, version: Version, why: list[str]) -> Result:
    """Keep a version aside until it is accepted; the first day on which it was seen stays."""
    state, sha256 = store.state(name), digest(version.data)
    since = state.held.since if state.held and state.held.sha256 == sha256 else version.fetched
    state.held = Held(sha256=sha256, why=why, since=since, etag=version.etag, modified=version.modified)
    state.gone = None
    store.hold(name, place, version.data, state)
    return Result(id=name, became=Became.HELD, why=why, values=values(store, name))


def accept(store: Store, names: Iterable[str], catalogue: dict[str, Entry] | None = None) -> Iterator[Result]:
    """Take what was held back, exactly as it was reported; of a feed that is gone, be content with the last version."""
    for name in names:
        state, path = store.state(name), store.held_file(name)
        try:
            if state.held and path and digest(data := path.read_bytes()) == state.held.sha256:
                version = Version(
                    data=data, url=state.url, entry=(catalogue or {}).get(name), etag=state.held.etag,
                    modified=state.held.modified, fetched=datetime.now(UTC),
                )  # fmt: skip
                yield take(store, name, version, accepted=True)
            elif state.gone and store.current(name):
                state.gone_accepted = True
                store.note(name, state)
                yield Result(
                    id=name, became=Became.ACCEPTED, why=["the last version stays"], values=values(store, name)
                )
            else:
                yield Result(id=name, became=Became.FAILED, why=["nothing of it is held back"])
        except (OSError, ValueError) as error:
            yield failed(store, name, one_line(error))
