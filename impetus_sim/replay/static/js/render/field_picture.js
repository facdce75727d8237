/** A field (smoke, gas, water) as a picture in the colour steps of its legend. */
import { valueOf } from "../data/field.js";
import { toCanvas } from "./density.js";
import { rgb } from "./locate.js";

const ALPHA = 0.62;

/**
 * @param {import("../data/field.js").Field} field
 * @param {import("../types.js").LegendRow[]} legend steps with low, high and colour
 * @returns {OffscreenCanvas} one pixel a cell, north up
 */
export function paintField(field, legend) {
  const image = new ImageData(field.nx, field.ny);
  const colours = new Map();
  for (let q = 1; q < 256; q++) {
    const value = valueOf(field, q);
    const step = legend.findLast((row) => value >= (row.low ?? -Infinity));
    if (step) colours.set(q, [...rgb(step.colour), 255 * ALPHA]);
  }
  for (let row = 0; row < field.ny; row++) {
    for (let column = 0; column < field.nx; column++) {
      const colour = colours.get(field.q[row * field.nx + column]);
      if (colour) image.data.set(colour, 4 * ((field.ny - 1 - row) * field.nx + column));
    }
  }
  return toCanvas(image);
}
