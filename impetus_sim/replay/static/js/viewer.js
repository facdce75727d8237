/** The viewer's state and what can be done with it; panels and keys call this and listen to it. */
import { Recording } from "./data/recording.js";
import { Emitter } from "./emitter.js";
import { Loop } from "./loop.js";
import { AreaMeter } from "./measure/area_meter.js";
import { Pane, isTracks } from "./pane.js";
import { Stage } from "./stage.js";
import { Clock, firstAfter } from "./time/clock.js";
import { Camera } from "./view/camera.js";
import { readLink, writeLink } from "./view/link.js";

/** @typedef {import("./types.js").Target} Target */
/** @typedef {import("./types.js").CityEvent} CityEvent */
/** @typedef {import("./view/link.js").Mode} Mode */

const SAME_MOMENT_S = 0.01;
const LEGEND_PX = 230; // what the legend covers at the left

export class Viewer extends Emitter {
  /**
   * @param {HTMLElement} stage where panes go
   * @param {(error: unknown) => void} report shows an error
   */
  constructor(stage, report) {
    super();
    this.report = report;
    this.clock = new Clock();
    this.camera = new Camera();
    this.stage = new Stage(stage, this);
    /** @type {Pane[]} */
    this.panes = [];
    /** @type {Mode} */
    this.mode = "single";
    /** @type {Set<string>} layers that are on */
    this.shown = new Set(["names", "events"]);
    /** @type {Target|null} */
    this.selection = null;
    /** @type {import("./types.js").Details["track"]|null} */
    this.track = null;
    this.follow = false;
    this.dragging = false;
    /** @type {Set<string>} groups of events that are left out of the timeline and of next and previous */
    this.hiddenGroups = new Set();
    /** @type {import("./types.js").Bookmark[]} */
    this.bookmarks = [];
    this.meter = new AreaMeter(this);
    /** @type {number[]|null} corners of the area that is being drawn */
    this.drawing = null;
    this.loop = new Loop((wall_s) => this.frame(wall_s));
    this.wish = new URLSearchParams(location.search).get("renderer");
  }

  get recordings() {
    return this.panes.map((pane) => pane.recording);
  }

  /** The recording that facts are about. */
  get first() {
    return this.panes[0].recording;
  }

  /**
   * Open recordings on one clock and show them; what the address's fragment says wins over defaults.
   * @param {string[]} rids
   * @param {import("./view/link.js").ViewState} [view]
   */
  async open(rids, view = readLink("")) {
    const recordings = await Promise.all(rids.map((rid) => Recording.open(rid)));
    for (const pane of this.panes) pane.remove();
    this.panes = recordings.map(
      (recording) => new Pane(recording, this.stage.element, this.wish, () => this.loop.invalidate(), this.report),
    );
    this.clock.duration = Math.max(...recordings.map((recording) => recording.duration));
    this.clock.playing = false;
    this.shown = new Set(view.layers ?? defaultLayers(recordings));
    this.mode = recordings.length < 2 ? "single" : view.mode && view.mode !== "single" ? view.mode : "side";
    this.meter.reset(view.areas);
    this.stage.layOut();
    if (view.camera) this.camera.set(view.camera);
    else this.fit();
    this.selection = null;
    this.follow = view.follow;
    this.noteMoments();
    this.emit("open");
    this.emit("mode");
    await this.showLayers();
    await this.seek(view.t ?? 0);
    this.select(view.selection);
    this.follow = view.follow && view.selection !== null;
  }

  /**
   * Show a recording and its branch on one clock from the moment of the branch, with the view as it is.
   * @param {string} parent
   * @param {string} branch
   * @param {number} at_s
   */
  openBeside(parent, branch, at_s) {
    return this.open([parent, branch], { ...readLink(this.link), t: at_s, mode: "side" });
  }

  fit() {
    this.camera.least = 1e-4;
    this.camera.fit(this.first.meta.box, this.mode === "side" ? 0 : LEGEND_PX);
    this.camera.least = this.camera.scale / 4;
    this.cameraMoved();
  }

  cameraMoved() {
    this.loop.invalidate();
    this.emit("camera");
  }

  /** @param {number} wall_s @returns {boolean} */
  frame(wall_s) {
    if (!this.panes.length) return false;
    const playing = this.clock.playing;
    if (!this.waitsForData()) this.clock.advance(wall_s);
    const { clock, camera, shown, selection, track, dragging } = this;
    const panes = this.stage.drawnPanes();
    const pace = playing ? clock.pace : 0;
    for (const pane of panes) pane.takeFrames({ t: Math.min(clock.t, pane.recording.duration), pace, dragging, shown });
    if (this.follow && selection) this.followSelection(selection);
    const areas = this.meter.tags();
    if (this.drawing) areas.push({ name: "", points: this.drawing, text: "", open: true });
    const base = this.mode === "diff" ? this.panes[0] : null;
    for (const pane of panes) {
      pane.draw({ pace, shown, camera, selection, track, areas, base: pane === base ? null : base });
    }
    this.emit("time");
    return this.clock.playing;
  }

  /** Whether people's frames of now are still on their way while playing: the clock then waits for them. */
  waitsForData() {
    return this.panes.some((pane) => {
      const store = pane.recording.stores.get("people");
      return store !== undefined && store.pair(this.clock.t, store.levelFor(this.clock.pace)) === null;
    });
  }

  /** @param {Target} selection */
  followSelection(selection) {
    const at = this.panes[0].locate(selection);
    if (at) this.camera.set({ x: at[0], y: at[1], scale: this.camera.scale });
  }

  /**
   * Go to a time; kept once its recorded frames are loaded and drawn.
   * @param {number} t
   */
  async seek(t) {
    this.dragging = false;
    this.clock.set(t);
    const { t: at } = this.clock;
    await Promise.all(this.panes.map((pane) => pane.load(Math.min(at, pane.recording.duration), this.shown)));
    await this.loop.next();
  }

  /** Show a time while a hand moves: coarse frames do. @param {number} t */
  drag(t) {
    this.dragging = true;
    this.clock.set(t);
    this.loop.invalidate();
  }

  play() {
    if (this.clock.t >= this.clock.duration) this.clock.set(0);
    this.dragging = false;
    this.clock.playing = true;
    this.loop.forget();
    this.loop.invalidate();
    this.emit("time");
  }

  pause() {
    this.clock.playing = false;
    this.loop.invalidate();
    this.emit("time");
  }

  toggle() {
    if (this.clock.playing) this.pause();
    else this.play();
  }

  /** Go some recorded frames on or back. @param {number} n */
  step(n) {
    this.pause();
    const stores = this.first.stores;
    const times = (stores.get("people") ?? [...stores.values()][0])?.info.times_s ?? [];
    const after = firstAfter(times, this.clock.t + 1e-6);
    const before = firstAfter(times, this.clock.t - 1e-6) - 1;
    const index = n > 0 ? after + n - 1 : before + n + 1;
    return this.seek(times[Math.min(times.length - 1, Math.max(0, index))] ?? this.clock.t);
  }

  /** Events on the timeline: of the first recording, groups that are on. */
  get events() {
    return this.panes.length ? this.first.events.filter((event) => !this.hiddenGroups.has(event.group)) : [];
  }

  /** Go to the next (1) or previous (-1) moment with an event. @param {1|-1} direction */
  async goToEvent(direction) {
    const events = this.events;
    const { t } = this.clock;
    const found =
      direction > 0
        ? events.find((event) => event.t > t + SAME_MOMENT_S)
        : events.findLast((event) => event.t < t - SAME_MOMENT_S);
    if (!found) return null;
    this.pause();
    await this.seek(found.t);
    return found;
  }

  /** @param {string} group @param {boolean} on */
  showGroup(group, on) {
    if (on) this.hiddenGroups.delete(group);
    else this.hiddenGroups.add(group);
    this.noteMoments();
    this.emit("events");
  }

  noteMoments() {
    this.clock.moments = Float64Array.from(this.events, (event) => event.t);
  }

  /** @param {Target|null} target */
  select(target) {
    const moves = target !== null && this.first.meta.moving[target.kind] !== undefined;
    this.selection = moves ? { kind: target.kind, id: Number(target.id) } : target;
    this.track = null;
    if (!target) this.follow = false;
    this.emit("selection");
    this.loop.invalidate();
  }

  /** @param {string} layer @param {boolean} on */
  show(layer, on) {
    if (on) this.shown.add(layer);
    else this.shown.delete(layer);
    this.showLayers().catch(this.report);
  }

  async showLayers() {
    this.emit("layers");
    for (const pane of this.panes) pane.groundKey = "";
    await Promise.all(this.panes.map((pane) => pane.showTracks(this.shown)));
  }

  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = this.panes.length < 2 ? "single" : mode;
    this.stage.layOut();
    this.emit("mode");
    this.cameraMoved();
  }

  /** The address's fragment for what is on screen. */
  get link() {
    return writeLink({
      rids: this.recordings.map((recording) => recording.rid),
      t: this.clock.t,
      camera: this.camera.state,
      layers: [...this.shown],
      selection: this.selection,
      follow: this.follow,
      mode: this.mode,
      areas: this.meter.areas,
    });
  }
}

/** @param {Recording[]} recordings */
function defaultLayers(recordings) {
  const layers = ["names", "events"];
  for (const { meta } of recordings) {
    layers.push(...Object.keys(meta.moving));
    for (const layer of meta.layers) {
      if (layer.shown ?? (!isTracks(layer) || layer.name === "signals")) layers.push(layer.name);
    }
  }
  return layers;
}
