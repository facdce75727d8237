/** Small pictures of an agent as lists of pixels: a body, and a rim that only fills what is still empty. */

/**
 * @typedef {{reach: number, body: Int32Array, rim: Int32Array, cover: Uint8Array}} Stamp
 *   body, rim: offsets into a buffer of one width; cover: opacity of each rim pixel, 0..255; reach: pixels
 */

const SAMPLES = 4;
const SMALL = 1.6; // pixels: smaller ones have no rim, since very many of them are drawn

/**
 * @param {number} radius pixels
 * @param {boolean} square
 * @param {number} width of the buffer
 * @returns {Stamp}
 */
export function makeStamp(radius, square, width) {
  const reach = Math.ceil(radius + 0.5);
  const whole = radius < SMALL ? 0.5 : 0.94;
  /** @type {number[]} */
  const body = [];
  /** @type {number[]} */
  const rim = [];
  /** @type {number[]} */
  const cover = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const share = covered(dx, dy, radius, square);
      if (share > whole) body.push(dy * width + dx);
      else if (share > 0.06 && radius >= SMALL) {
        rim.push(dy * width + dx);
        cover.push(Math.round(255 * share));
      }
    }
  }
  if (!body.length) body.push(0);
  return { reach, body: Int32Array.from(body), rim: Int32Array.from(rim), cover: Uint8Array.from(cover) };
}

/**
 * Share of a pixel that the shape covers.
 * @param {number} dx
 * @param {number} dy
 * @param {number} radius
 * @param {boolean} square
 */
function covered(dx, dy, radius, square) {
  let inside = 0;
  for (let i = 0; i < SAMPLES; i++) {
    for (let j = 0; j < SAMPLES; j++) {
      const x = dx + (i + 0.5) / SAMPLES - 0.5;
      const y = dy + (j + 0.5) / SAMPLES - 0.5;
      const away = square ? Math.max(Math.abs(x), Math.abs(y)) : Math.hypot(x, y);
      if (away <= radius) inside++;
    }
  }
  return inside / (SAMPLES * SAMPLES);
}
