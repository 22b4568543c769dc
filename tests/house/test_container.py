"""The image is pruned to what is used, and no further."""

from importlib import resources
from pathlib import Path

import pytest

DOCKERFILE = (Path(__file__).parents[2] / "Dockerfile").read_text()


@pytest.mark.parametrize("document", ["calendar.v3.json", "admin.directory_v1.json"])
def test_the_image_keeps_the_descriptions_of_the_services_that_are_asked(document: str) -> None:
    known = resources.files("googleapiclient.discovery_cache") / "documents" / document
    assert known.is_file()
    assert f"! -name '{document}'" in DOCKERFILE


def test_the_image_does_not_run_as_root() -> None:
    assert "USER 10001" in DOCKERFILE
