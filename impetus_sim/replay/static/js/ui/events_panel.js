/** Events as a table: the same facts as the marks, for the keyboard and for screen readers. */
import { GROUPS, groupStyle } from "../render/palette.js";
import { firstAfter } from "../time/clock.js";
import { formatTime } from "../time/format.js";
import { button, make, swatch } from "./elements.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

const MOST_ROWS = 400;

/**
 * @param {Viewer} viewer
 * @param {HTMLElement} panel
 * @param {import("./tabs.js").Tabs} tabs
 */
export function mountEvents(viewer, panel, tabs) {
  const groups = make("div", { className: "groups", aria: { role: "group", label: "Groups of events" } });
  const words = make("input", { type: "search", placeholder: "Words in events…", aria: { label: "Words in events" } });
  const caption = make("caption", {});
  const body = make("tbody", {});
  const head = make("thead", {}, make("tr", {}, make("th", {}, "Time"), make("th", {}, "What happened")));
  panel.append(make("h2", {}, "Events"), groups, make("div", { className: "row" }, words), make("table", {}, caption, head, body));
  /** @type {Float64Array} */
  let times = new Float64Array(0);
  let current = -2;

  function fill() {
    if (!viewer.panes.length) return;
    const wanted = words.value.toLowerCase();
    const found = viewer.events.filter((event) => !wanted || `${event.text} ${event.kind} ${event.subject}`.toLowerCase().includes(wanted));
    const rows = found.slice(0, MOST_ROWS);
    const more = found.length > rows.length ? `, the first ${rows.length} are listed: search to see others` : "";
    caption.textContent = `${found.length} events${more}. A click goes there.`;
    body.replaceChildren(...rows.map((event) => rowOf(viewer, event)));
    times = Float64Array.from(rows, (event) => event.t);
    current = -2;
    mark();
  }

  function mark() {
    if (!tabs.isShown("events")) return;
    const now = firstAfter(times, viewer.clock.t + 1e-6) - 1;
    if (now === current) return;
    current = now;
    [...body.rows].forEach((row, i) => {
      row.classList.toggle("future", i > now);
      if (i === now) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    if (viewer.clock.playing) body.rows[now]?.scrollIntoView({ block: "nearest" });
  }

  viewer.on("open", () => {
    fillGroups(viewer, groups);
    fill();
  });
  viewer.on("events", () => {
    fillGroups(viewer, groups);
    fill();
  });
  viewer.on("time", mark);
  words.addEventListener("input", fill);
}

/**
 * @param {Viewer} viewer
 * @param {HTMLElement} place
 */
function fillGroups(viewer, place) {
  const focused = document.activeElement?.textContent;
  const buttons = Object.keys(GROUPS).flatMap((group) => {
    const number = viewer.first.events.filter((event) => event.group === group).length;
    if (!number) return [];
    const on = !viewer.hiddenGroups.has(group);
    const one = button("", () => viewer.showGroup(group, !on), {
      aria: { pressed: String(on) }, title: "On: on the timeline, and next and previous stop there",
    });
    one.append(swatch(groupStyle(group).colour, "dot"), `${groupStyle(group).title} ${number}`);
    return [one];
  });
  place.replaceChildren(...buttons);
  buttons.find((one) => one.textContent === focused)?.focus();
}

/**
 * @param {Viewer} viewer
 * @param {import("../types.js").CityEvent} event
 */
function rowOf(viewer, event) {
  const { colour, title } = groupStyle(event.group);
  const count = event.count && event.count > 1 ? ` (${event.count} times${event.until === undefined ? "" : ` until ${formatTime(event.until)}`})` : "";
  const go = () => {
    viewer.pause();
    void viewer.seek(event.t);
    if (event.x === null || event.y === null) return;
    const [x0, y0, x1, y1] = viewer.camera.box;
    if (event.x < x0 || event.x > x1 || event.y < y0 || event.y > y1) {
      viewer.camera.set({ x: event.x, y: event.y, scale: viewer.camera.scale });
      viewer.cameraMoved();
    }
  };
  const dot = swatch(colour, "dot");
  dot.title = title;
  return make("tr", {}, make("td", {}, button(formatTime(event.t), go, { className: "time" })), make("td", {}, dot, ` ${event.text}${count}`));
}
