/** The city under everything: ground, water, green, streets, buildings, walls, exits and names. */
import * as palette from "./palette.js";

/** @typedef {import("../view/camera.js").Camera} Camera */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {{path: Path2D, box: Box}} Batch */

const BATCH = 50; // polygons a path: measured as the fastest, see docs/replay.md
const NAMED_FROM = 1.1; // pixels per metre from which streets carry names
const EDGES_FROM = 0.8; // pixels per metre from which buildings have outlines

export class MapLayer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    /** @type {import("../types.js").CityMap} */
    this.map = {};
    /** @type {Batch[]} */
    this.buildings = [];
    /** @type {Batch[]} */
    this.areas = [];
    /** @type {{path: Path2D, width_m: number}[]} */
    this.streets = [];
    this.walkable = new Path2D();
    this.water = new Path2D();
    this.green = new Path2D();
    this.walls = new Path2D();
  }

  /** @param {import("../types.js").CityMap} map */
  setMap(map) {
    this.map = map;
    this.walkable = pathOfPolygons(map.walkable ?? []);
    this.water = pathOfPolygons(map.water ?? []);
    this.green = pathOfPolygons(map.green ?? []);
    this.walls = new Path2D();
    for (const wall of map.walls ?? []) addLine(this.walls, wall);
    this.buildings = makeBatches(map.buildings ?? []);
    /** @type {Map<number, Path2D>} */
    const byWidth = new Map();
    for (const street of map.streets ?? []) {
      const width = Math.max(1.5, street.width_m ?? 4);
      const path = byWidth.get(width) ?? new Path2D();
      addLine(path, street.points);
      byWidth.set(width, path);
    }
    this.streets = [...byWidth].map(([width_m, path]) => ({ width_m, path })).sort((a, b) => a.width_m - b.width_m);
  }

  /**
   * @param {Camera} camera
   * @param {number} ratio device pixels per CSS pixel
   * @param {{names: boolean}} shown
   */
  draw(camera, ratio, shown) {
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = palette.OUTSIDE;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    camera.applyTo(context, ratio);
    context.lineJoin = "round";
    context.lineCap = "round";
    this.fill(this.green, palette.GREEN);
    this.fill(this.water, palette.WATER);
    const px = 1 / camera.scale;
    for (const { path, width_m } of this.streets) this.stroke(path, palette.STREET_EDGE, width_m + 1.6 * px);
    this.fill(this.walkable, palette.GROUND);
    for (const { path, width_m } of this.streets) this.stroke(path, palette.STREET, Math.max(width_m, px));
    this.drawBuildings(camera);
    this.stroke(this.walls, palette.WALL, Math.max(0.1, px));
    for (const exit of this.map.exits ?? []) {
      const line = new Path2D();
      addLine(line, exit.points);
      this.stroke(line, palette.EXIT, Math.max(0.3, 4 * px));
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (shown.names) drawNames(context, this.map, camera);
  }

  /** @param {Camera} camera */
  drawBuildings(camera) {
    const { context } = this;
    const [x0, y0, x1, y1] = camera.box;
    context.fillStyle = palette.BUILDING;
    context.strokeStyle = palette.BUILDING_EDGE;
    context.lineWidth = 1 / camera.scale;
    for (const { path, box } of this.buildings) {
      if (box[2] < x0 || box[0] > x1 || box[3] < y0 || box[1] > y1) continue;
      context.fill(path);
      if (camera.scale >= EDGES_FROM) context.stroke(path);
    }
  }

  /**
   * @param {Path2D} path
   * @param {string} colour
   */
  fill(path, colour) {
    this.context.fillStyle = colour;
    this.context.fill(path, "evenodd");
  }

  /**
   * @param {Path2D} path
   * @param {string} colour
   * @param {number} width_m
   */
  stroke(path, colour, width_m) {
    this.context.strokeStyle = colour;
    this.context.lineWidth = width_m;
    this.context.stroke(path);
  }
}

/**
 * @param {Path2D} path
 * @param {number[]} points
 */
function addLine(path, points) {
  for (let i = 0; i < points.length; i += 2) {
    if (i) path.lineTo(points[i], points[i + 1]);
    else path.moveTo(points[i], points[i + 1]);
  }
}

/** @param {number[][][]} polygons rings of each */
function pathOfPolygons(polygons) {
  const path = new Path2D();
  for (const ring of polygons.flat()) {
    addLine(path, ring);
    path.closePath();
  }
  return path;
}

/**
 * Neighbouring polygons as paths of some each, with the box of all, so that those out of view are passed over.
 * @param {number[][]} rings
 * @returns {Batch[]}
 */
function makeBatches(rings) {
  const boxes = rings.map(boxOf);
  const all = boxes.reduce(join, /** @type {Box} */ ([Infinity, Infinity, -Infinity, -Infinity]));
  const tile = Math.sqrt(((all[2] - all[0]) * (all[3] - all[1]) * BATCH) / Math.max(1, rings.length)) || 1;
  /** @param {number} i */
  const row = (i) => Math.floor((boxes[i][1] - all[1]) / tile);
  const order = rings.map((_, i) => i).sort((i, j) => row(i) - row(j) || boxes[i][0] - boxes[j][0]);
  /** @type {Batch[]} */
  const batches = [];
  for (let start = 0; start < order.length; start += BATCH) {
    const path = new Path2D();
    const some = order.slice(start, start + BATCH);
    for (const i of some) {
      addLine(path, rings[i]);
      path.closePath();
    }
    batches.push({ path, box: some.map((i) => boxes[i]).reduce(join) });
  }
  return batches;
}

/**
 * @param {number[]} points
 * @returns {Box}
 */
export function boxOf(points) {
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    box[0] = Math.min(box[0], points[i]);
    box[1] = Math.min(box[1], points[i + 1]);
    box[2] = Math.max(box[2], points[i]);
    box[3] = Math.max(box[3], points[i + 1]);
  }
  return box;
}

/**
 * @param {Box} a
 * @param {Box} b
 * @returns {Box}
 */
function join(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/**
 * Names that do not cover each other: exits and places first, then streets along their longest piece.
 * @param {CanvasRenderingContext2D} context
 * @param {import("../types.js").CityMap} map
 * @param {Camera} camera
 */
function drawNames(context, map, camera) {
  /** @type {Box[]} */
  const taken = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const exit of map.exits ?? []) {
    const [x0, y0, x1, y1] = boxOf(exit.points);
    const [px, py] = camera.toScreen((x0 + x1) / 2, (y0 + y1) / 2);
    write(context, taken, camera, { text: exit.name, px, py: py - 12, angle: 0, colour: palette.EXIT, font: "600 12px system-ui" });
  }
  for (const place of map.places ?? []) {
    const [px, py] = camera.toScreen(place.x, place.y);
    write(context, taken, camera, { text: place.name, px, py, angle: 0, colour: palette.INK, font: "600 12px system-ui" });
  }
  if (camera.scale < NAMED_FROM) return;
  for (const street of map.streets ?? []) {
    if (street.name) writeAlong(context, taken, camera, street.name, street.points);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box[]} taken
 * @param {Camera} camera
 * @param {string} text
 * @param {number[]} points
 */
function writeAlong(context, taken, camera, text, points) {
  let [best, at] = [0, 0];
  for (let i = 0; i + 3 < points.length; i += 2) {
    const length = Math.hypot(points[i + 2] - points[i], points[i + 3] - points[i + 1]);
    if (length > best) [best, at] = [length, i];
  }
  if (best * camera.scale < 7 * text.length) return;
  const [px, py] = camera.toScreen((points[at] + points[at + 2]) / 2, (points[at + 1] + points[at + 3]) / 2);
  let angle = Math.atan2(points[at + 1] - points[at + 3], points[at + 2] - points[at]);
  if (Math.abs(angle) > Math.PI / 2) angle += angle > 0 ? -Math.PI : Math.PI;
  write(context, taken, camera, { text, px, py, angle, colour: palette.MUTED, font: "11px system-ui" });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box[]} taken boxes of what is written already
 * @param {Camera} camera
 * @param {{text: string, px: number, py: number, angle: number, colour: string, font: string}} label
 */
function write(context, taken, camera, { text, px, py, angle, colour, font }) {
  if (!text || px < -50 || py < -20 || px > camera.width + 50 || py > camera.height + 20) return;
  context.font = font;
  const half = context.measureText(text).width / 2 + 3;
  if (angle === 0) px = Math.min(Math.max(px, half), camera.width - half); // whole at the view's edge
  const [w, h] = [half * Math.abs(Math.cos(angle)) + 7, half * Math.abs(Math.sin(angle)) + 7];
  /** @type {Box} */
  const box = [px - w, py - h, px + w, py + h];
  if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return;
  taken.push(box);
  context.save();
  context.translate(px, py);
  context.rotate(angle);
  context.strokeStyle = "rgba(255,255,255,0.9)";
  context.lineWidth = 3.5;
  context.strokeText(text, 0, 0);
  context.fillStyle = colour;
  context.fillText(text, 0, 0);
  context.restore();
}
