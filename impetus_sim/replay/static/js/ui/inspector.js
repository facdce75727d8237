/** Facts and causes about who or what was clicked, follow, and its way over the map. */
import { formatTime } from "../time/format.js";
import { button, make, say } from "./elements.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

const ASK_EVERY_MS = 700;

export class Inspector {
  /**
   * @param {Viewer} viewer
   * @param {HTMLElement} panel
   * @param {import("./tabs.js").Tabs} tabs
   */
  constructor(viewer, panel, tabs) {
    this.viewer = viewer;
    this.panel = panel;
    this.tabs = tabs;
    this.asked = { at: 0, t: -1 };
    this.asking = false;
    viewer.on("selection", () => this.onSelection());
    viewer.on("open", () => this.onSelection());
    viewer.on("time", () => this.onTime());
  }

  onSelection() {
    this.asked = { at: 0, t: -1 };
    if (!this.viewer.selection) {
      this.panel.replaceChildren(
        make("h2", {}, "Details"),
        make("p", { className: "soft" }, "Click a person, a vehicle, a unit or an asset on the map, or use Find, to see who it is, what it does and why."),
      );
      return;
    }
    this.tabs.show("details");
    void this.ask();
  }

  onTime() {
    const due = performance.now() - this.asked.at > ASK_EVERY_MS;
    if (this.viewer.selection && due && this.asked.t !== this.viewer.clock.t) void this.ask();
  }

  async ask() {
    const { selection, clock } = this.viewer;
    if (!selection || this.asking) return;
    this.asking = true;
    this.asked = { at: performance.now(), t: clock.t };
    try {
      const details = await this.viewer.first.details(selection, clock.t);
      if (selection === this.viewer.selection) this.show(details);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.panel.replaceChildren(make("h2", {}, `${selection.kind} ${selection.id}`), make("p", { aria: { role: "alert" } }, text));
    } finally {
      this.asking = false;
    }
    if (selection !== this.viewer.selection) void this.ask();
  }

  /** @param {import("../types.js").Details} details */
  show(details) {
    const { viewer } = this;
    if (details.track) viewer.track = details.track;
    viewer.loop.invalidate();
    const title = details.label ?? `${details.kind} ${details.id}`;
    const follow = button("Follow (F)", () => toggleFollow(viewer), { aria: { pressed: String(viewer.follow) } });
    const show = button("Show on the map", () => showSelected(viewer, details));
    const facts = make("dl", { className: "facts" });
    for (const { label, value, unit } of details.facts) {
      facts.append(make("dt", {}, label.charAt(0).toUpperCase() + label.slice(1)), make("dd", {}, `${value ?? "–"}${unit ? ` ${unit}` : ""}`));
    }
    const focused = document.activeElement?.textContent;
    this.panel.replaceChildren(
      make("h2", {}, title.charAt(0).toUpperCase() + title.slice(1)),
      make("p", { className: "soft" }, `At ${formatTime(viewer.clock.t, true)}`),
      make("div", { className: "row" }, follow, show, button("Clear", () => viewer.select(null))),
      facts,
    );
    if (details.chain.length) this.panel.append(make("h3", {}, "Why: causes, first to last"), this.chain(details.chain));
    for (const one of this.panel.querySelectorAll("button")) if (one.textContent === focused) one.focus();
    say(title);
  }

  /** @param {import("../types.js").ChainStep[]} steps */
  chain(steps) {
    const list = make("ol", { className: "chain" });
    for (const { t, text } of steps) {
      list.append(make("li", {}, button(formatTime(t), () => void this.viewer.seek(t), { title: "Go there" }), text));
    }
    return list;
  }
}

/** @param {Viewer} viewer */
export function toggleFollow(viewer) {
  viewer.follow = !viewer.follow && viewer.selection !== null;
  if (viewer.follow && viewer.camera.scale < 2) viewer.camera.zoom(4 / viewer.camera.scale);
  viewer.cameraMoved();
  viewer.emit("selection");
}

/**
 * @param {Viewer} viewer
 * @param {import("../types.js").Details} details
 */
function showSelected(viewer, details) {
  const at = viewer.selection ? viewer.panes[0].locate(viewer.selection) : null;
  const x = at?.[0] ?? details.x;
  const y = at?.[1] ?? details.y;
  if (x === undefined || y === undefined || x === null || y === null) {
    say("Not on the map at this time");
    return;
  }
  viewer.camera.set({ x, y, scale: Math.max(viewer.camera.scale, 4) });
  viewer.cameraMoved();
}
