"""What an operator types is read by the parse functions of the API, and refused before any server is asked."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dealreg.cli import MODULES, application

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
    result = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(application(arguments), arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert named in result.stderr


def test_a_command_loads_its_own_group_alone_and_each_is_where_it_is_said_to_be() -> None:
    found: dict[str, list[str]] = {}
    for module, commands in MODULES.items():
        registered = typer.Typer()
        importlib.import_module(module).register(registered)
        names = [one.name or (one.callback.__name__ if one.callback else "") for one in registered.registered_commands]
        names += [str(one.name) for one in registered.registered_groups]
        assert set(names) <= set(commands), module
        found |= {name: [module, *found.get(name, [])] for name in commands}
        alone: Any = typer.main.get_command(application([commands[0]]))
        assert alone.commands.keys() >= set(names)
    everything: Any = typer.main.get_command(application())
    assert everything.commands.keys() == found.keys()


def test_an_application_that_is_made_again_has_each_command_once() -> None:
    for _ in range(2):
        made = application()
    for group in made.registered_groups:
        commands = [one.callback for one in group.typer_instance.registered_commands]
        assert len(commands) == len(set(commands)), group.name


HEAVY = ("fastapi", "sqlalchemy", "alembic")
"""Each takes a command a quarter of a second and more."""
OF_THE_API = ("schemas", "files", "providers", "audit")
"""Commands that show what the API or its queries say."""
WORKERS = (
    "services.attribution.worker", "services.projections.invariants", "services.projections.webhooks.worker",
    "shared.projection.supervisor", "dealreg.runtime.views",
)  # fmt: skip


def test_commands_and_workers_start_without_what_serves_and_migrates() -> None:
    commands = [module for module in MODULES if module.rpartition(".")[2] not in OF_THE_API]
    loading = f"import sys, importlib; [importlib.import_module(one) for one in {[*commands, *WORKERS]}]"
    code = f"{loading}; print([one for one in {HEAVY} if one in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"
