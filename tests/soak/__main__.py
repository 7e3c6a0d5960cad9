"""`make soak`: a whole deployment under load for minutes or hours while its processes are killed, then the proof."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from pathlib import Path
from typing import get_args

import orjson

from dealreg.runtime.process import run
from shared.observability import configure_logging
from tests.soak.plan import Log, Plan
from tests.soak.soak import soaked

INTERRUPTED = 130
"""As a shell tells of a Ctrl-C."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="Of load.")
    parser.add_argument("--log", choices=get_args(Log), default="postgres")
    parser.add_argument("--rate", type=int, default=300, help="Registrations a second, unless the machine takes fewer.")
    parser.add_argument("--seed", type=int, help="Draws the same faults in the same order; else one is made up.")
    parser.add_argument("--every", type=float, default=10.0, help="Seconds between two faults, on average.")
    parser.add_argument("--folder", type=Path, help="Keep logs and servers' files here, whatever comes of it.")
    asked = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
    plan = Plan(asked.minutes * 60, asked.log, asked.rate, seed, fault_seconds=asked.every)
    print(f"seed {seed}, {asked.minutes:g} minutes on {plan.log}", flush=True)
    if asked.folder is not None:
        asked.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="dealreg-soak-", dir=asked.folder))
    try:
        with (folder / "soak.log").open("w") as lines:
            configure_logging("soak", stream=lines)
            summary = run(soaked(plan, folder, lambda line: print(line, flush=True)))
    except KeyboardInterrupt:
        print(f"broken off; logs and servers' files are kept in {folder}", file=sys.stderr)
        return INTERRUPTED
    print(orjson.dumps(summary, option=orjson.OPT_NON_STR_KEYS).decode())
    for failure in summary["failures"]:
        print(f"seed {seed}: {failure}", file=sys.stderr)
    if summary["holds"] and asked.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"logs and servers' files are kept in {folder}", file=sys.stderr)
    return 0 if summary["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
