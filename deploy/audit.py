"""Look for known holes in what the lock file installs: fails on one, says plainly when nobody could be asked."""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"


def main() -> int:
    """Return 1 where a hole is known."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip", "-f", "json"]
    done = subprocess.run(  # noqa: S603 - a fixed command
        [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    return verdict(done.stdout, done.stderr)


def verdict(said: str, complaints: str) -> int:
    """Judge what pip-audit answered: its JSON, and what it wrote beside it."""
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        if "ConnectionError" in complaints or "Could not connect" in complaints or "ServiceError" in complaints:
            return _tell(0, "NOT AUDITED: the database of known holes cannot be reached from here.")
        return _tell(1, f"pip-audit broke:\n{complaints[-2000:]}")
    holes = [f"{one['name']} {one['version']}: {hole['id']}" for one in packages for hole in one.get("vulns", ())]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if holes:
        return _tell(1, "Known holes:\n" + "\n".join(holes))
    if packages and len(unknown) == len(packages):
        return _tell(0, "NOT AUDITED: the database of known holes cannot be reached from here: it knows no package.")
    if unknown:
        return _tell(1, f"Not audited: {', '.join(unknown)}")
    return _tell(0, f"No known hole in {len(packages)} packages.")


def _tell(code: int, text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
