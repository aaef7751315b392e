"""The test packages of Android's own signer (apksig): is each certificate right, or what is wrong with it said?

The names of the packages tell what they are: of which key, or how they are broken. A key's certificate lies beside
them (`rsa-2048.x509.pem`). Usage: python -m benchmarks.apk_vectors FOLDER [--all]

References:
    https://android.googlesource.com/platform/tools/apksig/+/refs/heads/main/src/test/resources/com/android/apksig/
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from scanner.evidence.reader import PlainFile
from scanner.formats.apk_archive import Archive
from scanner.formats.apk_reader import ApkError
from scanner.formats.apk_signing import Signing, signing

BROKEN = {
    r"signerInfo2-good": None,
    r"missing-content-type|wrong-content-type": "content type is missing or wrong",
    r"missing-digest": "signed digest is missing",
    r"multiple-good-digests": "several signed digests",
    r"attrs-wrong-digest": "signed digest is not that",
    r"wrong-order": "not in order",
    r"sig-does-not-verify|wrong-signature|v2-broken|invalid-lineage": "does not verify",
    r"digest-mismatch": "digest is not that of the content",
    r"wrong-in-sf": "digest of MANIFEST.MF is wrong",
    r"wrong-in-manifest": "is not that of its content",
    r"block-size-mismatch": "the signing block",
    r"cert-and-public-key-mismatch": "public key is not that of the first certificate",
    r"no-certs-in-sig": "there are no certificates",
    r"signatures-and-digests-block": "of other algorithms than the digests",
    r"no-supported-sig": "no signature is of a known algorithm",
    r"second-signer-no-sig": "there are no signatures",
    r"stripped|no-sig-block": "was removed",
    r"garbage-between|truncated-cd|invalid-zip": "the central directory",
    r"cert-not-der$": "cannot be decoded",
    r"^golden-.*-in$|unsigned|^v3-only-empty|wrong-apk-sig-block-magic": "not signed",
    r"(?:cr|lf|nul)-in-entry-name": "control characters",
    r"weird-compression": "unknown compression methods",
    r"^mismatched-compression": "two compression methods",
}
"""How a name tells that a package is broken, and what must be said of it; None: it is not."""
KEY = re.compile(r"(rsa|dsa|ec)(?:dsa)?(?:-pkcs1|-pss)?(?:-(?:md5|sha\d+))?(?:-[\d.]{9,})?-(p?\d{3,5})(_\d)?(?=-|$)")
OTHER = r"lineage|-2-tgt|cert-not-der2"
"""Packages whose certificate is another one: of the second key of that kind, or the same in another encoding."""


@dataclass(frozen=True)
class Verdict:
    """What became of one package: `way` is how it was judged, `said` what was read."""

    name: str
    way: str
    right: bool
    said: str


def wanted(name: str) -> str | None:
    """What must be said of a broken package; None for one that is not."""
    return next((said for pattern, said in BROKEN.items() if re.search(pattern, name)), None)


def key_of(name: str, folder: Path) -> tuple[str, str | None]:
    """The key that a name tells and the SHA-256 of its certificate, where that lies beside."""
    if not (match := KEY.search(name)):
        return "", None
    path = folder / f"{match[1]}-{match[2]}.x509.pem"
    if match[3] or re.search(OTHER, name) or not path.is_file():
        return match[0], None
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return match[0], sha256_of(found)


def sha256_of(found: x509.Certificate) -> str:
    """Its hash."""
    return sha256(found.public_bytes(Encoding.DER)).hexdigest()


def read(path: Path) -> tuple[Signing | None, list[str]]:
    """The signatures of a package and all that is wrong with it."""
    try:
        archive = Archive(PlainFile(path))
        found = signing(archive, content=True)
    except ApkError as error:
        return None, [str(error)]
    return found, found.problems + archive.oddities


def verdict(path: Path) -> Verdict:
    """One package."""
    found, problems = read(path)
    certificates = found.certificates if found else ()
    said = f"{[one.common_name for one in certificates]} {problems}"
    if (phrase := wanted(path.stem)) is not None:
        return Verdict(path.stem, "problem", any(phrase in one for one in problems), said)
    good = bool(found and found.verified and certificates and not problems)
    _, hashed = key_of(path.stem, path.parent)
    if hashed is None:
        return Verdict(path.stem, "verified", good, said)
    return Verdict(path.stem, "key", good and certificates[0].sha256 == hashed, said)


def verdicts(folder: Path) -> Iterator[Verdict]:
    """Every package of a folder, by name."""
    return map(verdict, sorted(folder.glob("*.apk")))


def main(arguments: list[str]) -> int:
    """Print the totals and what is not right; 1 if anything is not, or nothing is there."""
    found = list(verdicts(Path(arguments[0])))
    for one in found:
        if not one.right or "--all" in arguments:
            print(f"{'right' if one.right else 'WRONG'}  {one.way:8}  {one.name}: {one.said[:200]}")
    ways = Counter(one.way for one in found if one.right)
    right = sum(ways.values())
    print(f"{right} of {len(found)} right: {dict(ways)}")
    return 0 if found and right == len(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
