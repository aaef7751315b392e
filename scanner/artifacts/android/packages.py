"""Installed apps, whatever the acquisition knows of them: one record for each app and user."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File
from scanner.formats.android_text import bit_names, moment, named, whole
from scanner.formats.certificate_hash import digests, java_hash
from scanner.formats.xml import loads
from scanner.record import AppId, AwareTime, CertHash, Dated, Hash, Path, Place

ENABLED = ("default", "enabled", "disabled", "disabled by the user", "disabled until used")
SOURCES = ("unspecified", "other", "store", "local file", "downloaded file")
FLAGS = {
    0: "SYSTEM", 1: "DEBUGGABLE", 2: "HAS_CODE", 3: "PERSISTENT", 4: "FACTORY_TEST", 7: "UPDATED_SYSTEM_APP",
    8: "TEST_ONLY", 15: "ALLOW_BACKUP", 18: "EXTERNAL_STORAGE",
}  # fmt: skip
PRIVATE_FLAGS = {0: "HIDDEN", 3: "PRIVILEGED", 17: "OEM", 18: "VENDOR", 19: "PRODUCT", 21: "SYSTEM_EXT", 30: "ODM"}
"""The bits of `publicFlags` and `privateFlags` that say something here, with the names that dumps use."""


class Package(Dated):
    """An app as one user of the phone has it; `time` is when it was first installed."""

    app_id: AppId
    user: int | None = None
    uid: int | None = None
    shared_user: str | None = None
    """The name of the uid that several apps share."""
    path: Path | None = None
    """The APK, or the folder that holds it."""
    files: tuple[Path, ...] = ()
    """Each APK, where an app has several."""
    version_code: int | None = None
    version_name: str | None = None
    min_sdk: int | None = None
    target_sdk: int | None = None
    flags: tuple[str, ...] = ()
    """As dumps name them: SYSTEM, UPDATED_SYSTEM_APP, DEBUGGABLE, TEST_ONLY, PRIVILEGED…"""
    system: bool | None = None
    """Whether it came with the phone's system; an update does not change that."""
    factory: bool = False
    """The version that came with the system, which an update now hides."""
    installed: bool | None = None
    hidden: bool | None = None
    suspended: bool | None = None
    stopped: bool | None = None
    """Never started since it was installed, or stopped by force."""
    not_launched: bool | None = None
    enabled: int | None = None
    enabled_name: str | None = None
    """`enabled` as a word; an app that is enabled by default has none of its own."""
    disabled_by: AppId | None = None
    """Who disabled it last."""
    disabled_components: tuple[str, ...] = ()
    """Activities, services and receivers that were switched off: a launcher icon disappears so."""
    archived: bool | None = None
    """Removed to save space: its name, icon and data stay (since Android 15)."""
    archived_at: AwareTime | None = None
    instant: bool | None = None
    installer: AppId | None = None
    """Who counts as its installer; none where it was installed from a file or by adb."""
    installer_uid: int | None = None
    initiating: AppId | None = None
    """Who really began the installation (since Android 11)."""
    originating: AppId | None = None
    """On whose behalf: the browser that the file came from."""
    update_owner: AppId | None = None
    package_source: int | None = None
    package_source_name: str | None = None
    install_reason: int | None = None
    uninstall_reason: int | None = None
    last_update: AwareTime | None = None
    modified: AwareTime | None = None
    """When its APK last changed."""
    signatures: tuple[str, ...] = ()
    """Java's 32-bit hash of each signer's certificate, eight hexadecimal digits (dumps since Android 9)."""
    past_signatures: tuple[str, ...] = ()
    """The same of signers whose key was replaced."""
    certificates: tuple[CertHash, ...] = ()
    past_certificates: tuple[CertHash, ...] = ()
    hashes: tuple[Hash, ...] = ()
    """Of its APKs."""
    overlay_target: str | None = None
    """The app whose resources this one replaces; such a package holds no code."""


def word(names: tuple[str, ...], code: int | None) -> str | None:
    """The name of a code."""
    return names[code] if code is not None and 0 <= code < len(names) else None


def truth(text: str | None) -> bool | None:
    """A truth value as texts and XML write it."""
    return None if text is None else text in {"true", "1"}


@cache
def flag_names(public: int, private: int) -> tuple[str, ...]:
    """Flags by their dump names."""
    return bit_names(public, FLAGS) + bit_names(private, PRIVATE_FLAGS)


class Certificates:
    """The certificates of a packages.xml, which writes each once and then names it by its number."""

    def __init__(self, root: Element) -> None:
        """Collect them."""
        self.known: dict[str, tuple[str, tuple[str, ...]]] = {}
        for cert in root.iter("cert"):
            key, index = cert.get("key"), cert.get("index")
            if key and index is not None and index not in self.known:
                try:
                    der = bytes.fromhex(key)
                except ValueError:
                    continue
                self.known[index] = java_hash(der), digests(der)

    def of(self, package: Element) -> dict[str, Any]:
        """The signature fields of a package."""
        signers = [self.known[one] for one in indices(package.findall("sigs/cert")) if one in self.known]
        past = [self.known[one] for one in indices(package.findall("sigs/pastSigs/cert")) if one in self.known]
        return {
            "signatures": tuple(one[0] for one in signers),
            "past_signatures": tuple(one[0] for one in past),
            "certificates": tuple(dict.fromkeys(digest for one in signers for digest in one[1])),
            "past_certificates": tuple(dict.fromkeys(digest for one in past for digest in one[1])),
        }


def indices(certs: list[Element]) -> list[str]:
    """The numbers of certificates."""
    return [cert.get("index", "") for cert in certs]


@artifact("/data/system/packages.xml", "section:/PACKAGE SETTINGS")
def xml(file: File) -> Iterator[Package]:
    """Apps as the package manager keeps them: origin, signers, times; of all users together (XML, ABX since 12).

    What each user has of an app is in package-restrictions.xml. `updated-package` is the version in the system image
    of an app that was updated. Bug reports of older versions hold the whole file.

    References:
        AOSP, com.android.server.pm.Settings, writePackageLPr: https://android.googlesource.com/platform/frameworks/base
    """
    root = loads(file.read().lstrip())
    known = Certificates(root)
    shared = {one.get("userId"): one.get("name") for one in root.iter("shared-user")}
    for number, one in enumerate(root):
        if one.tag in {"package", "updated-package"}:
            place = Place(key=f"{one.tag}[{number}]")
            yield from file.record(Package, place, **known.of(one), **stored(one, shared))


def stored(one: Element, shared: dict[str | None, str | None]) -> dict[str, Any]:
    """The fields of a package element."""
    get = one.get
    public, private = whole(get("publicFlags") or get("flags")) or 0, whole(get("privateFlags")) or 0
    uid, path = get("sharedUserId") or get("userId"), get("codePath")
    factory = one.tag == "updated-package"
    return {
        "app_id": get("name"),
        "uid": whole(uid),
        "shared_user": shared.get(get("sharedUserId")),
        "path": path,
        "version_code": whole(get("version")),
        "flags": flag_names(public, private),
        "system": bool(public & 1) or truth(get("system")) or factory,
        "factory": factory,
        "time": moment(get("it"), 16),
        "last_update": moment(get("ut"), 16),
        "modified": moment(get("ft"), 16) or moment(get("ts"), 16),
        **origin(get("installer"), get("installInitiator"), get("installOriginator"), get("updateOwner")),
        "installer_uid": whole(get("installerUid")),
        "package_source": (source := whole(get("packageSource"))),
        "package_source_name": word(SOURCES, source),
    }


def origin(installer: str | None, initiating: str | None, originating: str | None, owner: str | None) -> dict[str, Any]:
    """Who installed a package: names, without the words that stand for nobody."""
    names = {"installer": installer, "initiating": initiating, "originating": originating, "update_owner": owner}
    return {field: named(name) for field, name in names.items()}


@artifact("/data/system/users/*/package-restrictions.xml")
def restrictions(file: File) -> Iterator[Package]:
    """What one user has of each app: whether it is installed, hidden, stopped, and what of it is switched off.

    References:
        AOSP, com.android.server.pm.Settings, writePackageRestrictionsLPr:
        https://android.googlesource.com/platform/frameworks/base
    """
    user = user_of(file.path)
    for number, one in enumerate(file.xml()):
        if one.tag == "pkg":
            yield from file.record(Package, Place(key=f"pkg[{number}]"), user=user, **restricted(one))


def restricted(one: Element) -> dict[str, Any]:
    """The fields of a pkg element; what it does not say is as after an installation."""
    get = one.get
    enabled, archive = whole(get("enabled")), one.find("archive-state")
    return {
        "app_id": get("name"),
        "installed": get("inst", "true") == "true",
        "hidden": get("hidden", get("blocked", "false")) == "true",
        "suspended": get("suspended", "false") == "true",
        "stopped": get("stopped", "false") == "true",
        "not_launched": get("nl", "false") == "true",
        "instant": truth(get("instant-app")),
        "enabled": enabled,
        "enabled_name": word(ENABLED, enabled),
        "disabled_by": get("enabledCaller"),
        "disabled_components": tuple(item.get("name", "") for item in one.findall("disabled-components/item")),
        "archived": True if archive is not None else None,
        "archived_at": moment(archive.get("archive-time"), 16) if archive is not None else None,
        "install_reason": whole(get("install-reason")),
        "uninstall_reason": whole(get("uninstall-reason")),
        "time": moment(get("first-install-time"), 16),
    }


LISTED = re.compile(r"(\S+) (\d+) ([01]) (\S+) (\S+) (\S+)(?: ([01]) (-?\d+)(?: ([01]) (\S+))?)?")


@artifact("/data/system/packages.list")
def listed(file: File) -> Iterator[Package]:
    """Apps as native services know them: name, uid, whether it can be debugged; since Android 14 also the installer.

    References:
        AOSP, packagelistparser: https://android.googlesource.com/platform/system/core
    """
    for number, line in file.lines():
        if not line.strip():
            continue
        if not (found := LISTED.match(line)):
            file.problem("not a line of packages.list", number)
            continue
        name, uid, debuggable, _, seinfo, _, _, version, _, installer = found.groups()
        target = re.search(r"targetSdkVersion=(\d+)", seinfo)
        yield from file.record(
            Package,
            Place(line=number),
            app_id=name,
            uid=uid,
            flags=("DEBUGGABLE",) if debuggable == "1" else (),
            target_sdk=target[1] if target else None,
            version_code=whole(version),
            system=True if installer in {"@system", "@product"} else None,
            installer=None if (installer or "@").startswith("@") else installer,
        )
