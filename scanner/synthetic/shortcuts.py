"""The owner's shortcuts and their actions.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import CONTROL, Planted
from scanner.synthetic.life import uuid
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.plist import binary
from scanner.synthetic.sqlite import Store

PATH = "/private/var/mobile/Library/Shortcuts/Shortcuts.sqlite"
SCHEMA = """
CREATE TABLE ZSHORTCUT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZACTIONCOUNT INTEGER, ZACTIONS INTEGER,
  ZHASSHORTCUTINPUTVARIABLES INTEGER, ZTOMBSTONED INTEGER, ZCREATIONDATE TIMESTAMP, ZMODIFICATIONDATE TIMESTAMP,
  ZACTIONSDESCRIPTION VARCHAR, ZNAME VARCHAR, ZSOURCE VARCHAR, ZWORKFLOWID VARCHAR);
CREATE TABLE ZSHORTCUTACTIONS (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZSHORTCUT INTEGER, ZDATA BLOB);
"""
GET = "is.workflow.actions.downloadurl"


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `Shortcuts.sqlite` on the phone."""
    random, store = phone.random("shortcuts"), Store(SCHEMA)
    shortcut(store, "Ferry home", uuid(random), NOW - 90 * DAY, [(GET, {"WFURL": "https://ferryclock.example/next"})])
    shortcut(
        store,
        "Say hello",
        uuid(random),
        NOW - 80 * DAY,
        [("is.workflow.actions.alert", {"WFAlertActionMessage": "Hi"})],
    )
    if planted:
        address = f"https://{CONTROL}/beacon"
        row = shortcut(store, "Battery helper", "5EED-1", ATTACK + 700, [(GET, {"WFURL": address})])
        at = Spot("ios.shortcuts.actions", PATH, f"ZSHORTCUT:{row}")
        phone.indicator(at, "domain", CONTROL, address, "A shortcut loads from a domain of the family.")
    phone.add(PATH, store.image())


def shortcut(
    store: Store, name: str, identity: str, moment: float, actions: list[tuple[str, dict[str, object]]]
) -> int:
    """A shortcut with its actions, identifier and parameters each; its row id."""
    body = [{"WFWorkflowActionIdentifier": kind, "WFWorkflowActionParameters": values} for kind, values in actions]
    time = moment - COCOA
    row = store.insert(
        "ZSHORTCUT", ZNAME=name, ZWORKFLOWID=identity, ZCREATIONDATE=time, ZMODIFICATIONDATE=time,
        ZACTIONCOUNT=len(actions),
        ZTOMBSTONED=0,
    )  # fmt: skip
    held = store.insert("ZSHORTCUTACTIONS", ZSHORTCUT=row, ZDATA=binary(body))
    store.connection.execute("UPDATE ZSHORTCUT SET ZACTIONS = ? WHERE Z_PK = ?", (held, row))
    return row
