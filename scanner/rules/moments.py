"""Moments as findings tell them."""

from datetime import UTC, datetime


def utc(time: datetime) -> str:
    """A time in UTC, to the minute."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
