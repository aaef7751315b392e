"""The JAR signature of Android packages (v1): META-INF/*.SF with a PKCS #7 signature beside it.

Checked are each signature over its file, and that file against MANIFEST.MF; the digests of the package's other files
are not compared with their content.

References:
    JAR: https://docs.oracle.com/en/java/javase/17/docs/specs/jar/jar.html#signed-jar-file
    PKCS #7: RFC 2315; attributes: RFC 5652, section 5.4
    Stripping protection: https://source.android.com/docs/security/features/apksigning/v2#v1-verification
"""

import hashlib
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.formats.apk_archive import Archive
from scanner.formats.apk_jar import sections, unfolded
from scanner.formats.apk_pkcs7 import Signed, signed
from scanner.formats.apk_reader import ApkError
from scanner.formats.apk_signing_block import Signer

if TYPE_CHECKING:
    from hashlib import _Hash as Hash
else:
    Hash = object

SIGNATURE = re.compile(r"META-INF/[^/]+\.(?:RSA|DSA|EC)", re.IGNORECASE)
MANIFEST = "META-INF/MANIFEST.MF"
MAX_SIGNATURE = 4 << 20
MAX_MANIFEST = 32 << 20
MAX_SIGNERS = 10
NAMES = rb"^(SHA-?1|SHA-?224|SHA-?256|SHA-?384|SHA-?512|MD5)"
WHOLE = re.compile(NAMES + rb"-Digest-Manifest: *([A-Za-z0-9+/=]+)", re.IGNORECASE | re.MULTILINE)
PART = re.compile(NAMES + rb"-Digest: *([A-Za-z0-9+/=]+)", re.IGNORECASE | re.MULTILINE)
CLAIM = re.compile(rb"^X-Android-APK-Signed: *([0-9, ]+)", re.IGNORECASE | re.MULTILINE)


def signers(archive: Archive) -> list[Signer]:
    """The signers by JAR signature; a broken one has a problem, not an exception.

    Signatures that a library left, without the file that they sign, are none of the package; Android passes over them.
    """
    names = [name for name in archive.members if SIGNATURE.fullmatch(name) and signature_file(name) in archive.members]
    return [signer(archive, name) for name in names[:MAX_SIGNERS]]


def signature_file(name: str) -> str:
    """The file that a signature signs."""
    return name.rpartition(".")[0] + ".SF"


def signer(archive: Archive, name: str) -> Signer:
    """One signer: what its PKCS #7 file says, and whether its signature and its digests are right."""
    file = signature_file(name)
    problems: list[str] = []
    unread: list[str] = []
    try:
        pkcs7 = signed(archive.read(name, MAX_SIGNATURE), name)
    except ApkError as error:
        return Signer("v1", problems=(str(error),), unread=(str(error),), name=name)
    verified: bool | None = None
    try:
        content = archive.read(file, MAX_MANIFEST)
        verified = pkcs7.verifies(content)
        problems += digests(archive, content, file)
    except ApkError as error:
        unread.append(str(error))
    unread += [f"{name}: {one.problem}" for one in pkcs7.certificates if one.problem]
    problems += [*pkcs7.problems, *unread]
    return Signer(
        "v1",
        pkcs7.certificates,
        verified,
        algorithms=algorithms(pkcs7),
        problems=tuple(problems),
        unread=tuple(unread),
        name=name,
    )


def algorithms(found: Signed) -> tuple[str, ...]:
    """The algorithm in words, where it is known."""
    return (str(found.algorithm),) if found.algorithm else ()


def digests(archive: Archive, content: bytes, file: str) -> Iterator[str]:
    """What of a signature file does not fit MANIFEST.MF: as a whole, or else section by section."""
    manifest = archive.read(MANIFEST, MAX_MANIFEST)
    head = unfolded(content.split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0])
    wrong = [name.decode() for name, value in WHOLE.findall(head) if not equals(name, value, manifest)]
    if not wrong and WHOLE.search(head):
        return
    if wrong:
        yield f"{file}: the {' and '.join(wrong)} digest of MANIFEST.MF is wrong"
    parts = dict(sections(manifest))
    for name, whole in sections(content):
        if (stored := parts.get(name)) is None:
            yield f"{file}: {name[:100]!r} is not in MANIFEST.MF"
            return
        if [one for one, value in PART.findall(unfolded(whole)) if not equals(one, value, stored)]:
            yield f"{file}: the digest of the section {name[:100]!r} of MANIFEST.MF is wrong"
            return


def changed(archive: Archive) -> Iterator[str]:
    """The files whose content is not that of their digest in MANIFEST.MF; this reads and unpacks the whole package."""
    try:
        manifest = archive.read(MANIFEST, MAX_MANIFEST)
    except ApkError:
        return
    for name, part in sections(manifest):
        wanted = [(one, value, digester(one)) for one, value in PART.findall(unfolded(part))]
        if name not in archive.members:
            yield f"{MANIFEST}: there is no {name[:100]!r}"
            continue
        try:
            for piece in archive.pieces(name):
                for _, _, digest in wanted:
                    digest.update(piece)
        except ApkError as error:
            yield f"{MANIFEST}: {error}"
            continue
        for one, value, digest in wanted:
            if not same(value, digest):
                yield f"{MANIFEST}: the {one.decode()} digest of {name[:100]!r} is not that of its content"


def equals(name: bytes, value: bytes, data: bytes) -> bool:
    """Whether a digest in Base64 is that of the data."""
    digest = digester(name)
    digest.update(data)
    return same(value, digest)


def digester(name: bytes) -> Hash:
    """What makes the digest of a name in a manifest: SHA1, SHA-256."""
    return hashlib.new(name.decode().lower().replace("-", ""), usedforsecurity=False)


def same(value: bytes, digest: Hash) -> bool:
    """Whether a digest in Base64 is this one."""
    try:
        return b64decode(value, validate=True) == digest.digest()
    except Error:
        return False


def claimed(archive: Archive, found: list[Signer]) -> set[int]:
    """The schemes (2, 3) whose signatures the signature files say to be there too."""
    schemes: set[int] = set()
    for one in found:
        try:
            content = archive.head(signature_file(one.name or ""), MAX_SIGNATURE)
        except ApkError:
            continue
        for said in CLAIM.findall(unfolded(content.split(b"\r\n\r\n", 1)[0])):
            schemes |= {int(number) for number in re.findall(rb"\d{1,3}", said)}
    return schemes
