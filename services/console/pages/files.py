"""Registrations from a CSV file: shown as it would be read, row by row, then sent."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
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
COLUMN, VALUE = "column", "value"
"""`header=field`, chosen for each column, and `field=value`, typed one a line."""
INPUTS = (*DECLARED, COLUMN, VALUE, CONTENT)
NOT_OFFERED = frozenset({"partner", "recorded_at"})
"""Fields that a partner's file has no need of."""
COLUMNS = (
    "program", "customer.legal_name", "customer.country", "customer.tax_id", "customer.domain", "products", "amount",
    "currency", "close_date", "external_id", "contact.name", "contact.email", "notes",
)  # fmt: skip
"""Of an empty file to fill in: what most deals need."""
MOST_PROBLEMS = 100
"""So many rows that cannot be used are listed: a file with more has one cause, and it stands in the first."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of the file, and what somebody chose that they become."""

    items: list[dict[str, Any]]
    fields: list[str]
    """What a column can become."""
    chosen: list[str]
    """Choices that concern a column of this file, each `header=field`: a file chosen before had others."""

    @classmethod
    def of(cls, found: dict[str, Any], typed: Typed) -> Columns:
        """The columns that the API found in the file, with the choices of the form."""
        headers = {one["column"] for one in found["columns"]}
        chosen = {header: one for one in typed.all(COLUMN) if (header := one.rpartition("=")[0]) in headers}
        fields = [one for one in found["fields"] if one not in NOT_OFFERED]
        return cls(found["columns"], fields, list(chosen.values()))

    @property
    def open(self) -> list[str]:
        """Headers of which nothing says what they become."""
        said = {one.rpartition("=")[0] for one in self.chosen}
        return [one["column"] for one in self.items if not one["known"] and one["column"] not in said]


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
    asked: dict[str, Any] = {name: typed.line(name) for name in DECLARED}
    columns: Columns | None = None
    try:
        found = await visit.api.send_file(f"{API}/columns", content, **asked)
        columns = Columns.of(found, typed)
        if columns.open:
            return _page(
                visit, typed.refused([{"field": COLUMN, "message": t("file.choose_field")}], INPUTS), 422, columns
            )
        report = await visit.api.send_file(
            API,
            content,
            **asked,
            column=columns.chosen,
            value=typed.lines(VALUE),
            check="true" if check else "false",
            only_usable="true",
        )
    except Refused as refusal:
        errors = [{**one, "field": _input(one["field"])} for one in refusal.errors]
        errors = errors or [{"field": "", "message": refusal.detail}]
        return _page(visit, typed.refused(errors, INPUTS), refusal.status, columns)
    outcomes = {} if check else await outcomes_of(visit.api, [_number(one) for one in report["items"] if _taken(one)])
    return _page(visit, typed, 200, columns, report=report, check=check, outcomes=outcomes)


def _page(
    visit: Visit,
    typed: Typed,
    status: int = 200,
    columns: Columns | None = None,
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
        columns=columns,
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
