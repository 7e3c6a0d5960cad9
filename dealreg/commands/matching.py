"""`dealreg match`: explain one pair of company names, and score a labelled file of pairs."""

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
from shared.messages import Words

command = typer.Typer(help="Compare names of companies.", no_args_is_help=True)
COLUMNS = ("name_a", "name_b", "label", "kind")
"""Columns that a file of pairs must have. Country, city and domain of both sides are optional."""
LABELS = ("0", "1")
"""Labels of pairs: different, same. Pairs with another label are left out."""


def register(app: typer.Typer) -> None:
    """Add `dealreg match`."""
    app.add_typer(command, name="match")


Country = Annotated[str | None, typer.Option(help="Country of this company, as two letters.")]
Domain = Annotated[str | None, typer.Option(help="Web or mail domain of this company.")]
Number = Annotated[str | None, typer.Option(help="Identifier of this company, as it writes it.")]


@command.command("score")
def score_pair(
    a: Annotated[str, typer.Option(help="Name of one company.")],
    b: Annotated[str, typer.Option(help="Name of the other company.")],
    country_a: Country = None,
    country_b: Country = None,
    domain_a: Domain = None,
    domain_b: Domain = None,
    tax_id_a: Number = None,
    tax_id_b: Number = None,
    company_id_a: Number = None,
    company_id_b: Number = None,
    duns_a: Number = None,
    duns_b: Number = None,
    lei_a: Number = None,
    lei_b: Number = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two companies: print the band, the score, the reason and the evidence."""
    one = _party(a, country_a, domain_a, tax_id=tax_id_a, company_id=company_id_a, duns=duns_a, lei=lei_a)
    other = _party(b, country_b, domain_b, tax_id=tax_id_b, company_id=company_id_b, duns=duns_b, lei=lei_b)
    answer = score_parties(one, other)
    said = Words().likeness(answer.rule, answer.evidence)
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
                "sentence": said,
                "evidence": fields,
                "names": sides,
            }
        )
        return
    typer.echo(f"{answer.band}  {answer.score:.2f}  {said}")
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
    """Score a labelled file: precision and recall of `same` and of `same or look`, by kind and by script."""
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
    """Yield the labelled pairs of the file with the band of each answer."""
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


# With the module, not with `register`: whoever makes the application twice in a process has each of them once.
matching_index.register(command)
