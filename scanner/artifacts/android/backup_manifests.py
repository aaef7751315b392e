"""What an Android backup says of each app in it: version, installer, and the whole certificates of its signers."""

from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.packages import Package
from scanner.evidence import File
from scanner.formats.certificate_hash import digests, java_hash
from scanner.record import Place

HEAD = 7
"""Lines before the certificates."""
MAX_SIGNERS = 100
VERSIONS = frozenset({"1"})


@artifact("backup:/apps/*/_manifest")
def apps(file: File) -> Iterator[Package]:
    """Apps in a backup: version, installer and certificates, of one `_manifest` each.

    A line each for the version of the manifest, package, version code, version of Android, installer, whether the APK
    is there, the number of signers, and then for each certificate.

    A backup holds only apps that allow it and, since Android 12, only those that can be debugged: no list of all.

    References:
        Android Open Source Project, "AppMetadataBackupWriter.java":
        https://android.googlesource.com/platform/frameworks/base/+/main/services/backup/java/com/android/server/backup/fullbackup/AppMetadataBackupWriter.java
    """
    lines = [line for _, line in zip(range(HEAD + MAX_SIGNERS), (text for _, text in file.lines()), strict=False)]
    if lines[:1] and lines[0] not in VERSIONS:
        file.problem(f"version {lines[0][:80]!r} of the manifest is not known", 1)
    if len(lines) < HEAD:
        file.problem(f"the manifest is cut after {len(lines)} lines")
    lines += [""] * (HEAD - len(lines))
    if not lines[1].strip():
        raise ValueError("the manifest names no app")
    stated = whole(file, lines[6], 7)
    signers = list(certificates(file, lines[HEAD:]))
    if stated is not None and stated != len(signers):
        file.problem(f"{stated} signers are stated, {len(signers)} could be read")
    yield from file.record(Package, Place(line=2), **values(file, lines), **signed(signers))


def values(file: File, lines: list[str]) -> dict[str, Any]:
    """What the first lines say; an installer is empty where there was none."""
    return {
        "app_id": lines[1].strip(),
        "version_code": whole(file, lines[2], 3),
        "installer": None if lines[4].strip() in {"", "null"} else lines[4].strip(),
        "installed": True,
    }


def whole(file: File, text: str, line: int) -> int | None:
    """A number, none where there is none."""
    text = text.strip()
    if text and not (text.isdecimal() and len(text) < 20):
        file.problem(f"{text[:80]!r} is no number", line)
        return None
    return int(text) if text else None


def certificates(file: File, lines: list[str]) -> Iterator[bytes]:
    """The certificates, which are written in hexadecimal."""
    for number, line in enumerate(lines, HEAD + 1):
        if line.strip():
            try:
                yield bytes.fromhex(line)
            except ValueError:
                file.problem("a certificate that is not hexadecimal", number)


def signed(certificates: list[bytes]) -> dict[str, Any]:
    """The signature fields of a package."""
    return {
        "signatures": tuple(java_hash(one) for one in certificates),
        "certificates": tuple(dict.fromkeys(digest for one in certificates for digest in digests(one))),
    }
