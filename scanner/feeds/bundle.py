"""Kept feeds as one file, for computers without a network: a zip with a manifest of hashes, signed if wanted.

    manifest.json     `Manifest`: for every feed its file, SHA-256, size, time, address and entry of the catalogue
    manifest.sig      64 bytes: the Ed25519 signature of manifest.json, if it is signed
    feeds/<id>.<ext>  the feeds

A bundle is read as hostile: only these names, every size bounded and as declared, every hash compared, before any is
taken; then each feed is looked at as if it had come from its server.

References:
    RFC 8032, Edwards-Curve Digital Signature Algorithm (EdDSA): https://www.rfc-editor.org/rfc/rfc8032
    APPNOTE.TXT, .ZIP File Format Specification: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scanner import __version__
from scanner.feeds import catalogue
from scanner.feeds.catalogue import Entry, one_line
from scanner.feeds.files import MAX_BYTES
from scanner.feeds.store import Store, digest, write
from scanner.feeds.update import Became, Result, Version, failed, take, values

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SCHEMA = "bridle.feeds/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MAX_FEEDS = 2000
MAX_TOTAL = 2 << 30
MAX_MANIFEST = 16 << 20
SIGNATURE_BYTES = 64
MEMBER = re.compile(r"feeds/[a-z0-9][a-z0-9-]{0,63}\.[a-z0-9]{1,8}")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time of a zip: equal feeds give equal files."""
ENCRYPTED = 0x1


class BundleError(ValueError):
    """A file that is no bundle, is damaged, or is not signed by whom it should be; nothing of it was taken."""


class Packed(msgspec.Struct, kw_only=True):
    """One feed of a bundle."""

    entry: Entry
    file: str
    sha256: str
    size: int
    fetched: datetime | None = None
    etag: str = ""
    modified: str = ""


class Manifest(msgspec.Struct, kw_only=True):
    """What is in a bundle."""

    schema: str = SCHEMA
    tool: str = f"bridle {__version__}"
    made: datetime
    feeds: list[Packed]


def export(store: Store, place: Path, known: dict[str, Entry], key: Path | None = None) -> Manifest:
    """Write the current version of every feed into one file, and sign it with a private key.

    Raises:
        BundleError: there are no feeds, or the key is none.
        OSError: the file cannot be written.
    """
    signer = private_key(key) if key else None
    packed = [(one, data) for name in store.ids() for one, data in [pack(store, name, known.get(name))]]
    if not packed:
        raise BundleError(f"there are no feeds in {store.folder}; `bridle feeds update` fetches them")
    manifest = Manifest(made=datetime.now(UTC), feeds=[one for one, _ in packed])
    text = msgspec.json.format(msgspec.json.encode(manifest))
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in [
                (MANIFEST, text),
                *([(SIGNATURE, signer.sign(text))] if signer else []),
                *((one.file, data) for one, data in packed),
            ]:
                member = zipfile.ZipInfo(name, EPOCH)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, data)
        write(place, part.read_bytes(), part)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def pack(store: Store, name: str, entry: Entry | None) -> tuple[Packed, bytes]:
    """One feed, and what is known of it."""
    path, state = store.current(name), store.state(name)
    if path is None:
        raise BundleError(f"the feed {name} went away")
    data = path.read_bytes()
    sound = digest(data) == state.sha256
    packed = Packed(
        entry=entry or Entry(id=name, url=state.url), file=f"feeds/{path.name.lower()}", sha256=digest(data),
        size=len(data), fetched=state.fetched if sound else None,
        etag=state.etag if sound else "", modified=state.modified if sound else "",
    )  # fmt: skip
    return packed, data


def take_in(store: Store, place: Path, key: Path | None = None) -> Iterator[Result]:
    """Take the feeds of a bundle: all are compared with their hashes before the first is taken; hold the store's lock.

    A feed of which a newer version is kept is left as it is; one that lacks too much is held back as from its server.

    Raises:
        BundleError: it is no bundle, is damaged, or is not signed with this key.
    """
    verifier = public_key(key) if key else None
    try:
        with zipfile.ZipFile(place) as archive:
            members = {one.filename: one for one in listed(archive)}
            manifest = verified(archive, members, verifier)
            compare(archive, members, manifest)
            remember(store, manifest)
            for one in manifest.feeds:
                yield taken(store, one, content(archive, members[one.file], one.size))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleError(f"{place} is damaged or no bundle of feeds: {one_line(error)}") from None
    except OSError as error:
        raise BundleError(f"{place} cannot be read: {one_line(error)}") from None


def listed(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members, if they are those of a bundle."""
    members = archive.infolist()
    names = [one.filename for one in members]
    odd = next((name for name in names if name not in {MANIFEST, SIGNATURE} and not MEMBER.fullmatch(name)), None)
    if odd is not None:
        raise BundleError(f"{odd[:100].encode('unicode_escape').decode()} does not belong into a bundle of feeds")
    if len(set(names)) != len(names) or len(names) > MAX_FEEDS + 2:
        raise BundleError("has a file twice, or too many")
    if any(one.flag_bits & ENCRYPTED or one.file_size > MAX_BYTES for one in members):
        raise BundleError("has a file that is encrypted or too large")
    if sum(one.file_size for one in members) > MAX_TOTAL:
        raise BundleError(f"has more than {MAX_TOTAL >> 30} GB of feeds")
    return members


def content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> bytes:
    """The bytes of a member; never more than it should have."""
    with archive.open(member) as file:
        data = file.read(size + 1)
    if len(data) != size:
        raise BundleError(f"{member.filename} has not the size that the manifest says")
    return data


def verified(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], key: "Ed25519PublicKey | None") -> Manifest:
    """The manifest, if it is whole and, where a key is given, signed with it."""
    if MANIFEST not in members or members[MANIFEST].file_size > MAX_MANIFEST:
        raise BundleError(f"has no {MANIFEST}, or one that is too large")
    text = content(archive, members[MANIFEST], members[MANIFEST].file_size)
    if key is not None:
        check_signature(archive, members, text, key)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
        for one in manifest.feeds:
            if Path(one.file).stem != catalogue.checked(one.entry.id):
                raise BundleError(f"{one.file[:100]} is not the file of {one.entry.id}")
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BundleError(f"its manifest cannot be read: {one_line(error)}") from None
    if manifest.schema != SCHEMA:
        raise BundleError(f"is of a form that this version does not read: {manifest.schema[:50]}")
    return manifest


def check_signature(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], text: bytes, key: "Ed25519PublicKey"
) -> None:
    """Compare the manifest with its signature."""
    from cryptography.exceptions import InvalidSignature

    if SIGNATURE not in members:
        raise BundleError("is not signed")
    try:
        key.verify(content(archive, members[SIGNATURE], SIGNATURE_BYTES), text)
    except InvalidSignature:
        raise BundleError("is not signed with this key, or was changed afterwards") from None


def compare(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], manifest: Manifest) -> None:
    """Compare every feed with its hash; there is none more and none less than the manifest says."""
    files = [one.file for one in manifest.feeds]
    if len(set(files)) != len(files) or set(files) != set(members) - {MANIFEST, SIGNATURE}:
        raise BundleError("its files are not those of its manifest")
    for one in manifest.feeds:
        if one.size < 0 or one.size > MAX_BYTES or digest(content(archive, members[one.file], one.size)) != one.sha256:
            raise BundleError(f"{one.file} is not what the manifest says: damaged or changed")


def remember(store: Store, manifest: Manifest) -> None:
    """Put feeds that our catalogues do not know into the user's."""
    known, own = catalogue.entries(store.own_catalogue), catalogue.read(store.own_catalogue)
    more = [one.entry for one in manifest.feeds if one.entry.id not in known]
    if more:
        own.feeds.extend(more)
        catalogue.write(store.own_catalogue, own)


def taken(store: Store, one: Packed, data: bytes) -> Result:
    """One feed of a bundle into the store."""
    name, state = one.entry.id, store.state(one.entry.id)
    if digest(data) != one.sha256:
        return failed(store, name, "was changed while it was read")
    if one.fetched and state.fetched and store.current(name) and state.fetched > one.fetched:
        same = state.sha256 == one.sha256
        why = [] if same else [f"what is kept is newer ({state.fetched:%Y-%m-%d} against {one.fetched:%Y-%m-%d})"]
        return Result(id=name, became=Became.UNCHANGED, why=why, values=values(store, name))
    version = Version(
        data=data, url=one.entry.url or one.file, entry=one.entry, etag=one.etag, modified=one.modified,
        fetched=one.fetched or datetime.now(UTC),
    )  # fmt: skip
    try:
        return take(store, name, version)
    except (OSError, ValueError) as error:
        return failed(store, name, one_line(error))


def private_key(path: Path) -> "Ed25519PrivateKey":
    """An Ed25519 private key without a password, as PEM or as OpenSSH writes it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        data = path.read_bytes()
        ssh = b"BEGIN OPENSSH" in data
        read = serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
        key = read(data, None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BundleError(f"{path} is no private key that can be read: {one_line(error)}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BundleError(f"{path} is no Ed25519 key")
    return key


def public_key(path: Path) -> "Ed25519PublicKey":
    """An Ed25519 public key, as PEM or in a line as OpenSSH writes it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        data = path.read_bytes()
        ssh = data.startswith(b"ssh-")
        key = serialization.load_ssh_public_key(data) if ssh else serialization.load_pem_public_key(data)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BundleError(f"{path} is no public key that can be read: {one_line(error)}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BundleError(f"{path} is no Ed25519 key")
    return key
