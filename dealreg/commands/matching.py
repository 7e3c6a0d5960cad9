"""`dealreg match`: one pair explained, and a labelled file of pairs scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from dealreg.tools import matching_index
from dealreg.tools.files import table
from dealreg.tools.matching_figures import Pair, figures
from services.attribution.domain.matching.domains import registrable
from services.attribution.domain.matching.identifiers import KINDS, read_identifier
from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.national import country_code
from services.attribution.domain.matching.parties import Party, score_parties

command = typer.Typer(help="Compare names of companies.", no_args_is_help=True)
COLUMNS = ("name_a", "name_b", "label", "kind")
"""Columns that a file of pairs must have; country, city and domain of both sides may be missing."""
LABELS = ("0", "1")
"""Different, the same; pairs with another label are of no use for figures and left out."""


def register(app: typer.Typer) -> None:
    """Adds `dealreg match`."""
    matching_index.register(command)
    app.add_typer(command, name="match")


Text = Annotated[str | None, typer.Option()]


@command.command("score")
def score_pair(
    a: Annotated[str, typer.Option(help="One name.")],
    b: Annotated[str, typer.Option(help="The other.")],
    country_a: Text = None,
    country_b: Text = None,
    domain_a: Text = None,
    domain_b: Text = None,
    tax_id_a: Text = None,
    tax_id_b: Text = None,
    company_id_a: Text = None,
    company_id_b: Text = None,
    duns_a: Text = None,
    duns_b: Text = None,
    lei_a: Text = None,
    lei_b: Text = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Explain one pair: band, score, the reason, and what stands for what."""
    one = _party(a, country_a, domain_a, tax_id=tax_id_a, company_id=company_id_a, duns=duns_a, lei=lei_a)
    other = _party(b, country_b, domain_b, tax_id=tax_id_b, company_id=company_id_b, duns=duns_b, lei=lei_b)
    answer = score_parties(one, other)
    if as_json:
        fields = [{"field": field, "value": value} for field, value in answer.evidence]
        sides = [
            {"name": p.name.text, "key": p.name.key, "forms": p.name.forms, "script": p.name.script}
            for p in (one, other)
        ]
        _print(
            {
                "band": answer.band,
                "score": answer.score,
                "rule": answer.rule,
                "sentence": answer.sentence,
                "evidence": fields,
                "names": sides,
            }
        )
        return
    typer.echo(f"{answer.band}  {answer.score:.2f}  {answer.sentence}")
    for field, value in answer.evidence:
        typer.echo(f"  {field}: {value}")


def _party(name: str, country: str | None, domain: str | None, **written: str | None) -> Party:
    code = country_code(country.strip().upper()) if country else None
    found = (read_identifier(kind, written.get(kind), code) for kind in KINDS)
    return Party(
        name=read_name(name, code),
        identifiers=tuple(identifier for identifier in found if identifier is not None),
        country=code,
        domain=registrable(domain) if domain else None,
    )


@command.command("pairs")
def score_pairs(
    file: Annotated[Path, typer.Option(help="CSV with name_a, name_b, label, kind.")],
    with_domains: Annotated[bool, typer.Option(help="Use the columns domain_a and domain_b.")] = False,
    with_country: Annotated[bool, typer.Option(help="Use the columns country_a and country_b.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a labelled file: precision and recall of `same` and of `same or look`, in total, by kind and by script."""
    result = figures(read_pairs(file, with_domains=with_domains, with_country=with_country))
    if as_json:
        _print(result)
        return
    shown = Table("", "n", "same P", "R", "F1", "or look P", "R", "F1")
    groups = {
        "total": result["total"],
        **result["by_kind"],
        **{f"script: {k}": v for k, v in result["by_script"].items()},
    }
    for name, group in groups.items():
        cells = [_cell(group[band][key]) for band in ("same", "same_or_look") for key in ("precision", "recall", "f1")]
        shown.add_row(name, str(group["same"]["n"]), *cells)
    Console().print(shown)


def read_pairs(file: Path, *, with_domains: bool, with_country: bool) -> list[Pair]:
    """The pairs of a file that have a label, with the answer's band."""
    rows = (row for _, row in table(file, COLUMNS))
    return [_pair(row, with_domains, with_country) for row in rows if row["label"].strip() in LABELS]


def _pair(row: dict[str, str], with_domains: bool, with_country: bool) -> Pair:
    one, other = (
        _party(
            row[f"name_{side}"],
            row.get(f"country_{side}") if with_country else None,
            row.get(f"domain_{side}") if with_domains else None,
        )
        for side in ("a", "b")
    )
    scripts = {one.name.script, other.name.script}
    script = "cross" if len(scripts) > 1 else "latin" if scripts == {"latin"} else "other"
    return Pair(
        same=row["label"].strip() == "1",
        band=score_parties(one, other).band,
        kind=row["kind"],
        script=script,
    )


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _print(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
