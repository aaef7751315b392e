"""Installed apps as AndroidQF lists them: with hashes of their files and the certificates of these."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.json_lists import members
from scanner.artifacts.android.packages import Package, origin
from scanner.evidence import File
from scanner.formats.android_text import user, whole
from scanner.record import Place

HEX = re.compile(r"[0-9a-fA-F]{32,128}")
LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
CERTIFICATE = {"Md5": 32, "Sha1": 40, "Sha256": 64, "md5": 32, "sha1": 40, "sha256": 64}


def digests(values: dict[str, Any], lengths: dict[str, int]) -> list[str]:
    """The hashes among values; where a hash failed, AndroidQF keeps the text of the error in its place."""
    found = []
    for name, length in lengths.items():
        text = values.get(name)
        text = text.replace(":", "").strip() if isinstance(text, str) else ""
        if len(text) == length and HEX.fullmatch(text):
            found.append(text.lower())
    return found


def listed(value: object) -> list[dict[str, Any]]:
    """The dictionaries of a list; JSON has `null` for an empty one."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


@artifact("androidqf:/packages.json")
def packages(file: File) -> Iterator[Package]:
    """Apps of the phone's first user, with each APK's path, hashes and certificate.

    An app that was removed but left data is listed without files. The fast mode has no hashes, the streaming mode no
    certificates; a name of the installer may be the word "null".

    References:
        AndroidQF: https://github.com/mvt-project/androidqf
    """
    for number, one in members(file, dict):
        yield from file.record(Package, Place(key=f"[{number}]"), **described(one))


def described(one: dict[str, Any]) -> dict[str, Any]:
    """The fields of a package; older versions keep the file's hashes with the package itself."""
    files = listed(one.get("files")) or ([one] if "path" in one or "sha256" in one else [])
    certificates = [part for each in files if isinstance(part := each.get("certificate"), dict)]
    paths = [path for each in files if isinstance(path := each.get("path"), str) and path]
    uid = one.get("uid")
    uid = number if isinstance(uid, int | str) and (number := whole(str(uid))) and number > 0 else None
    return {
        "app_id": one.get("name") or one.get("package_name"),
        "user": user(uid),
        "uid": uid,
        "path": next((path for path in paths if path.endswith("/base.apk")), paths[0] if paths else None),
        "files": tuple(paths),
        "system": system(one),
        "enabled": 2 if one.get("disabled") is True else None,
        "enabled_name": "disabled" if one.get("disabled") is True else None,
        "installed": bool(paths) or None,
        "installer": origin(text if isinstance(text := one.get("installer"), str) else None, None, None, None)[
            "installer"
        ],
        "hashes": tuple(dict.fromkeys(digest for each in files for digest in digests(each, LENGTHS))),
        "certificates": tuple(dict.fromkeys(digest for each in certificates for digest in digests(each, CERTIFICATE))),
    }


def system(one: dict[str, Any]) -> bool | None:
    """Whether it came with the system; what was removed for the user is in neither of the two lists."""
    if one.get("system") is True:
        return True
    return False if one.get("third_party", not one.get("system", True)) is True else None
