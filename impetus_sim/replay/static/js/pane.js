/** One recording on screen: a stack of canvases (map, fields, agents, marks) under the shared clock and camera. */
import { cellSize, countDensity, paintDensity, paintDifference } from "./render/density.js";
import { paintField } from "./render/field_picture.js";
import { positionOfId } from "./render/locate.js";
import { MapLayer } from "./render/map_layer.js";
import { drawAreas, drawFresh, drawSelected, freshFor } from "./render/marks_layer.js";
import { createRenderer } from "./render/renderer.js";
import { ThingsLayer } from "./render/things_layer.js";
import { firstAfter } from "./time/clock.js";

/** @typedef {import("./view/camera.js").Camera} Camera */
/** @typedef {import("./types.js").Target} Target */
/** @typedef {import("./data/recording.js").Recording} Recording */
/**
 * @typedef {{pace: number, shown: Set<string>, camera: Camera, selection: Target|null,
 *   track: import("./types.js").Details["track"]|null,
 *   areas: {name: string, points: number[], text: string, open?: boolean}[], base: Pane|null}} Moment
 *   what all panes show; base = the pane to take the difference to, null = show the recording itself
 */

/** Size in metres (diameter) and on screen at least, by kind. @type {Record<string, [number, number, boolean]>} */
const LOOKS = { people: [0.5, 2.6, false], vehicles: [2.2, 4, true], units: [3, 11, false] };

export class Pane {
  /**
   * @param {Recording} recording
   * @param {HTMLElement} parent
   * @param {string|null} wish which renderer
   * @param {() => void} invalidate to be called when something arrived
   * @param {(error: unknown) => void} report
   */
  constructor(recording, parent, wish, invalidate, report) {
    this.recording = recording;
    this.invalidate = invalidate;
    this.report = report;
    this.element = document.createElement("div");
    this.element.className = "pane";
    const canvases = ["map", "ground", "agents", "marks"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = name;
      this.element.append(canvas);
      return canvas;
    });
    this.name = document.createElement("div");
    this.name.className = "pane-name";
    this.element.append(this.name);
    parent.append(this.element);
    this.canvases = canvases;
    this.mapLayer = new MapLayer(canvases[0]);
    this.mapLayer.setMap(recording.map);
    this.ground = context2d(canvases[1]);
    this.renderer = createRenderer(canvases[2], wish);
    this.marks = context2d(canvases[3]);
    this.things = new ThingsLayer();
    this.ratio = 1;
    this.mapKey = "";
    this.groundKey = "";
    /** @type {Map<string, import("./types.js").FramePair>} moments drawn last, by kind */
    this.pairs = new Map();
    /** @type {Map<string, import("./data/tracks.js").Tracks>} */
    this.tracks = new Map();
    /** The coarsest level of frames in the last picture, 1 = every frame. */
    this.stride = 1;
    /** The time that is pictured. */
    this.time = 0;
    this.dense = false;
    this.renderer.setMap(recording.meta.box, looksOf(recording, false));
    this.eventTimes = Float64Array.from(recording.events, (event) => event.t);
  }

  /**
   * @param {number} width CSS pixels
   * @param {number} height
   * @param {number} ratio device pixels per CSS pixel
   */
  resize(width, height, ratio) {
    this.ratio = ratio;
    for (const canvas of [this.canvases[0], this.canvases[1], this.canvases[3]]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    this.renderer.resize(width, height, ratio);
    this.mapKey = this.groundKey = "";
  }

  /** Load what a moment needs, whole. @param {number} t @param {Set<string>} shown */
  async load(t, shown) {
    const stores = [...this.recording.stores].filter(([kind]) => shown.has(kind) || kind === "people");
    await Promise.all(stores.map(([, store]) => store.load(t, 0)));
  }

  /** @param {Moment} moment */
  draw(moment) {
    const { camera } = moment;
    const names = moment.shown.has("names");
    const mapKey = `${camera.version}/${names}`;
    if (mapKey !== this.mapKey) {
      this.mapKey = mapKey;
      this.mapLayer.draw(camera, this.ratio, { names });
    }
    this.drawGround(moment);
    if (this.dense !== moment.shown.has("density")) {
      this.dense = moment.shown.has("density");
      this.renderer.setMap(this.recording.meta.box, looksOf(this.recording, this.dense));
    }
    this.renderer.setCamera(camera);
    for (const kind of this.recording.stores.keys()) {
      const hidden = moment.base !== null || !moment.shown.has(kind);
      this.renderer.setFrame(kind, hidden ? null : (this.pairs.get(kind) ?? null));
    }
    this.renderer.draw();
    this.drawMarks(moment);
  }

  /**
   * Take the frames of a time as far as they are here, and ask for the others.
   * @param {{t: number, pace: number, dragging: boolean, shown: Set<string>}} wanted
   */
  takeFrames({ t, pace, dragging, shown }) {
    this.time = t;
    this.stride = 1;
    for (const [kind, store] of this.recording.stores) {
      if (!shown.has(kind) && kind !== "people") continue;
      const wished = dragging ? store.coarse : store.levelFor(pace);
      const pair = store.pair(t, wished);
      if (pair) {
        this.pairs.set(kind, pair);
        this.stride = Math.max(this.stride, store.levels[pair.level].stride);
      }
      if (!pair || pair.level !== wished) store.load(t, wished).then(this.invalidate, this.report);
      else if (pace > 0) store.prefetch(t, wished, Math.max(4, 3 * pace));
    }
  }

  /** Where somebody of this recording is now, metres. @param {Target} target @returns {[number, number]|null} */
  locate(target) {
    const pair = this.pairs.get(target.kind);
    if (pair) return positionOfId(pair, Number(target.id), this.recording.meta.box);
    for (const tracks of this.tracks.values()) {
      const index = tracks.placeOf.get(String(target.id));
      if (index !== undefined) return [tracks.things[index].x, tracks.things[index].y];
    }
    return null;
  }

  /** @param {Moment} moment */
  drawGround(moment) {
    const { camera, shown, base } = moment;
    const people = this.pairs.get("people");
    const dense = people && (base || shown.has("density"));
    const fields = base ? [] : this.fieldsAt(this.time, shown);
    const frames = dense ? `${people.a.t}/${base?.pairs.get("people")?.a.t ?? ""}` : "";
    const key = `${camera.version}/${frames}/${fields.map((one) => one.key).join()}`;
    if (key === this.groundKey) return;
    this.groundKey = key;
    this.ground.setTransform(1, 0, 0, 1, 0, 0);
    this.ground.clearRect(0, 0, this.ground.canvas.width, this.ground.canvas.height);
    this.ground.imageSmoothingEnabled = false;
    for (const { picture, field } of fields) {
      this.place(picture, camera, field.x0, field.y0, field.nx * field.cell_m, field.ny * field.cell_m);
    }
    if (!dense) return;
    const box = (base ?? this).recording.meta.box;
    const cell = cellSize(box);
    const grid = countDensity(people, this.recording.meta.box, box, cell);
    const other = base ? countDensity(base.pairs.get("people") ?? null, box, box, cell) : null;
    const picture = other ? paintDifference(other, grid) : paintDensity(grid);
    this.place(picture, camera, grid.x0, grid.y0, grid.nx * cell, grid.ny * cell);
  }

  /**
   * @param {OffscreenCanvas} picture north up
   * @param {Camera} camera
   * @param {number} x0 metres
   * @param {number} y0
   * @param {number} width
   * @param {number} height
   */
  place(picture, camera, x0, y0, width, height) {
    const [px, py] = camera.toScreen(x0, y0 + height);
    const s = camera.scale * this.ratio;
    this.ground.drawImage(picture, px * this.ratio, py * this.ratio, width * s, height * s);
  }

  /**
   * The fields that are on and here; asks for the others.
   * @param {number} t
   * @param {Set<string>} shown
   */
  fieldsAt(t, shown) {
    const found = [];
    for (const layer of this.recording.meta.layers) {
      if (layer.kind !== "field" || !shown.has(layer.name)) continue;
      const answer = this.recording.field(layer, t);
      if (!answer) continue;
      const here = this.fields.get(answer.key);
      if (here) found.push({ key: answer.key, ...here });
      else answer.field.then((field) => this.keepField(answer.key, field, layer), this.report);
    }
    return found;
  }

  /** @type {Map<string, {picture: OffscreenCanvas, field: import("./data/field.js").Field}>} */
  fields = new Map();

  /**
   * @param {string} key
   * @param {import("./data/field.js").Field} field
   * @param {import("./types.js").LayerInfo} layer
   */
  keepField(key, field, layer) {
    if (this.fields.has(key)) return;
    this.fields.set(key, { field, picture: paintField(field, layer.legend ?? []) });
    if (this.fields.size > 200) this.fields.delete([...this.fields.keys()][0]);
    this.invalidate();
  }

  /**
   * Fetch or drop layers of things as they are switched.
   * @param {Set<string>} shown
   */
  async showTracks(shown) {
    const wanted = this.recording.meta.layers.filter((layer) => isTracks(layer) && shown.has(layer.name));
    const all = await Promise.all(wanted.map(({ name }) => this.recording.tracks(name)));
    this.tracks = new Map(wanted.map((layer, i) => [layer.name, all[i]]));
    this.invalidate();
  }

  /** @param {Moment} moment */
  drawMarks({ camera, pace, selection, track, areas, shown }) {
    const { marks, ratio, time: t } = this;
    marks.setTransform(1, 0, 0, 1, 0, 0);
    marks.clearRect(0, 0, marks.canvas.width, marks.canvas.height);
    this.things.draw(marks, camera, ratio, this.tracks, t);
    marks.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawAreas(marks, camera, areas);
    if (selection) drawSelected(marks, camera, this.locate(selection), track ?? null, t);
    if (!shown.has("events")) return;
    const until = firstAfter(this.eventTimes, t + 1e-9);
    const from = Math.max(firstAfter(this.eventTimes, t - freshFor(pace)), until - 60);
    drawFresh(marks, camera, this.recording.events.slice(from, until), t, pace);
  }

  /**
   * Who or what is at a pixel of this pane.
   * @param {number} px
   * @param {number} py
   * @returns {Target|null}
   */
  pick(px, py) {
    const thing = this.things.pick(px, py, 8);
    const agent = this.renderer.pick(px, py, 12);
    if (thing && (!agent || thing.distance <= 6)) return { kind: thing.layer, id: thing.thing.id };
    return agent;
  }

  /** The canvases from below to the top. @returns {CanvasImageSource[]} */
  pictures() {
    return [this.canvases[0], this.canvases[1], this.renderer.snapshot(), this.canvases[3]];
  }

  remove() {
    this.element.remove();
  }
}

/** @param {import("./types.js").LayerInfo} layer */
export function isTracks(layer) {
  return layer.kind === "tracks" || layer.kind === "shapes";
}

/**
 * @param {Recording} recording
 * @param {boolean} small as small as can be seen, so that the density under them is
 */
function looksOf(recording, small) {
  /** @type {Map<string, import("./render/renderer.js").Look>} */
  const looks = new Map();
  const kinds = Object.keys(recording.meta.moving).sort((a, b) => (LOOKS[a]?.[1] ?? 3) - (LOOKS[b]?.[1] ?? 3));
  for (const kind of kinds) {
    const [size_m, smallest, square] = LOOKS[kind] ?? [1, 3, false];
    const n = recording.meta.moving[kind].n;
    const more = n < 2000 ? 2.5 : n < 20_000 ? 1 : 0; // few are drawn larger: they are far apart
    const least_px = small && kind === "people" ? 2 : smallest + more;
    const colours = new Map(
      Object.entries(recording.meta.moving[kind].states).map(([code, state]) => [Number(code), state.colour]),
    );
    looks.set(kind, { colours, size_m, least_px, square, outlined: kind === "units" });
  }
  return looks;
}

/** @param {HTMLCanvasElement} canvas */
function context2d(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}
