"""What a file or a list of names is among the kinds of Android acquisitions: by content, by names where it must be."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

ANDROIDQF = frozenset({
    "acquisition.json", "packages.json", "getprop.txt", "dumpsys.txt", "processes.json", "processes.txt", "ps.txt",
    "services.txt", "files.json", "settings_global.txt", "settings_secure.txt", "settings_system.txt", "selinux.txt",
    "env.txt", "root_binaries.json", "mounts.json", "logcat.txt", "backup.ab", "command.log", "hashes.csv",
    "bugreport.zip",
})  # fmt: skip
ENOUGH = 2
"""So many of these names in one folder make an acquisition."""
PACKAGES = re.compile(r"(?:^|(?P<root>.*/))data/system/packages\.(?:xml|list)$")
DATA = re.compile(r"(?:^|(?P<root>.*/))data/(?:data|user/\d+|system|misc|app|local/tmp|tombstones|anr|property|adb)/.")
APPLICATION = re.compile(r"apps/[\w.]+/(?:_manifest$|(?:f|db|sp|r|d_f|d_db|d_sp|k)/.)")
BUILT = re.compile(r"resources\.arsc$|classes\d*\.dex$|META-INF/.")
PROPERTY = re.compile(rb"^\[[\w.-]+\]: \[", re.MULTILINE)
TOMBSTONE = b"*** *** *** *** *** ***"
EVENT = re.compile(rb'^\s*\{\s*"(?:dns_event|connect_event|security_event)"\s*:')
REPORT_NAMES = (".txt", ".log")
EVIDENCE_NAMES = (".zip", ".tar", ".tgz", ".gz", ".ab", ".age", ".bak", ".txt", ".log")
STORES = {
    "msgstore.db": "/data/data/com.whatsapp/databases/msgstore.db",
    "wa.db": "/data/data/com.whatsapp/databases/wa.db",
    "mmssms.db": "/data/data/com.android.providers.telephony/databases/mmssms.db",
    "calllog.db": "/data/data/com.android.providers.contacts/databases/calllog.db",
    "contacts2.db": "/data/data/com.android.providers.contacts/databases/contacts2.db",
    "downloads.db": "/data/data/com.android.providers.downloads/databases/downloads.db",
    "viber_data": "/data/data/com.viber.voip/databases/viber_data",
    "viber_messages": "/data/data/com.viber.voip/databases/viber_messages",
    "packages.xml": "/data/system/packages.xml",
    "packages.list": "/data/system/packages.list",
}
"""Files that are worth reading alone, and where they stand."""
STORE_HEADS = (b"SQLite format 3\0", b"ABX\0", b"<?xml", b"<packages")


@dataclass(frozen=True)
class Names:
    """What the names in a container say of it."""

    apk: bool = False
    androidqf: tuple[str, ...] = ()
    """The folders of AndroidQF acquisitions, with their slashes."""
    file_system: str | None = None
    """The folder that stands for the root of a phone's file system, with its slash."""
    application_data: bool = False
    """Whether it is an adb backup that was unpacked."""

    @classmethod
    def of(cls, names: Sequence[str]) -> "Names":
        """Look at every name once."""
        known = Counter(root for root, _, last in (name.rpartition("/") for name in names) if last in ANDROIDQF)
        marked = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == "acquisition.json"}
        roots = [f"{root}/".lstrip("/") for root in sorted(known) if known[root] >= ENOUGH or root in marked]
        return cls(
            apk="AndroidManifest.xml" in names and any(map(BUILT.match, names)),
            androidqf=tuple(
                root for root in roots if not any(root != other and root.startswith(other) for other in roots)
            ),
            file_system=system_root(names),
            application_data=any(map(APPLICATION.match, names)),
        )


def system_root(names: Sequence[str]) -> str | None:
    """The folder that stands for the phone's root: above `data/system/packages.xml`, else above others."""
    for pattern in (PACKAGES, DATA):
        roots = [found["root"] or "" for name in names if (found := pattern.match(name))]
        if pattern is DATA:
            roots = [root for root in roots if not root.endswith("FS/")]
        if roots:
            return min(roots, key=len)
    return None


def may_be_report(name: str) -> bool:
    """Whether a member's name allows that it is the text of a bug report."""
    return name.lower().endswith(REPORT_NAMES) and "/FS/" not in f"/{name}"


def may_be_evidence(name: str) -> bool:
    """Whether a member's name allows that it is evidence itself."""
    return name.lower().endswith(EVIDENCE_NAMES) and "/." not in f"/{name}"


def single(name: str, head: bytes) -> str | None:
    """What a text is by itself: properties, a tombstone, an intrusion log."""
    if PROPERTY.search(head[:4096]):
        return "getprop"
    if TOMBSTONE in head[:4096] or (name.startswith("tombstone_") and name.endswith(".pb")):
        return "tombstone"
    return "intrusion log" if intrusion_log(head) else None


def store(name: str, head: bytes) -> str | None:
    """Where a store that was copied alone stands on the phone."""
    return STORES.get(name) if head.startswith(STORE_HEADS) or name == "packages.list" else None


def place(name: str) -> str:
    """Where a database that came out of a backup stands: as the one that the backup was made of."""
    return STORES["wa.db" if name.startswith("wa") else "msgstore.db"]


def intrusion_log(head: bytes) -> bool:
    """Whether a text is a log of Advanced Protection's intrusion logging."""
    return any(map(EVENT.match, head.split(b"\n")[:64]))
