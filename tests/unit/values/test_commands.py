"""What an operator types is read by the parse functions of the API, and refused before any server is asked."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from dealreg.cli import app

RECORDED = ("vendor", "create", "acme", "--importing", "--recorded-at")
KEY = ("credential", "create", "acme", "--all-scopes")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("vendor", "create", "acme\n", "--live"), "letter or digit"),
        (("vendor", "create", "\uff41cme", "--live"), "letter or digit"),
        (("vendor", "create", "acme", "--live", "--name", "Acme "), "--name"),
        ((*RECORDED, "0001-01-01T00:00:00+14:00"), "--recorded-at"),
        ((*RECORDED, "2016-W01-1"), "--recorded-at"),
        ((*RECORDED, "2016-01-01T00:00:00"), "--recorded-at"),
        ((*KEY, "--label", "desk\n"), "--label"),
        ((*KEY, "--partner", "n\u014drdlicht"), "--partner"),
        (("credential", "list", "acme\x00"), "letter or digit"),
        (("credential", "revoke", "acme", "key 1"), "letter or digit"),
        (("connection", "create", "acme", "CRM\t1"), "control character"),
        (("persons", "erase", "acme", "--email", "nobody"), "--email"),
        (("persons", "erase", "acme", "--registration", "reg_1\n"), "--registration"),
    ],
)
def test_an_argument_is_refused_by_name(arguments: tuple[str, ...], named: str) -> None:
    result = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert named in result.stderr
