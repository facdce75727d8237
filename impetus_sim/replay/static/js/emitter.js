/** Say that something changed; parts of the page listen. */

/** @typedef {"open"|"time"|"selection"|"layers"|"areas"|"bookmarks"|"events"|"mode"|"camera"} Topic */

export class Emitter {
  constructor() {
    /** @type {Map<Topic, (() => void)[]>} */
    this.listeners = new Map();
  }

  /**
   * @param {Topic} topic
   * @param {() => void} listener
   */
  on(topic, listener) {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  /** @param {Topic} topic */
  emit(topic) {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}
