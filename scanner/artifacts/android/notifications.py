"""Notification listeners: apps that read every notification, and so most messages; and what was shown."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.components import component
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import AppId, MilliTime, Place, Record, Text

ALLOWED = re.compile(r"Allowed (.+):$")
ALL = re.compile(r"(?:All )?(.+?)s? \((\d{1,6})\) enabled for current profiles:$")
LIVE = re.compile(r"Live (.+?)s? \((\d{1,6})\):$")
GIVEN = re.compile(r"(.+) \(user: (-?\d{1,9}) isPrimary: \w+")
RUNNING = re.compile(r"(ComponentInfo\{[^}]+\}) \(user (-?\d{1,9})\)(.*)")
KINDS = {"listener": "listener", "assistant": "assistant", "condition provider": "do not disturb"}
TAGS = {"enabled_listeners": "listener", "enabled_assistants": "assistant", "dnd_apps": "do not disturb"}
POSTED = re.compile(
    r"NotificationRecord[({]\w+:? pkg=(\S+)(?: user=UserHandle\{(-?\d+)\})? id=(-?\w+) tag=(.*?) "
    r"(?:importance|score|pri)=(-?\d+)"
)
CHANNEL = re.compile(r"Notification\(channel=(.*?) (?:pri|shortcut)=")


class NotificationListener(Record):
    """An app that may read and answer notifications, rank them, or break "do not disturb"."""

    app_id: AppId
    component: str | None = None
    kind: str
    """`listener` reads all notifications, `assistant` ranks them, `do not disturb` may change that mode."""
    user: int | None = None
    """-1: all users."""
    allowed: bool | None = None
    """Whether the owner's settings allow it; None where the dump does not say."""
    enabled: bool | None = None
    live: bool | None = None
    """Whether it was connected."""
    system: bool | None = None
    """Whether the system itself registered it, which needs nobody's leave."""


class PostedNotification(Record):
    """A notification that was on the screen; its text is left out by the phone."""

    time: MilliTime | None = None
    app_id: AppId
    user: int | None = None
    number: int | None = None
    tag: Text | None = None
    channel: str | None = None
    importance: int | None = None


class Listeners:
    """The listeners of a dump, gathered from its lists."""

    def __init__(self) -> None:
        """None yet."""
        self.found: dict[tuple[str, str, int | None], dict[str, Any]] = {}
        self.users: dict[tuple[str, str], list[dict[str, Any]]] = {}
        """The same without their users."""
        self.lists: set[tuple[str, str]] = set()
        """Which lists the dump has: (state, kind)."""

    def add(self, line: int, kind: str, named: tuple[str, str | None], user: int | None, **states: bool) -> None:
        """Note one more state of a listener."""
        name = named[1] or named[0]
        of_nobody = self.found.pop((kind, name, None), {})
        known = self.found.get((kind, name, user))
        if known is None:
            known = self.found[kind, name, user] = {"line": line, "app_id": named[0]} | of_nobody
            self.users.setdefault((kind, name), []).append(known)
        known["component"] = named[1]
        known.update(states)

    def enabled(self, line: int, kind: str, named: tuple[str, str | None]) -> None:
        """Note that a listener is enabled for the current user, whose number is not printed."""
        same = self.users.get((kind, named[1] or ""), [])
        if not same:
            self.add(line, kind, named, None, enabled=True)
        for states in same:
            states["enabled"] = True

    def records(self, file: File) -> Iterator[NotificationListener]:
        """What was gathered."""
        for (kind, _, user), states in self.found.items():
            place = Place(line=states.pop("line"))
            for state in ("allowed", "live"):
                if (state, kind) in self.lists and states["component"]:
                    states.setdefault(state, False)
            yield from file.record(NotificationListener, place, kind=kind, user=user, **states)


@artifact("dumpsys:/notification")
def dump(file: File) -> Iterator[NotificationListener | PostedNotification]:
    """Notification listeners and assistants, apps that may change "do not disturb", and posted notifications.

    `Listeners (1) enabled …` and `Live listeners` in Android 4.3 and 4.4, `All notification listeners` since Android
    5, `Allowed notification listeners` by user since Android 8.

    References:
        AOSP, com.android.server.notification.ManagedServices.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    listeners, posted = Listeners(), dict[str, Any]()
    title, kind, stated, seen = "", "", 0, 0
    for line, text in file.lines():
        stripped = text.strip()
        if title and not stripped.endswith(":") and (component(stripped) or GIVEN.match(stripped)):
            seen += entry(listeners, line, title, kind, stripped)
            continue
        if title and title != "allowed" and seen != stated:
            file.problem(f"{stated} {title} {kind}s are stated, {seen} could be read", line)
        title, kind, stated = header(stripped) if stripped.endswith(":") else ("", "", 0)
        seen = 0
        if title:
            listeners.lists.add((title, kind))
        elif stripped.startswith("NotificationRecord"):
            yield from shown(file, posted)
            if not (posted := posting(line, stripped)):
                file.problem("a posted notification could not be read", line)
        elif posted and stripped.startswith("mCreationTimeMs="):
            posted["time"] = stripped.partition("=")[2]
    yield from shown(file, posted)
    yield from listeners.records(file)


def header(text: str) -> tuple[str, str, int]:
    """Which list a line begins (`allowed`, `enabled`, `live`), of what, and of how many."""
    for title, pattern in (("allowed", ALLOWED), ("enabled", ALL), ("live", LIVE)):
        if found := pattern.match(text):
            words = found[1].lower().removeprefix("notification ").removesuffix("s")
            return (title, KINDS[words], int(found[2]) if title != "allowed" else 0) if words in KINDS else ("", "", 0)
    return "", "", 0


def entry(listeners: Listeners, line: int, title: str, kind: str, text: str) -> int:
    """Note what one line of a list says; how many it names."""
    if title == "allowed":
        names, user = (found[1], int(found[2])) if (found := GIVEN.match(text)) else (text, None)
        every = [one for one in names.split(":") if one]
        for one in every:
            listeners.add(line, kind, component(one) or (one, None), user, allowed=True)
        return len(every)
    if (named := component(text)) is None:
        return 0
    if title == "enabled":
        listeners.enabled(line, kind, named)
    elif found := RUNNING.match(text):
        states = {"live": True, "system": True} if found[3].endswith(" SYSTEM") else {"live": True}
        listeners.add(line, kind, named, int(found[2]), **states)
    return 1


def posting(line: int, text: str) -> dict[str, Any]:
    """What the first line of a posted notification says; nothing where it is not understood."""
    if not (found := POSTED.match(text)):
        return {}
    channel = CHANNEL.search(text)
    return {
        "place": Place(line=line),
        "app_id": found[1],
        "user": found[2],
        "number": found[3],
        "tag": None if found[4] == "null" else found[4],
        "importance": found[5],
        "channel": channel[1] if channel and channel[1] != "null" else None,
    }


def shown(file: File, posted: dict[str, Any]) -> Iterator[PostedNotification]:
    """The record of a posted notification."""
    if posted:
        written, place = posted.pop("time", ""), posted.pop("place")
        time = whole(written)
        yield from file.record(PostedNotification, place, time=time, **posted)


@artifact("/data/system/notification_policy.xml")
def stored(file: File) -> Iterator[NotificationListener]:
    """Allowed listeners, assistants and "do not disturb" apps as the phone keeps them (text or binary XML).

    References:
        AOSP, com.android.server.notification.ManagedServices.writeXml:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    for parent in file.xml():
        kind = TAGS.get(parent.tag)
        for listing in parent.iter("service_listing") if kind else ():
            for name in (listing.get("approved") or "").split(":"):
                if name:
                    app_id, full = component(name) or (name, None)
                    values = {"app_id": app_id, "component": full, "kind": kind, "user": listing.get("user")}
                    place = Place(key=f"{parent.tag}.{name}")
                    yield from file.record(NotificationListener, place, allowed=True, **values)
