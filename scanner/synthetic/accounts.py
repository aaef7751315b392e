"""The accounts signed in on the phone.

References:
    Plaso documentation, supported formats: https://plaso.readthedocs.io/en/latest/sources/user/Supported-formats.html
"""

from scanner.synthetic.indicators import EMAIL, Planted
from scanner.synthetic.life import uuid
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, columns

PATH = "/private/var/mobile/Library/Accounts/Accounts3.sqlite"
CORE = "Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER"
NAMES = "ZACCOUNTDESCRIPTION ZAUTHENTICATIONTYPE ZCREDENTIALTYPE ZIDENTIFIER ZOWNINGBUNDLEID ZUSERNAME"
SCHEMA = f"""
CREATE TABLE ZACCOUNT ({CORE}, {
    columns("ZACTIVE ZAUTHENTICATED ZSUPPORTSAUTHENTICATION ZVISIBLE ZACCOUNTTYPE", "INTEGER")
},
  ZPARENTACCOUNT INTEGER, ZDATE TIMESTAMP, {columns(NAMES, "VARCHAR")}, ZDATACLASSPROPERTIES BLOB);
CREATE TABLE ZACCOUNTTYPE ({CORE}, ZVISIBILITY INTEGER,
  {columns("ZACCOUNTTYPEDESCRIPTION ZIDENTIFIER ZOWNINGBUNDLEID", "VARCHAR")});
"""
TYPES = (
    ("iCloud", "com.apple.account.AppleAccount"),
    ("IMAP", "com.apple.account.IMAP"),
    ("iTunes", "com.apple.account.iTunesStore"),
)
MAIL = 2


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `Accounts3.sqlite` on the phone."""
    random, store = phone.random("accounts"), Store(SCHEMA)
    for row, (name, kind) in enumerate(TYPES, 1):
        store.insert("ZACCOUNTTYPE", Z_PK=row, ZACCOUNTTYPEDESCRIPTION=name, ZIDENTIFIER=kind)
        account(store, row, phone.facts.owner, uuid(random), NOW - 400 * DAY)
    if planted:
        row = account(store, MAIL, EMAIL, "5EED-1", ATTACK + 800)
        at = Spot("ios.accounts.accounts", PATH, f"ZACCOUNT:{row}")
        phone.indicator(at, "email", EMAIL, EMAIL, "A mail account of the family was added to the phone.")
    phone.add(PATH, store.image())


def account(store: Store, kind: int, user: str, identity: str, moment: float) -> int:
    """An account; its row id."""
    return store.insert(
        "ZACCOUNT", ZACTIVE=1, ZAUTHENTICATED=1, ZVISIBLE=1, ZACCOUNTTYPE=kind, ZDATE=moment - COCOA, ZUSERNAME=user,
        ZIDENTIFIER=identity, ZACCOUNTDESCRIPTION=TYPES[kind - 1][0], ZOWNINGBUNDLEID="com.apple.accountsd",
    )  # fmt: skip
