"""Explicit diffusion on a grid with closed cells; what leaves one open cell enters its neighbour."""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel


@kernel
def diffuse(field, is_open, number, out_field):  # type: ignore[no-untyped-def]
    """Advance one step; conserves the sum over open cells.

    Parameters
    ----------
    field, is_open
        float64 and uint8 (rows, columns).
    number
        Diffusivity x step / cell^2, at most 0.25.
    out_field
        float64 (rows, columns), overwritten.
    """
    n_rows, n_columns = field.shape
    for r in range(n_rows):
        for c in range(n_columns):
            value = field[r, c]
            if is_open[r, c] == 1:
                flux = 0.0
                if r > 0 and is_open[r - 1, c] == 1:
                    flux += field[r - 1, c] - value
                if r < n_rows - 1 and is_open[r + 1, c] == 1:
                    flux += field[r + 1, c] - value
                if c > 0 and is_open[r, c - 1] == 1:
                    flux += field[r, c - 1] - value
                if c < n_columns - 1 and is_open[r, c + 1] == 1:
                    flux += field[r, c + 1] - value
                value += number * flux
            out_field[r, c] = value
