"""Invented people, sites and sentences: what an ordinary phone is full of."""

from random import Random
from uuid import UUID

FIRST = (
    "Ada", "Bela", "Cato", "Dina", "Ebbe", "Fenna", "Gil", "Hilde", "Ivo", "Jara", "Kilian", "Lotta", "Milo", "Nela",
)  # fmt: skip
LAST = (
    "Amberly", "Brook", "Carraway", "Dunmore", "Elkin", "Fairholt", "Greaves", "Hollin", "Imrie", "Juniper", "Kestrel",
)  # fmt: skip
SITES = (
    "kiteharbour.example", "weathervane.example", "corner-bakery.example", "slowmail.test", "tramlines.example",
    "daily-lantern.example", "paperboat-shop.example", "northquay-news.example", "ferryclock.example",
    "loomandthread.test",
    "gardenledger.example", "chessnook.invalid", "riverbank.example", "stationbooks.example", "moorland-radio.test",
)  # fmt: skip
PAGES = ("", "news/2024/harbour", "shop/boots?size=42", "a/article-{n}", "timetable", "recipes/{n}", "search?q=tea+{n}")
TALK = (
    "See you at seven?", "Running late, sorry", "Did you get the tickets", "Happy birthday!! 🎂", "ok",
    "Call me when you can",
    "The plumber comes on Tuesday.", "Can you bring bread e.g. rye", "I read chapter 3.It was good", "Photo follows",
    "Meeting moved to 15.30", "Thanks!", "v2.1 is out", "lol", "Your code is 482911", "Grüße aus Köln", "明日は雨かな",
)  # fmt: skip
NUMBERS = tuple(f"+1555010{n:04d}" for n in range(100, 140))
MAILS = tuple(f"{first.lower()}.{last.lower()}@postbox.example" for first, last in zip(FIRST, LAST, strict=False))


def page(random: Random, scheme: str = "https") -> str:
    """The address of a harmless page."""
    path = random.choice(PAGES).format(n=random.randrange(400))
    return f"{scheme}://{random.choice(('', 'www.'))}{random.choice(SITES)}/{path}"


def sentence(random: Random, links: float = 0.1) -> str:
    """A harmless message; the share `links` of them with a link."""
    said = random.choice(TALK)
    return f"{said} {page(random)}" if random.random() < links else said


def uuid(random: Random) -> str:
    """A UUID of version 4 in capitals, as Apple writes them."""
    return str(UUID(int=random.getrandbits(128), version=4)).upper()


def times(random: Random, count: int, start: float, end: float) -> list[float]:
    """`count` sorted moments from `start` to `end`."""
    return sorted(random.uniform(start, end) for _ in range(count))
