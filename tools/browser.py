"""Makes sure that the browser tests have a Chromium, and a library that their driver needs."""

import ctypes
import os
import shutil
import subprocess
import sys

# What a package is called where there is no Debian.
OTHERWISE = {
    "chromium": "Chromium or Google Chrome",
    "libatomic1": "the library that has libatomic.so.1",
}
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
    """What helps here: one command where there is apt-get, else what to install and how to go on."""
    if shutil.which("apt-get"):
        names = " ".join(packages)
        command = f"apt-get update && apt-get install -y --no-install-recommends {names}"
        return f"Run:\n{as_root(command)}"
    wanted = " and ".join(OTHERWISE[package] for package in packages)
    again = "CHROMIUM=/path/to/chromium make test" if "chromium" in packages else "make test"
    return f"Install {wanted} with this system's own means. Then run:\n{again}"


def as_root(command: str) -> str:
    """The command for root, by whatever makes one root here."""
    if os.geteuid() == 0:
        return command
    return f"sudo sh -c '{command}'" if shutil.which("sudo") else f"su -c '{command}'"


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
        print(f"The browser tests need {' and '.join(packages)}. {advice(packages)}", file=sys.stderr)
    return 1 if packages else 0


if __name__ == "__main__":
    sys.exit(main())
