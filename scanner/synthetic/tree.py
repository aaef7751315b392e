"""Writing a phone as the folder of a file-system dump."""

import os
from pathlib import Path

from scanner.synthetic.phone import Phone


def write_tree(phone: Phone, folder: Path) -> None:
    """Writes every item at its device path below `folder`, with the item's time of modification.

    Symbolic links are written as such where the system allows it,
    else left out; characters that Windows forbids in names
    do not occur in the phones made here.
    """
    for path, item in sorted(phone.items.items()):
        target = folder / path.lstrip("/")
        if item.kind == "folder":
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if item.kind == "link":
            link(target, item.target)
            continue
        target.write_bytes(item.read())
        os.utime(target, (item.modified, item.modified))


def link(path: Path, target: str) -> None:
    """A symbolic link, unless this system refuses to make one."""
    try:
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    except OSError:
        return
