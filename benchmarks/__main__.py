"""All measurements, one after another: `make bench`."""

import subprocess
import sys

PARTS = ("decide", "person_week", "google_sync", "outlook_sync", "mixed", "mail", "serve", "rollups")


def main() -> None:
    for part in PARTS:
        print(f"\n== {part}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], check=True)


if __name__ == "__main__":
    main()
