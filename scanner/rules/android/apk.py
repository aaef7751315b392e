"""Android packages that were acquired as files: hidden apps with power, keys that everybody has, tampering, copies."""

from collections.abc import Iterable, Iterator

from scanner.artifacts.android.apk import Apk, ApkSigner
from scanner.artifacts.android.packages import Package
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.keys import public_key

WATCHING = {"accessibility service", "notification listener", "device administrator"}
"""What gives an app power over others; keyboards and VPNs often stand in no list of apps."""
DEBUG = "Android Debug"
INSTALLS = "android.permission.REQUEST_INSTALL_PACKAGES"
WEAR = "android_wear_micro_apk"
"""The app for a watch that apps for phones carried until 2019."""
UNSIGNED = "the package is not signed"


def system_apps(packages: Iterable[Located[Package]]) -> frozenset[str]:
    """The apps that came with the phone's system."""
    return frozenset(one.record.app_id for one in packages if one.record.system)


def others(apks: Iterable[Located[Apk]], packages: Iterable[Located[Package]]) -> Iterator[Located[Apk]]:
    """The main package of each app that did not come with the system; each version once."""
    system, seen = system_apps(packages), set[tuple[object, ...]]()
    for one in apks:
        record = one.record
        subject = (record.app_id, record.version_code, record.signers, record.size)
        if record.split is None and record.app_id not in system and subject not in seen:
            seen.add(subject)
            yield one


def named(one: Located[Apk]) -> str:
    """An app as a message names it."""
    return one.record.app_id or one.path


@correlation("AND070", Severity.MEDIUM, Stage.PRESENCE)
def hidden_and_powerful(apks: Records[Apk], packages: Records[Package]) -> Iterator[Hit]:
    """A package that stands in no list of apps can read the screen, the notifications or administer the phone.

    Why: stalkerware hides its icon and asks for the accessibility service, the notifications or the administration.
    Benign causes: screen readers, companions of watches and cars, administration by an employer, apps that came with
        the phone where its list of packages is not there to tell. With Google Play's block in it, it counts less.
    Base rate: a few on most phones with a watch or an employer's administration; rarely any without.
    Next: ask the owner whether they know it; look whether the service is enabled, and who installed the app.
    References: https://attack.mitre.org/techniques/T1628/001/
        https://developer.android.com/guide/topics/ui/accessibility/service
    """
    for one in others(apks, packages):
        powers = [power for power in one.record.powers if power in WATCHING]
        if powers and one.record.launcher is False:
            play = one.record.frosting
            message = f"{named(one)} stands in no list of apps and has a component as {' and '.join(powers)}"
            yield Hit(one, message + "; it is from Google Play" * play, severity=Severity.LOW if play else None)


@correlation("AND071", Severity.LOW, Stage.PRESENCE)
def made_for_testing(apks: Records[Apk], packages: Records[Package]) -> Iterator[Hit]:
    """A package is open to debuggers or made for tests only, as no released app is.

    Why: everybody with adb reads the data of such an app; apps for tests are installed by adb only. Tools that were
        built for one target are sometimes left so.
    Benign causes: the owner develops apps, or tests one for somebody.
    Base rate: none on most phones.
    Next: ask whether the owner develops or tests apps; look who installed it and when.
    References: https://developer.android.com/guide/topics/manifest/application-element#debug
        https://developer.android.com/guide/topics/manifest/application-element#testOnly
    """
    for one in others(apks, packages):
        said = ["debuggable"] * bool(one.record.debuggable) + ["for tests only"] * bool(one.record.test_only)
        if said:
            yield Hit(one, f"{named(one)} is {' and '.join(said)}")


@correlation("AND072", Severity.MEDIUM, Stage.PRESENCE)
def file_signed_with_public_key(signers: Records[ApkSigner], packages: Records[Package]) -> Iterator[Hit]:
    """A package is signed with a test key of Android itself, which everybody has.

    Why: such a signature says nothing of who made the app; on a phone whose system has the same key, as cheap and
        modified phones do, an app with the platform's key has the system's own permissions. Installed apps whose
        signer the list of packages tells are AND015's.
    Benign causes: test tools and demonstrations; apps that came with a modified system whose list of packages is not
        there to tell.
    Base rate: none on most phones; all of the system's apps on a modified one.
    Next: compare with the key of the phone's system; find out where the app comes from.
    References: https://source.android.com/docs/core/ota/sign_builds
    """
    system, seen = system_apps(packages) | set(listed_with_public_key(packages)), set[str | None]()
    for one in signers:
        record = one.record
        key = public_key({record.sha256})
        if key and record.role == "signer" and record.app_id not in system | seen:
            seen.add(record.app_id)
            yield Hit(one, f"{record.app_id or one.path} is signed with Android's public test key {key!r}")


def listed_with_public_key(packages: Iterable[Located[Package]]) -> Iterator[str]:
    """Installed apps whose signer the list of packages already tells: AND015 names them."""
    for one in packages:
        record = one.record
        key = public_key((*record.signatures, *record.certificates))
        if key and record.system is False and record.installed is not False:
            yield record.app_id


@correlation("AND073", Severity.LOW, Stage.PRESENCE)
def debug_certificate(signers: Records[ApkSigner], apks: Records[Apk]) -> Iterator[Hit]:
    """A package is signed with a certificate that developers' tools make for trying an app out.

    Why: no store takes such an app: somebody gave it to the phone directly.
    Benign causes: the owner develops apps, or a friend's app or one of an open project was installed by hand.
    Base rate: none on most phones.
    Next: ask where it comes from. With power over other apps it counts more.
    References: https://developer.android.com/studio/publish/app-signing#debug-mode
    """
    strong = {one.record.app_id for one in apks if WATCHING & set(one.record.powers)}
    seen = set[str | None]()
    for one in signers:
        record = one.record
        if record.common_name == DEBUG and record.role == "signer" and record.app_id not in seen:
            seen.add(record.app_id)
            severity = Severity.MEDIUM if record.app_id and record.app_id in strong else None
            yield Hit(one, f"{record.app_id or one.path} is signed by {DEBUG}", severity=severity)


@correlation("AND074", Severity.MEDIUM, Stage.PRESENCE)
def tampered_package(apks: Records[Apk], packages: Records[Package]) -> Iterator[Hit]:
    """A package is built so that programs that look into packages fail, while Android installs it.

    Why: malware hides so from scanners: made-up compression methods, encryption that is none, entries that stand
        twice, a manifest with data between its elements.
    Benign causes: some protections of paid apps, a download that was cut short, packages rewritten by modding tools.
    Base rate: well below one in a thousand packages of stores.
    Next: find out where it comes from; have it looked into by hand.
    References: https://github.com/erev0s/apkInspector
        https://attack.mitre.org/techniques/T1406/
    """
    for one in others(apks, packages):
        if one.record.tampering:
            yield Hit(one, f"{named(one)}: {'; '.join(one.record.tampering[:5])}", len(one.record.tampering))


@correlation("AND075", Severity.MEDIUM, Stage.PRESENCE)
def broken_signature(apks: Records[Apk], packages: Records[Package]) -> Iterator[Hit]:
    """A package's signatures do not hold, contradict each other, or one of them was removed.

    Why: an app that was changed after its maker signed it, or that shows different signers to different versions of
        Android, has something to hide; to remove the newer signatures makes a changed app installable on old phones.
    Benign causes: a download that was cut short, a package that was patched by the owner, one that was never signed.
    Base rate: next to none among installed apps; now and then among downloads.
    Next: compare its certificate with that of the maker; find out where it comes from.
    References: https://source.android.com/docs/security/features/apksigning/v2#protection-against-rollback
    """
    for one in others(apks, packages):
        problems = one.record.signature_problems
        if problems:
            severity = Severity.LOW if problems == (UNSIGNED,) else None
            yield Hit(one, f"{named(one)}: {'; '.join(problems[:5])}", len(problems), severity)


@correlation("AND076", Severity.LOW, Stage.PRESENCE)
def carries_another(apks: Records[Apk], packages: Records[Package]) -> Iterator[Hit]:
    """A package carries another package or code among its data, and may install packages.

    Why: droppers bring the real app in their data, past the look of a store, and then ask to install it.
    Benign causes: stores, plug-in frameworks, apps that bring helpers.
    Base rate: a few among hundreds of apps.
    Next: have what it carries looked into by hand; look which apps it installed.
    References: https://attack.mitre.org/techniques/T1407/
    """
    for one in others(apks, packages):
        carried = [what for what in one.record.embedded if what.startswith(("DEX", "ZIP")) and WEAR not in what]
        if carried and INSTALLS in one.record.permissions:
            yield Hit(one, f"{named(one)} may install packages and carries {', '.join(carried[:5])}", len(carried))


@correlation("AND077", Severity.MEDIUM, Stage.PRESENCE)
def another_signer(signers: Records[ApkSigner], packages: Records[Package]) -> Iterator[Hit]:
    """A package file bears the name of an installed app, but is signed by somebody else.

    Why: a changed copy of a known app is a common way to bring spyware to a phone; Android refuses it as an update, so
        that it is installed afresh, or kept in another place.
    Benign causes: builds of one open app by different stores, mods, an app that was later installed from elsewhere.
    Base rate: none on most phones; now and then where apps are installed by hand.
    Next: compare both certificates with that of the maker; find out where the file comes from.
    References: https://attack.mitre.org/techniques/T1655/001/
        https://source.android.com/docs/security/features/apksigning
    """
    installed = dict[str, set[str]]()
    for package in packages:
        known = package.record
        hashes = {*known.signatures, *known.past_signatures, *(one.lower() for one in known.certificates)}
        installed.setdefault(known.app_id, set()).update(hashes)
    files = dict[tuple[str, str], list[Located[ApkSigner]]]()
    for one in signers:
        if one.record.app_id and installed.get(one.record.app_id) and one.record.role != "chain":
            files.setdefault((one.path, one.record.app_id), []).append(one)
    for (_, name), found in files.items():
        if not any(hashes_of(one.record) & installed[name] for one in found):
            yield Hit(found[0], f"{name} is signed by {found[0].record.subject}, unlike the installed app of that name")


def hashes_of(signer: ApkSigner) -> set[str]:
    """A certificate's hashes as lists of installed apps have them."""
    return {signer.signature_hash, signer.sha256, signer.sha1, signer.md5}
