"""Bridle's own generator of a synthetic Android phone and its acquisitions. Everything is invented."""

from collections.abc import Callable

from scanner.synthetic.android import activity, apps, indicators, powers, state, words
from scanner.synthetic.android.acquisitions import acquired, androidqf, backup, bugreport, file_system, write, zipped
from scanner.synthetic.android.phone import AndroidPhone
from scanner.synthetic.indicators import bundle as stix

__all__ = [
    "AndroidPhone",
    "acquired",
    "androidqf",
    "backup",
    "bugreport",
    "bundle",
    "file_system",
    "make",
    "write",
    "zipped",
]

SUBJECTS: tuple[Callable[[AndroidPhone, bool], None], ...] = (
    state.add,
    apps.add,
    powers.add,
    activity.add,
    words.add,
)


def make(planted: bool = True) -> AndroidPhone:
    """A phone with some harmless life and, unless `planted` is false, the attack."""
    phone = AndroidPhone()
    for add in SUBJECTS:
        add(phone, planted)
    return phone


def bundle() -> dict[str, object]:
    """The STIX bundle of what is planted."""
    return stix(indicators.PATTERNS)
