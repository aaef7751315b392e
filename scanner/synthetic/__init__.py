"""Bridle's own generator of synthetic iPhones, for `bridle demo`, the tests and the benchmarks. Everything is invented.

`make` builds a `Phone`; `write_backup` and `write_tree` put it on disk; `bundle` is the STIX bundle of what is planted.
"""

from collections.abc import Callable

from scanner.synthetic import (
    accounts,
    applications,
    browsers,
    calendar,
    calls,
    contacts,
    datausage,
    interactions,
    location,
    media,
    messages,
    preferences,
    profiles,
    safari,
    shortcuts,
    tcc,
    webkit,
    whatsapp,
)
from scanner.synthetic.backup import listed, write_backup
from scanner.synthetic.indicators import Planted, bundle
from scanner.synthetic.phone import MEDIUM, SMALL, Amount, Facts, Phone, Trace
from scanner.synthetic.tree import write_tree

__all__ = ["MEDIUM", "SMALL", "Amount", "Facts", "Phone", "Trace", "bundle", "make", "write_backup", "write_tree"]

STORES: tuple[Callable[[Phone, Amount, Planted], None], ...] = (
    messages.add, whatsapp.add, safari.add, browsers.add, calls.add, contacts.add, webkit.add, datausage.add, tcc.add,
    interactions.add, calendar.add, shortcuts.add, preferences.add, accounts.add, location.add, profiles.add,
    applications.add, media.add,
)  # fmt: skip
EMPTY = "/private/var/mobile/Containers/Data/Application/example.moorland.radio/Documents/stations"


def make(seed: int = 1, amount: Amount = SMALL, planted: bool = True) -> Phone:
    """A phone with `amount` of harmless life and, unless `planted` is false, the attack; the same for the same seed."""
    phone = Phone(seed)
    for add in STORES:
        add(phone, amount, Planted(planted))
    if amount.manifest_rows:
        phone.folder(EMPTY)
        for number in range(amount.manifest_rows - sum(1 for _ in listed(phone))):
            phone.folder(f"{EMPTY}/{number:05d}")
    return phone
