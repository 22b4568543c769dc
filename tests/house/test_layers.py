"""The house keeps its shape: imports point down, pure rooms do no input or output, nothing grows too large."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "guardian"
MOST_LINES = 400
MOST_FUNCTION_LINES = 60

PURE = ("model", "policy", "planning", "reports")
FORBIDDEN_IN_PURE = {
    "os",
    "socket",
    "sqlite3",
    "sqlalchemy",
    "httplib2",
    "urllib",
    "requests",
    "subprocess",
    "time",
    "tempfile",
}
FORBIDDEN_CALLS = {"open", "input", "print"}
CLOCKS = {"now", "utcnow", "today"}

BELOW: dict[str, set[str]] = {
    "errors": set(),
    "model": {"errors"},
    "policy": {"errors", "model"},
    "planning": {"errors", "model", "policy"},
    "reports": {"errors", "model", "policy"},
    "ports": {"errors", "model", "reports"},
    "engine": {"errors", "model", "policy", "planning", "reports", "ports"},
    "store": {"errors", "model", "ports", "reports"},
    "providers": {"errors", "model", "ports"},
    "mail": {"errors", "model", "ports", "reports"},
    "jobs": {"errors", "model", "ports"},
    "settings": {"errors", "model"},
    "roster": {"errors", "model", "policy"},
    "sandbox": set(),
}
"""What each room may import besides itself. The faces (bootstrap, diagnosis, web, cli) may import everything but the sandbox."""

FACES = {"bootstrap", "diagnosis", "web", "cli"}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = (
                [f"{node.module}.{a.name}" for a in node.names] if node.module == "guardian" else [node.module or ""]
            )
        for name in names:
            parts = name.split(".")
            if parts[0] == "guardian" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    allowed = BELOW.get(room)
    for other in set(imported_rooms(path)) - {room}:
        assert other != "sandbox", f"{path} imports the sandbox"
        assert room in FACES or (allowed is not None and other in allowed), f"{path} imports guardian.{other}"


def test_providers_do_not_know_each_other() -> None:
    for path in (PACKAGE / "providers").rglob("*.py"):
        own = path.relative_to(PACKAGE / "providers").parts[0]
        text = path.read_text()
        others = {p.name for p in (PACKAGE / "providers").iterdir() if p.is_dir()} - {own, "__pycache__"}
        for other in others:
            assert f"guardian.providers.{other}" not in text, f"{path} imports {other}"


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_do_no_input_or_output(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _modules(node):
                assert name not in FORBIDDEN_IN_PURE, f"{path}:{getattr(node, 'lineno', 0)} imports {name}"
            assert not _reads_the_world(node), f"{path}:{getattr(node, 'lineno', 0)} reads clock, files or terminal"


def _modules(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        names = {a.name for a in node.names}
    else:
        names = {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    return {name.split(".")[0] for name in names if name != "urllib.parse"}


def _reads_the_world(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Name):
        return called.id in FORBIDDEN_CALLS
    return isinstance(called, ast.Attribute) and called.attr in CLOCKS and isinstance(called.value, ast.Name)


def test_no_file_and_no_function_is_too_long() -> None:
    for path in [*sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        text = path.read_text()
        assert text.count("\n") <= MOST_LINES, f"{path} has more than {MOST_LINES} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= MOST_FUNCTION_LINES, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_the_repository_speaks_of_the_product_alone() -> None:
    for name in ("requirements/runtime.txt", "requirements/dev.txt"):
        text = (ROOT / name).read_text()
        assert "http://" not in text
        assert "https://" not in text
        assert "--hash=sha256:" in text
