"""Who may talk to the viewer's server."""

from __future__ import annotations

import pytest


def test_nobody_without_a_link_is_let_in(open_browser, room_path):
    browser = open_browser(room_path, let_in=False)
    for address in ("/", "/api/session", "/api/r/a/meta", "/static/index.html", "/?token=guess"):
        answer = browser.get(address)
        assert answer.status_code == 403
        assert "link" in answer.json()["hint"]


def test_a_link_opens_one_browser(open_browser, room_path):
    browser = open_browser(room_path, let_in=False)
    link = f"/?token={browser.access.new_token()}"
    first = browser.client.get(link, follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert browser.get(link).status_code == 200  # the same browser has its cookie
    browser.client.cookies.clear()
    assert browser.get(link).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", ""])
def test_another_name_for_this_machine_is_refused(browser, host):
    assert browser.get("/api/session", host=host).status_code == 403


def test_every_answer_carries_the_security_headers(browser):
    for address in ("/", "/api/session", "/api/r/a/chunk/people/0/0", "/api/r/z/meta", "/static/index.html"):
        headers = browser.get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-impetus": ""},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9"},
        {"origin": "null"},
    ],
)
def test_a_foreign_page_changes_nothing(browser, headers):
    assert browser.post("/api/branch", {}, **headers).status_code == 403


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/security.py", "/etc/passwd"])
def test_only_the_page_is_served_as_files(browser, path):
    assert browser.get(f"/static/{path}").status_code in (403, 404)
