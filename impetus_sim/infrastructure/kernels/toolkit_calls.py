"""Reading all nodes or links of an EPANET project in one compiled loop: nanoseconds a call, not a microsecond."""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from impetus_sim.kernels.compile import kernel


@intrinsic
def _call(typing_context, function, first, second, third, fourth):  # type: ignore[no-untyped-def]
    """Call a C function at an address with four words; whole numbers and addresses go in one register each."""
    del typing_context

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        del context, signature
        word, number = ir.IntType(64), ir.IntType(32)
        pointer = ir.FunctionType(number, [word] * 4).as_pointer()
        return builder.call(builder.inttoptr(arguments[0], pointer), arguments[1:])

    return types.int32(*[types.int64] * 5), generate


@kernel
def read_values(function, project, rows, code, out_values):  # type: ignore[no-untyped-def]
    """Fill a value of some items by ``int get(project, index, code, double *value)``.

    Parameters
    ----------
    function, project
        Addresses of the getter and of the project.
    rows
        int64 (items,), from 0; the toolkit counts from 1.
    code
        What is read.
    out_values
        float64 (items,), overwritten.

    Returns
    -------
    The first error code of the toolkit, or 0.
    """
    address = out_values.ctypes.data
    for k in range(len(rows)):
        error = _call(function, project, rows[k] + 1, code, address + 8 * k)
        if error != 0:
            return error
    return 0


@kernel
def read_numbers(function, project, out_numbers):  # type: ignore[no-untyped-def]
    """Fill one or two numbers of items 1, 2, ... by ``int get(project, index, int *first, int *second)``.

    Parameters
    ----------
    function, project
        As above.
    out_numbers
        int32 (items, 2), overwritten; a getter of one number leaves the second alone.

    Returns
    -------
    The first error code of the toolkit, or 0.
    """
    address = out_numbers.ctypes.data
    for k in range(len(out_numbers)):
        error = _call(function, project, k + 1, address + 8 * k, address + 8 * k + 4)
        if error != 0:
            return error
    return 0


@kernel
def read_terms(get_base, get_pattern, project, n_terms, out_pattern, out_base):  # type: ignore[no-untyped-def]
    """Fill pattern and base of every category of demand of nodes 1, 2, ..., one node after another.

    Parameters
    ----------
    get_base, get_pattern, project
        Addresses; ``int get(project, node, category, double or int *value)``.
    n_terms
        int32 (nodes,), categories of each node.
    out_pattern, out_base
        int32 and float64 (terms,), overwritten.

    Returns
    -------
    The first error code of the toolkit, or 0.
    """
    bases, patterns = out_base.ctypes.data, out_pattern.ctypes.data
    term = 0
    for k in range(len(n_terms)):
        for category in range(1, n_terms[k] + 1):
            error = _call(get_base, project, k + 1, category, bases + 8 * term)
            if error == 0:
                error = _call(get_pattern, project, k + 1, category, patterns + 4 * term)
            if error != 0:
                return error
            term += 1
    return 0
