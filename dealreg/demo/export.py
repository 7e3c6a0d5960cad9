"""The CRM export as it lies on disk: what can be registered, and line by line what cannot, with the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from shared.errors import FieldProblem, Invalid
from shared.values import BadValue, parse_day, parse_decimal

DATA = Path(__file__).parent / "data"
COLUMNS = (
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
)  # fmt: skip
STAGES = {"Prospecting": None, "Engaging": None, "Won": "won", "Lost": "lost"}
PRODUCT_ALIASES = {"GTX Pro": ("GTXPro",)}
"""Spellings of the export beside those of its price list."""

Outcome = Literal["won", "lost"]


class Unregistrable(Exception):
    """The line cannot become a registration; the code says why."""

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
    """Everything that the four files say."""

    rows_read: int
    deals: tuple[Deal, ...]
    left: tuple[Left, ...]
    partners: tuple[Partner, ...]
    products: tuple[Product, ...]
    accounts: Mapping[str, Account]

    def spelled(self) -> dict[str, Product]:
        """Products by every name that they go by."""
        return {name: product for product in self.products for name in (product.name, *product.aliases)}


def read_export(folder: Path = DATA) -> Export:
    """The export; raises `Invalid` where one of the small files is broken, since nothing makes sense without them."""
    partners = tuple(Partner(*row) for row in _table(folder / "sales_teams.csv", 3))
    products = tuple(
        Product(name, line, Decimal(price), PRODUCT_ALIASES.get(name, ()))
        for name, line, price in _table(folder / "products.csv", 3)
    )
    accounts = {
        name: Account(name, sector, country, parent)
        for name, sector, _year, _revenue, _employees, country, parent in _table(folder / "accounts.csv", 7)
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
        return Decimal(parse_decimal(written))
    except BadValue:
        raise Unregistrable("close_value.invalid") from None


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Lines by number, split as bytes: one that is no UTF-8 must not spoil the others."""
    lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    header = lines[0].decode("utf-8", "replace").split(",") if lines else []
    if tuple(header) != COLUMNS:
        told = f"{file.name} has the columns {', '.join(header)}; {', '.join(COLUMNS)} are read"
        raise Invalid(told, (FieldProblem(file.name, "export.columns", told),))
    yield from enumerate(lines[1:], start=2)


def _table(file: Path, columns: int) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))[1:]
    if wrong := [number for number, row in enumerate(rows, start=2) if len(row) != columns]:
        told = f"{file.name}, line {wrong[0]}: {columns} fields are read"
        raise Invalid(told, (FieldProblem(file.name, "export.columns", told),))
    return rows
