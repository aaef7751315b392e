"""The blocks of packages in the package service's dump, as records."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from scanner.artifacts.android.packages import (
    ENABLED,
    SOURCES,
    Package,
    flag_names,
    origin,
    truth,
    word,
)
from scanner.artifacts.android.permissions import AppPermission, of_block
from scanner.evidence import File
from scanner.formats.android_text import PER_USER, named, since_1970, whole
from scanner.formats.dumpsys_package import Block, Blocks, State, bracketed, hashes
from scanner.formats.indented import pairs
from scanner.record import Place


class Apps:
    """The blocks of packages, installed or hidden by an update."""

    def __init__(self, file: File) -> None:
        """Before the first block."""
        self.file, self.blocks, self.factory, self.made = file, Blocks(), False, 0
        self.dated = lru_cache(4096)(self.uncached)

    def feed(self, number: int, text: str) -> Iterator[Package | AppPermission]:
        """One line."""
        if done := self.blocks.feed(number, text):
            yield from self.records(done)

    def end(self) -> Iterator[Package | AppPermission]:
        """The last block."""
        if done := self.blocks.end():
            yield from self.records(done)

    def records(self, block: Block) -> Iterator[Package | AppPermission]:
        """The records of one block: the app for each user, its permissions."""
        self.made += 1
        shared, place = self.general(block), Place(line=block.line)
        for state in block.users or [block.package]:
            yield from self.file.record(Package, place, **shared, **self.own(block, state))
        if not self.factory:
            yield from of_block(self.file, block)

    def general(self, block: Block) -> dict[str, Any]:
        """What holds for all users."""
        get = block.package.facts.get
        versions = pairs("versionCode=" + (get("versionCode") or ""))
        present, past = hashes(get("signatures"))
        flags = flag_words(get("flags") or get("pkgFlags"))
        source = whole(get("packageSource"))
        return {
            "app_id": block.name or None,
            "shared_user": shared_user(get("sharedUser")),
            "path": get("codePath"),
            "version_code": numeric(versions.get("versionCode")),
            "version_name": named(get("versionName")),
            "min_sdk": numeric(versions.get("minSdk")),
            "target_sdk": numeric(versions.get("targetSdk") or get("targetSdk")),
            "flags": flags + bracketed(get("privateFlags") or get("privatePkgFlags")),
            "system": "SYSTEM" in flags
            if "flags" in block.package.facts or "pkgFlags" in block.package.facts
            else None,
            "factory": self.factory,
            **origin(
                get("installerPackageName"),
                get("initiatingPackageName") or get("installInitiatingPackageName"),
                get("originatingPackageName") or get("installOriginatingPackageName"),
                get("updateOwnerPackageName"),
            ),
            "installer_uid": None if (uid := whole(get("installerPackageUid"))) == -1 else uid,
            "package_source": source,
            "package_source_name": word(SOURCES, source),
            "last_update": self.dated(get("lastUpdateTime"), block.line).get("time"),
            "modified": self.dated(get("timeStamp"), block.line).get("time"),
            "signatures": present,
            "past_signatures": past,
            "overlay_target": get("overlayTarget"),
        }

    def own(self, block: Block, state: State) -> dict[str, Any]:
        """What holds for one user; dumps before Android 4.2 know no users."""
        get, user = state.facts.get, state.user or 0
        general = block.package.facts.get
        app = whole((general("userId") or general("appId") or "").partition(" ")[0])
        enabled = whole(get("enabled") or pairs(general("pkgFlags") or "").get("enabled"))
        return {
            "user": user,
            "uid": None if app is None else app + user * PER_USER,
            "installed": truth(get("installed")),
            "hidden": truth(get("hidden") or get("blocked")),
            "suspended": truth(get("suspended")),
            "stopped": truth(get("stopped")),
            "not_launched": truth(get("notLaunched")),
            "instant": truth(get("instant")),
            "enabled": enabled,
            "enabled_name": word(ENABLED, enabled),
            "disabled_by": get("lastDisabledCaller"),
            "disabled_components": tuple(state.all("disabled")),
            "archived": None if state.archived is None else True,
            "archived_at": (state.archived or 0) / 1000 or None,
            "install_reason": numeric(get("installReason")),
            "uninstall_reason": numeric(get("uninstallReason")),
            **self.dated(get("firstInstallTime") or general("firstInstallTime"), block.line),
        }

    def uncached(self, text: str | None, line: int) -> dict[str, Any]:
        """A time of the dump; Android 2.3 writes milliseconds. The beginning of 1970 stands for none."""
        if not text or text.startswith(("1970-01-01", "1969-12-31")):
            return {"time": None, "written": None, "clock": None}
        if text.isdecimal():
            return since_1970(text)
        return self.file.dated(text, line)


def numeric(text: str | None) -> int | str | None:
    """A whole number; a text that is none stays one, so that it is noted."""
    found = whole(text)
    return f"no whole number: {text}" if found is None and text else found


def flag_words(value: str | None) -> tuple[str, ...]:
    """The words of `[ SYSTEM HAS_CODE ]`, or the names of Android 2.3's `0x1`."""
    if value and value.startswith("0x"):
        return flag_names(whole(value.partition(" ")[0], 16) or 0, 0)
    return bracketed(value)


def shared_user(text: str | None) -> str | None:
    """The name in `SharedUserSetting{7fb54b1 android.uid.phone/1001}`."""
    return text.partition(" ")[2].rpartition("/")[0] or None if text else None
