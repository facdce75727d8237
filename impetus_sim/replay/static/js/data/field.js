/** Fields over the ground (smoke, gas, water): a grid of bytes with the range they stand for. */
import { ServerError } from "./server.js";

/**
 * @typedef {{nx: number, ny: number, isLog: boolean, x0: number, y0: number, cell_m: number, vmin: number,
 *   vmax: number, q: Uint8Array}} Field rows from south to north; q 0 = nothing, else see `valueOf`
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Field}
 */
export function decodeField(buffer) {
  const head = new DataView(buffer);
  const magic = buffer.byteLength >= 56 ? String.fromCharCode(...new Uint8Array(buffer, 0, 4)) : "";
  const nx = magic ? head.getUint32(4, true) : 0;
  const ny = magic ? head.getUint32(8, true) : 0;
  if (magic !== "IMPG" || buffer.byteLength < 56 + nx * ny) {
    throw new ServerError("The server sent a field that this page cannot read.", "Load the page again.");
  }
  const [x0, y0, cell_m, vmin, vmax] = [0, 1, 2, 3, 4].map((i) => head.getFloat64(16 + 8 * i, true));
  const isLog = head.getUint32(12, true) === 1;
  return { nx, ny, isLog, x0, y0, cell_m, vmin, vmax, q: new Uint8Array(buffer, 56, nx * ny) };
}

/**
 * What a byte of a field stands for, in the field's unit.
 * @param {Field} field
 * @param {number} q 1 to 255
 */
export function valueOf({ isLog, vmin, vmax }, q) {
  return isLog ? vmin * (vmax / vmin) ** (q / 255) : vmin + (q * (vmax - vmin)) / 255;
}
