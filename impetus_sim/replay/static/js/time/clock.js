/** The one clock: every recording, chart and panel shows its time. */

export const SPEEDS = { slowest: 0.25, fastest: 64 };
const SLOW_BEFORE_S = 3;
const SLOW_AFTER_S = 2;

export class Clock {
  constructor() {
    this.t = 0;
    this.duration = 0;
    this.speed = 4;
    this.playing = false;
    this.slowNearEvents = false;
    /** @type {Float64Array} times of events worth slowing down for, ascending */
    this.moments = new Float64Array(0);
  }

  /** @param {number} t */
  set(t) {
    this.t = Math.min(this.duration, Math.max(0, Number.isFinite(t) ? t : 0));
  }

  /** Seconds of the run per second now. */
  get pace() {
    if (!this.slowNearEvents || this.speed <= 1) return this.speed;
    return this.nearMoment() ? 1 : this.speed;
  }

  nearMoment() {
    const k = firstAfter(this.moments, this.t - SLOW_AFTER_S);
    return k < this.moments.length && this.moments[k] - this.t <= Math.max(SLOW_BEFORE_S, 0.1 * this.speed);
  }

  /**
   * Advance by wall time; stops at the end.
   * @param {number} wall_s
   */
  advance(wall_s) {
    if (!this.playing) return;
    this.set(this.t + Math.min(wall_s, 0.25) * this.pace);
    if (this.t >= this.duration) this.playing = false;
  }
}

/**
 * Place of the first of ascending numbers that is after a value.
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
export function firstAfter(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Speed of a place on the slider (0..1) and back: equal steps double the speed.
 * @param {number} share
 */
export function speedAt(share) {
  const speed = SPEEDS.slowest * (SPEEDS.fastest / SPEEDS.slowest) ** share;
  return 2 ** (Math.round(Math.log2(speed) * 2) / 2);
}

/** @param {number} speed */
export function placeOfSpeed(speed) {
  return Math.log(speed / SPEEDS.slowest) / Math.log(SPEEDS.fastest / SPEEDS.slowest);
}
