"""The broadcasts in the activity manager's dump, and the moment of the dump, which they tell."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from scanner.artifacts.android.activity_records import BroadcastReceived
from scanner.evidence import File
from scanner.formats.activity_dump import Line, between, blocks
from scanner.formats.android_text import later, milliseconds
from scanner.record import Place


class State:
    """What later parts need of earlier ones: the moment of the dump, by which relative times are counted."""

    def __init__(self, file: File) -> None:
        """The report's own date, until a broadcast tells better."""
        self.file, self.now, self.said = file, file.clock.now, "the report's date"

    def broadcast(self, dispatched: datetime | None, ago: str) -> None:
        """Take a broadcast's absolute and relative times."""
        before = milliseconds(ago)
        now = later(dispatched, -before) if before is not None and before <= 0 else None
        if now is not None:
            self.now, self.said = now, "the broadcasts' clock"

    def ago(self, text: str) -> dict[str, Any]:
        """The fields of a record for a relative time such as `-1m54s927ms`."""
        time = later(self.now, milliseconds(text))
        return {"written": text} | ({"time": time, "clock": f"counted back from {self.said}"} if time else {})


def broadcasts(file: File, state: State, lines: Iterable[Line]) -> Iterator[BroadcastReceived]:
    """The broadcasts that started receivers named in manifests; every one tells the clock."""
    for block in blocks(lines, "  Historical Broadcast "):
        number = block[0][0]
        enqueued = between(block, "enqueueClockTime=", " dispatchClockTime=")
        dispatched, ago = between(block, "dispatchClockTime=", "\n"), between(block, " dispatchTime=", " ")
        packages = [text.strip().removeprefix("packageName=") for _, text in block if "  packageName=" in text]
        if not packages and (state.said == "the broadcasts' clock" or not dispatched):
            continue
        dated = file.dated(dispatched or enqueued or "", number) if dispatched or enqueued else {}
        state.broadcast(dated.get("time"), ago or "")
        action = between(block, "BroadcastRecord{", "}")
        if packages and action:
            receivers = [text.strip().removeprefix("name=") for _, text in block if text.startswith("        name=")]
            caller = (between(block, "caller=", " ") or "null").partition(" ")[0]
            yield from file.record(
                BroadcastReceived,
                Place(line=number),
                action=action.rpartition(" ")[2],
                caller=None if caller == "null" else caller,
                packages=tuple(packages),
                receivers=tuple(receivers),
                **dated,
            )
