"""Read the CRM export from disk: the deals that can be registered, and the reason for each line that cannot."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from dealreg.tools.files import raw_lines, refused, table
from shared.events.money import Money
from shared.values import BadValue, parse_day

DATA = Path(__file__).parent / "data"
COLUMNS = (
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
)  # fmt: skip
PRODUCTS = "products.csv"
CURRENCY = "USD"
MOST_WRONG = 20
"""Wrong prices that one message lists."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
STAGES = {"Prospecting": None, "Engaging": None, "Won": "won", "Lost": "lost"}
PRODUCT_ALIASES = {"GTX Pro": ("GTXPro",)}
"""Product names of the export that differ from its price list."""

Outcome = Literal["won", "lost"]


class Unregistrable(Exception):
    """The line cannot become a registration; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Deal:
    """One line of the pipeline that can be registered."""

    number: str
    partner: str
    product: str
    account: str
    engaged: date
    closed: date | None
    outcome: Outcome | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Left:
    """A line that is reported instead of registered."""

    line: int
    number: str
    code: str


@dataclass(frozen=True, slots=True)
class Partner:
    name: str
    manager: str
    regional_office: str


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    line: str
    list_price: Decimal
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    sector: str
    country: str
    subsidiary_of: str


@dataclass(frozen=True, slots=True)
class Export:
    """The content of the four files."""

    rows_read: int
    deals: tuple[Deal, ...]
    left: tuple[Left, ...]
    partners: tuple[Partner, ...]
    products: tuple[Product, ...]
    accounts: Mapping[str, Account]

    def spelled(self) -> dict[str, Product]:
        """Products by each of their names."""
        return {name: product for product in self.products for name in (product.name, *product.aliases)}


def read_export(folder: Path = DATA) -> Export:
    """Read the export; raise `FileRefused` if one of the small files is broken, since all lines need them."""
    partners = tuple(
        Partner(row["sales_agent"], row["manager"], row["regional_office"])
        for _, row in _unique(folder / "sales_teams.csv", "sales_agent", ("manager", "regional_office"))
    )
    products = _products(folder / PRODUCTS)
    accounts = {
        row["account"]: Account(row["account"], row["sector"], row["office_location"], row["subsidiary_of"])
        for _, row in _unique(folder / "accounts.csv", "account", ("sector", "office_location", "subsidiary_of"))
    }
    export = Export(0, (), (), partners, products, accounts)
    deals: dict[str, Deal] = {}
    left: list[Left] = []
    agents, spelled, line = {partner.name for partner in partners}, export.spelled(), 1
    for line, raw in _lines(folder / "sales_pipeline.csv"):
        number = raw.split(b",", 1)[0][:40].decode("ascii", "replace")
        try:
            deal = _deal(raw, agents, spelled, accounts)
            if deal.number in deals:
                raise Unregistrable("row.duplicate")
            deals[deal.number] = deal
        except Unregistrable as why:
            left.append(Left(line, number, why.code))
    return Export(line - 1, tuple(deals.values()), tuple(left), partners, products, accounts)


def _deal(raw: bytes, agents: set[str], products: Mapping[str, Product], accounts: Mapping[str, Account]) -> Deal:
    number, agent, product, account, stage, engaged, closed, value = _fields(raw)
    if not account:
        raise Unregistrable("customer.missing")
    if not engaged:
        raise Unregistrable("engage_date.missing")
    for known, code in (
        (bool(number), "opportunity_id.missing"),
        (agent in agents, "partner.unknown"),
        (product in products, "product.unknown"),
        (account in accounts, "customer.unknown"),
        (stage in STAGES, "stage.unknown"),
    ):
        if not known:
            raise Unregistrable(code)
    outcome: Outcome | None = STAGES[stage]  # type: ignore[assignment]
    began, ended = _day(engaged, "engage_date.invalid"), _day(closed, "close_date.invalid") if closed else None
    if (ended is None) != (outcome is None):
        raise Unregistrable("close_date.missing" if ended is None else "stage.contradicts_close_date")
    if ended is not None and ended < began:
        raise Unregistrable("close_date.before_engage_date")
    return Deal(number, agent, product, account, began, ended, outcome, _value(value) if outcome == "won" else None)


def _fields(raw: bytes) -> list[str]:
    try:
        fields = next(csv.reader([raw.decode("utf-8")], strict=True), [])
    except UnicodeDecodeError:
        raise Unregistrable("row.encoding") from None
    except csv.Error:
        raise Unregistrable("row.quoting") from None
    if len(fields) != len(COLUMNS):
        raise Unregistrable("row.short" if len(fields) < len(COLUMNS) else "row.long")
    return [field.strip() for field in fields]


def _day(written: str, code: str) -> date:
    try:
        return parse_day(written)
    except BadValue:
        raise Unregistrable(code) from None


def _value(written: str) -> Decimal:
    try:
        return _amount(written)
    except ValueError:
        raise Unregistrable("close_value.invalid") from None


def _amount(written: str) -> Decimal:
    """Parse the text as the API would; raise `ValueError`."""
    return Decimal(Money(amount=written, currency=CURRENCY).amount)


def _products(file: Path) -> tuple[Product, ...]:
    """Read the price list; raise `FileRefused` with every text that is not a price."""
    products, wrong = [], []
    for line, row in _unique(file, "product", ("series", "sales_price")):
        name, written = row["product"], row["sales_price"]
        try:
            products.append(Product(name, row["series"], _amount(written), PRODUCT_ALIASES.get(name, ())))
        except ValueError:
            wrong.append((line, f"{written[:40]!r} is not a price"))
    if wrong:
        detail = "; ".join(f"line {line}: {what}" for line, what in wrong[1:MOST_WRONG])
        remedy = "write it with a decimal point and no thousands separator, such as 5500.00" + (
            f"; also {detail}" if detail else ""
        )
        raise refused(file, f"{wrong[0][1]}; {remedy}", line=wrong[0][0], column="sales_price")
    return tuple(products)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines by number. Splits bytes, so that a line that is not UTF-8 does not spoil the others."""
    lines = raw_lines(file)
    _, first = next(lines, (1, b""))
    header = first.decode("utf-8", "replace").strip().split(",")
    if tuple(header) != COLUMNS:
        detail = f"has the columns {', '.join(header)[:200] or '(none)'}; {', '.join(COLUMNS)} are read"
        raise refused(file, detail, line=1)
    for number, line in lines:
        yield number, line.rstrip(b"\r\n")


def _unique(file: Path, key: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read the rows of a small table, by unique name."""
    seen: dict[str, int] = {}
    for line, row in table(file, (key, *columns)):
        found = {name: value.strip() for name, value in row.items()}
        name = found[key]
        if not name:
            raise refused(file, "is empty", line=line, column=key)
        if name in seen:
            raise refused(file, f"{name[:80]!r} is already on line {seen[name]}", line=line, column=key)
        seen[name] = line
        yield line, found
