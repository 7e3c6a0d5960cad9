"""Registrations from a CSV file: shown as it would be read, row by row, then sent."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import ACT, CONTENT, MAX_FILE_BYTES, Typed
from services.console.outcomes import Outcome, outcomes_of
from services.console.visit import Visit

HERE = "/console/file"
API = "/v1/files/registrations"
CHECK, TAKE = "check", "take"
DECLARED: dict[str, tuple[str, ...]] = {
    "encoding": ("utf-8", "utf-16", "windows-1252", "windows-1256"),
    "separator": ("comma", "semicolon", "tab", "bar"),
    "decimal": ("point", "comma"),
    "dates": ("iso", "dmy", "mdy"),
}
"""What a file may leave open, and what it may be; empty: found in the file."""
LINES = ("column", "value")
"""One a line: `header=field`, and `field=value`."""
INPUTS = (*DECLARED, *LINES, CONTENT)
COLUMNS = (
    "program", "customer.legal_name", "customer.country", "customer.tax_id", "customer.domain", "products", "amount",
    "currency", "close_date", "external_id", "contact.name", "contact.email", "notes",
)  # fmt: skip
"""Of an empty file to fill in: what most deals need."""
MOST_PROBLEMS = 100
"""So many rows that cannot be used are listed: a file with more has one cause, and it stands in the first."""


async def template(visit: Visit) -> Response:
    """An empty file whose columns are named as the API reads them."""
    content = "\ufeff" + ",".join(COLUMNS) + "\r\n"
    return Response(content, 200, {"Content-Disposition": 'attachment; filename="registrations.csv"'}, "text/csv")


async def form(visit: Visit) -> Response:
    return _page(visit, Typed())


async def sent(visit: Visit) -> Response:
    """Show how the file is read, or send its rows. Whatever comes of it, the file and what was typed stay."""
    typed, t = visit.typed, visit.page.speech.say
    content = _content(typed)
    if not content:
        return _page(visit, typed.refused([{"field": CONTENT, "message": t("file.none")}], INPUTS), 422)
    if len(content) > MAX_FILE_BYTES:
        without = Typed(tuple(pair for pair in typed.pairs if pair[0] not in (CONTENT, "filename")))
        return _page(visit, without.refused([{"field": CONTENT, "message": t("file.too_long")}], INPUTS), 413)
    check = typed.one(ACT) != TAKE
    asked: dict[str, Any] = {name: typed.line(name) for name in DECLARED} | {name: typed.lines(name) for name in LINES}
    try:
        report = await visit.api.send_file(API, content, **asked, check="true" if check else "false")
    except Refused as refusal:
        errors = [{**one, "field": _input(one["field"])} for one in refusal.errors]
        errors = errors or [{"field": "", "message": refusal.detail}]
        return _page(visit, typed.refused(errors, INPUTS), refusal.status)
    outcomes = {} if check else await outcomes_of(visit.api, [_number(one) for one in report["items"] if _taken(one)])
    return _page(visit, typed, report=report, check=check, outcomes=outcomes)


def _page(
    visit: Visit,
    typed: Typed,
    status: int = 200,
    *,
    report: dict[str, Any] | None = None,
    check: bool = True,
    outcomes: dict[str, Outcome] | None = None,
) -> Response:
    became = [(one, outcomes[_number(one)]) for one in report["items"] if _taken(one)] if report and outcomes else []
    return visit.show(
        "file.html",
        status,
        typed=typed,
        report=report,
        check=check,
        became=became,
        registered=sum(outcome.found is not None for _, outcome in became),
        refused=sum(bool(outcome.refused) for _, outcome in became),
        content=_newest(typed, CONTENT),
        filename=_newest(typed, "filename"),
        declared=DECLARED,
        most=MOST_PROBLEMS,
    )


def _taken(row: dict[str, Any]) -> bool:
    return bool(row["status"] == 202)


def _number(row: dict[str, Any]) -> str:
    """The number of the registration that a row became, if it is not refused: its location ends with it."""
    return str(row["location"]).rpartition("/")[2]


def _content(typed: Typed) -> bytes:
    try:
        return b64decode(_newest(typed, CONTENT), validate=True)
    except (Error, ValueError):
        return b""


def _input(field: str) -> str:
    name = field.partition(".")[0]
    return CONTENT if name == "file" else name


def _newest(typed: Typed, name: str) -> str:
    """The last one: a file that was chosen now comes after the one that the page kept."""
    return next((value for known, value in reversed(typed.pairs) if known == name), "")
