"""A headless Chromium without a graphics card that notes what a page complains about and whom it asks."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
)  # fmt: skip
SOFTWARE_WEBGL = (
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
WIDTH, HEIGHT = 1280, 720


def why_not() -> str:
    """Return why no browser can be started here, "" where one can."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed: pip install 'impetus_sim[dev]'"
    return "" if Path(CHROMIUM).exists() else f"no {CHROMIUM}: apt-get install chromium fonts-dejavu-core"


@contextmanager
def open_browser(flags: Sequence[str] = FLAGS) -> Iterator[Any]:
    """Start a browser with a profile of its own; yields a function from an address to its `Tab`."""
    from playwright.sync_api import sync_playwright

    profile = tempfile.mkdtemp(prefix="viewer_")
    try:
        with sync_playwright() as library:
            context = library.chromium.launch_persistent_context(
                profile, executable_path=CHROMIUM, headless=True, args=list(flags),
                viewport={"width": WIDTH, "height": HEIGHT}, accept_downloads=True,
            )  # fmt: skip
            yield lambda address: Tab(context, address)
            context.close()
    finally:
        shutil.rmtree(profile, ignore_errors=True)


class Tab:
    """One page: `complaints` of its console, `foreign` requests to other hosts.

    Parameters
    ----------
    context
        Of the browser.
    address
        To open; ready when the viewer says so.
    """

    def __init__(self, context: Any, address: str) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        host = urlsplit(address).netloc
        self.page.on("request", lambda request: self._note(request.url, host))
        self.page.goto(address)
        self.ask("ready")

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note(self, url: str, host: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != host:
            self.foreign.append(url)

    def ask(self, expression: str) -> Any:
        """Return what ``window.viewer`` says, awaited."""
        return self.page.evaluate(f"async () => await window.viewer.{expression}")

    def state(self) -> dict[str, Any]:
        """Return the viewer's state."""
        return dict(self.ask("state()"))

    def wait(self, condition: str) -> None:
        """Wait until an expression is true. As a function: the page's policy forbids to evaluate text."""
        self.page.wait_for_function(f"() => {condition}")

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def settle(self) -> None:
        """Wait until what was asked for is loaded and drawn at the clock's time."""
        self.page.evaluate("() => window.viewer.seek(window.viewer.state().t)")

    def close(self) -> None:
        """Close the page."""
        self.page.close()
