"""The manifest of backups before iOS 10: Manifest.mbdb.

References:
    The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
"""

from collections.abc import Iterable
from pathlib import Path

from scanner.formats.mbdb import MbdbRecord
from scanner.synthetic.mbdb import encode
from scanner.synthetic.mbfile import Row, mode


def write_mbdb(folder: Path, rows: Iterable[Row]) -> None:
    """Writes Manifest.mbdb; it is never encrypted, only the files are."""
    (folder / "Manifest.mbdb").write_bytes(encode(map(record, rows)))


def record(row: Row) -> MbdbRecord:
    """The entry of one item."""
    item = row.item
    is_file = item.kind == "file"
    return MbdbRecord(
        domain=row.domain,
        path=row.relative,
        link_target=item.target if item.kind == "link" else None,
        encryption_key=row.key,
        mode=mode(item),
        inode=row.inode,
        modified=item.modified,
        accessed=item.modified,
        changed=item.modified + 1,
        size=row.size,
        protection_class=item.protection if is_file else 0,
    )
