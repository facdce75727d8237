/** People per square metre on fixed cells, smoothed, in fixed colour steps, and the difference of two recordings. */
import { NOT_THERE } from "../data/chunk.js";
import { rgb } from "./locate.js";
import { DENSITY_COLOURS, DENSITY_EDGES, DIFFERENCE_COLOURS, DIFFERENCE_EDGES } from "./palette.js";

/** @typedef {import("../types.js").Box} Box */
/** @typedef {{x0: number, y0: number, cell_m: number, nx: number, ny: number, values: Float32Array}} Grid */

const MOST_CELLS = 400_000;
const KERNEL = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const MIDDLE = DIFFERENCE_EDGES.length / 2;

const SMOOTHED_TO = 2; // metres: larger cells average enough by themselves

/**
 * The cell size of a box: 1 m, larger only where that would be too many cells.
 * @param {Box} box
 */
export function cellSize([x0, y0, x1, y1]) {
  return [1, 2, 5, 10, 20, 50, 100].find((cell) => ((x1 - x0) * (y1 - y0)) / (cell * cell) <= MOST_CELLS) ?? 200;
}

/**
 * How densities are averaged, in words.
 * @param {Box} box
 */
export function averagedOver(box) {
  const cell = cellSize(box);
  return cell <= SMOOTHED_TO ? `smoothed, σ ${cell} m` : `cells of ${cell} m`;
}

/**
 * @param {import("../types.js").FramePair|null} pair its first frame is counted; null = nobody
 * @param {Box} frameBox box over which the frame is quantised
 * @param {Box} box to be covered
 * @param {number} cell_m
 * @returns {Grid}
 */
export function countDensity(pair, frameBox, box, cell_m) {
  const [nx, ny] = [Math.ceil((box[2] - box[0]) / cell_m) || 1, Math.ceil((box[3] - box[1]) / cell_m) || 1];
  const values = new Float32Array(nx * ny);
  const [x0, y0] = box;
  const kx = (frameBox[2] - frameBox[0]) / 65535;
  const ky = (frameBox[3] - frameBox[1]) / 65535;
  const one = 1 / (cell_m * cell_m);
  const { n, x, y, state } = pair?.a ?? { n: 0, x: [], y: [], state: [] };
  for (let i = 0; i < n; i++) {
    if (state[i] === NOT_THERE) continue;
    const column = Math.floor((frameBox[0] + x[i] * kx - x0) / cell_m);
    const row = Math.floor((frameBox[1] + y[i] * ky - y0) / cell_m);
    if (column >= 0 && row >= 0 && column < nx && row < ny) values[row * nx + column] += one;
  }
  if (cell_m <= SMOOTHED_TO) smooth(values, nx, ny);
  return { x0, y0, cell_m, nx, ny, values };
}

/**
 * Spread counts by 1-4-6-4-1 along both axes, a Gaussian of one cell; what would leave the grid is lost.
 * @param {Float32Array} values changed in place
 * @param {number} nx
 * @param {number} ny
 */
function smooth(values, nx, ny) {
  const along = new Float32Array(values.length);
  for (const [from, to, step, length] of /** @type {[Float32Array, Float32Array, number, number][]} */ ([
    [values, along, 1, nx],
    [along, values, nx, ny],
  ])) {
    to.fill(0);
    for (let i = 0; i < from.length; i++) {
      const value = from[i];
      if (value === 0) continue;
      const place = Math.floor(i / step) % length;
      for (let k = -2; k <= 2; k++) {
        if (place + k >= 0 && place + k < length) to[i + k * step] += value * KERNEL[k + 2];
      }
    }
  }
}

/**
 * @param {Grid} grid
 * @returns {OffscreenCanvas} one pixel a cell, north up
 */
export function paintDensity(grid) {
  return paint(grid, ["#00000000", ...DENSITY_COLOURS], 0.85, (value) => stepOf(value, DENSITY_EDGES));
}

/**
 * The second grid minus the first.
 * @param {Grid} first
 * @param {Grid} second of the same cells
 */
export function paintDifference(first, second) {
  const values = second.values.map((value, i) => value - first.values[i]);
  return paint({ ...first, values }, DIFFERENCE_COLOURS, 0.95, (value) => {
    const step = stepOf(Math.abs(value), DIFFERENCE_EDGES.slice(MIDDLE)); // both signs alike at the edges
    return value < 0 ? MIDDLE - step : MIDDLE + step;
  });
}

/**
 * How many edges a value has reached.
 * @param {number} value
 * @param {number[]} edges ascending
 */
function stepOf(value, edges) {
  let step = 0;
  while (step < edges.length && value >= edges[step]) step++;
  return step;
}

/**
 * @param {Grid} grid
 * @param {string[]} colours by step; those with an alpha of their own are left out
 * @param {number} alpha
 * @param {(value: number) => number} step
 */
function paint({ nx, ny, values }, colours, alpha, step) {
  const image = new ImageData(nx, ny);
  const parts = colours.map((colour) => (colour.length > 7 ? null : rgb(colour)));
  for (let row = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++) {
      const part = parts[step(values[row * nx + column])];
      if (part) image.data.set([...part, 255 * alpha], 4 * ((ny - 1 - row) * nx + column));
    }
  }
  return toCanvas(image);
}

/** @param {ImageData} image */
export function toCanvas(image) {
  const canvas = new OffscreenCanvas(image.width, image.height);
  /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(image, 0, 0);
  return canvas;
}
