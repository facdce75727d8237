"""Starting the viewer from the command line."""

from __future__ import annotations

import http.cookiejar
import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.replay.serve import bind, require_web

PATIENCE_S = 120.0


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(InvalidInputError) as told:
        require_web()
    assert told.value.hint == "pip install 'impetus_sim[web]'"


def test_a_port_in_use_is_told_and_only_this_machine_can_reach_the_server():
    with bind(0) as first:
        address, port = first.getsockname()
        assert address == "127.0.0.1"
        with pytest.raises(InvalidInputError, match=f"port {port} cannot be used"):
            bind(port)
    with socket.socket() as free:
        assert free.connect_ex((address, port)) != 0


def test_the_command_prints_a_link_that_opens_the_viewer_and_ends_on_interrupt(room_path, tmp_path):
    command = [
        sys.executable,
        "-m",
        "impetus_sim",
        "replay",
        str(room_path),
        str(tmp_path / "no.h5"),
        "--no-browser",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            link = server.stdout.readline().removeprefix("viewer: ").strip()
            cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
            browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
            with browser.open(link, timeout=PATIENCE_S) as page:
                assert b"<html" in page.read()
            root = link.partition("?")[0]
            with browser.open(f"{root}api/session", timeout=PATIENCE_S) as answer:
                told = json.load(answer)
        finally:
            server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=PATIENCE_S)
    assert [one["name"] for one in told["recordings"]] == ["room.h5"]
    assert "cannot be shown: no.h5" in said and "Traceback" not in said
    assert server.returncode in (0, 130)
