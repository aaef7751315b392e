"""Who signed an Android package: all schemes, the certificate that counts, and what in it contradicts itself.

Verified are the signatures over the signed data (v2, v3, v3.1) or the signature file (v1), and that what was signed
fits; not the digests of the content, unless `content=True`: that takes a pass over the whole file.

References:
    https://source.android.com/docs/security/features/apksigning
"""

from dataclasses import dataclass, field
from typing import ClassVar

from scanner.formats import apk_v1
from scanner.formats.apk_archive import Archive
from scanner.formats.apk_certificate import Certificate
from scanner.formats.apk_digest import mismatches
from scanner.formats.apk_layout import SigningBlock, signing_block
from scanner.formats.apk_reader import ApkError
from scanner.formats.apk_signing_block import (
    FROSTING,
    ROTATION,
    STAMP_V1,
    STAMP_V2,
    STRIPPED,
    V2,
    V3,
    V31,
    Signer,
    signers,
)

SCHEMES = {V2: "v2", V3: "v3", V31: "v3.1"}
NUMBERS = {2: "v2", 3: "v3"}


@dataclass
class Signing:
    """The signers of a package.

    Attributes:
        signers: of all schemes, v1 first.
        schemes: those of which there is at least one signer or an attempt at one.
        frosting: whether Google Play put its block into it.
        stamp: whether it has a source stamp.
        problems: what is malformed or contradicts itself, and where.
        unread: those of the problems for which something could not be read.
        values: the ids in the signing block.
    """

    ORDER: ClassVar[tuple[str, ...]] = ("v3.1", "v3", "v2", "v1")

    signers: list[Signer] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    frosting: bool = False
    stamp: bool = False
    problems: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    values: tuple[int, ...] = ()

    def fails(self, error: ApkError) -> None:
        """Note something that could not be read."""
        self.problems.append(str(error))
        self.unread.append(str(error))

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The certificates that count: those of the signers of the newest scheme that has any."""
        for scheme in self.ORDER:
            if found := [one.certificates[0] for one in self.signers if one.scheme == scheme and one.certificates]:
                return tuple(dict.fromkeys(found))
        return ()

    @property
    def verified(self) -> bool | None:
        """Whether all signatures that were tried hold, and at least one was; None: none could be tried."""
        tried = [one.verified for one in self.signers]
        return False if False in tried else True if True in tried else None


def signing(archive: Archive, *, content: bool = False) -> Signing:
    """Who signed a package. What is broken is in `problems`; nothing is raised for it.

    Args:
        archive: the package.
        content: whether to compare the digests of the content too, which reads the whole file.
    """
    found = Signing()
    try:
        block = signing_block(archive.source, archive.layout)
    except ApkError as error:
        block = None
        found.fails(error)
    jar = apk_v1.signers(archive)
    add(found, "v1", jar)
    if block is not None:
        read_block(found, block)
        if content:
            found.problems += mismatches(archive, block.offset, found.signers)
    if content and jar:
        found.problems += apk_v1.changed(archive)
    claims = {NUMBERS[number] for number in apk_v1.claimed(archive, jar) if number in NUMBERS}
    found.problems += stripped(found, claims)
    found.problems += contradictions(found)
    if not found.schemes:
        found.problems.append("the package is not signed")
    return found


def add(found: Signing, scheme: str, more: list[Signer]) -> None:
    """Add the signers of one scheme, and their problems."""
    if more:
        found.schemes.append(scheme)
    found.signers += more
    found.problems += [problem for one in more for problem in dict.fromkeys(one.problems)]
    found.unread += [problem for one in more for problem in one.unread]


def read_block(found: Signing, block: SigningBlock) -> None:
    """Add what the signing block holds."""
    found.values = tuple(block.values)
    found.frosting = FROSTING in block.values
    found.stamp = STAMP_V1 in block.values or STAMP_V2 in block.values
    for identity, scheme in SCHEMES.items():
        if identity not in block.values:
            continue
        try:
            add(found, scheme, signers(block.values[identity], scheme))
        except ApkError as error:
            found.schemes.append(scheme)
            found.fails(error)


def stripped(found: Signing, claims: set[str]) -> list[str]:
    """The schemes that were there when the package was signed, and are gone."""
    said = []
    if claims and not claims & set(found.schemes):
        said.append(f"the JAR signature says that there is one of {' and '.join(sorted(claims))} too: it was removed")
    for one in found.signers:
        if STRIPPED in one.attributes:
            scheme = NUMBERS.get(int.from_bytes(one.attributes[STRIPPED][:4], "little"))
            if scheme and scheme not in found.schemes:
                said.append(f"the {one.scheme} signature says that there is one of {scheme} too: it was removed")
        if one.scheme == "v3" and ROTATION in one.attributes and "v3.1" not in found.schemes:
            said.append("the v3 signature says that there is one of v3.1 too: it was removed")
    return said


def contradictions(found: Signing) -> list[str]:
    """Schemes whose signers are different ones, where no lineage connects them."""
    by: dict[str, set[bytes]] = {}
    for one in found.signers:
        if one.certificates and one.verified is not False:
            lineage = {former.data for former in one.lineage}
            by.setdefault(one.scheme, set()).update({one.certificates[0].data} | lineage)
    said = []
    for older, newer in (("v1", "v2"), ("v1", "v3"), ("v2", "v3"), ("v3", "v3.1")):
        if older in by and newer in by and not by[older] & by[newer]:
            said.append(f"{older} and {newer} are signed with different certificates")
    return said
