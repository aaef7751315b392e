"""Which fields of which records tell of a person: by the marks of their types, or, without, by their names.

What is in no list here is taken for personal unless it has the shape of something that is the same on every phone.
"""

import re
from datetime import datetime
from functools import cache

from scanner.record import Kind, fields

MARKED: dict[Kind, str] = {
    Kind.EMAIL: "contact", Kind.PHONE: "contact", Kind.HANDLE: "contact",
    Kind.URL: "url", Kind.DOMAIN: "host", Kind.IP: "host", Kind.CIDR: "host",
    Kind.TEXT: "text",
    Kind.PATH: "path", Kind.FILE_NAME: "file", Kind.PROCESS: "program", Kind.CLIENT: "program",
    Kind.APP_ID: "app", Kind.PROFILE: "app", Kind.ANDROID_PROPERTY: "app",
    Kind.CERT_ORGANISATION: "public",
}  # fmt: skip
"""What a field holds, by its mark; hashes are of files and certificates, not of persons."""
NAMED: dict[str, str] = {
    name: sort
    for sort, names in {
        "name": "name label title subject organization",
        "person": """first last nickname person organizer_name sender_name chat_name recipient_names device_name
            display_name job""",
        "contact": """account account_id address chat destination member sender_id identifier caller_id user_name
            owner_name""",
        "mac": "bssid bssids private_address router",
        "text": """ssid comment description detail details folder location place_name calendar topic message content pdu
            keys words others error exception note notes about text body value""",
        "id": """guid serial udid imei imei_2 meid iccid uuid payload_uuid session device profile workflow latitude
            longitude contact dsid item""",
        "public": """written clock zone version version_name build mime uti format_version domain kind type_name frames
            functions kernel_functions fault_address seinfo selinux_label component components action actions
            receivers tag level op permission permissions abi authority""",
    }.items()
    for name in names.split()
}
"""What a field without a mark holds, by its name, where that may be personal or surely is not."""
NAMES = {name: sort for name, sort in NAMED.items() if sort in {"name", "person"}} | dict.fromkeys(
    ("business", "group", "artist", "others"), "name"
)
"""Of texts, those that are names."""
PERSONS = re.compile(
    r"contact|people|person|handle|chat|account|user|signal|telegram|viber|interaction|bluetooth|companion|call|calendar"
)
"""Artifacts whose names are of persons, or given by them."""
PUBLIC = ("android.apk.", "android.root_modules.")
"""Artifacts that tell of programs only."""


@cache
def sorts(artifact: str) -> dict[str, frozenset[str]]:
    """What each field of an artifact's records may hold; nothing for an artifact that is not known."""
    from scanner import artifact as registry

    known = registry.load().get(artifact)
    found: dict[str, set[str]] = {}
    for record in known.records if known else ():
        for name, (kind, marks, _) in fields(record).items():
            mark = next((mark for mark in marks if isinstance(mark, Kind)), None)
            found.setdefault(name, set()).add(sort(name, kind, mark, artifact))
    return {name: frozenset(each) for name, each in found.items()}


def sort(name: str, kind: type, mark: Kind | None, artifact: str) -> str:
    """What a field may hold."""
    if mark is not None and not (mark is Kind.TEXT and name in NAMES):
        return MARKED.get(mark, "public")
    if kind in {bool, datetime} or artifact.startswith(PUBLIC):
        return "public"
    found = NAMES.get(name) or NAMED.get(name, "shape")
    return "person" if found == "name" and PERSONS.search(artifact) else found


ORDER = (
    "person", "text", "name", "contact", "id", "mac", "file", "path", "url", "host", "program", "app", "shape",
    "public",
)  # fmt: skip


def strictest(artifact: str, field: str) -> str:
    """What a field is taken for: where records of one artifact differ, the most personal."""
    found = sorts(artifact).get(field)
    if found is None:
        return NAMED.get(field, "shape")
    return next(one for one in ORDER if one in found)
