"""Android's own hash of certificates."""

from scanner.formats.certificate_hash import digests, java_hash


def test_java_hash_counts_bytes_as_signed() -> None:
    assert java_hash(b"") == "00000001"
    assert java_hash(b"\x01") == "00000020"
    assert java_hash(b"\x80") == "ffffff9f"
    assert java_hash(b"\x01\x02") == "000003e2"


def test_digests() -> None:
    assert [len(one) for one in digests(b"x")] == [64, 40, 32]
