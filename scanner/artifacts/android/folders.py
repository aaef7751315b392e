"""Whose folder a path lies in: which user's, and which app's."""

import re

USER = re.compile(r"/(?:users|usagestats|misc|misc_de|misc_ce|system_de|system_ce|user|user_de)/(\d{1,9})/")
PRIVATE = re.compile(r"/data/(?:data|user(?:_de)?/\d{1,9})/([^/]+)/")


def user_of(path: str) -> int:
    """The user whose folder a path lies in (`/data/system/users/10/…`); 0 where it lies in none."""
    found = USER.search(path)
    return int(found[1]) if found else 0


def app_of(path: str) -> str | None:
    """The app whose private folder a path lies in: `/data/data/APP/…`, `/data/user/0/APP/…`."""
    found = PRIVATE.match(path)
    return found[1] if found else None
