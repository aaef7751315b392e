"""What a uid says, for rules: which app of the phone it is of, whichever user has it."""

from scanner.formats.android_text import FIRST, PER_USER


def app_number(uid: int) -> int:
    """The app's own number, which is the same for all users."""
    return uid % PER_USER


def of_app(uid: int) -> bool:
    """Whether it is of an app, not of the system's own services."""
    return app_number(uid) >= FIRST["a"]
