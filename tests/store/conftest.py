from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from guardian.store.database import SqlStore, open_store, upgrade
from tests.databases import BACKENDS, database_url, wipe


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def empty_url(backend: str, tmp_path: Path) -> Iterator[str]:
    """An empty database without tables, on each backend."""
    with database_url(backend, tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: copying is faster than migrating."""
    path = tmp_path_factory.mktemp("template") / "guardian.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated schema that tests use one after the other."""
    with database_url("postgres", tmp_path_factory.mktemp("unused")) as found:
        upgrade(found)
        yield found


@pytest.fixture
def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A migrated database without data, on each backend."""
    if backend == "postgres":
        found: str = request.getfixturevalue("postgres_template")
        wipe(found)
        return found
    copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "guardian.db")
    return f"sqlite:///{tmp_path / 'guardian.db'}"


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'data' / 'guardian.db'}"
