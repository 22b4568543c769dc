"""Print the description of the HTTP interface: `python -m guardian.web.openapi`."""

import json
import sys

from guardian.web.app import create_app


def document() -> str:
    """OpenAPI as JSON text, in a stable order."""
    return json.dumps(create_app(None).openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
