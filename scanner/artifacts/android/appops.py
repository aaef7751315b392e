"""What apps may do, and when they last did it: camera, microphone, location, installing, drawing over others."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import later, uid, user, whole
from scanner.formats.dumpsys_appops import MODES, duration, state
from scanner.formats.indented import pairs
from scanner.record import AppId, Dated, Place, Record, Stage

KINDS = {"Access:": "access", "Reject:": "reject"}
RUNNING = "Running start at:"
DISCRETE = "Discrete accesses:"
ENTRIES = 8
"""The column from which on what stands below an operation begins."""


class AppOp(Record):
    """What an app may do: the mode of one operation."""

    app_id: AppId | None = None
    """None: it holds for all apps of the uid."""
    user: int | None = None
    uid: int | None = None
    op: str
    """RECORD_AUDIO, CAMERA, FINE_LOCATION, REQUEST_INSTALL_PACKAGES, SYSTEM_ALERT_WINDOW…"""
    mode: str | None = None
    """allow, ignore (silently nothing), deny, default (its permission decides), foreground."""


class AppOpUse(Dated):
    """That an app did something, or was kept from it; of each operation mostly only the last time is known."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    app_id: AppId | None = None
    user: int | None = None
    uid: int | None = None
    op: str
    kind: str
    """access, reject, or running: since then, and still when the phone wrote this."""
    state: str | None = None
    """pers(istent), top, fgsvc, fg, bg, cch (cached): what the app was for the owner at that time."""
    by: str | None = None
    """s: the app itself; tp, up: for another app, trusted or not; tpd, upd: another app for this one."""
    duration: float | None = None
    """Seconds."""
    attribution: str | None = None
    """The part of the app that it names itself."""
    proxy: AppId | None = None
    """Which app did it for this one."""
    proxy_uid: int | None = None
    device: str | None = None
    discrete: bool = False
    """One of several times that are known (since Android 12), not only the last."""


class Dump:
    """Reads the lines of the service's dump."""

    def __init__(self, file: File) -> None:
        """Before the first line."""
        self.file = file
        self.owner: dict[str, Any] = {}
        self.op = ""
        self.attribution: str | None = None
        self.device: str | None = None
        self.kind = ""
        self.discrete = False
        self.within = False

    def read(self) -> Iterator[AppOp | AppOpUse]:
        """All records."""
        for number, text in self.file.lines():
            body = text.strip()
            if not body:
                continue
            depth = len(text) - len(text.lstrip())
            if body.startswith(("Uid ", "Uid: ")) and depth <= 2:
                self.uid(number, body)
            elif depth <= 2:
                self.within = False
                self.discrete = body == DISCRETE or (self.discrete and depth > 0)
            elif self.within:
                yield from (self.several if self.discrete else self.last)(number, body, depth)

    def uid(self, number: int, body: str) -> None:
        """`Uid u0a123:`."""
        found = uid(body[4:].strip(" :"))
        self.within = found is not None
        if found is None:
            self.file.problem(f"unknown uid: {body[:40]!r}", number)
            return
        self.owner, self.op = {"uid": found, "user": user(found)}, ""

    def package(self, body: str) -> None:
        """`Package com.example:`; with it the operation before it is over."""
        self.owner["app_id"] = body.partition(" ")[2].removesuffix(":")
        self.op, self.attribution, self.device = "", None, None

    def last(self, number: int, body: str, depth: int) -> Iterator[AppOp | AppOpUse]:
        """A line of the present state."""
        if depth < ENTRIES:
            if body.startswith("Package "):
                self.package(body)
            elif body[0].isupper():
                yield from self.operation(number, body)
        elif not self.op:
            return
        elif body.endswith("=["):
            self.attribution = None if (tag := body[:-2]) == "null" else tag
        elif body.startswith(RUNNING):
            yield from self.use(number, "running", **self.ago(body[len(RUNNING) :].strip()))
        elif kind := KINDS.get(body[:7]):
            self.kind = kind
            yield from self.once(number, body[7:].strip())
        elif self.kind and body[0].islower() and " = " in body:
            yield from self.once(number, body)

    def operation(self, number: int, body: str) -> Iterator[AppOp | AppOpUse]:
        """An operation and its mode, before Android 9 with its times too."""
        name, brackets, rest = body.partition(" (")
        self.kind, self.attribution = "", None
        if brackets and rest.rstrip(" :").endswith(")"):
            self.op = name
            yield from self.mode(number, rest.partition(")")[0].partition(" ")[0])
            return
        name, separator, rest = body.partition(": mode=")
        if separator:
            self.op = name
            mode, *times = [part.strip() for part in rest.split(";")]
            yield from self.mode(number, mode.partition(" ")[0])
            yield from self.old(number, times)

    def mode(self, number: int, mode: str) -> Iterator[AppOp]:
        """What the operation's mode is."""
        place, values = Place(line=number), {**self.owner, "op": self.op, "mode": MODES.get(mode, mode) or None}
        if (made := self.file.made(AppOp, place, values)) is not None:
            yield made

    def old(self, number: int, times: list[str]) -> Iterator[AppOpUse]:
        """`time=+1d2h ago`, `rejectTime=+5m ago`, `duration=+34ms` or `running`."""
        found = dict(part.partition("=")[::2] for part in times)
        took = seconds(found.get("duration"))
        if "time" in found:
            kind = "running" if "running" in found else "access"
            yield from self.use(number, kind, duration=took, **self.ago(found["time"]))
        if "rejectTime" in found:
            yield from self.use(number, "reject", **self.ago(found["rejectTime"]))

    def ago(self, text: str) -> dict[str, Any]:
        """The time of something so long before the phone wrote this."""
        took = duration(text.removesuffix(" ago"))
        time = later(self.file.clock.now, None if took is None else -abs(took))
        return {"time": time, "written": text, "clock": "counted back from the report" if time else None}

    def once(self, number: int, text: str) -> Iterator[AppOpUse]:
        """`[top-s] 2020-01-08 15:30:08.802 (-1m40s679ms) duration=+162ms proxy[uid=1000, pkg=android, …]`."""
        if text.startswith("["):
            written_state, _, rest = text.partition("]")
        else:
            written_state, _, rest = text.partition(" = ")
        when, _, rest = rest.strip().partition(" (")
        name, by = state(written_state)
        after, _, proxied = rest.partition(")")[2].partition("proxy[")
        proxy = pairs(proxied)
        yield from self.use(
            number,
            self.kind,
            state=name,
            by=by,
            duration=seconds(pairs(after).get("duration")),
            proxy=None if proxy.get("pkg") == "null" else proxy.get("pkg"),
            proxy_uid=uid(proxy.get("uid", "")),
            **self.file.dated(when, number),
        )

    def several(self, number: int, body: str, depth: int) -> Iterator[AppOpUse]:
        """A line of the discrete accesses."""
        del depth
        name, _, rest = body.partition(" ")
        if name == "Package:":
            self.package(body)
        elif name == "Attribution:":
            self.attribution = None if rest == "null" else rest
        elif name == "Device:":
            self.device = rest
        elif name == "Access":
            yield from self.one_of_several(number, rest)
        elif not rest and body.isupper():
            self.op, self.attribution, self.device = body, None, None

    def one_of_several(self, number: int, text: str) -> Iterator[AppOpUse]:
        """`[top-s] at 2024-06-14 10:00:00.000 for 60000 milliseconds`."""
        written_state, _, rest = text.partition(" at ")
        when, _, rest = rest.partition(" for ")
        name, by = state(written_state)
        yield from self.use(
            number,
            "access",
            state=name,
            by=by,
            discrete=True,
            duration=None if (took := whole(rest.partition(" ")[0])) is None else took / 1000,
            **self.file.dated(" ".join(when.split()[:2]), number),
        )

    def use(self, number: int, kind: str, **values: Any) -> Iterator[AppOpUse]:
        """A use of the present operation."""
        values |= {**self.owner, "op": self.op, "kind": kind, "attribution": self.attribution, "device": self.device}
        if (made := self.file.made(AppOpUse, Place(line=number), values)) is not None:
            yield made


def seconds(text: str | None) -> float | None:
    """A duration in seconds."""
    took = duration(text) if text else None
    return None if took is None else took / 1000


@artifact("dumpsys:/appops")
def dumpsys(file: File) -> Iterator[AppOp | AppOpUse]:
    """App operations: the mode of each, its last use and refusal for each state of the app, since 12 more of them.

    From Android 4.3 (times counted back from the report) over 9 and 10 (dates) to 16 (attributions, devices).

    References:
        AOSP, AppOpsService, dump: https://android.googlesource.com/platform/frameworks/base
    """
    yield from Dump(file).read()
