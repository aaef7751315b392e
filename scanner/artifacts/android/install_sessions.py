"""Installations under way and past ones, as the package installer keeps them."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.artifacts.android.packages import SOURCES, origin, truth, word
from scanner.evidence import File
from scanner.formats.android_text import named, whole
from scanner.record import AppId, MilliTime, Path, Place, Record, Stage, Text, Url

TITLES = {
    "Active install sessions:": "active",
    "Finalized install sessions:": "finalized",
    "Historical install sessions:": "historical",
}
HEADER = re.compile(r"(?:[A-Z]\w+ )*Session (-?\d{1,18}):")
WRAPPED = 118
"""The dump breaks lines at 120 columns, in the middle of words; a shorter line ends where it shall."""
MAX_LINES = 200
"""Of one session."""
PAIR = re.compile(r"(?:^|\s)([A-Za-z]\w*(?:\.\w+)*)=")


class InstallSession(Record):
    """An installation through the package installer: by a store, a browser's download, adb."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: MilliTime | None = None
    """When it was created."""
    updated: MilliTime | None = None
    committed: MilliTime | None = None
    session: int | None = None
    state: str | None = None
    """active, finalized or historical."""
    user: int | None = None
    app_id: AppId | None = None
    """What shall be installed, where the installer said so beforehand."""
    label: str | None = None
    installer: AppId | None = None
    installer_uid: int | None = None
    """2000 is adb's shell."""
    initiating: AppId | None = None
    originating: AppId | None = None
    update_owner: AppId | None = None
    originating_uid: int | None = None
    originating_url: Url | None = None
    """Where the file was downloaded from."""
    referrer: Url | None = None
    staging: Path | None = None
    """The folder that holds the files until they are installed."""
    size: int | None = None
    flags: str | None = None
    reason: int | None = None
    package_source: int | None = None
    package_source_name: str | None = None
    final_status: int | None = None
    """1: succeeded; 0: not finished; negative: failed."""
    final_message: Text | None = None


class Sessions:
    """Reads the lines of one list of sessions."""

    def __init__(self, file: File, state: str) -> None:
        """A list of sessions in this state."""
        self.file, self.state = file, state
        self.session: int | None = None
        self.line = 0
        self.text: list[str] = []

    def feed(self, number: int, text: str) -> Iterator[InstallSession]:
        """One line; a header gives the session before it."""
        if found := HEADER.fullmatch(text.strip()):
            yield from self.end()
            self.session, self.line = int(found[1]), number
        elif self.session is not None and len(self.text) < MAX_LINES:
            natural = len(text) < WRAPPED and not text.endswith(" ")
            self.text.append(text.lstrip() + " " * natural)

    def end(self) -> Iterator[InstallSession]:
        """The last session."""
        if self.session is not None:
            values = pairs("".join(self.text))
            place = Place(line=self.line)
            yield from self.file.record(
                InstallSession, place, session=self.session, state=self.state, **described(values)
            )
        self.session, self.text = None, []


def pairs(text: str) -> dict[str, str]:
    """`key=value` where values may hold blanks; of a key that comes twice the first value that says something."""
    parts = PAIR.split(text)
    found: dict[str, str] = {}
    for key, value in zip(parts[1::2], parts[2::2], strict=True):
        if found.get(key) in {None, "null"}:
            found[key] = value.strip()
    return found


def known(values: dict[str, str], *names: str) -> str | None:
    """The first of these that says something."""
    return next((found for name in names if (found := named(values.get(name)))), None)


def number(values: dict[str, str], *names: str) -> int | None:
    """The first of these as a whole number."""
    return whole(known(values, *names))


def described(values: dict[str, str]) -> dict[str, Any]:
    """The fields of a session by the names that the dump or the file give them."""
    source = number(values, "packageSource")
    return {
        "time": number(values, "createdMillis"),
        "updated": number(values, "updatedMillis"),
        "committed": number(values, "committedMillis"),
        "user": number(values, "userId"),
        "app_id": known(values, "appPackageName"),
        "label": known(values, "appLabel"),
        **origin(
            known(values, "installerPackageName", "mOriginalInstallerPackageName"),
            known(values, "installInitiatingPackageName", "initiatingPackageName"),
            known(values, "installOriginatingPackageName", "originatingPackageName"),
            known(values, "updateOwnerPackageName", "updateOwnererPackageName"),
        ),
        "installer_uid": number(values, "mInstallerUid", "installerUid", "mOriginalInstallerUid"),
        "originating_uid": uid if (uid := number(values, "originatingUid")) != -1 else None,
        "originating_url": known(values, "originatingUri"),
        "referrer": known(values, "referrerUri"),
        "staging": known(values, "stageDir", "sessionStageDir"),
        "size": size if (size := number(values, "sizeBytes")) != -1 else None,
        "flags": known(values, "installFlags"),
        "reason": number(values, "installReason", "installRason"),  # so the file spells it
        "package_source": source,
        "package_source_name": word(SOURCES, source),
        "final_status": number(values, "mFinalStatus"),
        "final_message": known(values, "mFinalMessage", "mSessionErrorMessage", "errorMessage"),
    }


@artifact("/data/system/install_sessions.xml")
def stored(file: File) -> Iterator[InstallSession]:
    """Installations that are under way, as they are kept over a restart.

    References:
        AOSP, PackageInstallerSession, write: https://android.googlesource.com/platform/frameworks/base
    """
    for position, one in enumerate(file.xml().iter("session")):
        values = dict(one.attrib)
        state = "historical" if truth(values.get("destroyed")) else "active"
        fields = {"session": number(values, "sessionId"), "state": state, **described(values)}
        yield from file.record(InstallSession, Place(key=f"session[{position}]"), **fields)
