"""`guardian serve --demo` lets everybody in as anybody, so nobody else may reach it."""

import pytest

from tests.cli.shell import Shell


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["--host", "0.0.0.0"], {}),
        (["--host", "::"], {}),
        (["--host", "guardian.acme.example"], {}),
        ([], {"PUBLIC_URL": "https://guardian.acme.example"}),
        ([], {"OIDC__ISSUER": "https://provider.example"}),
    ],
)
def test_it_is_refused_where_others_could_reach_it(home: Shell, arguments: list[str], settings: dict[str, str]) -> None:
    said = home("serve", "--demo", "--port", "0", *arguments, **settings)
    assert (said.code, said.out) == (2, "")
    assert "lets everybody in as anybody" in said.err
    assert not (home.folder / "data").exists(), "nothing was done"
