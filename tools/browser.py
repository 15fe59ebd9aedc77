"""Makes sure that the browser tests have a Chromium, and a library that their driver needs."""

import ctypes
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Path of the browser: the CHROMIUM setting, or the first one on PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)


def has_libatomic() -> bool:
    """Whether the library loads that the browser driver is linked against."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def missing() -> list[str]:
    """Debian packages still needed."""
    packages = [] if chromium() else ["chromium"]
    return packages if has_libatomic() or sys.platform != "linux" else [*packages, "libatomic1"]


def install(packages: list[str]) -> None:
    """Try to install with apt-get, as root; what is still missing afterwards is told by the caller."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, env=environment)
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(command, check=False, env=environment)


def advice(packages: list[str]) -> str:
    """The one command that helps."""
    if shutil.which("apt-get"):
        names = " ".join(packages)
        return f"sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends {names}'"
    return "CHROMIUM=/path/to/chromium make test"


def main() -> int:
    """Install what is missing, or say how; fail unless everything is there."""
    if os.environ.get("CHROMIUM") and not chromium():
        print("CHROMIUM names no program. Run:\nunset CHROMIUM && make test", file=sys.stderr)
        return 1
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing()
    if packages:
        print(f"The browser tests need {' and '.join(packages)}. Run:\n{advice(packages)}", file=sys.stderr)
    return 1 if packages else 0


if __name__ == "__main__":
    sys.exit(main())
