"""Binary property lists and their dates."""

import plistlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime


def binary(content: Mapping[str, object] | Sequence[object]) -> bytes:
    """A binary property list."""
    body = dict(content) if isinstance(content, Mapping) else list(content)
    return plistlib.dumps(body, fmt=plistlib.FMT_BINARY)


def date(unix: float) -> datetime:
    """A property list's date, which is UTC without saying so, of seconds since 1970."""
    return datetime.fromtimestamp(int(unix), UTC).replace(tzinfo=None)
