"""Whether the system that runs is the one that the maker built: SELinux, verified boot, keys, mounts."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scanner.artifacts.android.boot import BootParameter
from scanner.artifacts.android.integrity import SelinuxMode
from scanner.artifacts.android.log_records import SelinuxDenial
from scanner.artifacts.android.mounts import Mount
from scanner.artifacts.android.properties import Property
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.build import build
from scanner.rules.android.selinux import passed

ENFORCED_SINCE = 21
"""The API level since which every process is under SELinux (Android 5)."""
MANY_DOMAINS = 5
"""So many domains whose forbidden access was only noted are no single one that the maker left permissive."""
PERMISSIVE = {
    ("ro.boot.selinux", "permissive"),
    ("ro.boot.selinux", "disabled"),
    ("ro.build.selinux.enforce", "0"),
    ("androidboot.selinux", "permissive"),
    ("androidboot.selinux", "disabled"),
    ("enforcing", "0"),
    ("selinux", "0"),
}


@correlation("AND013", Severity.HIGH, Stage.NONE)
def selinux_permissive(
    properties: Records[Property],
    parameters: Records[BootParameter],
    modes: Records[SelinuxMode],
    denials: Records[SelinuxDenial],
) -> Iterator[Hit]:
    """SELinux does not enforce its rules.

    Why: SELinux keeps apps and damaged services apart from the rest of the system; exploits switch it off, and no
        phone is sold with it off.
    Benign causes: a build for developers; car and television boxes; some systems that owners install themselves. A
        boot parameter alone does nothing on a build of the type user.
    Base rate: none on phones as sold.
    Next: ask the owner whether the system was replaced. If not, have the phone examined, and keep what is sensitive off
        it until then.
    References: https://source.android.com/docs/security/features/selinux
    """
    found: list[Located[Any]] = [one for one in modes if one.record.mode != "enforcing"]
    domains = passed(denials)
    if len(domains) >= MANY_DOMAINS:
        found += [each[0] for each in domains.values()]
    live = bool(found)
    enforcing = any(one.record.mode == "enforcing" for one in modes)
    found += [one for one in properties if (one.record.name, one.record.value) in PERMISSIVE]
    found += [one for one in parameters if (one.record.name, one.record.value) in PERMISSIVE]
    if not found:
        return
    system = build(properties)
    old = system.sdk is not None and system.sdk.isdecimal() and int(system.sdk) < ENFORCED_SINCE
    severity = Severity.HIGH if system.kind == "user" else Severity.MEDIUM
    if old or (enforcing and not live):
        severity = Severity.LOW
    said = "SELinux is permissive" if live else "the phone was started with SELinux permissive"
    but = ", but enforced its rules when asked" if enforcing and not live else ""
    yield Hit(found[0], f"{said}{but}, on {system}", len(found), severity=severity)


STATES = {
    ("verifiedbootstate", "orange"): (Severity.MEDIUM, "the boot loader is unlocked: any system may have been started"),
    ("verifiedbootstate", "yellow"): (
        Severity.MEDIUM,
        "the system is signed with a key of its own, not the maker's (as GrapheneOS and CalyxOS are)",
    ),
    ("verifiedbootstate", "red"): (Severity.HIGH, "the system did not pass verification when it was started"),
    ("flash.locked", "0"): (Severity.MEDIUM, "the boot loader is unlocked: partitions can be overwritten"),
    ("vbmeta.device_state", "unlocked"): (Severity.MEDIUM, "the boot loader is unlocked"),
    ("veritymode", "disabled"): (Severity.MEDIUM, "the system partition is not verified while it is read"),
    ("veritymode", "logging"): (Severity.MEDIUM, "damage of the system partition is only logged"),
    ("veritymode", "eio"): (Severity.MEDIUM, "the system partition was found changed"),
    ("warranty_bit", "1"): (Severity.LOW, "a system that is not Samsung's was once started"),
}
SUBJECTS = {"flash.locked": "lock", "vbmeta.device_state": "lock"}


@correlation("AND014", Severity.MEDIUM, Stage.NONE)
def boot_not_verified(properties: Records[Property], parameters: Records[BootParameter]) -> Iterator[Hit]:
    """The system was not verified against the maker's key when the phone was started.

    Why: with an unlocked boot loader anybody who had the phone in hands can have replaced the system, and spyware in it
        outlives a reset.
    Benign causes: orange: the owner, or a dealer before the sale, unlocked the phone for another system; yellow: a
        system with a key of its own, such as GrapheneOS, whose fingerprint the phone shows when it starts; red: damaged
        storage.
    Base rate: rare; only phones whose owner unlocked them.
    Next: ask the owner. If nobody unlocked the phone on purpose, compare the key's fingerprint that is shown at the
        start with the one that the system's makers publish, or install the maker's system anew.
    References: https://source.android.com/docs/security/features/verifiedboot/boot-flow
    """
    found = defaultdict[str, list[tuple[Located[Property] | Located[BootParameter], str]]](list)
    for one in (*properties, *parameters):
        name = one.record.name
        for prefix in ("ro.boot.", "androidboot.", "ro."):
            if name.startswith(prefix):
                fact = name.removeprefix(prefix)
                if (fact, one.record.value) in STATES:
                    found[SUBJECTS.get(fact, fact)].append((one, fact))
                break
    for members in found.values():
        first, fact = members[0]
        severity, said = STATES[fact, first.record.value]
        yield Hit(first, f"{fact} is {first.record.value}: {said}", len(members), severity=severity)


TEST_KEYS = "test-keys"
OWN_BUILDS = ("aosp_", "generic", "sdk_", "lineage_", "emulator", "cuttlefish", "vsoc", "goldfish", "ranchu")
"""Products that are nobody's retail phone."""


@correlation("AND040", Severity.HIGH, Stage.NONE)
def test_keys(properties: Records[Property]) -> Iterator[Hit]:
    """The system is signed with the test keys that everybody has.

    Why: with Android's public test keys anybody can sign an app that gets the rights of the system; makers never sell
        such builds.
    Benign causes: a system that the owner installed; cheap television boxes and tablets; a build for developers.
    Base rate: none on phones of known makers.
    Next: ask whether the owner installed the system, or bought the phone so. If neither, install the maker's own when
        the evidence is safe.
    References: https://source.android.com/docs/core/ota/sign_builds
    """
    named = [
        one
        for one in properties
        if one.record.name.endswith((".build.tags", ".build.fingerprint")) and TEST_KEYS in one.record.value
    ]
    if not named:
        return
    system = build(properties)
    own = any(word in (system.fingerprint or "") for word in OWN_BUILDS)
    severity = Severity.MEDIUM if system.for_developers or own else Severity.HIGH
    yield Hit(named[0], f"{named[0].record.name} names test keys, on {system}", len(named), severity=severity)


SYSTEM = ("/system", "/system_ext", "/vendor", "/product", "/odm", "/apex")
REAL = frozenset({"ext4", "ext3", "erofs", "f2fs", "squashfs"})
WRITABLE_BY_DESIGN = (
    "/apex",
    "/apex/apex-info-list.xml",
    "/vendor/nvdata",
    "/vendor/nvcfg",
    "/vendor/protect_f",
    "/vendor/protect_s",
    "/vendor/persist",
    "/vendor/spunvm",
    "/vendor/rfs",
    "/vendor/tombstones",
    "/vendor/dsp",
    "/system/vendor/persist",
)
"""Places below system partitions at which makers mount partitions for data of the radio and the like."""


@correlation("AND018", Severity.HIGH, Stage.PRESENCE)
def system_mounted_over(mounts: Records[Mount], properties: Records[Property]) -> Iterator[Hit]:
    """The system's files can be written to, or something is mounted over them.

    Why: system partitions are read-only; who changes them in place, or hides other files over them, can be anything.
    Benign causes: Magisk and other root tools; `adb remount` of developers; systems under test (DSU).
    Base rate: none on phones as sold.
    Next: ask the owner whether the phone is rooted. If not, look at the files below that place in a full copy.
    References: https://source.android.com/docs/core/architecture/partitions
    """
    found = defaultdict[tuple[str, str], list[Located[Mount]]](list)
    data = set[tuple[int | None, str | None]]()
    for one in mounts:
        if one.record.mount_point == "/data":
            data.add((one.record.pid, one.record.device))
        if said := change(one.record):
            found[one.record.mount_point, said].append(one)
        elif below(one.record.mount_point, SYSTEM) and (one.record.pid, one.record.device) in data:
            found[one.record.mount_point, "shows files of the data partition"].append(one)
    developers = build(properties).for_developers if found else False
    for (place, said), members in found.items():
        seen = {one.record.pid for one in members}
        alone = f", as process {members[0].record.pid} alone sees it" if len(seen) == 1 and None not in seen else ""
        severity = Severity.MEDIUM if developers else Severity.HIGH
        yield Hit(members[0], f"{place} {said}{alone}", len(members), severity=severity)


def below(path: str, folders: tuple[str, ...]) -> bool:
    """Whether a path is one of some folders, or in one."""
    return path.startswith(folders) and any(path == one or path.startswith(one + "/") for one in folders)


def change(mount: Mount) -> str | None:
    """What is wrong with a mount by itself."""
    point, kind = mount.mount_point, mount.file_system or ""
    if point.startswith("/proc/") and point.split("/")[2].isdecimal() and kind != "proc":
        return f"is hidden by a mount of {kind}"
    system = below(point, SYSTEM) or (point == "/" and kind in REAL)
    if not system or point in WRITABLE_BY_DESIGN:
        return None
    options, more = f",{mount.options or ''},", f",{mount.super_options or 'rw'},"
    if kind == "overlay":
        layers = mount.options if mount.super_options is None else mount.super_options
        return "has an overlay that can be written to over it" if "upperdir=" in (layers or "") else None
    if kind == "tmpfs" and not below(point, ("/apex",)):
        return "has a file system in memory over it"
    if ",rw," in options and ",rw," in more:
        return "is mounted so that it can be written to"
    return None
