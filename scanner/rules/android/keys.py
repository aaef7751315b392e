"""Signing keys that everybody has: those of AOSP's sources.

References:
    https://android.googlesource.com/platform/build/+/refs/heads/main/target/product/security/
"""

from collections.abc import Iterable

JAVA_HASHES = {
    "d7f1f224": "testkey",
    "b4addb29": "platform",
    "9542d9b9": "shared",
    "aa7e44b2": "media",
    "e708811f": "networkstack",
}
"""Java's 32-bit hash of the certificates, as `dumpsys package` prints it.

That of testkey was calculated from the certificate; the others are what public dumps of builds with test-keys print
for the apps of android.uid.system, android.uid.shared, android.media and android.uid.networkstack.
"""
CERTIFICATES = {
    "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc": "testkey",
    "c8a2e9bccf597c2fb6dc66bee293fc13f2fc47ec77bc6b2b0d52c11f51192ab8": "platform",
    "28bbfe4a7b97e74681dc55c2fbb6ccb8d6c74963733f6af6ae74d8c3a6e879fd": "shared",
    "465983f7791f2abeb43ea2cbdc7f21a8260b72bc08a55c839fc1a43bc741a81e": "media",
    "e1dbadce60dc080d15b58a014b0dcf9400e24de23fa00b287a5a982bfebda2ee": "networkstack",
    "abf21f9e2af1d881cc673fddcefa6ed9c269a437bd64b279cf45844cfd589126": "sdk_sandbox",
    "a6ccc500ff0e7421200eb66a7fe174ef1b00e52ca91727070cbedf061ff76c35": "bluetooth",
    "fae9122a8721d6e2a196d2224dffcf773c9127e2bb956cbddb40b009192ffdfd": "nfc",
}
"""SHA-256 of the certificates there, whose private keys lie beside them."""


def public_key(hashes: Iterable[str]) -> str | None:
    """The name of a public key among hashes of certificates."""
    return next((name for one in sorted(hashes) if (name := JAVA_HASHES.get(one) or CERTIFICATES.get(one))), None)
