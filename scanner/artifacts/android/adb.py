"""Computers that may debug the phone over adb: their keys, when they last connected, and trusted networks."""

import re
from base64 import b64decode
from collections.abc import Iterator
from hashlib import md5, sha256
from typing import TYPE_CHECKING, Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import MilliTime, Place, Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

KEY = re.compile(
    rb"(QAAAA[A-Za-z0-9+/]{64,2000}={0,2})(?: ([\x21-\x7e\xc2-\xf4][\x20-\x7e\x80-\xbf\xc2-\xf4]{0,200}))?"
)
"""A public key as adb writes it (its first word is the number of words of the modulus, 64), and who it says it is."""
LAST = re.compile(rb'lastConnection="(\d{1,15})"')
NAMED = re.compile(rb"user_keys=[^\s}]|<adbKey\s")
"""What stands before a key."""
NETWORK = re.compile(rb'<wifiAP[^<>]*?bssid="([^"<>]{1,64})"')
BINARY, REPLACED = b"ABX\x00", "\ufffd".encode()
MAX_KEYS = 10_000


class AdbKey(Record):
    """The key of a computer that the owner, or whoever held the unlocked phone, allowed to debug the phone."""

    time: MilliTime | None = None
    """When it last connected."""
    fingerprint: str
    """MD5 of the key, as the phone shows it when it asks."""
    sha256: str
    comment: str | None = None
    """Who the computer says that it is, `user@host`; free text."""
    always: bool | None = None
    """Whether it may connect again without a question."""


class AdbNetwork(Record):
    """A Wi-Fi network in which the phone may be debugged without a cable."""

    bssid: str


class Keys:
    """Keys found so far, each once, with what is known of it."""

    def __init__(self) -> None:
        """None yet."""
        self.found: dict[str, dict[str, Any]] = {}

    def add(self, place: Place, key: bytes, comment: bytes | None, **more: Any) -> None:
        """One more key, or one more thing known of it.

        What is no base64, as of a text that was cut, stands for itself.
        """
        try:
            data = b64decode(key)
        except ValueError:
            data = key
        digest = sha256(data).hexdigest()
        if digest not in self.found and len(self.found) < MAX_KEYS:
            short = md5(data, usedforsecurity=False).hexdigest().upper()
            pairs = ":".join(short[at : at + 2] for at in range(0, len(short), 2))
            self.found[digest] = {"place": place, "fingerprint": pairs, "sha256": digest}
        if digest not in self.found:
            return
        if comment:
            self.found[digest].setdefault("comment", comment.decode("utf-8", "replace").strip())
        self.found[digest].update({name: value for name, value in more.items() if value})

    def records(self, file: File) -> Iterator[AdbKey]:
        """What was found."""
        for values in self.found.values():
            yield from file.record(AdbKey, values.pop("place"), **values)


@artifact("dumpsys:/adb", "dumpsys:/usb")
def dump(file: File) -> Iterator[AdbKey | AdbNetwork]:
    """Keys that may debug the phone, when each last connected, and networks trusted for debugging without a cable.

    Up to Android 9 the keys stand in the dump of `usb`. The dump holds the key file (`user_keys=`) and, since Android
    10, the store of times (`keystore=`): in Android 10 an XML text that is no whole document, in 11 one with a root,
    since 12 binary XML that passed through a conversion to text, so that its times are mostly lost; its keys are not.

    References:
        AOSP, com.android.server.adb.AdbDebuggingManager:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
        AOSP, adb's public keys: https://android.googlesource.com/platform/system/core/+/refs/heads/main/libcrypto_utils/
    """
    data = file.read()
    start = data.find(b"keystore=")
    start = len(data) if start < 0 else start
    keys = Keys()
    for found in KEY.finditer(data, 0, start):
        keys.add(Place(offset=found.start()), found[1], found[2], always=True)
    networks: list[str] = []
    if data.startswith(BINARY, start + len(b"keystore=")):
        networks += binary(file, data, start + len(b"keystore="), keys)
    else:
        written(data, start, keys)
        networks += [found[1].decode("utf-8", "replace") for found in NETWORK.finditer(data, start)]
    if not keys.found and NAMED.search(data):
        file.problem("keys are written, but none in the form that adb gives them: cut or made unreadable")
    yield from keys.records(file)
    for bssid in dict.fromkeys(networks):
        yield from file.record(AdbNetwork, Place(offset=start), bssid=bssid)


def written(data: bytes, start: int, keys: Keys) -> None:
    """Keys and times from a store in text, from an offset on."""
    for found in KEY.finditer(data, start):
        rest = data[found.end(1) : max(found.end(1), data.find(b">", found.end(1)))]
        last = LAST.search(rest)
        comment = rest.partition(b'"')[0].strip()
        keys.add(Place(offset=found.start()), found[1], comment, time=int(last[1]) if last else None)


def binary(file: File, data: bytes, start: int, keys: Keys) -> list[str]:
    """Keys from a store in binary XML; with times and networks where the dump kept its bytes."""
    from scanner.formats import xml

    try:
        root = xml.loads(data[start:])
    except ValueError:
        file.problem("the store of keys is binary XML that the dump made a text of: times are lost", "keystore")
        for found in KEY.finditer(data, start):
            keys.add(Place(offset=found.start()), found[1], (found[2] or b"").partition(REPLACED)[0])
        return []
    return elements(file, root, keys)


def elements(file: File, root: "Element", keys: Keys) -> list[str]:
    """Keys and times from the elements of a store; the trusted networks."""
    for element in root.iter("adbKey"):
        found = KEY.match(element.get("key", "").encode())
        last = element.get("lastConnection", "0")
        if found is None or not last.isdecimal():
            file.problem("a key of the store could not be read", "adbKey")
        else:
            keys.add(Place(key="adbKey"), found[1], found[2], time=int(last[:15]))
    return [bssid for element in root.iter("wifiAP") if (bssid := element.get("bssid"))]


@artifact("/data/misc/adb/adb_keys", "/adb_keys")
def allowed(file: File) -> Iterator[AdbKey]:
    """Keys of computers that may always debug the phone.

    References:
        AOSP, adb's public keys: https://android.googlesource.com/platform/system/core/+/refs/heads/main/libcrypto_utils/
    """
    keys = Keys()
    for line, text in file.lines():
        if found := KEY.match(text.strip().encode()):
            keys.add(Place(line=line), found[1], found[2], always=True)
        elif text.strip():
            file.problem("not a key of adb", line)
    yield from keys.records(file)


@artifact("/data/misc/adb/adb_temp_keys.xml")
def store(file: File) -> Iterator[AdbKey | AdbNetwork]:
    """When each computer last connected, and networks trusted for debugging without a cable (text or binary XML).

    Since Android 11; a key that is not used for seven days is removed, unless the owner turned that off.

    References:
        AOSP, com.android.server.adb.AdbDebuggingManager.AdbKeyStore:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    keys = Keys()
    networks = elements(file, file.xml(), keys)
    yield from keys.records(file)
    for bssid in dict.fromkeys(networks):
        yield from file.record(AdbNetwork, Place(key="wifiAP"), bssid=bssid)
