"""Names of apps that are made to be read as others."""

from functools import lru_cache

BRANDS = frozenset({
    "whatsapp", "telegram", "facebook", "instagram", "linkedin", "twitter", "samsung", "huawei", "xiaomi", "oneplus",
    "android", "google", "youtube", "messenger", "microsoft", "snapchat", "accessibility", "accessibilityservice",
    "motorola", "qualcomm", "thoughtcrime", "securesms", "packageinstaller",
})  # fmt: skip
"""Parts of the names of well-known apps."""
MAKERS = ("google", "samsung", "huawei", "hihonor", "xiaomi", "oneplus", "whatsapp", "linkedin")
TWO = ("com.google", "com.android", "com.samsung", "com.whatsapp", "com.huawei", "com.xiaomi")
GENUINE = frozenset(
    {"androidx", "googlecode", "googlesource", "googlesamples", "googleapps", "androidapp", "goggles", "twister"}
)
"""Parts of names that many honest apps have."""
STUCK = 3
"""Letters behind a maker's name that make it another word."""
LONGEST = 64
HOMOGLYPHS = str.maketrans("1i05\u0430\u0435\u043e\u0441\u0440", "llosaeocp")
"""Signs that look like others: digits, an i as an l, Cyrillic letters."""


def looks(text: str) -> str:
    """A name as the eye takes it."""
    return text.translate(HOMOGLYPHS).replace("rn", "m").replace("vv", "w")


LOOKS = {looks(brand): brand for brand in BRANDS}


def near(name: str, brand: str) -> bool:
    """Whether a name becomes a brand by one letter less, more or other, or by two letters that swap places.

    A letter more at either end does not count: plurals, and names that build upon another.
    """
    if len(name) == len(brand):
        places = [at for at, (a, b) in enumerate(zip(name, brand, strict=True)) if a != b]
        swapped = places[1:] == [places[0] + 1] and sorted(name) == sorted(brand) if places else False
        return len(places) == 1 or swapped
    if len(name) + 1 == len(brand):
        return any(brand[:at] + brand[at + 1 :] == name for at in range(len(brand)))
    return len(name) == len(brand) + 1 and any(name[:at] + name[at + 1 :] == brand for at in range(1, len(brand)))


@lru_cache(8192)
def pretended(app_id: str, suspicious: bool) -> str | None:
    """What a name pretends to be, in words; names that build upon a maker's only where there is a reason to look."""
    name = app_id.lower()
    labels = name.split(".")
    if len(name) > 4 * LONGEST or not labels or labels[0] == "androidx":
        return None
    for label in labels:
        if label in BRANDS or label in GENUINE or len(label) > LONGEST:
            continue
        if (brand := LOOKS.get(looks(label))) or (brand := next((b for b in sorted(BRANDS) if near(label, b)), None)):
            return f"is one letter off {brand}"
    if two := next((two for two in TWO if near(".".join(labels[:2]), two)), None):
        return f"is one letter off the names below {two}"
    if suspicious and len(labels) > 1 and labels[1] not in BRANDS | GENUINE:
        maker = next((maker for maker in MAKERS if labels[1].startswith(maker)), None)
        if maker and len(labels[1]) >= len(maker) + STUCK:
            return f"begins with {maker}, but is none of its names"
    return None
