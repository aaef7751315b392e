"""Who signed a package: right, and where it was tampered with, what is wrong."""

import hashlib
import struct
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.evidence.reader import Memory
from scanner.formats.apk_archive import Archive
from scanner.formats.apk_layout import layout, signing_block
from scanner.formats.apk_pkcs7 import signed
from scanner.formats.apk_reader import ApkError
from scanner.formats.apk_signing import Signing, signing
from scanner.formats.apk_signing_block import LINEAGE, V2, V3, signers
from scanner.synthetic.android_apk import Entry, make_apk, zipped
from scanner.synthetic.android_signature import EC_SHA256, Key, content_digest, key, signer, v1_files, value

KEY, OTHER = key("example"), key("other", "Other", "Other")
ALL = ("v1", "v2", "v3")
DIGEST = content_digest([b"x"])
JAR = dict(v1_files({"a": b"1", "b": b"2"}, KEY))


def read(data: bytes) -> Signing:
    """The signatures of a package, with its content compared."""
    return signing(Archive(Memory(data)), content=True)


@pytest.mark.parametrize("schemes", [("v1",), ("v2",), ("v3",), ("v1", "v2"), ("v2", "v3"), ALL])
def test_each_scheme_gives_its_certificate(schemes: tuple[str, ...]) -> None:
    found = read(make_apk(schemes=schemes, frosting=True))
    assert found.schemes == list(schemes)
    assert found.verified
    assert not found.problems
    (one,) = found.certificates
    assert one.data == KEY.certificate
    assert one.sha256 == hashlib.sha256(KEY.certificate).hexdigest()
    assert (one.subject, one.organisation) == ("CN=Example,O=Example", "Example")
    assert found.frosting == (schemes != ("v1",))


def test_the_same_arguments_give_the_same_package() -> None:
    key.cache_clear()
    first = make_apk("a.b", certificate_seed="s")
    key.cache_clear()
    assert make_apk("a.b", certificate_seed="s") == first
    assert make_apk("a.b", certificate_seed="t") != first


def test_our_jar_signature_is_one_to_others_too() -> None:
    (one,) = load_der_pkcs7_certificates(JAR["META-INF/CERT.EC"])
    assert one.subject.rfc4514_string() == "CN=Example,O=Example"


def test_a_signature_that_a_library_left_is_none() -> None:
    entries = [Entry("a", b"1"), Entry("META-INF/BCKEY.EC", JAR["META-INF/CERT.EC"])]
    assert read(zipped(entries)).problems == ["the package is not signed"]
    assert read(zipped(entries, KEY, ("v2",))).schemes == ["v2"]


def test_an_unsigned_package_is_told() -> None:
    found = read(make_apk(schemes=()))
    assert (found.problems, found.verified, found.certificates) == (["the package is not signed"], None, ())


@pytest.mark.parametrize("schemes", [("v1",), ("v2", "v3")])
def test_changed_content_is_told(schemes: tuple[str, ...]) -> None:
    data = make_apk(schemes=schemes, files={"assets/a": b"nothing to see"})
    at = data.index(b"classes.dex")
    changed = data[: at + 12] + bytes([data[at + 12] ^ 1]) + data[at + 13 :]
    assert read(changed).problems
    assert all("content" in one or "classes.dex" in one for one in read(changed).problems)
    assert not signing(Archive(Memory(changed))).problems, "only where the content is compared"


def test_newer_signatures_that_were_removed_are_missed() -> None:
    entries = [Entry("a", b"1")]
    files = [Entry(name, data) for name, data in v1_files({"a": b"1"}, KEY, ("v2", "v3"))]
    (said,) = read(zipped(entries + files)).problems
    assert said == "the JAR signature says that there is one of v2 and v3 too: it was removed"
    assert not read(zipped(entries + files, KEY, ("v2",))).problems
    protected = value(signer(KEY, DIGEST, "v2", attributes=struct.pack("<III", 8, 0xBEEFF00D, 3)))
    (one,) = signers(value(protected[4:]), "v2")
    assert one.attributes == {0xBEEFF00D: b"\3\0\0\0"}


def test_different_signers_of_different_schemes_are_told() -> None:
    entries = [Entry("a", b"1")]
    files = [Entry(name, data) for name, data in v1_files({"a": b"1"}, OTHER)]
    found = read(zipped(entries + files, KEY, ("v2",)))
    assert found.problems == ["v1 and v2 are signed with different certificates"]
    assert found.certificates[0].common_name == "Example"


def test_a_lineage_is_read_and_checked() -> None:
    (one,) = signers(rotated(OTHER, KEY), "v3")
    assert [each.common_name for each in one.lineage] == ["Other", "Example"]
    assert not one.problems
    (one,) = signers(rotated(OTHER, KEY, by=KEY), "v3")
    assert one.problems == ("v3 signer 1: lineage: certificate 2 is not signed by the one before it",)
    (one,) = signers(rotated(KEY, OTHER), "v3")
    assert one.problems == ("v3 signer 1: the lineage does not end with the signer's certificate",)


def rotated(old: Key, new: Key, by: Key | None = None) -> bytes:
    """A value of v3 whose signer is KEY and whose lineage goes from one key to another."""
    nodes = b""
    for one, signs in ((old, None), (new, by or old)):
        inside = value(value(one.certificate), struct.pack("<I", EC_SHA256 if signs else 0))
        body = struct.unpack_from("<I", inside)[0]
        signature = signs.sign(inside[4 : 4 + body]) if signs else b""
        nodes += value(inside, struct.pack("<II", 7, EC_SHA256), value(signature))
    lineage = struct.pack("<I", 1) + nodes
    return value(signer(KEY, DIGEST, "v3", attributes=value(struct.pack("<I", LINEAGE), lineage)))


def test_what_contradicts_itself_in_a_signer_is_told() -> None:
    good = signer(KEY, DIGEST, "v2")
    at = good.index(KEY.certificate)
    for data, said in (
        (good[: at + 9] + b"\x55" + good[at + 10 :], "does not verify"),
        (good[: -len(KEY.public)] + OTHER.public, "the public key is not that of the first certificate"),
        (value(value(b""), value(b""), value(b"")), "has"),
    ):
        (one,) = signers(value(data), "v2")
        assert any(said in problem for problem in one.problems), one.problems


def test_a_sequence_that_lies_about_its_length_is_told() -> None:
    with pytest.raises(ApkError, match="v2: the signers has 255 bytes at 4, but 1 are left"):
        signers(b"\xff\0\0\0x", "v2")
    with pytest.raises(ApkError, match="no signers"):
        signers(value(b""), "v2")
    with pytest.raises(ApkError, match="11 signers"):
        signers(value(signer(KEY, DIGEST, "v2") * 11), "v2")


def test_a_signing_block_that_lies_is_told() -> None:
    data = make_apk(schemes=("v2",))
    block = signing_block(Memory(data), layout(Memory(data)))
    assert block is not None
    assert set(block.values) == {V2}
    for at, said in ((block.offset, "by its end, but"), (layout(Memory(data)).directory - 22, "says that it has")):
        changed = data[:at] + b"\x01\x02\x03\x04" + data[at + 4 :]
        found = read(changed)
        assert any(said in one for one in found.unread), found.problems


def test_signers_of_jars_are_checked() -> None:
    pkcs7 = signed(JAR["META-INF/CERT.EC"], "CERT.EC")
    assert pkcs7.verifies(JAR["META-INF/CERT.SF"])
    assert str(pkcs7.algorithm) == "EC with SHA-256"
    again = signed(JAR["META-INF/CERT.EC"], "CERT.EC")
    assert again.verifies(b"another") is False
    assert again.problems == ["CERT.EC: signer 1: the signature does not verify"]
    for data in (b"", b"\x30\x00", b"\x30\x80\x00\x00", JAR["META-INF/CERT.EC"][:100]):
        with pytest.raises(ApkError, match=r"CERT\.EC: no PKCS #7 signature"):
            signed(data, "CERT.EC")


@pytest.mark.parametrize("scheme", ["v2", "v3"])
@settings(max_examples=150, deadline=2000)
@given(changes=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), max_size=8), end=st.integers(0, 900))
def test_damaged_signers_are_an_apk_error_or_have_problems_or_are_not_verified(
    scheme: str, changes: list[tuple[int, int]], end: int
) -> None:
    whole = value(signer(KEY, DIGEST, scheme))
    data = bytearray(whole)
    for at, new in changes:
        data[at % len(data)] = new
    cut = bytes(data[: len(data) - end % len(data)])
    try:
        found = signers(cut, scheme)
    except ApkError:
        return
    assert cut == whole or any(one.problems or one.verified is None for one in found) or unsigned_part(cut, whole)


def unsigned_part(data: bytes, whole: bytes) -> bool:
    """Whether two values differ only after what is signed: SDK range, further signatures, trailing bytes."""
    size = 12 + struct.unpack_from("<I", whole, 8)[0]
    return len(data) >= size and data[8:size] == whole[8:size]


@settings(max_examples=200, deadline=2000)
@given(changes=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=8), end=st.integers(0, 600))
def test_damaged_jar_signatures_are_an_apk_error_or_read(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(JAR["META-INF/CERT.EC"])
    for at, new in changes:
        data[at % len(data)] = new
    with suppress(ApkError):
        signed(bytes(data[: len(data) - end % len(data)]), "x").verifies(JAR["META-INF/CERT.SF"])


def test_ids_of_schemes_are_those_of_the_documentation() -> None:
    assert (V2, V3) == (0x7109871A, 0xF05368C0)
