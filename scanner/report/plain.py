"""Text from evidence and feeds made safe to show: nothing in it can steer a terminal or turn the line around."""

import re

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
MAX_SHOWN = 300


def printable(text: str, limit: int = MAX_SHOWN) -> str:
    """One line of visible text; control, direction and half characters become escapes, the rest is cut at `limit`."""
    shown = UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text[: limit + 1])
    return shown if len(text) <= limit else shown[:limit] + "…"
