"""The acquisition itself: when it was made, with what, and what it could not take."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.convert import part
from scanner.evidence import File
from scanner.record import AwareTime, Place, Record

NEVER = "0001-01-01"
"""How Go writes a time that was not set."""
MAX_FAILURES = 10_000
FAILURES = ("permission denied", "failed to", "error", "unable to", "timed out", "not found")


class Acquisition(Record):
    """When and with what the evidence was taken."""

    started: AwareTime | None = None
    completed: AwareTime | None = None
    collector: str | None = None
    version: str | None = None
    uuid: str | None = None
    folder: str | None = None
    """Where on the phone the collector was put: its own trace."""
    architecture: str | None = None
    streaming: bool | None = None


class NotCollected(Record):
    """What the acquisition failed to take: it was not examined, which says nothing of whether it is clean."""

    time: AwareTime | None = None
    message: str


@artifact("androidqf:/acquisition.json")
def androidqf(file: File) -> Iterator[Acquisition]:
    """AndroidQF's own account: start, end, version and collector.

    References:
        AndroidQF: https://github.com/mvt-project/androidqf
    """
    found = file.json()
    if not isinstance(found, dict):
        raise ValueError(f"not an object but {type(found).__name__}")
    collector = part(found, "collector")
    values = {
        "started": moment(found.get("started")),
        "completed": moment(found.get("completed")),
        "collector": "AndroidQF",
        "version": found.get("androidqf_version"),
        "uuid": found.get("uuid"),
        "folder": collector.get("ExePath") or found.get("tmp_dir"),
        "architecture": collector.get("Architecture") or found.get("cpu"),
        "streaming": found.get("streaming_mode"),
    }
    yield from file.record(Acquisition, Place(), **values)


def moment(value: object) -> object:
    """A time, None where it was never set."""
    return None if isinstance(value, str) and value.startswith(NEVER) else value


@artifact("androidqf:/command.log")
def failures(file: File) -> Iterator[NotCollected]:
    """What AndroidQF noted that it could not take, each message once: why a file is not there.

    References:
        AndroidQF: https://github.com/mvt-project/androidqf
    """
    seen = set[str]()
    for number, line in file.lines():
        lower = line.lower()
        if any(word in lower for word in FAILURES):
            time, message = stamped(line)
            if message not in seen and len(seen) < MAX_FAILURES:
                seen.add(message)
                yield from file.record(NotCollected, Place(line=number), time=time, message=message)


def stamped(line: str) -> tuple[str | None, str]:
    """The time at the head of a line of the log, if it has a zone, and the message."""
    head, _, rest = line.partition(" ")
    return (head, rest.strip()) if head[:4].isdigit() and "T" in head else (None, line.strip())
