"""Android packages that were acquired as files: what they are, what they may do, and who signed them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, CertHash, CertOrganisation, Place, Record, Stage

if TYPE_CHECKING:
    from scanner.formats.apk_archive import Archive
    from scanner.formats.apk_manifest import Component, Manifest
    from scanner.formats.apk_reader import Source

BIND = "android.permission.BIND_"
POWERS = {
    f"{BIND}ACCESSIBILITY_SERVICE": "accessibility service",
    f"{BIND}NOTIFICATION_LISTENER_SERVICE": "notification listener",
    f"{BIND}DEVICE_ADMIN": "device administrator",
    f"{BIND}VPN_SERVICE": "VPN",
    f"{BIND}INPUT_METHOD": "keyboard",
}
"""What a component may do that only the system can use by this permission."""
MAX_LISTED = 1000


class Apk(Record):
    """An Android package: what its manifest says, what is in it, how it is signed."""

    app_id: AppId | None = None
    """None where the manifest cannot be read."""
    split: str | None = None
    """The part of an app that came in several packages; None for the main one."""
    version: str | None = None
    version_code: int | None = None
    label: str | None = None
    """The app's name, where the manifest itself has it and no resource."""
    size: int
    min_sdk: int | None = None
    target_sdk: int | None = None
    shared_user: str | None = None
    permissions: tuple[str, ...] = ()
    powers: tuple[str, ...] = ()
    """What its components can become if the owner agrees: accessibility service, device administrator and so on."""
    launcher: bool | None = None
    """Whether it stands in the list of apps."""
    debuggable: bool | None = None
    test_only: bool | None = None
    native_libraries: tuple[str, ...] = ()
    embedded: tuple[str, ...] = ()
    """Programs among its data: kind and path, `DEX assets/x`."""
    schemes: tuple[str, ...] = ()
    """How it is signed: v1, v2, v3, v3.1."""
    verified: bool | None = None
    """Whether its signatures hold; the digests of its content are not compared."""
    signers: tuple[str, ...] = ()
    """SHA-256 of the certificates that count on a current Android; each is a record of its own."""
    signature_problems: tuple[str, ...] = ()
    """What in the signatures is malformed, contradicts itself or is gone."""
    tampering: tuple[str, ...] = ()
    """What no tool that builds packages writes, and what stops programs that look into packages."""
    hidden_names: bool = False
    """Whether the manifest hides the names of its attributes, as some protections of apps do."""
    frosting: bool = False
    """Whether Google Play added its block."""
    stamp: bool = False
    """Whether it says by a stamp where it was built or bought."""


class ApkSigner(Record):
    """A certificate of a package: of its signer, above it, or in its lineage."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    app_id: str | None = None
    schemes: tuple[str, ...]
    role: str
    """`signer`; `chain`: above the signer's; `lineage`: which the signer used before."""
    sha256: CertHash
    sha1: CertHash
    md5: CertHash
    signature_hash: str
    """What `dumpsys package` calls the signature: Java's 32 bit hash of the certificate."""
    subject: str | None = None
    issuer: str | None = None
    organisation: CertOrganisation | None = None
    common_name: str | None = None
    not_before: str | None = None
    """The begin and end of its validity: nothing happened on the phone then."""
    not_after: str | None = None
    verified: bool | None = None
    """Whether its signatures hold; None: none could be tried."""
    min_sdk: int | None = None
    """The lowest and highest API level that a signature of v3 or v3.1 is for."""
    max_sdk: int | None = None
    algorithms: tuple[str, ...] = ()


class ApkComponent(Record):
    """A component that only the system may use, for it gives an app power over the phone."""

    app_id: str | None = None
    kind: str
    """activity, service, receiver or provider."""
    name: str
    permission: str
    power: str
    exported: bool | None = None
    enabled: bool | None = None


@artifact(
    "/data/app/**/*.apk",
    "/data/app-private/*.apk",
    "/mnt/expand/**/*.apk",
    "/data/local/tmp/**/*.apk",
    "/storage/emulated/**/*.apk",
    "/data/data/**/*.apk",
    "/data/user/**/*.apk",
    "/data/user_de/**/*.apk",
    "androidqf:/apks/*.apk",
    "file:/*.apk",
)
def packages(file: File) -> Iterator[Apk | ApkSigner | ApkComponent]:
    """Android packages: manifest, certificates of all signature schemes, dangerous components, hidden programs.

    Nothing of an app is run. Signatures are checked over what they sign; the digests of an app's whole content are not
    compared, for that is a pass over each file. Packages of the system partitions are not read: they are thousands of
    files that verified boot vouches for. Hashes of the file itself are made with the other contents.

    References:
        https://source.android.com/docs/security/features/apksigning
        https://developer.android.com/guide/topics/manifest/manifest-intro
    """
    from scanner.formats.apk_archive import Archive

    reader = file.open()
    try:
        archive = Archive(reader)
        yield from contents(file, archive, reader)
    finally:
        reader.close()


def contents(file: File, archive: "Archive", source: "Source") -> Iterator[Apk | ApkSigner | ApkComponent]:
    """The records of one package."""
    from scanner.formats import apk_code, axml
    from scanner.formats.apk_archive import MANIFEST
    from scanner.formats.apk_signers import certificates, of_certificate, of_signing, place
    from scanner.formats.apk_signing import signing

    signed = signing(archive)
    for problem in signed.unread:
        file.problem(problem)
    found, oddities = read_manifest(file, archive)
    hidden = axml.HIDDEN in oddities
    strong = [one for one in found.components if one.permission in POWERS]
    yield from file.record(
        Apk,
        Place(key=MANIFEST),
        app_id=found.package,
        split=found.split,
        version=found.version_name,
        version_code=found.version_code,
        label=found.label,
        size=source.size,
        min_sdk=found.min_sdk,
        target_sdk=found.target_sdk,
        shared_user=found.shared_user,
        permissions=found.permissions[:MAX_LISTED],
        powers=tuple(dict.fromkeys(POWERS[one.permission or ""] for one in strong)),
        launcher=found.launcher if found.package else None,
        debuggable=found.debuggable,
        test_only=found.test_only,
        native_libraries=apk_code.libraries(archive),
        embedded=apk_code.embedded(archive),
        tampering=tuple(archive.oddities + [one for one in oddities if one != axml.HIDDEN]),
        hidden_names=hidden,
        **of_signing(signed),
    )
    for (role, one), by in certificates(signed).items():
        yield from file.record(
            ApkSigner, Place(key=place(by)), app_id=found.package, role=role, **of_certificate(one, by)
        )
    for component in strong[:MAX_LISTED]:
        yield from powerful(file, found, component)


def read_manifest(file: File, archive: "Archive") -> tuple["Manifest", list[str]]:
    """The manifest and what is odd about it; an empty one, and a note, where it cannot be read."""
    from scanner.formats import axml
    from scanner.formats.apk_archive import MANIFEST
    from scanner.formats.apk_manifest import Manifest, manifest
    from scanner.formats.apk_reader import ApkError

    try:
        document = axml.parse(archive.read(MANIFEST, axml.MAX_SIZE))
    except ApkError as error:
        file.problem(f"{MANIFEST}: {error}")
        return Manifest(), []
    return manifest(document.root), document.oddities


def powerful(file: File, found: "Manifest", component: "Component") -> Iterator[ApkComponent]:
    """The record of one component."""
    permission = component.permission or ""
    yield from file.record(
        ApkComponent,
        Place(key=component.name),
        app_id=found.package,
        kind=component.kind,
        name=component.name,
        permission=permission,
        power=POWERS[permission],
        exported=component.exported,
        enabled=component.enabled,
    )
