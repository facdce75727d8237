"""One browser for all tests, and made-up towns for it to look at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests, shared with benchmarks/

from chromium import open_browser, why_not
from fake_city import FakeCity
from fake_server import serve


@pytest.fixture(scope="session")
def browser() -> Iterator[Callable[[str], Any]]:
    """Return a function from an address to a tab that is ready."""
    if reason := why_not():
        pytest.skip(reason)
    with open_browser() as open_tab:
        yield open_tab


@pytest.fixture(scope="session")
def town() -> FakeCity:
    """Return the first town, 200 people."""
    return FakeCity("a")


@pytest.fixture(scope="session")
def address(town: FakeCity) -> Iterator[str]:
    """Return where two towns are served; in the second all stand 6 m further east."""
    with serve([town, FakeCity("b", shift_m=6.0)]) as url:
        yield url


@pytest.fixture
def tab(browser: Callable[[str], Any], address: str) -> Iterator[Any]:
    """Return a fresh page of the first town; fails when the page complained or asked another host."""
    tab = browser(f"{address}/#r=a")
    yield tab
    assert tab.complaints == [] and tab.foreign == []
    tab.close()


@pytest.fixture
def pair(browser: Callable[[str], Any], address: str) -> Iterator[Any]:
    """Return a fresh page of both towns, swiped."""
    tab = browser(f"{address}/#r=a,b&mode=swipe&t=12.5")
    yield tab
    assert tab.complaints == [] and tab.foreign == []
    tab.close()
