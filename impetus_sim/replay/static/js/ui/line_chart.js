/** A line chart on the viewer's clock: lines, a band, a cursor, and the same numbers as a table. */
import { floorIndex } from "../data/frames.js";
import { formatNumber, formatTime, roundStep } from "../time/format.js";
import { make, svg, swatch } from "./elements.js";

const [WIDTH, HEIGHT] = [320, 128];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 8, 8, 20];
const TABLE_ROWS = 40;

/**
 * @typedef {{name: string, colour: string, dashed?: boolean, t: ArrayLike<number>, y: (number|null)[], low?: (number|null)[],
 *   high?: (number|null)[]}} Line
 */

export class LineChart {
  /**
   * @param {string} title
   * @param {string} unit
   * @param {Line[]} lines
   * @param {number} duration seconds over the whole width
   * @param {(t: number) => void} go called with the time that was clicked
   */
  constructor(title, unit, lines, duration, go) {
    this.lines = lines;
    this.duration = Math.max(duration, 1e-6);
    this.unit = unit;
    const values = lines.flatMap((line) => [line.y, line.low ?? [], line.high ?? []]).flat().filter((y) => y !== null && Number.isFinite(y));
    this.low = Math.min(0, ...values.map(Number));
    this.high = Math.max(...values.map(Number), this.low + 1e-9);
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": this.describe(title) });
    this.drawAxes(picture);
    for (const line of lines) this.drawLine(picture, line);
    this.now = svg("line", { class: "now", x1: 0, x2: 0, y1: TOP, y2: HEIGHT - BOTTOM });
    picture.append(this.now);
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * WIDTH;
      go(((x - LEFT) / (WIDTH - LEFT - RIGHT)) * this.duration);
    });
    this.values = make("div", { className: "values" });
    this.element = make("figure", { className: "chart" }, make("figcaption", {}, titled(title, unit)), picture, this.values, this.table());
  }

  /** @param {string} title */
  describe(title) {
    const ends = this.lines.map((line) => {
      const numbers = line.y.filter((y) => y !== null).map(Number);
      if (!numbers.length) return `${line.name}: no values`;
      return `${line.name} from ${formatNumber(numbers[0])} to ${formatNumber(numbers[numbers.length - 1])}, highest ${formatNumber(Math.max(...numbers))}`;
    });
    return `${title}. ${ends.join("; ")}`;
  }

  /** @param {number} t */
  x(t) {
    return LEFT + (t / this.duration) * (WIDTH - LEFT - RIGHT);
  }

  /** @param {number} value */
  y(value) {
    return HEIGHT - BOTTOM - ((value - this.low) / (this.high - this.low)) * (HEIGHT - TOP - BOTTOM);
  }

  /** @param {SVGElement} picture */
  drawAxes(picture) {
    const step = roundStep(this.high - this.low, 4);
    for (let k = Math.ceil(this.low / step - 1e-9); k * step <= this.high + 1e-9 * step; k++) {
      const y = this.y(k * step);
      picture.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }));
      picture.append(svg("text", { x: LEFT - 4, y: y + 3.5, "text-anchor": "end" }, formatNumber(k * step || 0)));
    }
    const seconds = roundStep(this.duration, 5, true);
    for (let k = 0; k * seconds <= this.duration + 1e-6; k++) {
      const anchor = k === 0 ? "start" : this.x(k * seconds) > WIDTH - 22 ? "end" : "middle";
      picture.append(svg("text", { x: this.x(k * seconds), y: HEIGHT - 5, "text-anchor": anchor }, formatTime(k * seconds)));
    }
  }

  /**
   * @param {SVGElement} picture
   * @param {Line} line
   */
  drawLine(picture, { t, y, low, high, colour, dashed }) {
    if (low && high) {
      const up = high.flatMap((value, i) => (value === null ? [] : [`${this.x(t[i])},${this.y(value)}`]));
      const down = low.flatMap((value, i) => (value === null ? [] : [`${this.x(t[i])},${this.y(value)}`]));
      picture.append(svg("polygon", { class: "band", fill: colour, points: [...up, ...down.reverse()].join(" ") }));
    }
    let path = "";
    let pen = false;
    y.forEach((value, i) => {
      if (value !== null && Number.isFinite(value)) path += `${pen ? "L" : "M"}${this.x(t[i]).toFixed(1)} ${this.y(value).toFixed(1)}`;
      pen = value !== null && Number.isFinite(value);
    });
    picture.append(svg("path", { class: "line", d: path, stroke: colour, ...(dashed ? { "stroke-dasharray": "4 3" } : {}) }));
  }

  /** Move the cursor. @param {number} t */
  showTime(t) {
    const x = this.x(Math.min(t, this.duration));
    this.now.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
    this.values.replaceChildren(
      ...this.lines.map(({ name, colour, t: times, y }) => {
        const value = times.length && t >= times[0] - 1e-9 ? y[floorIndex(times, t)] : null;
        return make("span", {}, swatch(colour, "dot"), ` ${name} ${value === null || value === undefined ? "–" : formatNumber(value)}`);
      }),
    );
  }

  /** The numbers, at most some rows, made when opened. */
  table() {
    const place = make("details", {}, make("summary", {}, "Numbers"));
    place.addEventListener("toggle", () => {
      if (!place.open || place.querySelector("table")) return;
      const [longest] = [...this.lines].sort((a, b) => b.t.length - a.t.length);
      const every = Math.max(1, Math.ceil(longest.t.length / TABLE_ROWS));
      const head = make("tr", {}, make("th", {}, "Time"), ...this.lines.map(({ name }) => make("th", { className: "number" }, name)));
      const body = make("tbody", {});
      for (let i = 0; i < longest.t.length; i += every) {
        const t = longest.t[i];
        const cells = this.lines.map(({ t: times, y }) => {
          const value = times.length && t >= times[0] - 1e-9 ? y[floorIndex(times, t)] : null;
          return make("td", { className: "number" }, value === null || value === undefined ? "–" : formatNumber(value));
        });
        body.append(make("tr", {}, make("td", {}, formatTime(t)), ...cells));
      }
      const caption = every > 1 ? [make("caption", {}, `Every ${every}th value`)] : [];
      place.append(make("table", {}, ...caption, make("thead", {}, head), body));
    });
    return place;
  }
}

/**
 * A heading with its unit, unless it says that already.
 * @param {string} title
 * @param {string} unit
 */
function titled(title, unit) {
  const heading = title.charAt(0).toUpperCase() + title.slice(1);
  return unit && !title.split(" ").includes(unit) ? `${heading}, ${unit}` : heading;
}
