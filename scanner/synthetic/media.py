"""Plain files: photos, what applications cache, and the implant's own."""

import json
from functools import partial
from random import Random

from scanner.synthetic.indicators import (
    CONTROL,
    FILE_NAME,
    FOLDER,
    PAYLOAD,
    PAYLOAD_SHA256,
    Planted,
)
from scanner.synthetic.life import page, sentence
from scanner.synthetic.phone import ATTACK, COMPLETE, DAY, NO_PROTECTION, NOW, UNLESS_OPEN, Amount, Phone, Spot
from scanner.synthetic.plist import binary, date
from scanner.synthetic.sqlite import Store

CAMERA = "/private/var/mobile/Media/DCIM"
APP = "/private/var/mobile/Containers/Data/Application/example.ferryclock.app"
CACHE = f"{APP}/Library/Caches/example.ferryclock.app/Cache.db"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
PER_FOLDER = 1000
DOCUMENTS = 10
KINDS = ("dat", "bin", "cache", "blob")
DATA = "/private/var/mobile/Containers/Data/Application"
LARGEST = 4_000_000
RESPONSES = """
CREATE TABLE cfurl_cache_response (entry_ID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, version INTEGER,
  hash_value INTEGER,
  storage_policy INTEGER, request_key TEXT UNIQUE, time_stamp NOT NULL DEFAULT CURRENT_TIMESTAMP, partition TEXT);
CREATE TABLE cfurl_cache_receiver_data (entry_ID INTEGER PRIMARY KEY, isDataOnFS INTEGER, receiver_data BLOB);
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Puts photos, caches and, if planted, the implant's files on the phone."""
    photos(phone, amount)
    documents(phone, amount)
    caches(phone, planted)
    phone.folder("/private/var/mobile/Library/Health")
    phone.link(f"{APP}/Documents/current", "schedule.json")
    phone.add("/private/var/mobile/Library/Health/empty.hfd", b"", protection=COMPLETE)
    phone.add("/private/var/mobile/Library/Health/steps.json", b'{"steps": 7042}\n', protection=COMPLETE)
    phone.add("/private/var/mobile/Library/Notes/draft.txt", b"Buy rye bread.\n", protection=UNLESS_OPEN)
    near = FOLDER.rstrip("/") + "-notes/readme.txt"
    phone.add(near, b"A folder whose name only begins like the implant's.\n")
    if planted:
        implant(phone)


def photos(phone: Phone, amount: Amount) -> None:
    """Photos of different sizes, made when they are read; together about `amount.bytes`."""
    random = phone.random("photos")
    shares = [random.paretovariate(1.3) for _ in range(amount.files - amount.files // DOCUMENTS)]
    scale = amount.bytes / max(1.0, sum(min(share, 400) for share in shares))
    for number, share in enumerate(shares):
        size = min(LARGEST, int(min(share, 400) * scale))
        folder = f"{100 + number // PER_FOLDER}APPLE"
        path = f"{CAMERA}/{folder}/IMG_{number % PER_FOLDER:04d}.JPG"
        content = partial(photo, f"{phone.seed}/{number}", size)
        phone.add(path, content, modified=NOW - random.randrange(900 * DAY), protection=NO_PROTECTION)


def photo(seed: str, size: int) -> bytes:
    """Bytes that begin like a photo and then are noise."""
    return (JPEG + Random(seed).randbytes(size))[:size]


def documents(phone: Phone, amount: Amount) -> None:
    """What applications keep beside photos: one file in ten, of no kind that is left out by its name."""
    random = phone.random("documents")
    for number in range(amount.files // DOCUMENTS):
        name, size = KINDS[number % len(KINDS)], random.randrange(500, 30_000)
        path = f"{DATA}/example.app{number % 40:02d}.app/Documents/{number:06d}.{name}"
        phone.add(path, partial(document, f"{phone.seed}/{number}", size), modified=NOW - random.randrange(900 * DAY))


def document(seed: str, size: int) -> bytes:
    """Text and noise, half and half."""
    random = Random(seed)
    return (" ".join(sentence(random, links=0) for _ in range(size // 120)).encode() + random.randbytes(size))[:size]


def caches(phone: Phone, planted: Planted) -> None:
    """What an application keeps as JSON, property list and SQLite."""
    random = phone.random("caches")
    entries = [{"said": sentence(random), "url": page(random)} for _ in range(20)]
    plist = {"LastSync": date(NOW - DAY), "Feeds": [page(random) for _ in range(5)]}
    store = Store(RESPONSES)
    for _ in range(15):
        respond(store, page(random))
    paths = (f"{APP}/Documents/schedule.json", f"{APP}/Library/Preferences/example.ferryclock.app.plist")
    if planted:
        row = respond(store, f"https://{CONTROL}/stage")
        at = Spot("ios.cache.responses", CACHE, f"cfurl_cache_response:{row}")
        phone.indicator(at, "domain", CONTROL, f"https://{CONTROL}/stage", "An app loaded from a domain of the family.")
    phone.add(paths[0], json.dumps(entries, ensure_ascii=False).encode())
    phone.add(paths[1], binary(plist))
    phone.add(CACHE, store.image())


def respond(store: Store, address: str) -> int:
    """A cached response; its row id."""
    found: int = store.connection.execute("SELECT count(*) FROM cfurl_cache_response").fetchone()[0]
    key = f"{address}&n={found}" if "?" in address else f"{address}?n={found}"
    return store.insert(
        "cfurl_cache_response", version=0, hash_value=found, storage_policy=0, request_key=key,
        time_stamp="2024-06-11 03:16:40"
    )  # fmt: skip


def implant(phone: Phone) -> None:
    """An executable in a folder of the family, and a file with a name of the family."""
    folder = FOLDER.rstrip("/")
    phone.folder(folder)
    phone.indicator(Spot("ios.backup.files", folder), "path", FOLDER, folder, "The folder of the family.")
    path = f"{FOLDER}agentd"
    phone.add(path, PAYLOAD, modified=ATTACK + 170)
    at = Spot("ios.backup.files", path)
    phone.indicator(at, "path", FOLDER, path, "A file in a folder of the family.")
    content = Spot("contents", path)
    phone.indicator(content, "sha256", PAYLOAD_SHA256, PAYLOAD_SHA256, "A file with a hash of the family.")
    path = f"/private/var/mobile/Library/Caches/{FILE_NAME}"
    phone.add(path, b"stage two, harmless\n", modified=ATTACK + 160)
    at = Spot("ios.backup.files", path)
    phone.indicator(at, "file_name", FILE_NAME, path, "A file with a name of the family.")
