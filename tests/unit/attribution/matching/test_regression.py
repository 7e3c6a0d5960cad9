"""What matching reaches on samples of the labelled files stays reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealreg.commands.matching import read_pairs
from dealreg.tools.matching_figures import figures

SAMPLES = Path(__file__).parent / "samples"
WRITTEN = Path(__file__).parents[3] / "bench/matching/written"


@pytest.mark.parametrize(
    "file, script, precision, recall, either",
    [
        (SAMPLES / "ror_company_pairs.csv", "latin", 0.97, 0.50, 0.72),
        (SAMPLES / "ror_company_pairs.csv", "cross", 0.95, 0.16, 0.29),
        (SAMPLES / "ror_arabic_pairs.csv", "cross", 0.95, 0.28, 0.56),
        (SAMPLES / "nomenklatura_org_pairs.csv", "latin", 0.98, 0.45, 0.75),
        (WRITTEN / "utilities.csv", "latin", 0.97, 0.93, 0.96),
        (WRITTEN / "gulf.csv", "cross", 0.98, 0.86, 0.95),
        (WRITTEN / "formal.csv", "cross", 0.98, 0.85, 0.94),
    ],
)
def test_precision_and_recall_keep_their_floors(
    file: Path, script: str, precision: float, recall: float, either: float
) -> None:
    found = figures(read_pairs(file, with_domains=False, with_country=False))["by_script"][script]
    assert found["same"]["precision"] >= precision, found
    assert found["same"]["recall"] >= recall, found
    assert found["same_or_look"]["recall"] >= either, found
