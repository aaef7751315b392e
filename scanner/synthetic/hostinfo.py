"""The property lists that the computer writes into a backup: Info, Manifest and Status.

References:
    The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
"""

from datetime import UTC, datetime
from uuid import UUID

from scanner.synthetic.phone import NOW, Phone
from scanner.synthetic.vault import Vault

BACKED_UP = datetime.fromtimestamp(NOW, UTC).replace(tzinfo=None)


def info(phone: Phone) -> dict[str, object]:
    """Info.plist: the phone and its applications, never encrypted."""
    facts = phone.facts
    return {
        "Applications": phone.applications,
        "Build Version": facts.build,
        "Device Name": facts.name,
        "Display Name": facts.name,
        "GUID": "B21D1E0000000000000000000000DE00",
        "IMEI": facts.imei,
        "Installed Applications": sorted(phone.applications),
        "Last Backup Date": BACKED_UP,
        "Phone Number": facts.phone,
        "Product Name": facts.product,
        "Product Type": facts.model,
        "Product Version": facts.version,
        "Serial Number": facts.serial,
        "Target Identifier": facts.udid,
        "Target Type": "Device",
        "Unique Identifier": facts.udid,
        "iTunes Version": "12.13.2.3",
    }


def manifest(phone: Phone, keys: Vault | None, *, old: bool) -> dict[str, object]:
    """Manifest.plist: whether and how the backup is encrypted."""
    facts = phone.facts
    found: dict[str, object] = {
        "Version": "9.1" if old else "10.0",
        "Date": BACKED_UP,
        "IsEncrypted": keys is not None,
        "SystemDomainsVersion": "20.0" if old else "24.0",
        "WasPasscodeSet": True,
        "Applications": {bundle: {"CFBundleIdentifier": bundle} for bundle in sorted(phone.applications)},
        "Lockdown": {
            "BuildVersion": facts.build,
            "DeviceName": facts.name,
            "ProductType": facts.model,
            "ProductVersion": facts.version,
            "SerialNumber": facts.serial,
            "UniqueDeviceID": facts.udid,
        },
    }
    if keys:
        found["BackupKeyBag"] = keys.keybag
        if not old:
            found["ManifestKey"] = keys.manifest_key
    return found


def status(phone: Phone, *, finished: bool, old: bool) -> dict[str, object]:
    """Status.plist: whether the backup was finished."""
    return {
        "BackupState": "new",
        "Date": BACKED_UP,
        "IsFullBackup": False,
        "SnapshotState": "finished" if finished else "uploading",
        "UUID": str(UUID(int=phone.seed, version=4)).upper(),
        "Version": "2.4" if old else "3.3",
    }
