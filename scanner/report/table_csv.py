"""The findings as a table for spreadsheets: CSV in UTF-8 that no spreadsheet takes for formulas.

A cell that would be a formula begins with an apostrophe; so does what stands behind a semicolon, for spreadsheets that
divide there. Control characters, line breaks and half characters are shown as escapes: a finding is one line.

References:
    RFC 4180: https://www.rfc-editor.org/rfc/rfc4180
    OWASP, CSV injection: https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import re
from typing import Any, TextIO

from scanner.finding import Report
from scanner.report.plain import printable
from scanner.report.table import COLUMNS, cells

MAX_CELL = 32_000
"""Spreadsheets hold 32,767 characters in a cell."""
FORMULA = re.compile(r"(^|;)([ ]*)(?=[=+\-@＝＋－＠\t\r\n|%])")


def write(report: Report, stream: TextIO) -> None:
    """Write one row for each finding under a head; the stream must leave line ends as they are."""
    table = csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    table.writerows([cell(value) for value in cells(one).values()] for one in report.findings)


def cell(value: Any) -> str:
    """What stands in a cell."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    shown = printable(FORMULA.sub(r"\1\2'", value[: MAX_CELL + 1]), MAX_CELL)
    return shown[:MAX_CELL]
