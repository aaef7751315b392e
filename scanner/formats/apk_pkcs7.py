"""The PKCS #7 signature in META-INF: certificates, who signed, and whether the signature holds.

`cryptography` reads the certificates of such a file, but not who signed, so that its parts are taken here and its
certificates and keys are left to `cryptography`.

References:
    RFC 2315; RFC 5652, section 5.3
"""

import hashlib
from dataclasses import dataclass, field

from scanner.formats import der
from scanner.formats.apk_algorithms import Algorithm, verifies
from scanner.formats.apk_certificate import Certificate, certificate
from scanner.formats.apk_reader import ApkError

SIGNED_DATA = "1.2.840.113549.1.7.2"
DATA = "1.2.840.113549.1.7.1"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
DIGESTS = {
    "1.2.840.113549.2.5": "MD5",
    "1.3.14.3.2.26": "SHA-1",
    "2.16.840.1.101.3.4.2.4": "SHA-224",
    "2.16.840.1.101.3.4.2.1": "SHA-256",
    "2.16.840.1.101.3.4.2.2": "SHA-384",
    "2.16.840.1.101.3.4.2.3": "SHA-512",
}
KEYS = {"1.2.840.113549.1.1.": "RSA", "1.2.840.10045.": "EC", "1.2.840.10040.4.": "DSA", "2.16.840.1.101.3.4.3.": "DSA"}
MAX_CERTIFICATES = 256
MAX_INFOS = 64
CERTIFICATES, ATTRIBUTES, SET_TAG = 0xA0, 0xA0, b"\x31"


@dataclass(frozen=True, slots=True)
class Info:
    """Who signed: issuer and serial number of the certificate as stored, digest, key, attributes, signature."""

    issuer: bytes
    serial: bytes
    digest: str | None
    key: str | None
    attributes: der.Element | None
    signature: bytes


@dataclass
class Signed:
    """A signature file: the certificates with the signer's first, and what is wrong."""

    name: str
    certificates: tuple[Certificate, ...]
    infos: list[Info]
    algorithm: Algorithm | None = None
    problems: list[str] = field(default_factory=list)

    def verifies(self, content: bytes) -> bool | None:
        """Whether the first signer that holds, holds; as Android does, later ones are tried where earlier ones fail.

        Where several fail, the reasons are in `problems`.
        """
        results: list[bool | None] = []
        reasons: list[str] = []
        for number, info in enumerate(self.infos, 1):
            result, reason = self.holds(info, content)
            if result:
                return True
            results.append(result)
            reasons.append(f"{self.name}: signer {number}: {reason}")
        self.problems += reasons
        return None if None in results else False

    def holds(self, info: Info, content: bytes) -> tuple[bool | None, str]:
        """Whether one signer's signature holds, and why not."""
        if info.digest is None or info.key is None:
            return None, "the algorithm is not known"
        found = owner(self.certificates, info)
        if found is None:
            return False, "its certificate is not there"
        data = content
        if info.attributes is not None:
            if problem := contradiction(info.attributes, info.digest, content):
                return False, problem
            data = SET_TAG + info.attributes.whole[1:]
        if found.public_key is None:
            return None, "the key of its certificate cannot be read"
        algorithm = Algorithm(info.key, info.digest)
        result = verifies(found.public_key, info.signature, data, algorithm)
        self.algorithm = algorithm
        if result:
            self.certificates = (found, *(one for one in self.certificates if one is not found))
        return result, "the signature cannot be tried here" if result is None else "the signature does not verify"


def signed(data: bytes, name: str) -> Signed:
    """A PKCS #7 file.

    Raises:
        ApkError: it is none.
    """
    try:
        return parts(data, name)
    except (der.DerError, ValueError, IndexError) as error:
        raise ApkError(f"{name}: no PKCS #7 signature: {error}") from None


def parts(data: bytes, name: str) -> Signed:
    """The same.

    Raises:
        ValueError: it is none.
        IndexError: something is missing in it.
    """
    kind, holder = der.element(data).children()[:2]
    if der.oid(kind.content) != SIGNED_DATA:
        raise ValueError(f"content of type {der.oid(kind.content)}")
    inside = der.element(holder.content).children()
    stored = [one for child in inside[3:] if child.tag == CERTIFICATES for one in child.children()]
    if len(stored) > MAX_CERTIFICATES:
        raise ValueError(f"{len(stored)} certificates")
    infos = [info(one) for one in inside[-1].children()[:MAX_INFOS]] if inside[-1].tag == der.SET else []
    certificates = tuple(certificate(one.whole) for one in stored)
    problems: list[str] = []
    if not certificates:
        problems.append(f"{name}: there are no certificates")
    if not infos:
        problems.append(f"{name}: nobody signed")
    found = next((one for some in infos if (one := owner(certificates, some))), None)
    if found:
        certificates = (found, *(one for one in certificates if one is not found))
    return Signed(name, certificates, infos, problems=problems)


def info(one: der.Element) -> Info:
    """One SignerInfo.

    Raises:
        ValueError: it is none.
        IndexError: something is missing in it.
    """
    children = one.children()
    issuer, serial = children[1].children()[:2]
    attributes = children[3] if children[3].tag == ATTRIBUTES else None
    rest = children[4:] if attributes else children[3:]
    digest = DIGESTS.get(der.oid(children[2].children()[0].content))
    how = der.oid(rest[0].children()[0].content)
    key = next((key for prefix, key in KEYS.items() if how.startswith(prefix)), None)
    return Info(issuer.whole, serial.content, digest, key, attributes, rest[1].content)


def owner(found: tuple[Certificate, ...], info: Info) -> Certificate | None:
    """The certificate that a signer names by issuer and serial number.

    The same name may be written in another type of text there: then the serial number alone decides.
    """
    named = [(one, names) for one in found if (names := identity(one.data)) and names[1] == info.serial]
    return next((one for one, names in named if names[0] == info.issuer), named[0][0] if named else None)


def identity(data: bytes) -> tuple[bytes, bytes] | None:
    """Issuer and serial number of a certificate as stored; None where it is none."""
    try:
        body = der.element(der.element(data).content).children()
        serial, _, issuer = body[1:4] if body[0].tag == CERTIFICATES else body[:3]
    except (der.DerError, ValueError, IndexError):
        return None
    return issuer.whole, serial.content


def contradiction(attributes: der.Element, digest: str, content: bytes) -> str | None:
    """What in the signed attributes does not fit what was signed."""
    values: dict[str, list[bytes]] = {}
    order: list[bytes] = []
    try:
        for one in attributes.children():
            kind, held = one.children()[:2]
            values.setdefault(der.oid(kind.content), []).extend(each.content for each in held.children())
            order.append(one.whole)
    except (ValueError, IndexError) as error:
        return f"the signed attributes are broken: {error}"
    kinds, digests = values.get(CONTENT_TYPE, []), values.get(MESSAGE_DIGEST, [])
    if [der.oid(kind) for kind in kinds] != [DATA]:
        return "the signed content type is missing or wrong"
    if not digests:
        return "the signed digest is missing"
    if len(digests) > 1:
        return "there are several signed digests"
    real = hashlib.new(digest.replace("-", "").lower(), content, usedforsecurity=False).digest()
    if digests[0] != real:
        return "the signed digest is not that of the signature file"
    return "the signed attributes are not in order" if order != sorted(order) else None
