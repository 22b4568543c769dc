"""`guardian serve` as a process: polls by itself, ends tidily, and never acts twice beside another one."""

import signal
import socket
import subprocess

import httpx2

from guardian.sandbox.openid import OpenIdSandbox
from guardian.web.server import listening
from tests.engine.town import ANA
from tests.web.serving import COMMAND, TITLE, site


def test_answers_go_out_at_once() -> None:
    """asyncio sets TCP_NODELAY on connections of sockets that name their protocol only; without it each answer on a kept
    connection waits 40 ms for the other side."""
    with listening("127.0.0.1", 0) as (bound, address), socket.create_connection(address):
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_it_polls_by_itself_goes_on_under_a_broken_policy_and_ends_tidily() -> None:
    with site() as place, place.serve() as served:
        served.line("pass ")  # the dry one under a version never seen
        event = place.invite()
        (place.folder / "policies.yaml").write_text("version: 1\nrules: x\n")
        served.line("the last good version goes on")
        served.line("pass ")
        assert [entry.person for entry in place.answers(event)] == [ANA]
        with httpx2.Client(base_url=served.url) as client:
            body = client.get("/readyz").json()
            assert (body["status"], body["checks"]["policy"]) == ("degraded", "the file is broken")
            assert "guardian_pass_duration_seconds_count 2.0" in client.get("/metrics").text
            assert "server" not in client.get("/healthz").headers
        assert served.end(signal.SIGTERM) == 0
        assert "Traceback" not in served.said
        assert not any(word in served.said for word in (TITLE, ANA, "grd_"))


def test_ctrl_c_exits_130_without_a_traceback() -> None:
    with site() as place, place.serve("--no-worker") as served:
        assert httpx2.get(f"{served.url}/healthz").json() == {"status": "ok"}
        assert served.end(signal.SIGINT) == 130
        assert "Traceback" not in served.said
        assert not place.sandbox.log


def test_a_taken_port_is_a_clear_message_before_any_pass() -> None:
    with site() as place, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [COMMAND, "serve", "--port", str(port)]
        ended = subprocess.run(
            command, cwd=place.folder, env=place.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert (ended.returncode, ended.stdout) == (3, "")
        assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert not place.sandbox.log


def test_two_servers_on_one_database_answer_once() -> None:
    with site() as place:
        place.prepare()
        events = [place.invite() for _ in range(5)]
        with place.serve() as one, place.serve() as other:
            one.line("pass ")
            other.line("pass ")
            assert [len(place.answers(event)) for event in events] == [1] * 5
            assert one.end(signal.SIGTERM) == other.end(signal.SIGTERM) == 0


def test_a_large_upload_is_refused_without_being_read() -> None:
    with site() as place, place.serve("--no-worker") as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as caller:
            head = "POST /api/v1/runs/x/undo HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n"
            caller.sendall(head.encode())
            assert caller.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_heads_that_never_end_are_cut_off_and_others_are_served() -> None:
    with site() as place, place.serve("--no-worker") as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as caller:
            caller.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000)
            assert caller.recv(4096).startswith(b"HTTP/1.1 400 ")
        assert httpx2.get(f"{served.url}/healthz").status_code == 200


def test_the_demo_says_loudly_that_everybody_may_be_anybody() -> None:
    with site() as place, place.serve("--no-worker", "--demo") as served, httpx2.Client(base_url=served.url) as client:
        assert f'<option value="{ANA}">' in client.get("/login").text
        answer = client.post("/login/demo", data={"person": ANA}, headers={"Origin": served.url})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/api/v1/calendars").status_code == 200
        served.line("DEMO LOGIN: whoever uses this machine may log in as anybody")
        assert served.end(signal.SIGTERM) == 0


def test_a_login_by_a_provider_leaves_no_address_in_the_log() -> None:
    with site() as place, OpenIdSandbox(place.sandbox.world) as provider:
        place.more = {
            "GUARDIAN_OIDC__ISSUER": provider.issuer,
            "GUARDIAN_OIDC__CLIENT_ID": provider.application.client,
            "GUARDIAN_OIDC__CLIENT_SECRET": provider.application.secret,
            "GUARDIAN_PUBLIC_URL": "http://localhost",
        }
        with place.serve("--no-worker") as served:
            answer = httpx2.get(f"{served.url}/login/provider")
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (
                303,
                f"{provider.issuer}/authorize",
            )
            assert served.end(signal.SIGTERM) == 0
            assert provider.issuer not in served.said
