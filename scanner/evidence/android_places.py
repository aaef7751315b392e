"""Where on the phone the members of Android's acquisitions stand: one small table for each kind.

References:
    AndroidQF, the acquisition's layout: https://github.com/mvt-project/androidqf
    AOSP, com.android.server.backup.fullbackup.FullBackup and FullBackupEngine, the domains of an adb backup:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/app/backup/FullBackup.java
"""

from dataclasses import dataclass

STORAGE = "/storage/emulated/0/"
ALIASES = (
    ("/data/user/0/", "/data/data/"), ("/sdcard/", STORAGE), ("/mnt/sdcard/", STORAGE), ("/data/media/0/", STORAGE),
    ("/storage/self/primary/", STORAGE), ("/mnt/user/0/primary/", STORAGE),
)  # fmt: skip
"""The same folder under several names; the second is the one that is used."""
DOMAINS = {
    "f": "files/", "db": "databases/", "sp": "shared_prefs/", "r": "", "c": "cache/", "nb": "no_backup/",
}  # fmt: skip
"""Domains of an adb backup: folders of an application."""
OWN = "androidqf:/"


def canonical(path: str) -> str:
    """A path of the phone under its usual name."""
    return next((new + path[len(old) :] for old, new in ALIASES if path.startswith(old)), path)


@dataclass(frozen=True)
class InBugreport:
    """Members of a bug report's archive, below the folder that its text lies in."""

    root: str
    texts: frozenset[str]

    def __call__(self, name: str) -> str | None:
        """The texts are sections; `FS/` is the phone's file system."""
        if name in self.texts or not name.startswith(self.root):
            return None
        inner = name[len(self.root) :]
        return canonical(inner[len("FS") :]) if inner.startswith("FS/") else f"bugreport:/{inner}"


@dataclass(frozen=True)
class InAndroidQF:
    """Members of an AndroidQF acquisition, below its folder."""

    root: str
    opened: frozenset[str]
    """Members that are evidence by themselves."""

    def __call__(self, name: str) -> str | None:
        """Collected files go where they were, what AndroidQF wrote itself is its own."""
        if name in self.opened or not name.startswith(self.root):
            return None
        inner = name[len(self.root) :]
        first, _, rest = inner.partition("/")
        if first == "logs" and rest:
            return canonical(f"/{rest}")
        if first == "tmp" and rest:
            return f"/data/local/tmp/{rest}"
        if first in {"intrusion_logs", "intrusion-logs"} and rest:
            return f"intrusion:/{rest}"
        return OWN + inner


@dataclass(frozen=True)
class InFileSystem:
    """Members of a copy of the phone's file system, below the folder that stands for its root."""

    root: str

    def __call__(self, name: str) -> str | None:
        """The path itself."""
        return canonical("/" + name[len(self.root) :]) if name.startswith(self.root) else None


@dataclass(frozen=True)
class InBackup:
    """Members of an adb backup."""

    def __call__(self, name: str) -> str | None:
        """Each domain of an application is one of its folders."""
        if ".." in name.split("/"):
            return f"backup:/{name}"
        top, _, rest = name.partition("/")
        if top == "shared":
            user, _, path = rest.partition("/")
            return f"/storage/emulated/{user}/{path}" if user.isdigit() else f"backup:/{name}"
        package, _, inner = rest.partition("/")
        domain, _, path = inner.partition("/")
        if top != "apps" or not path:
            return f"backup:/{name}"
        if domain in DOMAINS:
            return f"/data/data/{package}/{DOMAINS[domain]}{path}"
        if domain.startswith("d_") and domain[2:] in DOMAINS:
            return f"/data/user_de/0/{package}/{DOMAINS[domain[2:]]}{path}"
        kept = {
            "a": f"/data/app/{package}/",
            "ef": f"{STORAGE}Android/data/{package}/files/",
            "obb": f"{STORAGE}Android/obb/{package}/",
        }
        return kept[domain] + path if domain in kept else f"backup:/{name}"


@dataclass(frozen=True)
class InIntrusionLogs:
    """Members of a folder or archive of intrusion logs."""

    def __call__(self, name: str) -> str | None:
        """Each is a log."""
        return f"intrusion:/{name}"


def below(root: str, names: list[str]) -> list[str]:
    """Names that lie in a folder itself, not deeper."""
    return [name for name in names if name.startswith(root) and "/" not in name[len(root) :]]
