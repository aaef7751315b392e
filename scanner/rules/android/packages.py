"""Apps that pretend to be others, and apps that everybody could have signed."""

from collections import defaultdict
from collections.abc import Iterator

from scanner.artifacts.android.apk import ApkSigner
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.properties import Property
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Records, correlation
from scanner.rules.android.apps import App, apps, installed, sideloaded
from scanner.rules.android.build import Build, build
from scanner.rules.android.keys import public_key
from scanner.rules.android.names import pretended

OFFICIAL = (
    "android.", "com.android.", "com.google.", "com.samsung.", "com.sec.", "com.huawei.", "com.hihonor.",
    "com.miui.", "com.xiaomi.", "com.oppo.", "com.coloros.", "com.heytap.", "com.oplus.", "com.vivo.",
    "com.oneplus.", "com.motorola.", "com.lge.", "com.sonymobile.", "com.qualcomm.", "com.mediatek.", "com.transsion.",
)  # fmt: skip
"""Names that Android's maker and those of phones give to their own apps."""
FOR_TESTS = ("com.android.cts.", "android.tests.", "com.android.tests.", "androidx.test.")
SHIM = ".ctsshim"
"""Stock phones carry these two empty apps, signed with the public test key, for Google's compatibility tests."""


@correlation("AND001", Severity.HIGH, Stage.PRESENCE)
def pretends_to_be_of_the_system(packages: Records[Package], files: Records[ApkSigner]) -> Iterator[Hit]:
    """An app bears the name of Android's or the phone's maker, but is neither part of the system nor signed by them.

    Why: spyware that is installed by hand on a seized or unlocked phone calls itself `com.google.…`, `com.android.…`
        or after the maker, so that nobody looks at it twice. The key that it is signed with gives it away: it is none
        of those that sign the apps of this phone's own system. What another part of the system installed counts less.
    Benign causes: a genuine app of Google that was installed from a file and has a key of its own, or that was moved
        here from an older phone; microG, which takes the name of Google's services; apps of another maker; apps that
        a developer builds from Android's sources.
    Base rate: none on most phones; one or two where the owner installs apps from files.
    Next: compare the signer's certificate with that of the genuine app; look who installed it, when, and what it may
        do. Keep the APK.
    References: https://rsf.org/en/exclusive-rsf-uncovers-new-spyware-belarus
        https://attack.mitre.org/techniques/T1655/001/
        https://source.android.com/docs/security/features/apksigning
    """
    found, of_files = apps(packages), signed_files(files)
    hashes = {name: app.signers | of_files[name] for name, app in found.items()}
    genuine = frozenset(one for name, app in found.items() if app.system for one in hashes[name])
    for app in found.values():
        if not app.app_id.startswith(OFFICIAL) or app.app_id.startswith(FOR_TESTS) or app.overlay:
            continue
        if app.system is not False or app.from_store or hashes[app.app_id] & genuine:
            continue
        known = bool(hashes[app.app_id] and genuine)
        signed = ", and is signed with a key that no app of this phone's system has"
        message = (
            f"{app.app_id} is no part of the system, {app.how}{signed if known else '; its signer is not known here'}"
        )
        by_hand = None if known else Severity.MEDIUM
        yield Hit(app.at, message, severity=by_hand if sideloaded(app, found) else Severity.LOW)


def signed_files(signers: Records[ApkSigner]) -> dict[str, frozenset[str]]:
    """Hashes of the certificates of APKs that were acquired as files, by app; none for any other app."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for one in signers:
        record = one.record
        if record.app_id and record.role == "signer":
            found[record.app_id] |= {record.sha256, record.sha1, record.md5, record.signature_hash}
    return found


@correlation("AND002", Severity.MEDIUM, Stage.PRESENCE)
def almost_a_known_name(packages: Records[Package]) -> Iterator[Hit]:
    """An app's name is a well-known one with a letter changed, or a maker's name with something stuck to it.

    Why: names such as `com.linkedln.service` or `com.accesibilityservice` are made to be read as the genuine ones.
    Benign causes: apps whose authors liked such a name, changed versions of an app (forks), apps of one region.
    Base rate: none on most phones.
    Next: look who installed it, what it may do and whether its icon is shown; compare with the genuine app.
    References: https://securitylab.amnesty.org/latest/2024/12/a-digital-prison-surveillance-and-the-suppression-of-civil-society-in-serbia/
        https://rsf.org/en/exclusive-rsf-uncovers-new-spyware-belarus
        https://attack.mitre.org/techniques/T1655/001/
    """
    found = apps(packages)
    for app in found.values():
        if app.system is False and (said := pretended(app.app_id, sideloaded(app, found))):
            level = None if sideloaded(app, found) else Severity.LOW
            yield Hit(app.at, f"{app.app_id} {said}; {app.how}", severity=level)


@correlation("AND015", Severity.HIGH, Stage.PRESENCE)
def signed_with_public_keys(packages: Records[Package], properties: Records[Property]) -> Iterator[Hit]:
    """Apps are signed with keys of Android's public sources, which everybody has.

    Why: where the system itself is signed so, whoever wants can make an app with all its powers, and install it over
        the system's own. An app that was installed and is signed so may come from anybody: repackaged apps often are.
    Benign causes: custom systems and developers' builds; cheap TV boxes, which come so; apps that a hobbyist signed
        with a tool that brings the test key. The two empty apps `…ctsshim` of stock phones are left out.
    Base rate: none on phones of large makers; all apps of the system on some custom ones.
    Next: ask whether the owner installed another system, or bought the phone so. If neither, have it examined, and keep
        what is sensitive off it until then.
    References: https://source.android.com/docs/core/ota/sign_builds
        https://android.googlesource.com/platform/build/+/refs/heads/main/target/product/security/
    """
    ours, others = list[App](), list[tuple[App, str]]()
    for app in apps(packages).values():
        if (key := public_key(app.signers)) and SHIM not in app.app_id and installed(app):
            if app.system is False:
                others.append((app, key))
            elif app.system:
                ours.append(app)
    yield from of_system(ours, build(properties))
    for app, key in others:
        yield Hit(app.at, f"{app.app_id}, {app.how}, is signed with the public key {key}", severity=Severity.MEDIUM)


def of_system(signed: list[App], on: Build) -> Iterator[Hit]:
    """One finding for the system: high where the framework of a sold phone is signed so, low for some part of it."""
    if framework := next((app for app in signed if app.app_id == "android"), None):
        message = "the system itself is signed with a key that everybody has"
        level = Severity.MEDIUM if on.for_developers else None
        message = f"{message}, and {len(signed) - 1} of its apps with such keys, on {on}"
        yield Hit(framework.at, message, len(signed), severity=level)
    elif signed:
        names = ", ".join(app.app_id for app in signed[:3])
        message = f"{len(signed)} apps of the system are signed with keys that everybody has: {names}"
        yield Hit(signed[0].at, message, len(signed), severity=Severity.LOW)
