"""How much the findings about an Android phone's state matter, where that depends on the phone."""

from collections.abc import Iterator
from functools import partial

import pytest

from scanner import rule
from scanner.artifacts.android.boot import BootParameter
from scanner.artifacts.android.files import FileEntry, StagedFile
from scanner.artifacts.android.integrity import RootBinary, SelinuxMode
from scanner.artifacts.android.mounts import Mount
from scanner.artifacts.android.processes import RunningProcess
from scanner.artifacts.android.properties import Property
from scanner.finding import Severity
from scanner.record import Record
from scanner.rule import Hit, Located, Records

DEVELOPERS = Property(name="ro.build.type", value="userdebug")
SOLD = Property(name="ro.build.type", value="user")
PERMISSIVE = SelinuxMode(mode="permissive")
WRITABLE = Mount(mount_point="/vendor", device="/dev/block/dm-1", file_system="ext4", options="rw")
TEST_KEYS = Property(name="ro.build.tags", value="test-keys")


def hits(name: str, given: tuple[Record, ...]) -> Iterator[Hit]:
    one = rule.load()[name]
    located = [Located(record, "example", "/example", None) for record in given]
    inputs = [[at for at in located if type(at.record) is kind] for kind in one.inputs]
    found: Iterator[Hit] = one.check(*(Records(partial(iter, given)) for given in inputs))
    return found


@pytest.mark.parametrize(
    ("name", "given", "severity"),
    [
        ("AND013", (PERMISSIVE, SOLD), Severity.HIGH),
        ("AND013", (PERMISSIVE, DEVELOPERS), Severity.MEDIUM),
        ("AND013", (PERMISSIVE,), Severity.MEDIUM),
        ("AND013", (PERMISSIVE, SOLD, Property(name="ro.build.version.sdk", value="19")), Severity.LOW),
        ("AND013", (BootParameter(name="androidboot.selinux", value="permissive"), SOLD), Severity.HIGH),
        ("AND014", (Property(name="ro.boot.verifiedbootstate", value="red"),), Severity.HIGH),
        ("AND014", (Property(name="ro.boot.verifiedbootstate", value="yellow"),), Severity.MEDIUM),
        ("AND017", (RootBinary(path="/system/xbin/su"), DEVELOPERS), Severity.LOW),
        ("AND017", (RootBinary(path="/system/xbin/su"), SOLD), Severity.MEDIUM),
        ("AND018", (WRITABLE, SOLD), Severity.HIGH),
        ("AND018", (WRITABLE, DEVELOPERS), Severity.MEDIUM),
        ("AND019", (StagedFile(path="/data/local/tmp/x", size=1, kind="ELF"),), Severity.MEDIUM),
        ("AND019", (StagedFile(path="/data/local/tmp/x", size=1, kind="kernel module"),), Severity.HIGH),
        ("AND019", (StagedFile(path="/data/local/tmp/scrcpy-server.jar", size=1, kind="DEX"),), Severity.LOW),
        ("AND019", (FileEntry(path="/data/local/tmp/.x", mode="-rwxr-xr-x"),), Severity.HIGH),
        ("AND019", (FileEntry(path="/data/local/tmp/x", mode="urwxr-xr-x", uid=0),), Severity.HIGH),
        ("AND020", (RunningProcess(name="x", command_line="/data/local/tmp/x"),), Severity.HIGH),
        ("AND020", (RunningProcess(name="f", command_line="/data/local/tmp/frida-server"),), Severity.MEDIUM),
        ("AND040", (TEST_KEYS, SOLD), Severity.HIGH),
        ("AND040", (TEST_KEYS, DEVELOPERS), Severity.MEDIUM),
    ],
)
def test_severity_depends_on_the_phone(name: str, given: tuple[Record, ...], severity: Severity) -> None:
    assert [hit.severity for hit in hits(name, given)] == [severity]


def test_a_boot_parameter_without_effect_is_a_note() -> None:
    (hit,) = hits("AND013", (Property(name="ro.boot.selinux", value="permissive"), SelinuxMode(mode="enforcing")))
    assert hit.severity is Severity.LOW


def test_the_worst_file_of_a_folder_speaks_for_it() -> None:
    files = [
        StagedFile(path=f"/data/local/tmp/wd/{name}", size=1, kind=kind)
        for name, kind in (("a", "ELF"), ("b.ko", "kernel module"), ("c", None))
    ]
    (hit,) = hits("AND019", tuple(files))
    assert (hit.count, hit.severity) == (2, Severity.HIGH)
    assert "b.ko" in hit.message
