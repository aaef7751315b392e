"""The commands that are compared: MVT's, in an environment of its own, and Bridle's."""

import os
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.material import PASSWORD, PROJECT, Material

BINARIES = "Scripts" if sys.platform == "win32" else "bin"
BRIDLE = (sys.executable, "-c", "from scanner.cli.app import main; main()", "scan")
OFFLINE = ("--disable-update-check", "--disable-indicator-update-check")
FOUND = (1,)
"""Bridle's exit code where it found something; it must, for the indicators are planted."""


@dataclass(frozen=True)
class Trial:
    """One command to measure; `writes` is what it makes, `drops` what is removed behind it, in the trials' folder."""

    name: str
    command: tuple[str, ...]
    codes: tuple[int, ...] = (0,)
    writes: str = "out"
    drops: tuple[str, ...] = ("out",)
    environment: dict[str, str] = field(default_factory=dict)


def install(work: Path) -> Path:
    """The newest MVT of the package index, in a virtual environment of its own; its command `mvt-ios`."""
    folder = work / "mvt"
    python = folder / BINARIES / "python"
    if not folder.exists():
        print("installing MVT (once) …", flush=True)
        venv.create(folder, with_pip=True)
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "mvt")
    command = folder / BINARIES / ("mvt-ios.exe" if sys.platform == "win32" else "mvt-ios")
    subprocess.run(pip, check=not command.exists())  # without a network the one that is there will do
    return command


def version(mvt: Path) -> str:
    """The version of an installed MVT."""
    code = "from importlib.metadata import version; print(version('mvt'))"
    python = mvt.with_name("python")
    return subprocess.run((str(python), "-c", code), check=True, capture_output=True, text=True).stdout.strip()


def environment(home: Path) -> dict[str, str]:
    """The environment of every trial: no settings or indicators of the user, no network for MVT."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MVT_", "BRIDLE_", "XDG_"))}
    homes = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "MVT_CONFIG_FOLDER", "MVT_DATA_FOLDER")
    own = {"MVT_NETWORK_ACCESS_ALLOWED": "false", "PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "0"}
    return kept | dict.fromkeys(homes, str(home)) | own


def mvt_trials(mvt: Path, material: Material, folder: Path) -> list[Trial]:
    """MVT on the plain backup; on the encrypted one, which it first decrypts to disk."""
    indicators = [part for path in material.stix() for part in ("-i", str(path))]
    out, decrypted = str(folder / "out"), str(folder / "decrypted")

    def check(backup: str) -> tuple[str, ...]:
        return (str(mvt), *OFFLINE, "check-backup", *indicators, "-o", out, backup)

    def decrypt(*secret: str) -> tuple[str, ...]:
        return (str(mvt), *OFFLINE, "decrypt-backup", "-d", decrypted, *secret, str(material.encrypted))

    both = ("out", "decrypted")
    return [
        Trial("mvt plain", check(str(material.plain))),
        Trial("mvt decrypt key", decrypt("-k", str(material.key_file)), writes="decrypted", drops=both),
        Trial("mvt decrypt", decrypt("-p", PASSWORD), writes="decrypted", drops=()),
        Trial("mvt decrypted", check(decrypted), drops=both),
    ]


def bridle_trials(material: Material, folder: Path) -> list[Trial]:
    """Bridle on both."""
    feeds = ("--feeds", str(material.feeds), "--feeds", str(material.planted))

    def scan(name: str, backup: Path, *options: str, **environment: str) -> Trial:
        command = (*BRIDLE, str(backup), *feeds, "-o", str(folder / "out"), "-q", *options)
        return Trial(name, command, codes=FOUND, environment=environment)

    plain, encrypted = material.plain, material.encrypted
    return [
        scan("plain 2", plain, "--jobs", "2"),
        scan("plain 1", plain, "--jobs", "1"),
        scan("plain 1 no yara", plain, "--jobs", "1", "--no-yara"),
        scan("password", encrypted, "--jobs", "2", BRIDLE_PASSWORD=PASSWORD),
        scan("key", encrypted, "--jobs", "2", "--key-file", str(material.key_file)),
    ]
