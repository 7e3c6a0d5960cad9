"""Every command, with every input it takes, given what nobody means: one message, a documented code, no traceback.

The commands and their parameters are listed by the command line itself, so that a new one is tested as it is added.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperArgument, TyperGroup

from dealreg import cli
from dealreg.cli import application
from dealreg.commands import errors
from dealreg.demo.export import DATA
from dealreg.demo.history import POLICY
from shared.errors import Ambiguous, Unavailable
from tests.conftest import TEST_KEY

Path_ = tuple[str, ...]
SERVERS = frozenset({("run",), ("serve",), ("work",)})
"""They run until they are told to end: only what ends them at once is tried."""
NUMBERS = ("", "x", "-1", "1.5", "1e3", "٣", "9" * 40, "0x10", " ", "nan")
TEXTS = ("", "a\nb", "🙂" * 300, "x" * 20_000, "[red]")


def commands(group: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(group, TyperGroup):
        for name, one in group.commands.items():
            yield from commands(one, (*path, name))
    else:
        yield path, group


COMMANDS = dict(commands(typer.main.get_command(application())))
ARGUMENTS: dict[Path_, list[str]] = {
    ("vendor", "create"): ["acme", "--live"],
    ("credential", "create"): ["acme", "--all-scopes"],
    ("credential", "rotate"): ["acme", "abc"],
    ("credential", "revoke"): ["acme", "abc"],
    ("credential", "list"): ["acme"],
    ("connection", "create"): ["acme", "CRM"],
    ("persons", "erase"): ["acme"],
    ("explain",): ["reg_1"],
    ("import", "registrations"): ["acme", str(POLICY)],
    ("import", "opportunities"): ["acme", str(POLICY), "--connection", "crm_1"],
    ("audit",): ["--vendor", "acme"],
    ("work",): ["attribution"],
    ("policy", "replay"): ["--candidate", str(POLICY)],
    ("match", "score"): ["--a", "Nile", "--b", "Nile"],
    ("match", "find"): ["--query", "Nile"],
    ("projections", "rebuild"): ["pipeline"],
    ("projections", "rollback"): ["pipeline"],
    ("projections", "drop"): ["pipeline"],
}
"""What each command needs at least; what is tried takes its place."""


@pytest.fixture
def run(  # type: ignore[no-untyped-def]
    module_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    """Runs a command in this process: its exit code and what it said on standard error.

    What is refused changes no database, so all have the same one; a test of what may be taken names its own.
    """
    monkeypatch.setenv("DEALREG_DATABASE_URL", module_database)
    monkeypatch.setenv("DEALREG_MASTER_KEY", TEST_KEY.get_secret_value())
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str]:
        cli._debugging.clear()
        monkeypatch.setattr(sys, "argv", ["dealreg", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0 if code is None else 1), said.err

    return command


def assert_told(arguments: tuple[str, ...], code: int, said: str, *, codes: tuple[int, ...] = (0, 1, 2)) -> None:
    assert code in codes, (arguments, code, said)
    assert "Traceback" not in said, (arguments, said)
    assert "internal error" not in said, (arguments, said)
    if code:
        assert said.strip(), (arguments, "ended without a word")


def options(command: Any, *kinds: str) -> list[Any]:
    """Its parameters of these types that somebody may type."""
    return [one for one in command.params if one.bare_type() in kinds and not one.hidden]


def given(path: Path_, one: Any, value: str) -> tuple[str, ...]:
    """The command with this value for the parameter, and what else it needs."""
    base = ARGUMENTS.get(path, [])
    if isinstance(one, TyperArgument):
        places = [p.name for p in COMMANDS[path].params if isinstance(p, TyperArgument)]
        words = [word for word in base if not word.startswith("-")]
        words = words[: len(places)] + ["x"] * (len(places) - len(words))
        words[places.index(one.name)] = value
        return (*path, *(word for word in base if word.startswith("--")), "--", *words)
    name = max(one.opts, key=len)
    return (*path, *base, name, value)


def test_the_commands_are_all_known() -> None:
    assert len(COMMANDS) > 20
    assert COMMANDS.keys() >= ARGUMENTS.keys()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_what_no_command_has_is_wrong_use(run, path: Path_) -> None:  # type: ignore[no-untyped-def]
    for more in (("--no-such-option",), ("--", *["too", "many"] * 10)):
        if more[0] == "--" and any(one.nargs == -1 for one in COMMANDS[path].params):
            continue  # as many as somebody likes
        code, said = run(*path, *more)
        assert_told((*path, *more), code, said, codes=(2,))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_numbers_that_are_none_are_wrong_use(run, path: Path_) -> None:  # type: ignore[no-untyped-def]
    for one in options(COMMANDS[path], "int", "float"):
        for value in NUMBERS:
            if value == "٣":
                continue  # read as 3 by the parser of options: a number all the same
            code, said = run(*given(path, one, value))
            assert_told(given(path, one, value), code, said, codes=(2,))


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in SERVERS], ids=" ".join)
def test_texts_that_nobody_means_are_refused_or_taken_as_they_are(  # type: ignore[no-untyped-def]
    run, path: Path_, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEALREG_DATABASE_URL", database)
    if path in (("demo",), ("setup",)):
        return
    for one in options(COMMANDS[path], "str", "list[str]"):
        for value in TEXTS:
            arguments = given(path, one, value)
            code, said = run(*arguments)
            assert_told(arguments, code, said)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_bytes_that_are_no_text_are_named(run, path: Path_) -> None:  # type: ignore[no-untyped-def]
    code, said = run(*path, "caf\udce9")
    assert code == 2
    assert "is not UTF-8" in said


FILES: dict[str, bytes] = {
    "cp1252": "name_a,name_b,label,kind,legal_name\nMüller,Muller,1,x,Müller\n".encode("cp1252"),
    "UTF-16": "name_a,name_b,label,kind,legal_name\na,b,1,x,y\n".encode("utf-16"),
    "UTF-16 without mark": "name_a,name_b,label,kind,legal_name\na,b,1,x,y\n".encode("utf-16-le"),
    "UTF-32": "name_a,name_b,label,kind,legal_name\na,b,1,x,y\n".encode("utf-32"),
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "NUL": b"name_a,name_b,label,kind,legal_name\na\0,b,1,x,y\n",
    "other columns": b"id,agent\n1,x\n",
    "semicolons": b"name_a;name_b;label;kind;legal_name\na;b;1;x;y\n",
    "columns twice": b"name_a,name_a,name_b,label,kind,legal_name,legal_name\na,a,b,1,x,y,z\n",
    "a short row": b"name_a,name_b,label,kind,legal_name\na,b\n",
    "a long row": b"name_a,name_b,label,kind,legal_name\na,b,1,x,y,z\n",
    "an open quote": b'name_a,name_b,label,kind,legal_name\n"a,b,1,x,y\n',
    "a long field": b"name_a,name_b,label,kind,legal_name\n" + b"a" * 200_000 + b",b,1,x,y\n",
    "no line end": b"x" * 3_000_000,
}


def file_options(command: Any) -> list[Any]:
    """Its files to read; one that is written may be anywhere."""
    return [one for one in options(command, "Path") if one.name not in ("asyncapi_file", "openapi_file")]


WITH_FILES = [path for path, command in COMMANDS.items() if file_options(command)]


def test_some_commands_take_files() -> None:
    assert {("match", "pairs"), ("match", "find"), ("match", "bench"), ("demo",), ("run",)} <= set(WITH_FILES)


@pytest.mark.parametrize("path", [one for one in WITH_FILES if one[0] == "match"], ids=" ".join)
@pytest.mark.parametrize("kind", FILES)
def test_files_that_cannot_be_read_are_named_with_line_and_remedy(run, tmp_path: Path, path: Path_, kind: str) -> None:  # type: ignore[no-untyped-def]
    for name, content in (("input.csv", FILES[kind]), ("input.csv.gz", gzip.compress(FILES[kind]))):
        (tmp_path / name).write_bytes(content)
        for one in file_options(COMMANDS[path]):
            arguments = given(path, one, name)
            code, said = run(*arguments)
            assert_told(arguments, code, said, codes=(2,))
            assert name in said
            assert len(said.splitlines()) == 1, said


@pytest.mark.parametrize("path", WITH_FILES, ids=" ".join)
def test_files_that_are_none_are_named(run, tmp_path: Path, path: Path_) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"legal_name\nNile\n")[:-9])
    (tmp_path / "plain.gz").write_bytes(b"legal_name\nNile\n")
    (tmp_path / "loop").symlink_to("loop")
    for one in file_options(COMMANDS[path]):
        for name in ("missing.csv", ".", "loop", "broken.gz", "plain.gz", "x" * 300, "/dev/null"):
            arguments = (*given(path, one, name), *(["--demo"] if path == ("run",) else []))
            code, said = run(*arguments)
            if path == ("policy", "lint") and code == 1:
                continue  # a text that is no policy is what it looks for; it tells so where it tells all errors
            assert_told(arguments, code, said, codes=(2,))


EXPORTS: dict[str, tuple[str, bytes]] = {
    "cp1252": ("accounts.csv", "Müller".encode("cp1252")),
    "thousands": ("products.csv", b'GTX,G,"5.500,00"'),
    "not a number": ("products.csv", b"GTX,G,NaN"),
    "infinite": ("products.csv", b"GTX,G,Infinity"),
    "underscore": ("products.csv", b"GTX,G,1_000"),
    "negative": ("products.csv", b"GTX,G,-5"),
    "other digits": ("products.csv", "GTX,G,５５".encode()),
    "a name twice": ("products.csv", b"GTX Basic,G,550"),
    "no name": ("sales_teams.csv", b",a,b"),
}


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("command", [("demo",), ("run", "--demo", "--port", "0")], ids=" ".join)
def test_an_export_that_cannot_be_read_is_named_by_file_line_and_column(  # type: ignore[no-untyped-def]
    run, tmp_path: Path, command: Path_, kind: str
) -> None:
    name, row = EXPORTS[kind]
    for file in DATA.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    lines = (tmp_path / name).read_bytes().splitlines()
    (tmp_path / name).write_bytes(b"\n".join([*lines, row]) + b"\n")
    code, said = run(*command, "--data", str(tmp_path))
    assert_told(command, code, said, codes=(2,))
    assert f"{name}, line {len(lines) + 1}, column" in said


def test_every_price_that_is_none_is_named_at_once(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for file in DATA.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "products.csv").write_text('product,series,sales_price\nA,x,"5.500,00"\nB,x,7\nC,x,free\n')
    code, said = run("demo", "--data", str(tmp_path))
    assert code == 2
    assert "products.csv, line 2, column sales_price: '5.500,00' is not a price" in said
    assert "line 4: 'free' is not a price" in said


RUNNING = [("projections", "status"), ("run", "--port", "0"), ("work", "attribution")]
SETTINGS = [
    ("DEALREG_PORT", "80 80"), ("DEALREG_PORT", ""), ("DEALREG_DATA_DIR", ""), ("DEALREG_DATA_DIR", "/dev/null/x"),
    ("DEALREG_DATA_DIR", "/proc/none"), ("DEALREG_DATA_DIR", "~nobody-here/x"), ("DEALREG_DATABASE_URL", ""),
    ("DEALREG_DATABASE_URL", "mysql://x/y"), ("DEALREG_DATABASE_URL", "postgresql://x:port/y"),
    ("DEALREG_DATABASE_URL", "postgresql://[::1/y"), ("DEALREG_MASTER_KEY", "short"), ("DEALREG_LOG", "paper"),
    ("DEALREG_KAFKA_BOOTSTRAP", "broker"), ("DEALREG_LEASE_SECONDS", "NaN"), ("DEALREG_QUERY_URL", "query"),
    ("DEALREG_FLUSH_WINDOW_MS", "nan"), ("DEALREG_FLUSH_WINDOW_MS", "inf"), ("DEALREG_INVARIANT_SECONDS", "inf"),
    ("DEALREG_HOST", ""), ("DEALREG_DATA_DIR", "caf\udce9"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), SETTINGS)
@pytest.mark.parametrize(
    "command", [("projections", "status"), ("run", "--port", "0"), ("work", "attribution")], ids=" ".join
)
def test_a_wrong_setting_is_named(  # type: ignore[no-untyped-def]
    run, monkeypatch: pytest.MonkeyPatch, command: Path_, name: str, value: str
) -> None:
    if name == "DEALREG_DATA_DIR":
        monkeypatch.delenv("DEALREG_DATABASE_URL")
    monkeypatch.setenv(name, value)
    if name == "DEALREG_PORT":  # which an option would win over
        command = tuple(word for word in command if word not in ("--port", "0"))
    code, said = run(*command)
    assert_told((name, value, *command), code, said, codes=(2,))
    assert name in said, said


def test_a_mistake_of_ours_is_one_message_and_its_traceback_is_asked_for(  # type: ignore[no-untyped-def]
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("so it goes")

    monkeypatch.setattr(cli, "application", lambda _: broken)
    code, said = run("settings")
    assert (code, "Traceback" in said) == (1, False)
    assert "internal error (ZeroDivisionError: so it goes)" in said
    monkeypatch.setattr(cli, "application", lambda _: lambda: (cli._debugging.append(True), broken()))
    code, said = run("--debug", "settings")
    assert (code, "Traceback" in said) == (1, True)


@pytest.mark.parametrize(
    "error", [Unavailable("no answer"), Ambiguous("perhaps"), ExceptionGroup("", [Unavailable("no")])]
)
@pytest.mark.parametrize("more", [(), (errors.SUPERVISED,)])
def test_what_may_be_tried_again_has_a_code_of_its_own(error: Exception, more: tuple[str, ...]) -> None:
    def broken() -> None:
        raise error

    assert errors.guarded(broken, ("settings", *more), debug=lambda: False) == errors.EXIT_TRY_AGAIN


def test_output_that_nobody_reads_to_its_end_is_no_mistake() -> None:
    command = f"{sys.executable} -m dealreg.cli settings --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env={**os.environ})
    assert done.returncode in (0, errors.EXIT_FAILED)
    assert done.stderr == ""
