"""PostgreSQL refuses to run as root, so root runs it as an account that owns nothing else here."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from dealreg.embedded.processes import OURSELVES, Account
from shared.errors import Misconfigured

CANDIDATES = ("postgres", "nobody")


def server_account(kept: Path) -> Account:
    """Return our own account; for root the owner of existing data, or a stock account."""
    if os.geteuid() != 0:
        return OURSELVES
    if kept.exists() and (owner := kept.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Misconfigured(
        f"PostgreSQL refuses to run as root, and there is no account named {' or '.join(CANDIDATES)}; "
        "run dealreg as another user, or name a server in DEALREG_DATABASE_URL"
    )


def own_folder(folder: Path, account: Account) -> None:
    """Create the folder for the account alone, and make it reachable."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account.uid is not None and account.gid is not None:
        os.chown(folder, account.uid, account.gid)
        let_through(folder)


def let_through(path: Path) -> None:
    """Let other accounts pass through (not list) every folder above `path`."""
    for above in path.resolve().parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(tree: Path) -> None:
    """Let other accounts read and run what is installed under `tree`, however strict the umask was."""
    let_through(tree)
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            runs = stat.S_IXOTH if mode & stat.S_IXUSR else 0
            wanted = mode | stat.S_IROTH | runs
            if wanted != mode:
                path.chmod(wanted)
