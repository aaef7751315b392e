"""What root tools load when the phone starts: modules and scripts."""

import hashlib
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Hash, Path, Place, Record, Text

FIELDS = frozenset({"id", "name", "version", "author", "description"})
MAX_SCRIPT = 1 << 20


class RootModule(Record):
    """A module of Magisk, KernelSU or APatch: it changes the system at every start."""

    id: str
    path: Path
    name: str | None = None
    version: str | None = None
    author: Text | None = None
    description: Text | None = None


class BootScript(Record):
    """A script that runs as root when the phone starts."""

    path: Path
    size: int
    sha256: Hash | None = None
    text: Text | None = None


@artifact(
    "/data/adb/modules/*/module.prop",
    "/data/adb/modules_update/*/module.prop",
    "androidqf:/magisk_modules/*/module.prop",
)
def modules(file: File) -> Iterator[RootModule]:
    """Modules of Magisk and its kin, by their `module.prop`.

    References:
        Magisk, developer guides: https://topjohnwu.github.io/Magisk/guides.html
    """
    values = dict[str, str]()
    for _, line in file.lines():
        name, sign, value = line.partition("=")
        if sign and name.strip() in FIELDS:
            values[name.strip()] = value.strip()
    values.setdefault("id", file.path.split("/")[-2])
    yield from file.record(RootModule, Place(), path=file.path, **values)


@artifact(
    "/data/adb/service.d/*",
    "/data/adb/post-fs-data.d/*",
    "/data/adb/boot-completed.d/*",
    "/data/adb/post-mount.d/*",
    "/data/adb/modules/*/*.sh",
    "/system/etc/init.d/*",
    "/system/addon.d/*",
    "androidqf:/init_scripts/**/*",
)
def scripts(file: File) -> Iterator[BootScript]:
    """Scripts that root tools, or systems of hobbyists, run as root at every start.

    References:
        Magisk, developer guides: https://topjohnwu.github.io/Magisk/guides.html
    """
    reader = file.open()
    size, data = reader.size, reader.read(0, MAX_SCRIPT)
    reader.close()
    if size > MAX_SCRIPT:
        file.problem(f"only the first {MAX_SCRIPT} of {size} bytes were read")
    text = data.decode("utf-8", "backslashreplace")
    digest = hashlib.sha256(data).hexdigest() if size == len(data) else None
    yield from file.record(BootScript, Place(), path=file.path, size=size, sha256=digest, text=text)
