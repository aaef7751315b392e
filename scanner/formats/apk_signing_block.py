"""The signers of APK Signature Schemes v2, v3 and v3.1, and the lineage of v3.

A signer's signature over its signed data is checked with its public key, and the data against each other, as Android
does; the digests of the archive's content are given, not compared: `apk_digest` can.

References:
    https://source.android.com/docs/security/features/apksigning/v2
    https://source.android.com/docs/security/features/apksigning/v3
    https://source.android.com/docs/security/features/apksigning/v3-1
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.formats.apk_algorithms import ALGORITHMS, verifies
from scanner.formats.apk_certificate import Certificate, certificate
from scanner.formats.apk_reader import ApkError, Cursor, sequence

V2, V3, V31 = 0x7109871A, 0xF05368C0, 0x1B93AD61
STAMP_V1, STAMP_V2 = 0x2B09189E, 0x6DFF800D
FROSTING = 0x2146444E
LINEAGE = 0x3BA06F8C
"""Attribute of v3: the proof that the earlier certificates were followed by this one."""
STRIPPED = 0xBEEFF00D
"""Attribute of v2: the scheme whose signature must also be there."""
ROTATION = 0x559F8B02
"""Attribute of v3: from which SDK on the signers of v3.1 hold."""
MAX_LINEAGE = 256
MAX_SIGNERS = 10


@dataclass(frozen=True, slots=True)
class Signer:
    """One signer of one scheme.

    Attributes:
        scheme: `v1`, `v2`, `v3` or `v3.1`.
        certificates: its own first, then those above it as the package stores them.
        verified: whether the signature over the signed data (v1: the signature file) is its key's; None: not tried,
            for the key or the algorithm is none that can be checked here.
        min_sdk: the lowest and highest API level that it is for; None for v1 and v2.
        max_sdk: see `min_sdk`.
        algorithms: in words.
        digests: of the content, by algorithm id.
        attributes: additional attributes by id.
        lineage: certificates, the oldest first and the current one last; empty without.
        problems: what is wrong with it.
        unread: those of the problems for which something of it could not be read.
        name: of v1, the signature file.
    """

    scheme: str
    certificates: tuple[Certificate, ...] = ()
    verified: bool | None = None
    min_sdk: int | None = None
    max_sdk: int | None = None
    algorithms: tuple[str, ...] = ()
    digests: dict[int, bytes] = field(default_factory=dict)
    attributes: dict[int, bytes] = field(default_factory=dict)
    lineage: tuple[Certificate, ...] = ()
    problems: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    name: str | None = None


def signers(value: bytes, scheme: str) -> list[Signer]:
    """The signers of one scheme's value in the signing block; a broken one has a problem, not an exception.

    Raises:
        ApkError: the sequence of signers is broken, or there are more than `MAX_SIGNERS`.
    """
    found = sequence(Cursor(value, scheme).value("the signers"), f"the signers of {scheme}")
    if not found:
        raise ApkError(f"{scheme}: there are no signers")
    if len(found) > MAX_SIGNERS:
        raise ApkError(f"{scheme}: {len(found)} signers, more than the {MAX_SIGNERS} that Android accepts")
    return [signer(data, scheme, f"{scheme} signer {number}") for number, data in enumerate(found, 1)]


@dataclass
class Draft:
    """A signer while it is read."""

    scheme: str
    what: str
    certificates: list[Certificate] = field(default_factory=list)
    digests: dict[int, bytes] = field(default_factory=dict)
    signatures: dict[int, bytes] = field(default_factory=dict)
    attributes: dict[int, bytes] = field(default_factory=dict)
    signed: bytes = b""
    key: bytes = b""
    sdk: tuple[int | None, int | None] = (None, None)
    lineage: tuple[Certificate, ...] = ()
    verified: bool | None = None
    problems: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def wrong(self, message: str) -> None:
        """Note a problem."""
        self.problems.append(f"{self.what}: {message}")


def signer(data: bytes, scheme: str, what: str) -> Signer:
    """One signer, as far as it can be read."""
    draft = Draft(scheme, what)
    steps: tuple[Callable[[], None], ...] = (
        lambda: outer(draft, data),
        lambda: inner(draft),
        lambda: check_signature(draft),
        lambda: check_certificates(draft),
        lambda: read_lineage(draft),
    )
    for step in steps:
        try:
            step()
        except ApkError as error:
            draft.problems.append(str(error))
            draft.unread.append(str(error))
            break
    return Signer(
        scheme,
        tuple(draft.certificates),
        draft.verified,
        *draft.sdk,
        algorithms=tuple(named(one) for one in draft.signatures),
        digests=draft.digests,
        attributes=draft.attributes,
        lineage=draft.lineage,
        problems=tuple(draft.problems),
        unread=tuple(draft.unread),
    )


def named(algorithm: int) -> str:
    """An algorithm in words, or its id."""
    return str(known) if (known := ALGORITHMS.get(algorithm)) else f"unknown 0x{algorithm:04x}"


def outer(draft: Draft, data: bytes) -> None:
    """Signed data, SDK range, signatures and public key."""
    cursor = Cursor(data, draft.what)
    draft.signed = cursor.value("the signed data")
    if draft.scheme != "v2":
        draft.sdk = cursor.number("the lowest SDK"), cursor.number("the highest SDK")
    signatures = cursor.value("the signatures")
    draft.key = cursor.value("the public key")
    for one in sequence(signatures, f"{draft.what}: signatures"):
        inside = Cursor(one, f"{draft.what}: signature")
        draft.signatures.setdefault(inside.number("the algorithm"), inside.value("the signature"))


def inner(draft: Draft) -> None:
    """What the signed data hold: digests, certificates, SDK range, attributes."""
    cursor = Cursor(draft.signed, f"{draft.what}: signed data")
    for one in sequence(cursor.value("the digests"), f"{draft.what}: digests"):
        inside = Cursor(one, f"{draft.what}: digest")
        draft.digests.setdefault(inside.number("the algorithm"), inside.value("the digest"))
    stored = sequence(cursor.value("the certificates"), f"{draft.what}: certificates")
    draft.certificates = [certificate(one) for one in stored]
    if draft.scheme != "v2":
        sdk = cursor.number("the lowest SDK"), cursor.number("the highest SDK")
        if sdk != draft.sdk:
            draft.wrong(
                f"SDK range {sdk[0]} to {sdk[1]} is signed, but {draft.sdk[0]} to {draft.sdk[1]} stands outside"
            )
    for one in sequence(cursor.value("the attributes"), f"{draft.what}: attributes") if cursor.left else ():
        inside = Cursor(one, f"{draft.what}: attribute")
        draft.attributes.setdefault(inside.number("the id"), inside.take(inside.left, "the value"))


def check_signature(draft: Draft) -> None:
    """Whether the signatures are there, known, of the algorithms that the digests are of, and the key's."""
    if not draft.signatures:
        draft.wrong("there are no signatures")
        return
    known = {number: value for number, value in draft.signatures.items() if number in ALGORITHMS}
    if not known:
        draft.wrong(f"no signature is of a known algorithm, but {', '.join(map(named, draft.signatures))}")
    if list(draft.signatures) != list(draft.digests):
        draft.wrong("the signatures are of other algorithms than the digests")
    results = {number: verifies(draft.key, value, draft.signed, ALGORITHMS[number]) for number, value in known.items()}
    for number, result in results.items():
        if result is False:
            draft.wrong(f"the signature ({named(number)}) does not verify")
    if results:
        draft.verified = False if False in results.values() else None if None in results.values() else True


def check_certificates(draft: Draft) -> None:
    """Whether the first certificate is the public key's."""
    if not draft.certificates:
        draft.wrong("there are no certificates")
        return
    for number, one in enumerate(draft.certificates, 1):
        if one.problem:
            draft.wrong(f"certificate {number}: {one.problem}")
            draft.unread.append(draft.problems[-1])
    own = draft.certificates[0].public_key
    if own is not None and own != draft.key:
        draft.wrong("the public key is not that of the first certificate")


def read_lineage(draft: Draft) -> None:
    """The certificates that were used before, each vouching for the next."""
    if (value := draft.attributes.get(LINEAGE)) is None:
        return
    what = f"{draft.what}: lineage"
    cursor = Cursor(value, what)
    cursor.number("the version")
    found: list[Certificate] = []
    algorithm = 0
    for number, node in enumerate(cursor.values("certificate"), 1):
        if number > MAX_LINEAGE:
            raise ApkError(f"{what}: more than {MAX_LINEAGE} certificates")
        inside = Cursor(node, f"{what}: certificate {number}")
        signed = inside.value("the signed data")
        inside.number("the flags")
        following, signature = inside.number("the algorithm"), inside.value("the signature")
        if found:
            check = vouched(found[-1], signature, signed, algorithm)
            if check:
                draft.wrong(f"lineage: certificate {number} {check}")
        algorithm = following
        found.append(certificate(Cursor(signed, f"{what}: certificate {number}").value("the certificate")))
    draft.lineage = tuple(found)
    if not found or (draft.certificates and found[-1].data != draft.certificates[0].data):
        draft.wrong("the lineage does not end with the signer's certificate")


def vouched(by: Certificate, signature: bytes, signed: bytes, algorithm: int) -> str | None:
    """What is wrong with the signature of a certificate's predecessor over it, if anything."""
    known = ALGORITHMS.get(algorithm)
    if known is None or by.public_key is None:
        return f"cannot be checked: {named(algorithm)}"
    verified = verifies(by.public_key, signature, signed, known)
    return "is not signed by the one before it" if verified is False else None
