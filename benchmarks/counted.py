"""How many records each artifact must give, counted without Bridle: by the standard library's sqlite3 and plistlib."""

import plistlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

USE = """
    SELECT (SELECT COUNT(*) FROM ZLIVEUSAGE)
    + (SELECT COUNT(*) FROM ZPROCESS p WHERE NOT EXISTS (SELECT 1 FROM ZLIVEUSAGE u WHERE u.ZHASPROCESS = p.Z_PK))
    """
MANIFEST = r"""
    SELECT (SELECT COUNT(*) FROM Files)
    + (SELECT COUNT(*) FROM Files WHERE relativePath LIKE '%http%\_%.%\_%' ESCAPE '\')
    """
"""Every file, and every web site that WebKit named one after."""
NETWORK_LISTS = ("List of known networks", "List of scanned networks with private mac")


def networks(root: Any) -> int:
    """Known Wi-Fi networks and their access points, in either form."""
    listed = [one for key in NETWORK_LISTS for one in root.get(key, ())]
    named = [one for name, one in root.items() if name.startswith("wifi.network.")]
    return sum(1 + len(one.get("BSSList", ())) for one in listed + named)


def lookups(root: Any) -> int:
    """Addresses looked up, over all services."""
    return sum(len(handles) for handles in root.values() if isinstance(handles, dict))


QUERIES: dict[str, str] = {
    "ios.backup.files": MANIFEST,
    "ios.sms.messages": "SELECT COUNT(*) FROM message",
    "ios.backup.domains": "SELECT COUNT(DISTINCT domain) FROM Files WHERE domain LIKE 'AppDomain%-%'",
    "ios.sms.handles": "SELECT COUNT(*) FROM handle",
    "ios.sms.attachments": "SELECT COUNT(*) FROM attachment",
    "ios.whatsapp.messages": "SELECT COUNT(*) FROM ZWAMESSAGE",
    "ios.whatsapp.chats": "SELECT COUNT(*) FROM ZWACHATSESSION",
    "ios.whatsapp.contacts": "SELECT COUNT(*) FROM ZWAADDRESSBOOKCONTACT",
    "ios.whatsapp.lids": "SELECT COUNT(*) FROM ZWAPHONENUMBERLIDPAIR",
    "ios.calls.history": "SELECT COUNT(*) FROM ZCALLRECORD",
    "ios.calendar.events": "SELECT COUNT(*) FROM CalendarItem",
    "ios.datausage.usage": USE,
    "ios.tcc.access": "SELECT (SELECT COUNT(*) FROM access) + (SELECT COUNT(*) FROM expired)",
    "ios.interactions.people": "SELECT COUNT(*) FROM ZINTERACTIONS",
    "ios.interactions.contacts": "SELECT COUNT(*) FROM ZCONTACTS",
    "ios.accounts.accounts": "SELECT COUNT(*) FROM ZACCOUNT",
    "ios.webkit.observations": "SELECT COUNT(*) FROM ObservedDomains",
    "ios.safari.history": "SELECT COUNT(*) FROM history_visits",
    "ios.safari_tabs.tabs": "SELECT COUNT(*) FROM tabs WHERE url > '' OR user_visible_url > ''",
    "ios.chrome.history": "SELECT COUNT(*) FROM visits",
}
"""Artifact to the query that counts what it must give."""
PROPERTY_LISTS: dict[str, Callable[[Any], int]] = {
    "ios.preferences.global_preferences": len,
    "ios.idstatuscache.lookups": lookups,
    "ios.wifi.known_networks": networks,
    "ios.safari.downloads": lambda root: len(root["DownloadHistory"]),
    "ios.applications.installed": lambda root: len(root["Installed Applications"]),
    "ios.applications.containers": lambda root: len(root["Applications"]),
    "ios.backup.info": lambda _: 1,
    "ios.location.clients": len,
}
"""Artifact to what counts it in the root of a property list."""


def expected(artifact: str, file: Path) -> int | None:
    """How many records an artifact must make of a file; None where they cannot be counted here."""
    if (count := PROPERTY_LISTS.get(artifact)) is not None:
        return count(plistlib.loads(file.read_bytes()))
    if (query := QUERIES.get(artifact)) is None:
        return None
    try:
        return int(rows(file, query)[0][0])
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query gives; nothing is written beside the database."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)) as db:
        return db.execute(query).fetchall()
