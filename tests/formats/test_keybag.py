"""The keybag: parsing, derivation, unlocking."""

from dataclasses import replace
from hashlib import pbkdf2_hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import keybag
from scanner.synthetic.keybag import DEVICE_ONLY, build

BLOB, KEYS = build("example password \u00e4", iterations=3, double_iterations=5, seed=b"seed")
BAG = keybag.parse(BLOB)


def test_fields_are_read() -> None:
    assert (BAG.version, BAG.kind, len(BAG.uuid), BAG.iterations, BAG.double_iterations) == (4, 1, 16, 3, 5)
    assert sorted(BAG.classes) == list(range(1, 12))
    assert [BAG.classes[number].wrap for number in (1, 9, 11)] == [2, 3, 1]
    assert BAG.classes[2].key_type == 1


def test_the_password_opens_all_but_the_device_only_class() -> None:
    opened = keybag.unlock(BAG, keybag.derive(BAG, "example password \u00e4"))
    assert opened == {number: key for number, key in KEYS.items() if number != DEVICE_ONLY}


def test_derivation_with_and_without_double_protection() -> None:
    first = pbkdf2_hmac("sha256", b"pw", BAG.double_salt or b"", 5, 32)
    assert keybag.derive(BAG, "pw") == pbkdf2_hmac("sha1", first, BAG.salt, 3, 32)
    blob, _ = build("pw", iterations=3, double=False, seed=b"seed")
    old = keybag.parse(blob)
    assert (old.double_salt, old.double_iterations) == (None, None)
    assert keybag.derive(old, "pw") == pbkdf2_hmac("sha1", b"pw", BAG.salt, 3, 32)


def test_a_wrong_password_is_told_apart() -> None:
    with pytest.raises(keybag.WrongPassword):
        keybag.unlock(BAG, keybag.derive(BAG, "other"))
    with pytest.raises(ValueError, match="32 wanted"):
        keybag.unlock(BAG, b"short")


def test_one_damaged_class_does_not_hide_the_others() -> None:
    classes = BAG.classes | {
        3: replace(BAG.classes[3], wrapped_key=bytes(40)),
        4: replace(BAG.classes[4], wrapped_key=b""),
    }
    opened = keybag.unlock(replace(BAG, classes=classes), keybag.derive(BAG, "example password \u00e4"))
    assert set(opened) == set(KEYS) - {3, 4, DEVICE_ONLY}


def test_a_bag_without_password_classes_is_no_wrong_password() -> None:
    device = replace(BAG, classes={DEVICE_ONLY: BAG.classes[DEVICE_ONLY]})
    with pytest.raises(ValueError, match="without a class") as caught:
        keybag.unlock(device, bytes(32))
    assert not isinstance(caught.value, keybag.WrongPassword)


@pytest.mark.parametrize(
    "trap",
    [
        replace(BAG, iterations=1_000_001),
        replace(BAG, iterations=0),
        replace(BAG, double_iterations=20_000_001),
        replace(BAG, salt=b""),
    ],
)
def test_senseless_counts_and_salts_are_refused(trap: keybag.Keybag) -> None:
    with pytest.raises(ValueError, match=r"iterations|salt"):
        keybag.derive(trap, "pw")


def test_the_last_of_two_fields_counts() -> None:
    assert keybag.parse(b"VERS\0\0\0\x01\x09" + BLOB).version == 4


@pytest.mark.parametrize("data", [b"", b"VERS", BLOB[:-1], b"VERS\xff\xff\xff\xff", BLOB[:60]])
def test_truncation_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="keybag"):
        keybag.parse(data)


@settings(max_examples=200, deadline=500)
@given(st.data())
def test_damage_raises_only_value_error(data: st.DataObject) -> None:
    damaged = bytearray(BLOB)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        keybag.unlock(keybag.parse(bytes(damaged)), bytes(32))
    except ValueError:
        return
