"""What SARIF's plain text and URIs need so that text of the evidence stays text.

References:
    OASIS SARIF 2.1.0, sections 3.11.5 (placeholders), 3.11.6 (embedded links), 3.10.1 (URIs):
        https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    RFC 3986: https://www.rfc-editor.org/rfc/rfc3986
"""

import re
from urllib.parse import quote

from scanner.report.plain import printable

MAX_TEXT = 1000
"""Characters of one message or description; GitHub takes 1,024."""
MAX_PATH = 4096
"""No system has longer ones."""
OWN = re.compile(r"([a-z][a-z0-9+.-]{1,30}):(/(?!/).*)", re.DOTALL)
"""Sections, dumps and members of archives have device paths like `dumpsys:/package`."""
SHORTENED = " (shortened)"


def plain(text: str, limit: int = MAX_TEXT) -> str:
    """One line in which nothing is a link or a placeholder."""
    shown = printable(text, limit)
    if len(text) > limit:
        shown += SHORTENED
    return re.sub(r"\{(?=\d+\})", "{{", shown).replace("](", "\\](")


def short(text: str) -> str:
    """A name as it is, but for one that is longer than names are."""
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def uri(path: str) -> tuple[str, bool]:
    """A device path as a URI reference, and whether it is absolute: `dumpsys:/package` is."""
    path = path[:MAX_PATH]
    if found := OWN.fullmatch(path):
        return f"{found[1]}:{encoded(found[2])}", True
    return encoded(path.lstrip("/")) or ".", False


def encoded(path: str) -> str:
    """A path percent-encoded; a segment that would lead upwards gets a backslash."""
    segments = (f"\\{one}" if one in {".", ".."} else one for one in path.split("/"))
    return quote("/".join(segments).encode("utf-8", "backslashreplace"))
