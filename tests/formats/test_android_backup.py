"""The header of adb backups, sound and damaged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import android_backup
from scanner.synthetic.android_backup import adb_backup

PLAIN = adb_backup({"apps/org.example/f/a": b"1"})
LOCKED = adb_backup({"apps/org.example/f/a": b"1"}, password="bridle")
XIAOMI = b"MIUI BACKUP\n2\norg.example\n0\n" + PLAIN


@pytest.mark.parametrize("data", [PLAIN, XIAOMI], ids=["adb", "xiaomi"])
def test_a_plain_header(data: bytes) -> None:
    found = android_backup.header(data)
    assert (found.version, found.compressed, found.encryption) == (5, True, None)
    assert data[found.size : found.size + 1] == b"\x78"


def test_the_password_opens_and_another_does_not() -> None:
    found = android_backup.header(LOCKED)
    key, iv = android_backup.unlock(found, "bridle")
    assert (len(key), len(iv)) == (32, 16)
    with pytest.raises(android_backup.WrongPasswordError):
        android_backup.unlock(found, "Bridle")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no Android backup"),
        (b"ANDROID BACKUP\n6\n1\nnone\n", "version '6'"),
        (b"ANDROID BACKUP\n5\n2\nnone\n", "compression '2'"),
        (b"ANDROID BACKUP\n5\n1\nROT-13\n", "encryption 'ROT-13'"),
        (b"ANDROID BACKUP\n5\n1", "cut short"),
        (b"ANDROID BACKUP\n5\n1\nAES-256\nzz\n00\n1\n00\n00\n", "damaged"),
        (b"ANDROID BACKUP\n5\n1\nAES-256\n00\n00\n99999999999\n" + b"0" * 32 + b"\n" + b"0" * 32 + b"\n", "cannot be"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        android_backup.header(data)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(LOCKED) - 1), st.binary(max_size=8), st.booleans())
def test_damaged_headers_end_in_value_errors(at: int, noise: bytes, cut: bool) -> None:
    data = LOCKED[:at] + noise + (b"" if cut else LOCKED[at + len(noise) :])
    try:
        found = android_backup.header(data)
        if found.encryption and found.encryption.rounds <= 10_000:
            android_backup.unlock(found, "bridle")
    except ValueError:
        return
