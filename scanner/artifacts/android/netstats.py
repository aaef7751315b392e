"""Network traffic of each app, and exceptions from the limits on its background traffic."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import user, whole
from scanner.formats.indented import pairs
from scanner.record import AwareTime, Place, Record, Stage

KEY = re.compile(r"\s*ident=\[(.*)\] uid=(-?\d{1,9}) set=(\w+) tag=0x([0-9a-fA-F]{1,8})")
NETWORK = re.compile(r"type=(\w+)")
POLICY = re.compile(r"\s+UID=(\d{1,9}) policy=(\d{1,9})(?: \((.*)\))?")
SECONDS = 1e11
"""Buckets begin in seconds since Android 5, before in milliseconds."""
NUMBERS = re.compile(r"\d{1,18}")


class AppTraffic(Record):
    """What a uid sent and received over one kind of network, while on the screen or not."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    uid: int
    user: int | None = None
    set: str | None = None
    """`FOREGROUND`, `DEFAULT` (in the background); none where the phone only counts both together."""
    tag: int | None = None
    """What the app calls the traffic; 0 is all of it."""
    network: str | None = None
    received: int = 0
    sent: int = 0
    time: AwareTime | None = None
    """The beginning of the first period that was counted."""
    last: AwareTime | None = None


class NetworkPolicy(Record):
    """A uid that the user, or the system, exempted from limits of background traffic, or limited."""

    uid: int
    user: int | None = None
    policy: int
    words: str | None = None


class Key(NamedTuple):
    """What traffic is counted by."""

    uid: int
    set: str | None
    tag: int | None
    network: str | None


@artifact("dumpsys:/netstats", "section:/NETSTATS")
def netstats(file: File) -> Iterator[AppTraffic]:
    """The traffic of each uid, summed over the weeks that the phone remembers; since Android 13 also since its start.

    References:
        https://android.googlesource.com/platform/packages/modules/Connectivity/+/refs/heads/main/service-t/src/com/android/server/net/NetworkStatsService.java
    """
    sums: dict[Key, dict[str, Any]] = {}
    key: Key | None = None
    since_start = uids = False
    for number, text in file.lines():
        line = text.strip()
        if line.startswith("ident="):
            key = key_of(text) if uids else None
        elif key is not None and line.startswith(("st=", "bucketStart=")):
            add(sums, key, pairs(line), number)
        elif line.endswith(" stats:"):
            uids, key = line.startswith("UID"), None
        elif line.startswith("mAppUidStatsMap"):
            since_start = True
        elif since_start:
            since_start = line.startswith("uid ") or counted(sums, line, number)
    for found, values in sums.items():
        yield from file.record(
            AppTraffic, Place(line=values.pop("line")), **found._asdict(), user=user(found.uid), **values
        )


def key_of(text: str) -> Key | None:
    """The key of a history."""
    if not (found := KEY.match(text)) or found[2].startswith("-"):
        return None
    network = NETWORK.search(found[1])
    return Key(int(found[2]), found[3], int(found[4], 16), network[1] if network else None)


def number_of(known: dict[str, str], *names: str) -> int:
    """A number by its old or new name."""
    text = next((known[name] for name in names if name in known), "")
    return whole(text) or 0


def add(sums: dict[Key, dict[str, Any]], key: Key, known: dict[str, str], line: int) -> None:
    """Count a period."""
    begin = number_of(known, "st", "bucketStart")
    if not begin:
        return
    start = begin / 1000 if begin > SECONDS else float(begin)
    total = sums.setdefault(key, {"line": line, "received": 0, "sent": 0, "time": start, "last": start})
    total["received"] += number_of(known, "rb", "rxBytes")
    total["sent"] += number_of(known, "tb", "txBytes")
    total["time"], total["last"] = min(total["time"], start), max(total["last"], start)


def counted(sums: dict[Key, dict[str, Any]], line: str, number: int) -> bool:
    """Take a row `uid rxBytes rxPackets txBytes txPackets` of the counters since the phone's start."""
    words = line.split()
    if len(words) != len(("uid", "rb", "rp", "tb", "tp")) or not all(NUMBERS.fullmatch(word) for word in words):
        return False
    received, sent = int(words[1]), int(words[3])
    sums[Key(int(words[0]), None, None, "since start")] = {"line": number, "received": received, "sent": sent}
    return True


@artifact("dumpsys:/netpolicy")
def netpolicy(file: File) -> Iterator[NetworkPolicy]:
    """Uids whose background traffic is limited or exempted from limits.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/net/NetworkPolicyManagerService.java
    """
    for number, text in file.lines():
        if " policy=" in text and (found := POLICY.fullmatch(text)):
            uid = int(found[1])
            values = {"policy": found[2], "words": found[3]}
            yield from file.record(NetworkPolicy, Place(line=number), uid=uid, user=user(uid), **values)
