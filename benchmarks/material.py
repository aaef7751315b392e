"""What is measured on: the medium synthetic backup, plain and encrypted, made once and kept; and the indicators."""

import json
import os
import plistlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scanner import synthetic
from scanner.feeds.files import bundled
from scanner.formats import keybag

PASSWORD = "bridle"  # noqa: S105 - of a phone that never was
PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
OWNER_ONLY = 0o700


@dataclass(frozen=True)
class Material:
    """Where everything is."""

    work: Path
    feeds: Path

    @property
    def plain(self) -> Path:
        """The backup."""
        return self.work / "plain"

    @property
    def encrypted(self) -> Path:
        """The same phone, with `PASSWORD`."""
        return self.work / "encrypted"

    @property
    def planted(self) -> Path:
        """The invented indicators that stand in both."""
        return self.work / "planted.stix2"

    @property
    def key_file(self) -> Path:
        """The derived key of the encrypted backup."""
        return self.work / "key"

    def stix(self) -> list[Path]:
        """Every STIX 2 file, for a tool that reads nothing else."""
        return [*sorted(self.feeds.rglob("*.stix2")), self.planted]


def made(work: Path, feeds: Path) -> Material:
    """Make what is not there yet."""
    material = Material(work, feeds)
    once(material.plain, lambda folder: write(folder, None))
    once(material.encrypted, lambda folder: write(folder, PASSWORD))
    once(material.planted, lambda path: path.write_text(json.dumps(planted()), encoding="utf-8"))
    once(material.key_file, lambda path: path.write_text(derived(material.encrypted), encoding="utf-8"))
    return material


def once(path: Path, make: Callable[[Path], object]) -> None:
    """Make a file or folder under another name first, so that what has its name is whole."""
    if not path.exists():
        part = path.with_name(f"{path.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        make(part)
        part.rename(path)


def write(folder: Path, password: str | None) -> None:
    """The medium phone as a backup."""
    print(f"making the {'encrypted' if password else 'plain'} backup, about 1 GB (once) …", flush=True)
    synthetic.write_backup(synthetic.make(amount=synthetic.MEDIUM), folder, password=password)


def planted() -> dict[str, object]:
    """The bundle without patterns that hold a second `=` (a link with a query): MVT ends with an error at those."""
    bundle = synthetic.bundle()
    objects = bundle["objects"]
    assert isinstance(objects, list)
    return bundle | {"objects": [one for one in objects if str(one.get("pattern", "")).count("=") < 2]}


def derived(backup: Path) -> str:
    """The derived key of a backup, as `--key-file` takes it: 64 hexadecimal digits."""
    manifest = plistlib.loads((backup / "Manifest.plist").read_bytes())
    return keybag.derive(keybag.parse(manifest["BackupKeyBag"]), PASSWORD).hex()


def default_feeds() -> Path:
    """The public feeds beside the project, else the bundled indicators."""
    return SHARED / "feeds" if (SHARED / "feeds").is_dir() else bundled()[0]


def default_work() -> Path:
    """A folder of our own in the system's folder for temporary files.

    Raises:
        PermissionError: somebody else has made it.
    """
    work = Path(tempfile.gettempdir()) / "bridle-benchmarks"
    work.mkdir(OWNER_ONLY, exist_ok=True)
    if hasattr(os, "getuid") and work.stat().st_uid != os.getuid():
        raise PermissionError(f"{work} belongs to somebody else; name another folder with --work")
    return work
