/** Where the agents of a moment are: between two frames, in metres or nearest to a point. */
import { NOT_THERE } from "../data/chunk.js";

/** @typedef {import("../types.js").FramePair} FramePair */
/** @typedef {import("../types.js").Box} Box */

/**
 * Position of the agent at a place in frame a.
 * @param {FramePair} pair
 * @param {number} i
 * @param {Box} box
 * @returns {[number, number]|null} metres; null = not there
 */
export function positionOf(pair, i, box) {
  const { a, b, mix, match } = pair;
  if (a.state[i] === NOT_THERE) return null;
  let [x, y] = [a.x[i], a.y[i]];
  const j = b ? (match ? match[i] : i) : -1;
  if (b && j >= 0 && b.state[j] !== NOT_THERE) {
    x += (b.x[j] - x) * mix;
    y += (b.y[j] - y) * mix;
  }
  return [box[0] + (x * (box[2] - box[0])) / 65535, box[1] + (y * (box[3] - box[1])) / 65535];
}

/**
 * Position of an agent by id.
 * @param {FramePair} pair
 * @param {number} id
 * @param {Box} box
 * @returns {[number, number]|null}
 */
export function positionOfId(pair, id, box) {
  const i = pair.a.ids.indexOf(id);
  return i < 0 ? null : positionOf(pair, i, box);
}

/**
 * @param {FramePair} pair
 * @param {Box} box
 * @param {number} x metres
 * @param {number} y
 * @param {number} reach_m
 * @returns {{id: number, distance: number}|null}
 */
export function nearestAgent(pair, box, x, y, reach_m) {
  let best = reach_m;
  let found = -1;
  for (let i = 0; i < pair.a.n; i++) {
    const at = positionOf(pair, i, box);
    if (!at) continue;
    const distance = Math.hypot(at[0] - x, at[1] - y);
    if (distance < best) [best, found] = [distance, i];
  }
  return found < 0 ? null : { id: pair.a.ids[found], distance: best };
}

/**
 * Nearest agent of any drawn kind to a pixel of the view.
 * @param {Map<string, FramePair>} pairs
 * @param {Box} box
 * @param {import("../view/camera.js").Camera} camera
 * @param {number} px
 * @param {number} py
 * @param {number} reach_px
 * @returns {import("../types.js").Target|null}
 */
export function pickAgent(pairs, box, camera, px, py, reach_px) {
  const [x, y] = camera.toWorld(px, py);
  let best = reach_px / camera.scale;
  let found = null;
  for (const [kind, pair] of pairs) {
    const near = nearestAgent(pair, box, x, y, best);
    if (near) [best, found] = [near.distance, { kind, id: near.id }];
  }
  return found;
}

/** Parse #rrggbb. @param {string} colour @returns {[number, number, number]} */
export function rgb(colour) {
  const value = parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
