/** Chunks of frames: quantised positions, differences to the frame before inside a chunk. */
import { ServerError } from "./server.js";

const VERSION = 1;
export const NOT_THERE = 255;

/** Some frames of one kind of agent, in one order of ids. */
export class Chunk {
  /**
   * @param {Float64Array} times
   * @param {Int32Array} ids
   * @param {Uint16Array} x frames after each other, absolute
   * @param {Uint16Array} y
   * @param {Uint8Array} state
   */
  constructor(times, ids, x, y, state) {
    this.times = times;
    this.ids = ids;
    this.x = x;
    this.y = y;
    this.state = state;
    /** @type {WeakMap<Int32Array, Int32Array|null>} */
    this.matches = new WeakMap();
    /** @type {import("../types.js").Frame[]} made when asked for, so that one moment is one object */
    this.frames = [];
  }

  get bytes() {
    return this.x.byteLength * 2 + this.state.byteLength + this.ids.byteLength;
  }

  /**
   * @param {number} k index of the frame in this chunk
   * @returns {import("../types.js").Frame}
   */
  frame(k) {
    const n = this.ids.length;
    this.frames[k] ??= {
      t: this.times[k],
      n,
      ids: this.ids,
      x: this.x.subarray(k * n, (k + 1) * n),
      y: this.y.subarray(k * n, (k + 1) * n),
      state: this.state.subarray(k * n, (k + 1) * n),
    };
    return this.frames[k];
  }

  /**
   * Where the agents of this chunk stand in another order of ids; null = the same order.
   * @param {Int32Array} others
   */
  matchTo(others) {
    if (others === this.ids) return null;
    let match = this.matches.get(others);
    if (match === undefined) {
      match = matchIds(this.ids, others);
      this.matches.set(others, match);
    }
    return match;
  }
}

/**
 * @param {Int32Array} ids
 * @param {Int32Array} others
 * @returns {Int32Array|null}
 */
function matchIds(ids, others) {
  if (ids.length === others.length && ids.every((id, i) => id === others[i])) return null;
  const place = new Map();
  others.forEach((id, i) => place.set(id, i));
  return Int32Array.from(ids, (id) => place.get(id) ?? -1);
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Chunk}
 */
export function decodeChunk(buffer) {
  const head = new DataView(buffer);
  const magic = buffer.byteLength >= 16 ? String.fromCharCode(...new Uint8Array(buffer, 0, 4)) : "";
  if (magic !== "IMPF" || head.getUint32(4, true) !== VERSION) {
    throw new ServerError("The server sent frames that this page cannot read.", "Load the page again.");
  }
  const frames = head.getUint32(8, true);
  const n = head.getUint32(12, true);
  let at = 16;
  /** @param {number} bytes */
  const next = (bytes) => {
    const start = at;
    at = Math.ceil((at + bytes) / 8) * 8;
    return start;
  };
  const cells = frames * n;
  const whole = 16 + 8 * frames + 4 * n + 5 * cells;
  if (buffer.byteLength < whole) {
    throw new ServerError("The server sent half a chunk of frames.", "Load the page again.");
  }
  const times = new Float64Array(buffer, next(8 * frames), frames);
  const ids = new Int32Array(buffer, next(4 * n), n);
  const x = new Uint16Array(buffer, next(2 * cells), cells);
  const y = new Uint16Array(buffer, next(2 * cells), cells);
  const state = new Uint8Array(buffer, next(cells), cells);
  for (let i = n; i < cells; i++) {
    x[i] += x[i - n]; // modulo 65536, as an array of 16 bits does by itself
    y[i] += y[i - n];
  }
  return new Chunk(times, ids, x, y, state);
}
