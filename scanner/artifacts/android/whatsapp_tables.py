"""How the tables of WhatsApp's stores on Android hang together: which of them there are decides what is read."""

from scanner.evidence import File
from scanner.record import TO_UNIX, Clock

BACKUPS = "/storage/emulated/**/*WhatsApp*/"
MSGSTORE = (
    "/data/**/com.*whatsapp*/databases/msgstore.db",
    f"{BACKUPS}Databases/msgstore.db",
    f"{BACKUPS}Databases/msgstore-2*.db",
)
"""Of WhatsApp, WhatsApp Business, and the changed versions that go about, of every user of the phone; and in the
backups of the last days, which still have what was deleted since."""
milli = TO_UNIX[Clock.UNIX_MILLI]
Join = tuple[str, str]
"""Names of the tables that must be there, and the clause."""


def joined(file: File, select: str, *joins: Join, where: str = "") -> str:
    """A query with those of some joins whose tables the store has; the columns of the others read as NULL."""
    there = {table: file.has_table(table) for table in {name for names, _ in joins for name in names.split()}}
    clauses = [f"LEFT JOIN {clause}" for names, clause in joins if all(there[name] for name in names.split())]
    return " ".join((select, *clauses, where))


def jid(alias: str) -> str:
    """The address in a row of the table `jid`."""
    return f"coalesce({alias}.raw_string, {alias}.user || '@' || {alias}.server)"


def number(alias: str) -> str:
    """The telephone number in a row of the table `jid`."""
    return f"coalesce({alias}.user, {alias}.raw_string)"


def has(file: File, table: str) -> bool:
    """Whether the store has a table that not every version has; in a damaged one a missing table is noted."""
    if file.has_table(table):
        return True
    if file.tables.damage:
        file.problem(f"the database is damaged: {file.tables.damage}; whether it had a table {table} is not known")
    return False
