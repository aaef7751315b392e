"""Devices that use an account of WhatsApp beside the phone."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.artifacts.android.whatsapp_tables import MSGSTORE, Join, has, jid, joined
from scanner.evidence import File
from scanner.record import Handle, MilliTime, Record, Stage, Text

COMPANIONS = "/data/**/com.*whatsapp*/databases/companion_devices.db"


class LinkedDevice(Record):
    """A device that was linked to the owner's account of WhatsApp: it reads and writes what the owner does."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    time: MilliTime | None = None
    """When it was linked."""
    device: Handle | None = None
    """Its address: the owner's number, and after a colon the number of the device."""
    os: Text | None = None
    """What it calls itself: a browser, a system."""
    platform: int | None = None
    """WhatsApp's code of what kind it is."""
    kind: str | None = None
    """The kind as a word, where it is known."""
    last_active: MilliTime | None = None
    logged_out: MilliTime | None = None
    place_name: Text | None = None
    """Where it was when it was linked, as WhatsApp guessed of its network address."""


@artifact(COMPANIONS)
def companions(file: File) -> Iterator[LinkedDevice]:
    """Devices linked to the owner's account of WhatsApp on Android, with when, where and what they are.

    References:
        WhatsApp, "About linked devices": https://faq.whatsapp.com/378279804439436
        The protocol's platform types: https://github.com/tulir/whatsmeow/blob/main/proto/waCompanionReg/WACompanionReg.proto
    """
    yield from file.rows(
        LinkedDevice,
        """
        SELECT d._id AS _devices, CASE WHEN d.login_time > 0 THEN d.login_time END AS time, d.device_id AS device,
               d.device_os AS os, d.platform_type AS platform,
               CASE d.platform_type WHEN 1 THEN 'Chrome' WHEN 2 THEN 'Firefox' WHEN 3 THEN 'Internet Explorer'
                    WHEN 4 THEN 'Opera' WHEN 5 THEN 'Safari' WHEN 6 THEN 'Edge' WHEN 7 THEN 'desktop' WHEN 8 THEN 'iPad'
                    WHEN 9 THEN 'Android tablet' WHEN 12 THEN 'macOS' WHEN 14 THEN 'iPhone' WHEN 15 THEN 'macOS'
                    WHEN 16 THEN 'Android phone' WHEN 17 THEN 'Android' WHEN 21 THEN 'Windows'
                    WHEN 23 THEN 'business interface' END AS kind,
               CASE WHEN d.last_active > 0 THEN d.last_active END AS last_active,
               CASE WHEN d.logout_time > 0 THEN d.logout_time END AS logged_out, d.place_name AS place_name
        FROM devices d
        """,
    )


class AccountDevice(Record):
    """A device of somebody's account of WhatsApp, the owner's or a correspondent's, as encryption has to know it."""

    stage: ClassVar[Stage] = Stage.CONTACT
    account: Handle | None = None
    device: Handle | None = None
    key_index: int | None = None


@artifact(*MSGSTORE)
def known(file: File) -> Iterator[AccountDevice]:
    """Devices beside the phone of every account that WhatsApp on Android exchanges messages with.

    References:
        WhatsApp, "Encryption overview", section on linked devices:
        https://www.whatsapp.com/security/WhatsApp-Security-Whitepaper.pdf
    """
    if has(file, "user_device") and has(file, "jid"):
        select = f"""
            SELECT u._id AS _user_device, {jid("a")} AS account, {jid("d")} AS device, u.key_index AS key_index
            FROM user_device u
        """  # noqa: S608 - of constants
        joins: tuple[Join, ...] = (
            ("jid", "jid a ON a._id = u.user_jid_row_id"),
            ("jid", "jid d ON d._id = u.device_jid_row_id"),
        )
        yield from file.rows(AccountDevice, joined(file, select, *joins, where="WHERE d.device IS NOT 0"))
