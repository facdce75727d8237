/** Frames of one kind of agent in one recording: which level to show, chunks kept, loaded ahead. */
import { decodeChunk } from "./chunk.js";
import { getBytes } from "./server.js";

/** @typedef {import("../types.js").FramePair} FramePair */
/** @typedef {import("./chunk.js").Chunk} Chunk */

const KEPT_BYTES = 400e6;
const FRAMES_PER_SECOND = 25; // of wall time: more recorded frames than that cannot be seen

/**
 * Index of the last time that is not after t, 0 where all are.
 * @param {ArrayLike<number>} times ascending
 * @param {number} t
 */
export function floorIndex(times, t) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= t + 1e-9) low = middle;
    else high = middle - 1;
  }
  return low;
}

export class FrameStore {
  /**
   * @param {string} rid
   * @param {string} kind
   * @param {import("../types.js").FramesInfo} info
   */
  constructor(rid, kind, info) {
    this.kind = kind;
    this.info = info;
    this.path = `/api/r/${rid}/chunk/${kind}`;
    this.levels = [...info.levels].sort((a, b) => a.stride - b.stride);
    this.levelTimes = this.levels.map((level) => info.times_s.filter((_, i) => i % level.stride === 0));
    /** @type {Map<string, Chunk>} last used last */
    this.kept = new Map();
    this.keptBytes = 0;
    /** @type {Map<string, Promise<Chunk>>} */
    this.loading = new Map();
  }

  /**
   * The level (place in `levels`) whose frames pass at a rate that can be seen and loaded.
   * @param {number} speed seconds of the run per second
   */
  levelFor(speed) {
    const times = this.info.times_s;
    const gap = times.length > 1 ? (times[times.length - 1] - times[0]) / (times.length - 1) : 1;
    let level = 0;
    while (level + 1 < this.levels.length && speed / (gap * this.levels[level].stride) > FRAMES_PER_SECOND * 2) level++;
    return level;
  }

  /** The level for dragging: the first with at most some hundred frames. */
  get coarse() {
    const found = this.levels.findIndex((level) => level.n_frames <= 400);
    return found < 0 ? this.levels.length - 1 : found;
  }

  /**
   * @param {number} level
   * @param {number} k
   * @returns {Promise<Chunk>}
   */
  chunk(level, k) {
    const key = `${level}/${k}`;
    const kept = this.kept.get(key);
    if (kept) {
      this.kept.delete(key);
      this.kept.set(key, kept);
      return Promise.resolve(kept);
    }
    let loading = this.loading.get(key);
    if (!loading) {
      loading = getBytes(`${this.path}/${this.levels[level].level}/${k}`)
        .then((bytes) => this.keep(key, decodeChunk(bytes)))
        .finally(() => this.loading.delete(key));
      this.loading.set(key, loading);
    }
    return loading;
  }

  /**
   * @param {string} key
   * @param {Chunk} chunk
   */
  keep(key, chunk) {
    this.kept.set(key, chunk);
    this.keptBytes += chunk.bytes;
    for (const [old, other] of this.kept) {
      if (this.keptBytes <= KEPT_BYTES || old === key) break;
      this.kept.delete(old);
      this.keptBytes -= other.bytes;
    }
    return chunk;
  }

  /**
   * Load what is needed to show a time: the frame before it and the one after.
   * @param {number} t
   * @param {number} level
   */
  async load(t, level) {
    const index = floorIndex(this.levelTimes[level], t);
    const per = this.info.chunk_frames;
    const wanted = new Set([Math.floor(index / per)]);
    if (index + 1 < this.levelTimes[level].length) wanted.add(Math.floor((index + 1) / per));
    await Promise.all([...wanted].map((k) => this.chunk(level, k)));
  }

  /**
   * Ask for chunks ahead of the clock; errors show when the chunk is needed.
   * @param {number} t
   * @param {number} level
   * @param {number} ahead_s seconds of the run
   */
  prefetch(t, level, ahead_s) {
    if (this.loading.size > 2) return;
    const times = this.levelTimes[level];
    const per = this.info.chunk_frames;
    const last = Math.min(Math.floor(floorIndex(times, t + ahead_s) / per), this.levels[level].n_chunks - 1);
    for (let k = Math.floor(floorIndex(times, t) / per); k <= last; k++) {
      if (!this.kept.has(`${level}/${k}`)) {
        this.chunk(level, k).catch(() => undefined);
        return;
      }
    }
  }

  /**
   * The moment as far as it is loaded: of the wished level, else of the nearest other one; null if nothing is.
   * @param {number} t
   * @param {number} wished
   * @returns {(FramePair & {level: number})|null}
   */
  pair(t, wished) {
    const order = this.levels.map((_, level) => level).sort((a, b) => Math.abs(a - wished) - Math.abs(b - wished));
    for (const level of order) {
      const pair = this.pairOf(t, level);
      if (pair) return { ...pair, level };
    }
    return null;
  }

  /**
   * @param {number} t
   * @param {number} level
   * @returns {FramePair|null}
   */
  pairOf(t, level) {
    const times = this.levelTimes[level];
    const per = this.info.chunk_frames;
    const index = floorIndex(times, t);
    const first = this.kept.get(`${level}/${Math.floor(index / per)}`);
    if (!first) return null;
    const a = first.frame(index % per);
    const next = index + 1;
    const second = next < times.length ? this.kept.get(`${level}/${Math.floor(next / per)}`) : undefined;
    if (!second || t <= times[index] + 1e-9) return { a, b: null, mix: 0, match: null };
    const b = second.frame(next % per);
    const mix = Math.min(1, (t - times[index]) / (times[next] - times[index]));
    return { a, b, mix, match: first.matchTo(second.ids) };
  }
}
