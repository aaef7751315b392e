"""What a package's signatures say, as plain values: schemes, certificates in their roles, whether verified."""

from scanner.formats.apk_certificate import Certificate
from scanner.formats.apk_signing import Signing
from scanner.formats.apk_signing_block import Signer

MAX_SIGNERS = 1000
"""Certificates of one package."""


def of_signing(signed: Signing) -> dict[str, object]:
    """The fields of a package that tell of its signatures."""
    return {
        "schemes": tuple(signed.schemes),
        "verified": signed.verified,
        "signers": tuple(one.sha256 for one in signed.certificates),
        "signature_problems": tuple(signed.problems),
        "frosting": signed.frosting,
        "stamp": signed.stamp,
    }


def certificates(signed: Signing) -> dict[tuple[str, Certificate], list[Signer]]:
    """Each certificate of a package in each of its roles, and the signers that it is of."""
    found: dict[tuple[str, Certificate], list[Signer]] = {}
    for signer in signed.signers:
        own, *above = signer.certificates or (None,)
        roles = [("signer", own)] + [("chain", one) for one in above]
        roles += [("lineage", one) for one in signer.lineage if own is None or one.data != own.data]
        for role, one in roles:
            if one is not None and len(found) < MAX_SIGNERS:
                found.setdefault((role, one), []).append(signer)
    return found


def place(by: list[Signer]) -> str:
    """Where in a package a certificate first stands: a signature file, or the scheme in the signing block."""
    return by[0].name or by[0].scheme


def of_certificate(one: Certificate, by: list[Signer]) -> dict[str, object]:
    """The fields that tell of a certificate, and of the signatures that are its own."""
    names = (
        "sha256", "sha1", "md5", "signature_hash", "subject", "issuer", "organisation", "common_name"
    )  # fmt: skip
    tried = [signer.verified for signer in by]
    return {name: getattr(one, name) for name in names} | {
        "not_before": one.not_before.isoformat() if one.not_before else None,
        "not_after": one.not_after.isoformat() if one.not_after else None,
        "schemes": tuple(dict.fromkeys(signer.scheme for signer in by)),
        "verified": False if False in tried else True if True in tried else None,
        "min_sdk": min((signer.min_sdk for signer in by if signer.min_sdk is not None), default=None),
        "max_sdk": max((signer.max_sdk for signer in by if signer.max_sdk is not None), default=None),
        "algorithms": tuple(dict.fromkeys(name for signer in by for name in signer.algorithms)),
    }
