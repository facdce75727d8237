/** One opened recording: its meta, map, events and series, and what is fetched when asked for. */
import { decodeField } from "./field.js";
import { FrameStore, floorIndex } from "./frames.js";
import { getBytes, getJson } from "./server.js";
import { Tracks } from "./tracks.js";

/** @typedef {import("../types.js").Meta} Meta */
/** @typedef {import("./field.js").Field} Field */

export class Recording {
  /**
   * @param {Meta} meta
   * @param {import("../types.js").CityMap} map
   * @param {import("../types.js").CityEvent[]} events
   * @param {import("../types.js").Series[]} series
   */
  constructor(meta, map, events, series) {
    this.meta = meta;
    this.rid = meta.rid;
    this.map = map;
    this.events = events;
    this.series = series;
    this.eventOf = new Map(events.map((event) => [event.id, event]));
    /** @type {Map<string, FrameStore>} */
    this.stores = new Map();
    for (const kind of Object.keys(meta.moving)) {
      const info = meta.frames[kind];
      if (info?.times_s.length) this.stores.set(kind, new FrameStore(meta.rid, kind, info));
    }
    /** @type {Map<string, Promise<Tracks>>} */
    this.trackAnswers = new Map();
    /** @type {Map<string, Promise<Field>>} */
    this.fieldAnswers = new Map();
  }

  /**
   * @param {string} rid
   * @returns {Promise<Recording>}
   */
  static async open(rid) {
    const base = `/api/r/${rid}`;
    const [meta, map, events, series] = await Promise.all([
      getJson(`${base}/meta`),
      getJson(`${base}/map`),
      getJson(`${base}/events`),
      getJson(`${base}/series`),
    ]);
    return new Recording(meta, map, events, series.series);
  }

  /** Seconds that can be shown. */
  get duration() {
    return this.meta.duration_s;
  }

  /**
   * @param {string} layer
   * @returns {Promise<Tracks>}
   */
  tracks(layer) {
    let answer = this.trackAnswers.get(layer);
    if (!answer) {
      answer = getJson(`/api/r/${this.rid}/tracks/${layer}`).then((said) => new Tracks(said));
      this.trackAnswers.set(layer, answer);
    }
    return answer;
  }

  /**
   * The field in force at a time: asked once for each moment at which it changes.
   * @param {import("../types.js").LayerInfo} layer
   * @param {number} t
   * @returns {{key: string, field: Promise<Field>}|null} null before the first moment
   */
  field(layer, t) {
    const times = layer.times_s;
    if (times && (!times.length || t < times[0] - 1e-9)) return null;
    const at = times ? times[floorIndex(times, t)] : Math.floor(t / 5) * 5;
    const key = `${layer.name}@${at}`;
    let answer = this.fieldAnswers.get(key);
    if (!answer) {
      answer = getBytes(`/api/r/${this.rid}/field/${layer.name}?t=${at}`).then(decodeField);
      this.fieldAnswers.set(key, answer);
      if (this.fieldAnswers.size > 200) {
        const [oldest] = this.fieldAnswers.keys();
        this.fieldAnswers.delete(oldest);
      }
    }
    return { key, field: answer };
  }

  /**
   * Facts and causes about somebody or something at a time.
   * @param {import("../types.js").Target} target
   * @param {number} t
   * @returns {Promise<import("../types.js").Details>}
   */
  details(target, t) {
    const id = encodeURIComponent(String(target.id));
    const path = this.meta.moving[target.kind] ? `agent/${target.kind}/${id}` : `asset/${id}`;
    return getJson(`/api/r/${this.rid}/${path}?t=${t.toFixed(3)}`);
  }

  /**
   * @param {string} words
   * @returns {Promise<import("../types.js").Found[]>}
   */
  find(words) {
    return getJson(`/api/r/${this.rid}/find?q=${encodeURIComponent(words)}`);
  }
}
