"""Files that came in WhatsApp on Android and are not what their names say."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.reader import Reader
from scanner.formats.hidden_content import archive, kind, program
from scanner.record import AwareTime, FileName, Path, Place, Record, Stage

MEDIA = "/storage/emulated/**/*WhatsApp*/Media/**/*"
MAY_BE = {
    **dict.fromkeys(("jpg", "jpeg", "png", "webp", "gif", "heic", "heif", "mp4", "3gp", "opus", "m4a", "mp3"), ()),
    "tif": ("tiff", "dng"), "tiff": ("tiff", "dng"), "dng": ("tiff", "dng"), "pdf": ("pdf",),
}  # fmt: skip
"""What a file of such a name may be of the kinds that are looked for; what has another name may be anything."""
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "gif", "heic", "heif", "tif", "tiff", "dng"})
MAX_PICTURE = 64 << 20
PROGRAM_WITHIN = 1 << 16
"""How far from its end a picture is searched for a program, as long as nothing else is odd about it."""


class OddMedia(Record):
    """A file received in WhatsApp that is not what its name says, or on whose end something else hangs."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: AwareTime | None = None
    """When the file was last changed."""
    path: Path | None = None
    file_name: FileName | None = None
    content: str | None = None
    """What it is, if not what its name says: `dng`, `tiff`, `zip`, `elf`, `dex`, `executable`, `script`, `pdf`."""
    appended: str | None = None
    """What hangs on its end: `zip` or `elf`."""
    offset: int | None = None
    """Where that begins."""
    members: tuple[FileName, ...] = ()
    """What is in an archive that hangs on it."""
    programs: tuple[FileName, ...] = ()
    """What of that is a program or a library."""
    size: int | None = None


@artifact(MEDIA)
def odd(file: File) -> Iterator[OddMedia]:
    """Files in WhatsApp's media folders on Android that are not what their names say; all others are passed over.

    References:
        Unit 42, "LANDFALL: New Commercial-Grade Android Spyware in Exploit Chain Targeting Samsung Devices" (2025):
        https://unit42.paloaltonetworks.com/landfall-is-new-commercial-grade-android-spyware/
    """
    extension = file.path.rpartition(".")[2].lower()
    if (may_be := MAY_BE.get(extension)) is None:
        return
    reader = file.open()
    try:
        yield from found(file, reader, extension, may_be)
    finally:
        reader.close()


def found(file: File, reader: Reader, extension: str, may_be: tuple[str, ...]) -> Iterator[OddMedia]:
    """The record of a file, if it is odd."""
    content = None if (is_a := kind(reader)) in may_be else is_a
    hung, begin = None, None
    if extension in PICTURES and reader.size <= MAX_PICTURE:
        hung = None if (zipped := archive(reader)) is None or not zipped.start else zipped
        if hung is None and content != "elf":
            begin = program(reader, MAX_PICTURE if content or file.details else PROGRAM_WITHIN)
    if content or hung or begin:
        name = file.path.rpartition("/")[2]
        yield from file.record(
            OddMedia, Place(offset=0), time=file.entry.dated, path=file.path, file_name=name, content=content,
            appended="zip" if hung else "elf" if begin else None, offset=hung.start if hung else begin,
            members=hung.members if hung else (), programs=hung.programs if hung else (), size=reader.size,
        )  # fmt: skip
