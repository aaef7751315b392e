"""WhatsApp: messages, contacts, identifiers and calls, in its shared container.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    iLEAPP, the list of its artifacts: https://github.com/abrignoni/iLEAPP
"""

from collections.abc import Iterator
from random import Random

from scanner.synthetic.indicators import CONTROL, DELIVERY, PHONE, RICH, Planted
from scanner.synthetic.life import FIRST, LAST, NUMBERS, page, sentence, times
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, Value, columns

FOLDER = "/private/var/mobile/Containers/Shared/AppGroup/group.net.whatsapp.WhatsApp.shared"
SILENT = "15550100188@s.whatsapp.net"
"""Who calls and is in no chat and no address book."""
CORE = "Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER"
CHATS = f"""
CREATE TABLE ZWAMESSAGE ({CORE}, {
    columns("ZISFROMME ZMESSAGETYPE ZMESSAGESTATUS ZGROUPEVENTTYPE ZCHATSESSION", "INTEGER")
},
  {columns("ZGROUPMEMBER ZMEDIAITEM ZFLAGS ZSTARRED", "INTEGER")}, ZMESSAGEDATE TIMESTAMP, ZSENTDATE TIMESTAMP,
  {columns("ZFROMJID ZTOJID ZTEXT ZPUSHNAME ZSTANZAID", "VARCHAR")});
CREATE TABLE ZWAMEDIAITEM ({CORE}, ZMESSAGE INTEGER, ZFILESIZE INTEGER, ZMOVIEDURATION INTEGER,
  {columns("ZAUTHORNAME ZMEDIAURL ZMEDIALOCALPATH ZTITLE ZVCARDNAME ZVCARDSTRING", "VARCHAR")});
CREATE TABLE ZWAMESSAGEDATAITEM ({CORE}, ZMESSAGE INTEGER, ZTYPE INTEGER, ZDATE TIMESTAMP,
  {columns("ZCONTENT1 ZCONTENT2 ZMATCHEDTEXT ZSENDERJID ZSUMMARY ZTITLE", "VARCHAR")});
CREATE TABLE ZWACHATSESSION ({CORE}, {
    columns("ZARCHIVED ZHIDDEN ZREMOVED ZSESSIONTYPE ZMESSAGECOUNTER ZGROUPINFO", "INTEGER")
},
  ZLASTMESSAGEDATE TIMESTAMP, ZCONTACTJID VARCHAR, ZPARTNERNAME VARCHAR);
CREATE TABLE ZWAGROUPINFO ({CORE}, ZCHATSESSION INTEGER, ZCREATIONDATE TIMESTAMP, ZCREATORJID VARCHAR);
CREATE TABLE ZWAGROUPMEMBER ({CORE}, ZCHATSESSION INTEGER, ZISADMIN INTEGER, ZISACTIVE INTEGER, ZMEMBERJID VARCHAR,
  ZCONTACTNAME VARCHAR);
"""
CONTACTS = f"""
CREATE TABLE ZWAADDRESSBOOKCONTACT ({CORE}, ZPHONESTATUS INTEGER, ZSYNCPOLICY INTEGER,
  {columns("ZDISAPPEARINGMODEDURATION ZDISAPPEARINGMODETIMESTAMP ZABOUTTIMESTAMP ZLASTUPDATED", "TIMESTAMP")},
  {columns("ZFULLNAME ZGIVENNAME ZLASTNAME ZUSERNAME ZBUSINESSNAME ZPHONENUMBER ZLOCALIZEDPHONENUMBER", "VARCHAR")},
  {columns("ZWHATSAPPID ZLID ZABOUTTEXT ZNOTES", "VARCHAR")});
"""
IDENTIFIERS = f"""
CREATE TABLE ZWAPHONENUMBERLIDPAIR ({CORE}, ZTIMESTAMP TIMESTAMP, ZLID VARCHAR, ZPHONENUMBER VARCHAR);
"""
CALLS = f"""
CREATE TABLE ZWAAGGREGATECALLEVENT ({CORE}, ZINCOMING INTEGER, ZMISSED INTEGER, ZVIDEO INTEGER, ZFIRSTDATE TIMESTAMP);
CREATE TABLE ZWACDCALLEVENT ({CORE}, {
    columns("ZBYTESRECEIVED ZBYTESSENT ZMISSEDREASON ZOUTCOME Z1CALLEVENTS", "INTEGER")
},
  ZDATE TIMESTAMP, ZDURATION FLOAT, {
    columns("ZCALLIDSTRING ZGROUPCALLCREATORUSERJIDSTRING ZGROUPJIDSTRING", "VARCHAR")
});
CREATE TABLE ZWACDCALLEVENTPARTICIPANT ({CORE}, Z1PARTICIPANTS INTEGER, ZOUTCOME INTEGER, ZJIDSTRING VARCHAR);
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Puts WhatsApp's stores on the phone."""
    chats(phone, amount, planted)
    contacts(phone, planted)
    calls(phone, planted)


def jid(number: str) -> str:
    """A user's address, of a phone number."""
    return number.removeprefix("+") + "@s.whatsapp.net"


def chats(phone: Phone, amount: Amount, planted: Planted) -> None:
    """ChatStorage.sqlite: a chat with everyone, one group, and the planted messages."""
    path, random, store = f"{FOLDER}/ChatStorage.sqlite", phone.random("whatsapp"), Store(CHATS)
    for row, number in enumerate(NUMBERS, 1):
        store.insert(
            "ZWACHATSESSION", Z_PK=row, ZCONTACTJID=jid(number), ZPARTNERNAME=FIRST[row % len(FIRST)], ZSESSIONTYPE=0
        )
    group(store, len(NUMBERS) + 1)
    later = amount.whatsapp // 10
    talk(store, random, amount.whatsapp - later, (NOW - 500 * DAY, ATTACK - 90))
    if planted:
        plant(phone, store, path)
    talk(store, random, later, (ATTACK + 7200, NOW - 3600))
    phone.add(path, store.image(), modified=NOW - 3600)


def group(store: Store, session: int) -> None:
    """A group chat with three members."""
    name = "15550100100-1600000000@g.us"
    store.insert(
        "ZWACHATSESSION", Z_PK=session, ZCONTACTJID=name, ZPARTNERNAME="Allotment", ZSESSIONTYPE=1, ZGROUPINFO=1
    )
    store.insert("ZWAGROUPINFO", ZCHATSESSION=session, ZCREATIONDATE=600_000_000.0, ZCREATORJID=jid(NUMBERS[0]))
    for number in NUMBERS[:3]:
        store.insert("ZWAGROUPMEMBER", ZCHATSESSION=session, ZISACTIVE=1, ZMEMBERJID=jid(number))


def talk(store: Store, random: Random, count: int, span: tuple[float, float]) -> None:
    """`count` harmless messages, of which every tenth has a link and every fiftieth a link's preview."""
    first: int = store.connection.execute("SELECT ifnull(max(Z_PK), 0) + 1 FROM ZWAMESSAGE").fetchone()[0]
    names = "Z_PK, ZCHATSESSION, ZFROMJID, ZTOJID, ZTEXT, ZMESSAGEDATE, ZSENTDATE, ZISFROMME, ZMESSAGETYPE, ZSTANZAID"
    store.insert_many("ZWAMESSAGE", names, harmless(random, first, times(random, count, *span)))
    previews = [(row, page(random), "A page") for row in range(first, first + count, 50)]
    store.insert_many("ZWAMESSAGEDATAITEM", "ZMESSAGE, ZMATCHEDTEXT, ZTITLE", previews)


def harmless(random: Random, first: int, moments: list[float]) -> Iterator[tuple[Value, ...]]:
    """Rows of ZWAMESSAGE."""
    for row, moment in enumerate(moments, first):
        chat, sent, time = random.randrange(len(NUMBERS)), random.randrange(2), moment - COCOA
        other = jid(NUMBERS[chat])
        sender, receiver = (None, other) if sent else (other, None)
        yield row, chat + 1, sender, receiver, sentence(random), time, time, sent, 0, f"{random.getrandbits(80):020X}"


def plant(phone: Phone, store: Store, path: str) -> None:
    """Links in a message's text, in its media item and in its preview."""

    def say(text: str | None, value: str, observed: str, what: str) -> int:
        time = ATTACK - 60 - COCOA
        row = store.insert(
            "ZWAMESSAGE", ZCHATSESSION=1, ZFROMJID=jid(NUMBERS[0]), ZTEXT=text, ZMESSAGEDATE=time, ZISFROMME=0,
            ZMESSAGETYPE=0
        )  # fmt: skip
        phone.indicator(Spot("ios.whatsapp.messages", path, f"ZWAMESSAGE:{row}"), "domain", value, observed, what)
        return row

    text = f"Is this you? https://{DELIVERY}/v/77"
    say(text, DELIVERY, text, "A link in a WhatsApp message.")
    address = f"https://{RICH}/clip.mp4"
    row = say(None, RICH, address, "The address of a message's media.")
    store.insert("ZWAMEDIAITEM", ZMESSAGE=row, ZMEDIAURL=address)
    address = f"https://{CONTROL}/p"
    row = say("look", CONTROL, address, "A link that only the preview holds.")
    store.insert("ZWAMESSAGEDATAITEM", ZMESSAGE=row, ZCONTENT1=address, ZTITLE="Preview")


def contacts(phone: Phone, planted: Planted) -> None:
    """ContactsV2.sqlite and LID.sqlite."""
    path, book, pairs = f"{FOLDER}/ContactsV2.sqlite", Store(CONTACTS), Store(IDENTIFIERS)
    for row, number in enumerate(NUMBERS, 1):
        name = f"{FIRST[row % len(FIRST)]} {LAST[row % len(LAST)]}"
        lid = f"{90_000_000_000_000 + row}@lid"
        book.insert(
            "ZWAADDRESSBOOKCONTACT", Z_PK=row, ZFULLNAME=name, ZPHONENUMBER=number, ZWHATSAPPID=jid(number), ZLID=lid,
            ZLASTUPDATED=NOW - 40 * DAY - COCOA, ZABOUTTEXT="Hey there! I am using WhatsApp.",
        )  # fmt: skip
        pairs.insert(
            "ZWAPHONENUMBERLIDPAIR", ZTIMESTAMP=NOW - 40 * DAY - COCOA, ZLID=lid, ZPHONENUMBER=number.removeprefix("+")
        )
    if planted:
        row = book.insert("ZWAADDRESSBOOKCONTACT", ZFULLNAME="H. Vale", ZPHONENUMBER=PHONE, ZWHATSAPPID=jid(PHONE))
        at = Spot("ios.whatsapp.contacts", path, f"ZWAADDRESSBOOKCONTACT:{row}")
        phone.indicator(at, "phone", PHONE, PHONE, "A WhatsApp contact with a number of the family.")
    phone.add(path, book.image())
    phone.add(f"{FOLDER}/LID.sqlite", pairs.image())


def calls(phone: Phone, planted: Planted) -> None:
    """CallHistory.sqlite: calls with friends, and one burst of missed calls from a friend, one from a stranger."""
    path, random, store = f"{FOLDER}/CallHistory.sqlite", phone.random("whatsapp calls"), Store(CALLS)
    for moment in times(random, 12, NOW - 100 * DAY, ATTACK - DAY):
        missed = random.randrange(5) == 0
        call(store, jid(random.choice(NUMBERS)), moment, 0.0 if missed else random.uniform(5, 900))
    for number in range(4):
        call(store, jid(NUMBERS[0]), ATTACK - 3 * DAY + 30 * number, 0.0)
    if planted:
        rows = [call(store, SILENT, ATTACK - 10_800 + 35 * number, 0.0) for number in range(6)]
        what = "Six missed calls within three minutes from a number that is in no chat and no address book."
        at = Spot("ios.whatsapp.calls", path, f"ZWACDCALLEVENT:{rows[0]}")
        phone.heuristic(at, "IOS019", SILENT, what)
    phone.add(path, store.image(), modified=NOW - 7200)


def call(store: Store, other: str, moment: float, duration: float) -> int:
    """An incoming call, missed if it did not last; its row id."""
    missed, time = int(not duration), moment - COCOA
    total = store.insert("ZWAAGGREGATECALLEVENT", ZINCOMING=1, ZMISSED=missed, ZVIDEO=0, ZFIRSTDATE=time)
    row = store.insert(
        "ZWACDCALLEVENT", ZDATE=time, ZDURATION=duration, ZOUTCOME=missed, Z1CALLEVENTS=total,
        ZBYTESRECEIVED=int(duration * 4000),
        ZCALLIDSTRING=f"{int(moment):032X}", ZGROUPCALLCREATORUSERJIDSTRING=other,
    )  # fmt: skip
    store.insert("ZWACDCALLEVENTPARTICIPANT", Z1PARTICIPANTS=row, ZOUTCOME=missed, ZJIDSTRING=other)
    return row
