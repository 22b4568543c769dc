"""What was taken from elsewhere is what it says it is."""

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())


def test_every_file_is_named_with_version_licence_and_digest() -> None:
    named = set(MANIFEST) | {entry["licence_file"] for entry in MANIFEST.values()}
    assert {file.name for file in VENDOR.iterdir()} == named | {"manifest.json"}
    for name, entry in MANIFEST.items():
        content = (VENDOR / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        assert f"v{entry['version']}".encode() in content[:200], name
        assert "Mozilla Public License" in (VENDOR / entry["licence_file"]).read_text()
        assert entry["licence"] == "MPL-2.0"
