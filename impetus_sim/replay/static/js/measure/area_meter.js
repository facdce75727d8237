/** Measuring areas drawn by the user: people inside, persons per square metre, people in and out over time. */
import { NOT_THERE } from "../data/chunk.js";
import { boxOf } from "../render/map_layer.js";
import { areaOf, contains } from "./polygon.js";

/** @typedef {import("../types.js").Area} Area */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Box} Box */
/**
 * @typedef {{t: number[], count: number[], entered: number[], left: number[], share: number}} History
 *   at t: people inside; entered, left: since the moment before; share: how much of it is counted, 0..1
 */

const MOST_MOMENTS = 400;

export class AreaMeter {
  /** @param {import("../viewer.js").Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    /** @type {Area[]} */
    this.areas = [];
    /** @type {Map<Area, Map<string, History>>} by area and recording */
    this.histories = new Map();
    this.named = 0;
  }

  /** Forget all and start with some. @param {Area[]} areas */
  reset(areas) {
    this.areas = [];
    this.histories.clear();
    this.named = areas.length;
    for (const area of areas) this.add(area);
  }

  startDrawing() {
    this.viewer.drawing = [];
    this.viewer.emit("areas");
  }

  /** Close the ring that is being drawn; fewer than three corners make no area. */
  finishDrawing() {
    const points = withoutDoubles(this.viewer.drawing ?? []);
    this.viewer.drawing = null;
    if (points.length >= 6) this.add({ name: this.nextName(), points });
    this.viewer.emit("areas");
    this.viewer.loop.invalidate();
  }

  /** Measure what the camera shows, without a mouse. */
  addView() {
    const [x0, y0, x1, y1] = this.viewer.camera.box;
    this.add({ name: this.nextName(), points: [x0, y0, x1, y0, x1, y1, x0, y1] });
  }

  nextName() {
    return `Area ${++this.named}`;
  }

  /** @param {Area} area */
  add(area) {
    this.areas.push(area);
    this.histories.set(area, new Map());
    for (const recording of this.viewer.recordings) {
      this.countHistory(area, recording).catch(this.viewer.report);
    }
    this.viewer.emit("areas");
    this.viewer.loop.invalidate();
  }

  /** @param {Area} area */
  remove(area) {
    this.areas = this.areas.filter((other) => other !== area);
    this.histories.delete(area);
    this.viewer.emit("areas");
    this.viewer.loop.invalidate();
  }

  /** People in an area in the pictured frame, by recording. @param {Area} area */
  countNow(area) {
    return this.viewer.panes.map((pane) => {
      const frame = pane.pairs.get("people")?.a;
      return frame ? countInside(frame, pane.recording.meta.box, area.points) : 0;
    });
  }

  /**
   * What is written beside each area on the map: counts of the first recording.
   * @returns {{name: string, points: number[], text: string, open?: boolean}[]}
   */
  tags() {
    return this.areas.map((area) => {
      const [count] = this.countNow(area);
      return { ...area, text: `${count} people, ${(count / areaOf(area.points)).toFixed(2)} /m²` };
    });
  }

  /**
   * Count an area over the whole recording, at a level of some hundred frames.
   * @param {Area} area
   * @param {import("../data/recording.js").Recording} recording
   */
  async countHistory(area, recording) {
    const store = recording.stores.get("people");
    if (!store) return;
    const found = store.levels.findIndex((level) => level.n_frames <= MOST_MOMENTS);
    const level = found < 0 ? store.levels.length - 1 : found;
    /** @type {History} */
    const history = { t: [], count: [], entered: [], left: [], share: 0 };
    this.histories.get(area)?.set(recording.rid, history);
    /** @type {Set<number>|null} */
    let before = null;
    for (let k = 0; k < store.levels[level].n_chunks; k++) {
      const chunk = await store.chunk(level, k);
      if (!this.histories.has(area)) return;
      for (let f = 0; f < chunk.times.length; f++) {
        const inside = idsInside(chunk.frame(f), recording.meta.box, area.points);
        history.t.push(chunk.times[f]);
        history.count.push(inside.size);
        const stayed = before ? [...inside].filter((id) => before?.has(id)).length : inside.size;
        history.entered.push(inside.size - stayed);
        history.left.push(before ? before.size - stayed : 0);
        before = inside;
      }
      history.share = (k + 1) / store.levels[level].n_chunks;
      this.viewer.emit("areas");
    }
  }
}

/**
 * @param {Frame} frame
 * @param {Box} box of quantisation
 * @param {number[]} ring
 * @returns {Set<number>}
 */
function idsInside(frame, box, ring) {
  const inside = new Set();
  visitInside(frame, box, ring, (i) => inside.add(frame.ids[i]));
  return inside;
}

/**
 * @param {Frame} frame
 * @param {Box} box
 * @param {number[]} ring
 */
export function countInside(frame, box, ring) {
  let count = 0;
  visitInside(frame, box, ring, () => count++);
  return count;
}

/**
 * @param {Frame} frame
 * @param {Box} box
 * @param {number[]} ring
 * @param {(i: number) => void} visit
 */
function visitInside(frame, box, ring, visit) {
  const around = boxOf(ring);
  const kx = (box[2] - box[0]) / 65535;
  const ky = (box[3] - box[1]) / 65535;
  for (let i = 0; i < frame.n; i++) {
    if (frame.state[i] === NOT_THERE) continue;
    const x = box[0] + frame.x[i] * kx;
    const y = box[1] + frame.y[i] * ky;
    if (x >= around[0] && x <= around[2] && y >= around[1] && y <= around[3] && contains(ring, x, y)) visit(i);
  }
}

/**
 * A double click to finish puts its corner twice.
 * @param {number[]} points
 */
function withoutDoubles(points) {
  const kept = [];
  for (let i = 0; i < points.length; i += 2) {
    const same = i && Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]) < 1e-3;
    if (!same) kept.push(points[i], points[i + 1]);
  }
  return kept;
}
