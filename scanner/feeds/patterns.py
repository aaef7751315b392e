"""STIX patterns as single values: the pairs of kind and value that a pattern names, any one of which suffices.

A flat alternative of equalities, which is all that the public feeds write, costs one regular expression; whatever else
is parsed by `stix2`, imported only then.

References:
    STIX 2.1, section 9 (STIX Patterning): https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from time import monotonic
from typing import Any

from scanner.record import Kind

MAX_PATTERN = 65_536
"""Characters of the longest pattern that is looked at."""
MAX_PARSED = 16_384
"""Characters of the longest pattern that is given to the parser of the whole grammar, which recurses."""

EQUALITY = re.compile(
    r"""
    \s*([A-Za-z0-9_-]+\s*:\s*[A-Za-z0-9_.'"\[\]*-]+?)\s*(?:=|==)\s*
    (?:'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)")\s*
    (?:(\]\s*\Z)|(?:\]\s*OR\s*\[|OR\b))
    """,
    re.VERBOSE | re.DOTALL,
)
"""One equality, and whether the pattern ends after it or goes on with `OR`."""
LITERAL = re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL)
NEGATION = re.compile(r"\b(?:NOT|EXISTS)\b|!=|<>")
"""Looked for in the text: stix2 3.0 loses the NOT of `NOT IN` and `NOT ISSUBSET`, and trips over EXISTS."""
OPENING = re.compile(r"\s*\[")
ESCAPED = re.compile(r"\\(['\"\\])")
QUOTES = str.maketrans("", "", "'\"] \t\r\n")

CERTIFICATE = {"md5": Kind.CERT_MD5, "sha1": Kind.CERT_SHA1, "sha256": Kind.CERT_SHA256}
FILE_HASH = {"md5": Kind.MD5, "sha1": Kind.SHA1, "sha256": Kind.SHA256, "sha512": Kind.SHA512}
DIRECTORY = "directory:path"
ACCOUNTS = ("user-account:account_login", "user-account:user_id", "user-account:display_name")
NAMED = {
    "domain-name:value": Kind.DOMAIN,
    "hostname:value": Kind.DOMAIN,
    "network-traffic:dst_ref.value": Kind.DOMAIN,
    "ipv4-addr:value": Kind.IP,
    "ipv6-addr:value": Kind.IP,
    "url:value": Kind.URL,
    "email-addr:value": Kind.EMAIL,
    "email-message:from_ref.value": Kind.EMAIL,
    "email-message:sender_ref.value": Kind.EMAIL,
    "phone-number:value": Kind.PHONE,
    "x-phone-number:value": Kind.PHONE,
    "process:name": Kind.PROCESS,
    "process:image_ref.name": Kind.PROCESS,
    "process:binary_ref.name": Kind.PROCESS,
    "file:name": Kind.FILE_NAME,
    "file:path": Kind.PATH,
    DIRECTORY: Kind.PATH,
    "app:id": Kind.APP_ID,
    "app:bundle_id": Kind.APP_ID,
    "app:package_name": Kind.APP_ID,
    "configuration-profile:id": Kind.PROFILE,
    "android-property:name": Kind.ANDROID_PROPERTY,
    **dict.fromkeys(ACCOUNTS, Kind.HANDLE),
}


class InexpressibleError(ValueError):
    """A pattern that is sound, but that names no single values this version matches; the message says what it holds."""


@lru_cache(maxsize=4096)
def observable(path: str) -> Kind:
    """The kind of value that an object path names, however its parts are quoted.

    Raises:
        InexpressibleError: Nothing that is looked for on a phone.
    """
    plain = path.replace("[", ".").translate(QUOTES).replace("..", ".").lower()
    if (kind := NAMED.get(plain)) is not None:
        return kind
    subject, _, name = plain.partition(":hashes.")
    hashed = re.sub(r"[-_]", "", name)
    table = {"file": FILE_HASH, "artifact": FILE_HASH, "x509-certificate": CERTIFICATE}.get(subject, {})
    if subject.startswith("app:cert."):
        table, hashed = CERTIFICATE, re.sub(r"[-_]", "", subject.removeprefix("app:cert."))
    if (kind := table.get(hashed)) is None:
        raise InexpressibleError(plain)
    return kind


class Patience:
    """How long the patterns of one feed may keep the parser busy; one of them may take a fifth of a second."""

    def __init__(self, seconds: float = 20.0) -> None:
        """Start with all of it."""
        self.left = seconds

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Take off what a piece of work takes.

        Raises:
            InexpressibleError: there is none left.
        """
        if self.left <= 0:
            raise InexpressibleError("compound pattern: the time for this feed's compound patterns is used up")
        started = monotonic()
        try:
            yield
        finally:
            self.left -= monotonic() - started


def values(pattern: str, patience: Patience) -> list[tuple[Kind, str]]:
    """What a pattern names: kinds and raw values, not yet in normal form.

    Raises:
        InexpressibleError: A sound pattern that is not an alternative of single values.
        ValueError: Not a pattern.
    """
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"pattern of {len(pattern)} characters is too long")
    found: list[tuple[Kind, str]] = []
    opening = OPENING.match(pattern)
    while opening and (one := EQUALITY.match(pattern, opening.end())):
        found.append(_typed(one[1], one[2] if one[2] is not None else one[3]))
        if one[4]:
            return found
        opening = one
    if NEGATION.search(LITERAL.sub("''", pattern)):
        raise InexpressibleError("NOT")
    with patience.spent():
        tree = parse(pattern)
    return list(_alternatives(tree))


def _typed(path: str, value: str) -> tuple[Kind, str]:
    kind = observable(path)
    if "\\" in value:
        value = ESCAPED.sub(r"\1", value)
    return kind, value + "/" if kind is Kind.PATH and path.startswith("directory") and value[-1:] != "/" else value


@lru_cache(maxsize=1)
def parse(pattern: str) -> Any:
    """The tree of `stix2`; the last one is kept, for who wants it next.

    Raises:
        InexpressibleError: too long for the parser.
        ValueError: not a pattern.
    """
    if len(pattern) > MAX_PARSED:
        raise InexpressibleError("compound pattern that is too long")
    try:
        return import_module("stix2.pattern_visitor").create_pattern_object(pattern, version="2.1")
    except RecursionError:
        raise ValueError("pattern is nested too deep or too long") from None
    except Exception as error:  # noqa: BLE001 - the parser lets whatever happens inside it out
        if "same object type" in str(error):
            raise InexpressibleError("one observation of objects of two types") from None
        raise ValueError(f"not a STIX pattern: {str(error)[:200]}") from None


def _alternatives(tree: Any) -> Iterator[tuple[Kind, str]]:
    """The single values of a tree, without recursion."""
    patterns = import_module("stix2.patterns")
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, patterns.ObservationExpression):
            pending.append(node.operand)
        elif isinstance(node, patterns.ParentheticalExpression):
            pending.append(node.expression)
        elif isinstance(node, patterns.OrBooleanExpression | patterns.OrObservationExpression):
            pending.extend(reversed(node.operands))
        else:
            yield from _compared(node)


def _compared(node: Any) -> Iterator[tuple[Kind, str]]:
    patterns = import_module("stix2.patterns")
    operator = getattr(node, "operator", "a qualifier such as WITHIN")
    if isinstance(node, patterns.EqualityComparisonExpression):
        constants = [node.rhs]
    elif isinstance(node, patterns.InComparisonExpression):
        constants = node.rhs.value
    elif isinstance(node, patterns.IsSubsetComparisonExpression):
        if observable(str(node.lhs)) is not Kind.IP:
            raise InexpressibleError("ISSUBSET of what is no address")
        yield Kind.CIDR, node.rhs.value
        return
    else:
        raise InexpressibleError(str(operator))
    for constant in constants:
        if not isinstance(constant, patterns.StringConstant):
            raise InexpressibleError(f"{operator} with a constant that is no text")
        yield _typed(str(node.lhs), constant.value)
