/** Things that stand still and change state: signals, lines, pumps, masts, cameras, controllers, gates. */
import { floorIndex } from "./frames.js";

export class Tracks {
  /** @param {import("../types.js").TracksAnswer} answer */
  constructor(answer) {
    this.things = answer.things;
    this.states = answer.states;
    this.times = Float64Array.from(answer.changes, (change) => change[0]);
    /** @type {{t: number[], state: string[]}[]} */
    this.histories = answer.things.map(() => ({ t: [], state: [] }));
    for (const [t, index, state] of answer.changes) {
      this.histories[index].t.push(t);
      this.histories[index].state.push(state);
    }
    this.placeOf = new Map(answer.things.map((thing, index) => [String(thing.id), index]));
  }

  /**
   * How many changes have happened: what is drawn stays true as long as this does not change.
   * @param {number} t
   */
  version(t) {
    if (!this.times.length || t < this.times[0]) return 0;
    return floorIndex(this.times, t) + 1;
  }

  /**
   * @param {number} index
   * @param {number} t
   * @returns {string} "" before the first known state
   */
  stateAt(index, t) {
    const history = this.histories[index];
    if (!history.t.length || t < history.t[0] - 1e-9) return "";
    return history.state[floorIndex(history.t, t)];
  }

  /**
   * @param {string} state
   * @returns {string} a colour
   */
  colour(state) {
    return this.states[state]?.colour ?? "#7a7f85";
  }
}
