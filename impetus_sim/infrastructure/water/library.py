"""The EPANET 2.2 toolkit that the package WNTR ships, as a C library.

WNTR itself is not imported (it loads pandas, networkx and drawing, several seconds): only its folder is asked for.

Source: Rossman et al. (2020), EPANET 2.2 User Manual, EPA/600/R-20/133, and its toolkit's reference.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from ctypes import POINTER, c_char_p, c_double, c_int, c_long, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from impetus_sim.errors import InvalidInputError

INSTALL: Final = "pip install 'impetus_sim[water]'"
_ERROR_TEXT_LENGTH = 256

_INTS = POINTER(c_int)
_DOUBLES = POINTER(c_double)
_LONGS = POINTER(c_long)
_PROTOTYPES: Final[dict[str, tuple[Any, ...]]] = {
    "EN_createproject": (POINTER(c_void_p),),
    "EN_deleteproject": (c_void_p,),
    "EN_open": (c_void_p, c_char_p, c_char_p, c_char_p),
    "EN_close": (c_void_p,),
    "EN_openH": (c_void_p,),
    "EN_initH": (c_void_p, c_int),
    "EN_runH": (c_void_p, _LONGS),
    "EN_nextH": (c_void_p, _LONGS),
    "EN_closeH": (c_void_p,),
    "EN_openQ": (c_void_p,),
    "EN_initQ": (c_void_p, c_int),
    "EN_runQ": (c_void_p, _LONGS),
    "EN_nextQ": (c_void_p, _LONGS),
    "EN_closeQ": (c_void_p,),
    "EN_setqualtype": (c_void_p, c_int, c_char_p, c_char_p, c_char_p),
    "EN_geterror": (c_int, c_char_p, c_int),
    "EN_getcount": (c_void_p, c_int, _INTS),
    "EN_getflowunits": (c_void_p, _INTS),
    "EN_getoption": (c_void_p, c_int, _DOUBLES),
    "EN_setoption": (c_void_p, c_int, c_double),
    "EN_gettimeparam": (c_void_p, c_int, _LONGS),
    "EN_settimeparam": (c_void_p, c_int, c_long),
    "EN_setstatusreport": (c_void_p, c_int),
    "EN_setdemandmodel": (c_void_p, c_int, c_double, c_double, c_double),
    "EN_getnodeid": (c_void_p, c_int, c_char_p),
    "EN_getnodetype": (c_void_p, c_int, _INTS),
    "EN_getnodevalue": (c_void_p, c_int, c_int, _DOUBLES),
    "EN_setnodevalue": (c_void_p, c_int, c_int, c_double),
    "EN_getlinkid": (c_void_p, c_int, c_char_p),
    "EN_getlinktype": (c_void_p, c_int, _INTS),
    "EN_getlinknodes": (c_void_p, c_int, _INTS, _INTS),
    "EN_getlinkvalue": (c_void_p, c_int, c_int, _DOUBLES),
    "EN_setlinkvalue": (c_void_p, c_int, c_int, c_double),
    "EN_getnumdemands": (c_void_p, c_int, _INTS),
    "EN_getbasedemand": (c_void_p, c_int, c_int, _DOUBLES),
    "EN_setbasedemand": (c_void_p, c_int, c_int, c_double),
    "EN_getdemandpattern": (c_void_p, c_int, c_int, _INTS),
    "EN_getpatternlen": (c_void_p, c_int, _INTS),
    "EN_getpatternvalue": (c_void_p, c_int, c_int, _DOUBLES),
    "EN_getcurvelen": (c_void_p, c_int, _INTS),
    "EN_getcurvevalue": (c_void_p, c_int, c_int, _DOUBLES, _DOUBLES),
    "EN_getcontrol": (c_void_p, c_int, _INTS, _INTS, _DOUBLES, _INTS, _DOUBLES),
    "EN_setcontrol": (c_void_p, c_int, c_int, c_int, c_double, c_int, c_double),
}


@cache
def load_library() -> ctypes.CDLL:
    """Load the toolkit, once a process.

    Raises
    ------
    InvalidInputError
        When WNTR is not installed or has no library for this platform; the hint names the command.
    """
    path = _find_package() / "epanet" / "libepanet" / _file_of_platform()
    if not path.is_file():
        raise InvalidInputError(
            f"WNTR ships no EPANET 2.2 library for this platform: '{path}' is not there",
            hint="leave out the network file: zones and tanks need no library",
        )
    library = ctypes.CDLL(str(path))  # one calling convention on all 64-bit platforms
    for name, arguments in _PROTOTYPES.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = c_int
    return library


def find_network(name: str) -> Path:
    """Return the path of an example network of WNTR, such as ``Net3``.

    Raises
    ------
    InvalidInputError
        When WNTR is not installed or has no network of that name.
    """
    folder = _find_package() / "library" / "networks"
    path = folder / f"{name}.inp"
    if not path.is_file():
        known = sorted(entry.stem for entry in folder.glob("*.inp"))
        raise InvalidInputError(f"WNTR ships no network '{name}'", hint=f"one of {', '.join(known)}")
    return path


def error_text(code: int) -> str:
    """Return the toolkit's text of an error code."""
    text = ctypes.create_string_buffer(_ERROR_TEXT_LENGTH)
    load_library().EN_geterror(code, text, _ERROR_TEXT_LENGTH - 1)
    return text.value.decode("utf-8", "replace").strip() or f"error {code}"


def _find_package() -> Path:
    spec = find_spec("wntr")
    if spec is None or spec.origin is None:
        raise InvalidInputError(
            "water networks of EPANET need the package wntr, which is not installed", hint=INSTALL
        )
    return Path(spec.origin).parent


def _file_of_platform() -> str:
    if os.name == "nt":
        return "windows-x64/epanet22.dll"
    if sys.platform == "darwin":
        return (
            "darwin-arm/libepanet2.dylib" if "arm" in platform.platform() else "darwin-x64/libepanet22.dylib"
        )
    return "linux-x64/libepanet22.so"
