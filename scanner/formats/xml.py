"""XML that a phone keeps: as text, or in Android's binary form.

References:
    AOSP, com.android.internal.util.BinaryXmlSerializer (since Android 12): https://android.googlesource.com/platform/frameworks/base
"""

from xml.etree.ElementTree import Element, ParseError

ABX = b"ABX\0"


def loads(data: bytes) -> Element:
    """The root element.

    Raises:
        ValueError: it is no XML, or refers to entities or files.
    """
    if data.startswith(ABX):
        from scanner.formats import abx

        return abx.loads(data)
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise ValueError(f"no XML: {error}") from error
    return root
