"""`dealreg import`: the file is shown, then taken; what cannot be used ends with 1, what is unclear with 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dealreg import cli
from tests.conftest import TEST_KEY

DEALS = (
    "program;Firma;partner;products;amount;close_date\n"
    "hunting;Müller GmbH;partner-7;GTX Pro;1.250,50;31.03.2026\n"
    "hunting;Adler GmbH;partner-7;GTX Pro;20;03.04.2026\n"
)


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs the command in this process: its exit code, and what it said."""
    monkeypatch.setenv("DEALREG_DATABASE_URL", database)
    monkeypatch.setenv("DEALREG_MASTER_KEY", TEST_KEY.get_secret_value())
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deals.csv").write_text(DEALS)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["dealreg", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    assert command("vendor", "create", "acme", "--live")[0] == 0
    return command


def test_a_file_is_shown_and_then_taken_once(run) -> None:  # type: ignore[no-untyped-def]
    how = ("--column", "Firma=customer.legal_name", "--value", "currency=EUR")
    code, out, err = run("import", "registrations", "acme", "deals.csv", "--check", *how)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0] == "encoding utf-8, separator semicolon"
    assert "  Firma -> customer.legal_name" in lines
    assert "  amount -> amount, decimal comma" in lines
    assert "  close_date -> close_date, dates dmy" in lines
    assert lines[-1] == "2 rows, 2 usable; nothing was taken"
    taken = [json.loads(run("import", "registrations", "acme", "deals.csv", "--json", *how)[1]) for _ in range(2)]
    assert (taken[0]["taken"], [one["status"] for one in taken[0]["items"]]) == (2, [202, 202])
    assert taken[0] == taken[1]


def test_a_row_that_cannot_be_used_ends_with_1_and_an_unclear_file_with_2(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    how = ("--value", "currency=EUR")
    code, out, err = run("import", "registrations", "acme", "deals.csv", "--column", "Firma=", *how)
    assert (code, out.splitlines()[-1]) == (1, "2 rows, 0 usable; 0 taken"), err
    assert "line 2, customer: is required [field.missing]" in out
    code, out, err = run("import", "registrations", "acme", "deals.csv", *how)
    assert (code, out) == (2, "")
    assert "column Firma is no field of registrations; map it (header=field), or leave it out (header=)" in err
    (tmp_path / "unclear.csv").write_text("event,external_id,close_date\nwon,006A,03/04/2026\n")
    asked = ("import", "opportunities", "acme", "unclear.csv", "--connection", "sales")
    code, out, err = run(*asked)
    assert (code, out) == (2, "")
    assert "03/04/2026 is two dates, and no other line tells which; declare dmy or mdy" in err
    assert run(*asked, "--dates", "dmy")[0] == 0
