"""The next release as a source tree of its own, so that its processes run its code beside those of this one."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic.script import ScriptDirectory

from shared.database.migrate import alembic_config
from tests.upgrade.next.changes import CHANGES, NEXT, Change

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "next"
PACKAGES = ("dealreg", "migrations", "services", "shared")
CONTRACT = ("tests/contract", "tests/unit/attribution")
"""What its events are held to."""


def next_release(folder: Path) -> Path:
    """The folder holds the next release, and a process that has it on its PYTHONPATH is of that release."""
    for package in (*PACKAGES, *CONTRACT):
        # With their times, so that what is compiled already serves the copy too.
        shutil.copytree(ROOT / package, folder / package)
    for file in (ROOT / "pyproject.toml", *(ROOT / "tests").glob("*.py")):
        shutil.copy2(file, folder / file.relative_to(ROOT))
    for change in CHANGES:
        _make(change, folder / change.file)
    shutil.copyfile(KEPT / "upcasters.py", folder / "shared" / "events" / "upcasters.py")
    shutil.copytree(KEPT / "schemas", folder / "shared" / "events" / "schemas", dirs_exist_ok=True)
    shutil.copytree(KEPT / "golden", folder / "tests" / "contract" / "golden", dirs_exist_ok=True)
    head = ScriptDirectory.from_config(alembic_config("postgresql://nowhere/none")).get_current_head()
    migration = (KEPT / "migration.py").read_text().replace('"HEAD"', f'"{head}"')
    (folder / "migrations" / "versions" / "9001_next.py").write_text(migration)
    # The release is what the installed package says that it is; this is found before the installed one.
    about = folder / f"dealreg-{NEXT}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: dealreg\nVersion: {NEXT}\n")
    return folder


def _make(change: Change, file: Path) -> None:
    text = file.read_text()
    found = text.count(change.before)
    assert found == 1, (
        f"{change.file} has {found} times what the next release changes: {change.before!r}; "
        "keep tests/upgrade/next/changes.py in step with the code"
    )
    file.write_text(text.replace(change.before, change.after))
