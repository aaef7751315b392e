"""A scan reads, and does nothing else: no network, no process of another program, no file written outside the case."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.synthetic import bundle, make, write_backup, write_tree
from tests.backups import LITTLE, PASSWORD

SECRET = "violet-anteater-7316"
"""In a file of an application that no artifact reads."""
SECRET_FILE = "/private/var/mobile/Containers/Data/Application/example.ferryclock.app/Library/private.bin"
WATCHED = """
import os, sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = "os.remove os.rename os.mkdir os.rmdir os.link os.symlink os.truncate os.chmod os.utime".split()
STARTING = "socket. subprocess. tempfile. os.exec os.posix_spawn os.system".split()
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND)

def watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not isinstance(flags, int) or not flags & WRITING or path in (os.devnull, "/dev/tty"):
            return
    elif not event.startswith((*CHANGING, *STARTING)):
        return
    os.write(log, f"{event} {arguments[0]!s}\\n".encode("utf-8", "backslashreplace"))

sys.addaudithook(watch)
from scanner.cli.app import main
main()
"""
STYLES = ["plain", "encrypted", "tree"]


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same phone, read-only, in three forms."""
    root = tmp_path_factory.mktemp("phones")
    phone = make(amount=LITTLE)
    phone.add(SECRET_FILE, b"\0\1" + SECRET.encode() * 3)
    write_backup(phone, root / "plain")
    write_backup(phone, root / "encrypted", password=PASSWORD, double_iterations=1000)
    write_tree(phone, root / "tree")
    (root / "chimera.stix2").write_text(json.dumps(bundle()), encoding="utf-8")
    (root / "own.yar").write_text('rule own { strings: $a = "violet-ant" condition: $a }', encoding="utf-8")
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    return {path.stem: path for path in root.iterdir()}


@pytest.fixture(autouse=True)
def writable_again(phones: dict[str, Path]) -> Iterator[None]:
    """Pytest removes its old folders."""
    yield
    for form in STYLES:
        for path in [phones[form], *phones[form].rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)


def state(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Content, time of change and size of every file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (hashlib.sha256(content).hexdigest(), facts.st_mtime_ns, facts.st_size)
    return found


def watched(folder: Path, *arguments: object) -> tuple[int, list[str]]:
    """The exit code of a scan in a process of its own, and what it and its workers did that a reader need not."""
    log, temporary = folder / "log", folder / "tmp"
    temporary.mkdir()
    log.touch()
    start = [sys.executable, "-B", "-c", WATCHED, str(log), "scan", *map(str, arguments)]
    environment = os.environ | {"BRIDLE_PASSWORD": PASSWORD, "TMPDIR": str(temporary), "HOME": str(folder / "home")}
    ended = subprocess.run(start, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    assert "Traceback" not in ended.stderr, ended.stderr
    assert not list(temporary.iterdir())
    return ended.returncode, log.read_text(encoding="utf-8").splitlines()


def options(phones: dict[str, Path]) -> tuple[object, ...]:
    return "--feeds", phones["chimera"], "--feeds", phones["own"], "--yara", "all", "-j", "2", "--no-cache"


def test_the_watch_sees(tmp_path: Path) -> None:
    """Or else the tests below would show nothing."""
    log = tmp_path / "log"
    log.touch()
    doing = (
        "import socket, subprocess, tempfile, pathlib; socket.socket().close(); tempfile.TemporaryFile().close();"
        "pathlib.Path('x').write_text('x'); pathlib.Path('x').rename('y'); subprocess.run(['true']); open('y').close()"
    )
    script = WATCHED.replace("from scanner.cli.app import main\nmain()", doing)
    subprocess.run([sys.executable, "-c", script, str(log)], check=True, cwd=tmp_path, timeout=60)
    seen = {line.partition(" ")[0] for line in log.read_text().splitlines()}
    assert {"socket.__new__", "subprocess.Popen", "open", "os.rename"} <= seen
    assert "open y" not in log.read_text().splitlines()


@pytest.mark.parametrize("form", STYLES)
def test_without_a_case_a_scan_only_reads(form: str, phones: dict[str, Path], tmp_path: Path) -> None:
    before = state(phones[form])
    code, did = watched(tmp_path, phones[form], *options(phones))
    assert (code, did) == (1, [])
    assert state(phones[form]) == before
    assert {path.name for path in tmp_path.iterdir()} == {"log", "tmp"}


@pytest.mark.parametrize("form", STYLES)
def test_with_a_case_only_the_case_is_written(form: str, phones: dict[str, Path], tmp_path: Path) -> None:
    before, case = state(phones[form]), tmp_path / "case"
    code, did = watched(tmp_path, phones[form], *options(phones), "-o", case)
    assert code == 1
    assert did
    done = {"open", "os.mkdir", "os.rename", "os.chmod", "os.remove"}
    assert all(line.partition(" ")[0] in done for line in did), did
    assert not [line for line in did if not line.partition(" ")[2].startswith(str(case))]
    assert state(phones[form]) == before
    assert {path.name for path in tmp_path.iterdir()} == {"log", "tmp", "case"}


def test_a_case_keeps_no_content_that_no_artifact_reads(phones: dict[str, Path], tmp_path: Path) -> None:
    """YARA reads the decrypted file; what stays of it is its hash and the rule's own match."""
    import zstandard

    watched(tmp_path, phones["encrypted"], *options(phones), "-o", tmp_path / "case")
    for path in (path for path in (tmp_path / "case").rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".zst":
            data = zstandard.ZstdDecompressor().stream_reader(data).read()
        assert SECRET.encode() not in data, path
        assert path.name == "atoms.sqlite" or b"SQLite format 3\0" not in data, path
    manifest = json.loads((tmp_path / "case" / "manifest.json").read_text(encoding="utf-8"))
    (read,) = manifest["read"].values()
    assert read[SECRET_FILE] == hashlib.sha256(b"\0\1" + SECRET.encode() * 3).hexdigest()


def test_no_module_of_the_scanner_can_reach_the_network() -> None:
    """Scanning imports nothing that opens connections; only the download of feeds may."""
    script = (
        "import sys, scanner.scan, scanner.artifact, scanner.rule, scanner.cli.app\n"
        "scanner.artifact.load(), scanner.rule.load()\n"
        "print(*({'requests', 'urllib3', 'urllib.request', 'http.client', 'ssl', 'ftplib'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == ""
