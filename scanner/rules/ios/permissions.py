"""Programs that may listen, look or locate, and are not among the installed ones."""

from collections.abc import Iterator

from scanner.artifacts.ios.applications import InstalledApp
from scanner.artifacts.ios.location import LocationClient
from scanner.artifacts.ios.tcc import Permission
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Records, correlation

WATCHED = {"kTCCServiceMicrophone": "the microphone", "kTCCServiceCamera": "the camera"}
MOST_LABELS = 32
DENIED = 1
"""Of the location's authorizations this and those below it are none."""
OURS = ("com.apple.", "/System/", "/Applications/", "/usr/")


@correlation("IOS018", Severity.LOW, Stage.PRESENCE)
def unknown_listener(
    permissions: Records[Permission], locations: Records[LocationClient], apps: Records[InstalledApp]
) -> Iterator[Hit]:
    """A program that is not installed may use the microphone, the camera or the location.

    Why: a program that listens or locates and that no list of applications names is worth a question.
    Benign causes: an application that was removed: its permissions stay for a while.
    Base rate: a few on most phones, for removed applications.
    Next: ask whether the owner knows the program; compare with an earlier backup.
    References: https://support.apple.com/guide/iphone/control-access-to-hardware-features-iph168c4bbd5/ios
    """
    installed = {name.lower() for app in apps for name in (app.record.bundle, app.record.metadata_bundle) if name}
    if not installed:
        return
    seen: set[tuple[str, str]] = set()
    for grant in permissions:
        record = grant.record
        use = WATCHED.get(record.service)
        if use and record.decision == "allowed" and unknown(record.client, installed, seen, use):
            yield Hit(grant, f"{record.client} may use {use} and is not among the installed applications")
    for place in locations:
        client = place.record.bundle or place.record.client
        if (place.record.authorization or 0) > DENIED and unknown(client, installed, seen, "the location"):
            yield Hit(place, f"{client} may use the location and is not among the installed applications")


def unknown(client: str, installed: set[str], seen: set[tuple[str, str]], use: str) -> bool:
    """Whether a client is neither installed nor the system's; asked once for each use."""
    if (client, use) in seen or client.startswith(OURS):
        return False
    seen.add((client, use))
    labels = client.lower().split(".", MOST_LABELS)[:MOST_LABELS]
    return not any(".".join(labels[: end + 1]) in installed for end in range(len(labels)))
