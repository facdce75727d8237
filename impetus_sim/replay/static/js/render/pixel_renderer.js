/** Agents as pixels of one buffer, written by hand and put on the canvas at once: 50 000 in a few milliseconds. */
import { NOT_THERE } from "../data/chunk.js";
import { AgentRenderer } from "./agent_renderer.js";
import { rgb } from "./locate.js";
import { INK } from "./palette.js";
import { makeStamp } from "./stamps.js";

/** @typedef {import("./renderer.js").Renderer} Renderer */
/** @typedef {import("./renderer.js").Look} Look */
/** @typedef {import("../types.js").FramePair} FramePair */

const EDGE_PX = 2;
const EDGE = pack(INK);

/** @implements {Renderer} */
export class PixelRenderer extends AgentRenderer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super(canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {Map<string, number>} */
    this.counts = new Map();
    /** @type {Map<string, import("./stamps.js").Stamp>} */
    this.stamps = new Map();
    /** @type {Map<string, Uint32Array>} by kind: 256 opaque colours by state */
    this.palettes = new Map();
    this.image = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /**
   * @param {import("../types.js").Box} box
   * @param {Map<string, Look>} looks
   */
  setMap(box, looks) {
    super.setMap(box, looks);
    for (const [kind, look] of looks) {
      const palette = new Uint32Array(256).fill(pack("#7a7f85"));
      for (const [code, colour] of look.colours) palette[code] = pack(colour);
      this.palettes.set(kind, palette);
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {number} ratio
   */
  resize(width, height, ratio) {
    this.ratio = ratio;
    const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (w === this.canvas.width && h === this.canvas.height) return;
    this.canvas.width = w;
    this.canvas.height = h;
    this.image = new ImageData(w, h);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.stamps.clear();
  }

  draw() {
    if (!this.camera) return;
    this.pixels.fill(0);
    this.counts.clear();
    for (const kind of this.looks.keys()) {
      const pair = this.pairs.get(kind);
      if (pair) this.counts.set(kind, this.drawKind(kind, pair, this.camera));
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /**
   * @param {string} kind
   * @param {FramePair} pair
   * @param {import("../view/camera.js").Camera} camera
   * @returns {number} agents in view
   */
  drawKind(kind, { a, b, mix, match }, camera) {
    const look = /** @type {Look} */ (this.looks.get(kind));
    const palette = /** @type {Uint32Array} */ (this.palettes.get(kind));
    const { pixels, ratio } = this;
    const { width, height } = this.canvas;
    const { body, rim, cover, ...inner } = this.stampFor(look, camera.scale * ratio, 0);
    const edge = look.outlined ? this.stampFor(look, camera.scale * ratio, EDGE_PX * ratio) : null;
    const reach = edge?.reach ?? inner.reach;
    const [x0, y0, x1, y1] = this.box;
    const s = camera.scale * ratio;
    const kx = ((x1 - x0) / 65535) * s;
    const ky = (-(y1 - y0) / 65535) * s;
    const ox = (x0 - camera.x) * s + (camera.width / 2) * ratio;
    const oy = (camera.y - y0) * s + (camera.height / 2) * ratio;
    const { n, x, y, state } = a;
    const [bx, by, bState] = b === null ? [x, y, state] : [b.x, b.y, b.state]; // the same numbers mix to themselves
    let count = 0;
    for (let i = 0; i < n; i++) {
      const code = state[i];
      if (code === NOT_THERE) continue;
      let qx = x[i];
      let qy = y[i];
      const j = match === null ? i : match[i];
      if (j >= 0 && bState[j] !== NOT_THERE) {
        qx += (bx[j] - qx) * mix;
        qy += (by[j] - qy) * mix;
      }
      const fx = ox + kx * qx;
      const fy = oy + ky * qy;
      if (!(fx >= 0 && fy >= 0 && fx < width && fy < height)) continue;
      count++;
      const px = fx | 0;
      const py = fy | 0;
      const at = py * width + px;
      const colour = palette[code];
      if (px < reach || py < reach || px >= width - reach || py >= height - reach) {
        pixels[at] = colour; // at the edge of the view a point is enough
        continue;
      }
      if (edge !== null) for (const offset of edge.body) pixels[at + offset] = EDGE;
      for (let k = 0; k < body.length; k++) pixels[at + body[k]] = colour;
      for (let k = 0; k < rim.length; k++) {
        const p = at + rim[k];
        if (pixels[p] === 0) pixels[p] = (colour & 0xffffff) | (cover[k] << 24);
      }
    }
    return count;
  }

  /**
   * @param {Look} look
   * @param {number} scale device pixels per metre
   * @param {number} wider by so many pixels
   */
  stampFor(look, scale, wider) {
    const radius = Math.round(Math.max(look.least_px * this.ratio, look.size_m * scale) * 2) / 4 + wider;
    const key = `${radius}${look.square}`;
    let stamp = this.stamps.get(key);
    if (!stamp) {
      stamp = makeStamp(radius, look.square, this.canvas.width);
      this.stamps.set(key, stamp);
    }
    return stamp;
  }

  /** @param {string} kind */
  drawn(kind) {
    return this.counts.get(kind) ?? 0;
  }
}

/** An opaque pixel as memory holds it (bytes r, g, b, a). @param {string} colour */
function pack(colour) {
  const [r, g, b] = rgb(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
