"""WhatsApp's encrypted backups: opened with the right key, refused with a wrong one, damaged ones named as such."""

import hashlib
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import whatsapp_backup
from scanner.formats.whatsapp_backup import (
    Bytes,
    DamagedBackupError,
    TooLargeError,
    TruncatedBackupError,
    WrongKeyError,
    decrypt,
    pieces,
)
from scanner.formats.whatsapp_header import Layout, UnsupportedBackupError, detect, header
from scanner.formats.whatsapp_key import BackupError, Key, KeyFileError, read_key
from scanner.synthetic.android_whatsapp_backup import NUMBER, encrypt, key_file, old_key, root_key

LAYOUTS: list[Layout] = ["crypt12", "crypt14", "crypt15"]
PLAIN = b"SQLite format 3\0" + bytes(range(256)) * 40 + b"end"


def key(layout: Layout, seed: int = 1) -> Key:
    return root_key(seed) if layout == "crypt15" else old_key(seed)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("features", [False, True])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("deflated", [False, True])
def test_what_was_encrypted_comes_back(layout: Layout, features: bool, several: bool, deflated: bool) -> None:
    made = encrypt(PLAIN, key(layout), layout, features=features, several=several, deflated=deflated)
    if layout == "crypt12" and several:
        made = made[:-4]
    assert detect(made[:4096]) == layout
    assert decrypt(made, key(layout)) == PLAIN
    assert decrypt(Bytes(made), read_key(key_file(key(layout)))) == PLAIN


def test_large_content_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatsapp_backup, "PIECE", 1000)
    for plain in (bytes(50_000), PLAIN, bytes(999), bytes(1000), bytes(1001)):
        for deflated in (False, True):
            made = encrypt(plain, root_key(), "crypt15", deflated=deflated)
            assert b"".join(pieces(made, root_key())) == plain


def test_the_header_tells_version_and_number() -> None:
    found = header(encrypt(PLAIN, old_key(), "crypt14"))
    assert (found.app_version, found.number) == ("2.24.11.79", NUMBER)


def test_a_known_answer_of_the_chain_of_keys() -> None:
    assert Key(bytes(32)).cipher.hex() == "000cd53075979ccd61531727d933d4c1aa747ff468f65b8bdf89ffa174e7e757"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_another_key(layout: Layout) -> None:
    with pytest.raises(WrongKeyError):
        decrypt(encrypt(PLAIN, key(layout), layout), key(layout, 2))
    with pytest.raises(WrongKeyError):
        decrypt(encrypt(PLAIN, key(layout), layout, several=True), key(layout, 2))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_another_kind_of_key(layout: Layout) -> None:
    with pytest.raises(WrongKeyError, match="64 digits" if layout == "crypt15" else "end-to-end"):
        decrypt(encrypt(PLAIN, key(layout), layout), old_key() if layout == "crypt15" else root_key())


def test_the_right_salts_with_another_secret() -> None:
    right = old_key()
    wrong = Key(bytes(32), right.version, right.server_salt, right.account_salt)
    with pytest.raises(WrongKeyError, match="whose checksum is right"):
        decrypt(encrypt(PLAIN, right, "crypt14"), wrong)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("several", [False, True])
def test_a_damaged_file(layout: Layout, several: bool) -> None:
    made = bytearray(encrypt(PLAIN, key(layout), layout, several=several))
    made[-60] ^= 1
    with pytest.raises(DamagedBackupError):
        decrypt(bytes(made), key(layout))


def rest(made: bytes, opened: Key) -> tuple[bytes, BackupError | None]:
    """What could be had of a backup, and what was wrong with it."""
    left = bytearray()
    try:
        for piece in pieces(made, opened):
            left += piece
    except BackupError as error:
        return bytes(left), error
    return bytes(left), None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_cut_or_damaged_file_gives_what_is_left(layout: Layout) -> None:
    plain = b"SQLite format 3\0" + Random(1).randbytes(100_000)
    made = encrypt(plain, key(layout), layout)
    left, error = rest(made[:-100], key(layout))
    assert isinstance(error, TruncatedBackupError)
    assert plain.startswith(left)
    assert len(left) > 99_000
    damaged = bytearray(made)
    damaged[50_000] ^= 255
    left, error = rest(bytes(damaged), key(layout))
    assert type(error) is DamagedBackupError
    assert len(left) > 49_000
    assert plain.startswith(left[:49_000])


def test_hardly_anything_is_left() -> None:
    made = encrypt(PLAIN, root_key(), "crypt15")
    with pytest.raises(TruncatedBackupError):
        decrypt(made[: header(made).size + 10], root_key())
    with pytest.raises(UnsupportedBackupError):
        decrypt(made[:20], root_key())


def test_a_checksum_without_content() -> None:
    made = encrypt(b"", root_key(), "crypt15")
    made = made[: header(made).size]
    made += hashlib.md5(made, usedforsecurity=False).digest()
    with pytest.raises(DamagedBackupError, match="no content"):
        decrypt(made, root_key())


def test_more_than_allowed() -> None:
    with pytest.raises(TooLargeError):
        decrypt(encrypt(bytes(10_000_000), root_key(), "crypt15"), root_key(), limit=1_000_000)


@pytest.mark.parametrize(
    "head", [b"", b"\0", b"SQLite format 3\0", b"PK\3\4" + bytes(100), b"\0\1\4" + bytes(70), b"\0\1\1" + bytes(20)]
)
def test_no_backup(head: bytes) -> None:
    assert detect(head) is None


def test_keys_as_digits() -> None:
    digits = root_key().secret.hex()
    groups = "-".join(digits[at : at + 4] for at in range(0, 64, 4)).upper()
    for text in (digits, digits + "\r\n", groups, "\ufeff" + digits):
        assert read_key(text.encode()) == root_key()


def test_keys_are_never_shown() -> None:
    assert root_key().secret.hex() not in repr(root_key())
    assert str(root_key().secret) not in repr(root_key())
    assert repr(old_key().secret) not in repr(old_key())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"), (bytes(5000), "at most"), (b"abc", "64 hexadecimal digits"), (b"no key at all", "bytes"),
        (key_file(old_key())[:-1], "cut"), (key_file(root_key())[:10], "cut"),
        (b"\xac\xed\0\5sr\0\3abc", "no array"), (key_file(root_key())[:-33] + b"\0", "are 0"),
    ],
)  # fmt: skip
def test_no_keys(data: bytes, why: str) -> None:
    with pytest.raises(KeyFileError, match=why):
        read_key(data)


def test_a_damaged_key_file() -> None:
    made = bytearray(key_file(old_key()))
    made[70] ^= 1
    with pytest.raises(KeyFileError, match="hash of its salt"):
        read_key(bytes(made))
    made = bytearray(key_file(old_key()))
    made[27] = 9
    with pytest.raises(KeyFileError, match="unknown version"):
        read_key(bytes(made))


@given(st.binary(max_size=400))
def test_any_bytes_as_a_key(data: bytes) -> None:
    with suppress(KeyFileError):
        read_key(data)


@given(st.binary(max_size=400))
def test_any_bytes_as_a_backup(data: bytes) -> None:
    with suppress(BackupError):
        decrypt(data, root_key())


@settings(max_examples=200)
@given(st.sampled_from(LAYOUTS), st.booleans(), st.integers(0, 10_000), st.integers(0, 255), st.integers(0, 10_000))
def test_any_change_is_noticed(layout: Layout, several: bool, at: int, byte: int, cut: int) -> None:
    made = bytearray(encrypt(PLAIN, key(layout), layout, several=several))
    made[at % len(made)] = byte
    try:
        got = decrypt(bytes(made[: max(len(made) - cut % 300, 0)]), key(layout))
    except BackupError:
        return
    assert got == PLAIN, "what is changed must not be taken for genuine"
