"""`./dev lock`: compile what we ask for (requirements*.in) to what is installed, with hashes."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from tooling.checkout import Checkout
from tooling.console import say

COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--custom-compile-command", "./dev lock"),
)


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Compile both files; arguments such as --upgrade go to uv."""
    for name in ("requirements", "requirements-dev"):
        uv = [str(checkout.venv / "bin" / "uv"), *COMPILE, *arguments, f"{name}.in", "-o", f"{name}.txt"]
        code = subprocess.run(uv, cwd=checkout.root, check=False).returncode
        if code:
            return code
        say(f"{name}.txt is compiled")
    return 0
