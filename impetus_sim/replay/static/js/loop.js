/** The frame loop: draws when something changed, and knows how long that took. */

const REMEMBERED = 300;

export class Loop {
  /** @param {(wall_s: number) => boolean} frame draws; returns whether the next frame is wanted too */
  constructor(frame) {
    this.frame = frame;
    this.wanted = false;
    this.last = 0;
    /** @type {number[]} milliseconds of script */
    this.script = [];
    /** @type {number[]} milliseconds between frames that follow each other */
    this.gaps = [];
    /** @type {(() => void)[]} */
    this.waiting = [];
  }

  /** Ask for a frame. */
  invalidate() {
    if (this.wanted) return;
    this.wanted = true;
    requestAnimationFrame((now) => this.run(now));
  }

  /** A promise that is kept once the next frame is drawn. @returns {Promise<void>} */
  next() {
    this.invalidate();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** @param {number} now milliseconds */
  run(now) {
    this.wanted = false;
    const waiting = this.waiting;
    this.waiting = [];
    const began = performance.now();
    const more = this.frame(this.last ? (now - this.last) / 1000 : 0);
    remember(this.script, performance.now() - began);
    if (this.last) remember(this.gaps, now - this.last);
    this.last = more ? now : 0;
    if (more) this.invalidate();
    for (const resolve of waiting) resolve();
  }

  /** Script per frame and frames per second, medians of the last frames. */
  stats() {
    return { script_ms_median: median(this.script), fps: this.gaps.length ? 1000 / median(this.gaps) : 0, frames: this.script.length };
  }

  forget() {
    this.script = [];
    this.gaps = [];
  }
}

/**
 * @param {number[]} list
 * @param {number} value
 */
function remember(list, value) {
  list.push(value);
  if (list.length > REMEMBERED) list.shift();
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : 0;
}
