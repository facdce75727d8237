"""Reading all nodes or links of an EPANET project in one compiled loop: nanoseconds a call, not a microsecond."""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from impetus_sim.kernels.compile import kernel


@intrinsic
def _call(typing_context, function, project, index, code, out_address):  # type: ignore[no-untyped-def]
    """Call ``int f(void *project, int index, int code, double *out)`` at an address."""
    del typing_context

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        del context, signature
        address, project, index, code, out_address = arguments
        word, number = ir.IntType(64), ir.IntType(32)
        pointer = ir.FunctionType(number, [word, number, number, word]).as_pointer()
        return builder.call(builder.inttoptr(address, pointer), [project, index, code, out_address])

    signature = types.int32(types.int64, types.int64, types.int32, types.int32, types.int64)
    return signature, generate


@kernel
def read_values(function, project, code, out_values):  # type: ignore[no-untyped-def]
    """Fill the values of items 1, 2, ... of a project.

    Parameters
    ----------
    function, project
        Addresses of the toolkit's getter and of the project.
    code
        What is read.
    out_values
        float64 (items,), overwritten.

    Returns
    -------
    The first error code of the toolkit, or 0.
    """
    address = out_values.ctypes.data
    for k in range(len(out_values)):
        error = _call(function, project, k + 1, code, address + 8 * k)
        if error != 0:
            return error
    return 0
