/** The camera: a centre in metres and pixels per metre, north up. */

/** @typedef {import("../types.js").CameraState} CameraState */

const MOST_PX_PER_M = 400;
const MARGIN = 0.06; // share of the view kept free around a fitted box
const WORTH = 0.75; // of the size that is kept for a box to stand beside what covers the edge

export class Camera {
  constructor() {
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.width = 1;
    this.height = 1;
    /** Counts every change, so that layers know when to draw again. */
    this.version = 0;
    this.least = 1e-3;
  }

  /** @returns {CameraState} */
  get state() {
    return { x: this.x, y: this.y, scale: this.scale };
  }

  /** @param {CameraState} state */
  set({ x, y, scale }) {
    if (![x, y, scale].every(Number.isFinite) || scale <= 0) return;
    this.x = x;
    this.y = y;
    this.scale = Math.min(MOST_PX_PER_M, Math.max(this.least, scale));
    this.version++;
  }

  /**
   * @param {number} width CSS pixels
   * @param {number} height
   */
  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.version++;
  }

  /**
   * Show a box whole; beside what covers the left edge, unless that makes it much smaller.
   * @param {import("../types.js").Box} box
   * @param {number} [covered_px] at the left
   */
  fit([x0, y0, x1, y1], covered_px = 0) {
    const [dx, dy] = [Math.max(x1 - x0, 0.5), Math.max(y1 - y0, 0.5)];
    /** @param {number} width */
    const scaleFor = (width) => Math.min(width / dx, this.height / dy) * (1 - MARGIN);
    const [beside, over] = [scaleFor(Math.max(1, this.width - covered_px)), scaleFor(this.width)];
    const shift_px = beside >= WORTH * over ? covered_px / 2 : 0;
    const scale = shift_px ? beside : over;
    this.set({ x: (x0 + x1) / 2 - shift_px / scale, y: (y0 + y1) / 2, scale });
  }

  /**
   * Pan by pixels: positive moves the map right and down.
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.set({ x: this.x - dx / this.scale, y: this.y + dy / this.scale, scale: this.scale });
  }

  /**
   * Zoom so that what is under a pixel stays there.
   * @param {number} factor
   * @param {number} [px]
   * @param {number} [py]
   */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toWorld(px, py);
    const scale = Math.min(MOST_PX_PER_M, Math.max(this.least, this.scale * factor));
    this.set({ x: x - (px - this.width / 2) / scale, y: y + (py - this.height / 2) / scale, scale });
  }

  /**
   * @param {number} px
   * @param {number} py
   * @returns {[number, number]} metres
   */
  toWorld(px, py) {
    return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale];
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]} CSS pixels
   */
  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }

  /** @returns {import("../types.js").Box} what is in view, metres */
  get box() {
    const [w, h] = [this.width / 2 / this.scale, this.height / 2 / this.scale];
    return [this.x - w, this.y - h, this.x + w, this.y + h];
  }

  /**
   * Let a 2D context draw in metres.
   * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} context
   * @param {number} ratio device pixels per CSS pixel
   */
  applyTo(context, ratio) {
    const s = this.scale * ratio;
    context.setTransform(s, 0, 0, -s, (this.width / 2) * ratio - this.x * s, (this.height / 2) * ratio + this.y * s);
  }
}
