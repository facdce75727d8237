/** Panels of which one is shown: the usual keys of tabs (left, right, home, end). */
import { button, byId, make } from "./elements.js";

export class Tabs {
  constructor() {
    /** @type {Map<string, {tab: HTMLButtonElement, panel: HTMLElement}>} */
    this.pages = new Map();
    this.shown = "";
    /** Called when another panel comes up: it may have to catch up with the clock. */
    this.onShow = () => {};
    byId("tabs").addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * @param {string} name
   * @param {string} title
   * @returns {HTMLElement} the panel, to be filled
   */
  add(name, title) {
    const tab = button(title, () => this.show(name), { id: `tab-${name}`, aria: { role: "tab", controls: `panel-${name}` } });
    const panel = make("section", { className: "panel", id: `panel-${name}`, aria: { role: "tabpanel", labelledby: `tab-${name}` } });
    byId("tabs").append(tab);
    byId("panels").append(panel);
    this.pages.set(name, { tab, panel });
    if (this.pages.size === 1) this.show(name);
    else this.show(this.shown);
    return panel;
  }

  /** @param {string} name */
  show(name) {
    this.shown = name;
    for (const [other, { tab, panel }] of this.pages) {
      const on = other === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      panel.hidden = !on;
    }
    this.onShow();
  }

  /** @param {string} name */
  isShown(name) {
    return this.shown === name && !document.body.classList.contains("presenting");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const names = [...this.pages.keys()];
    const at = names.indexOf(this.shown);
    const places = { ArrowRight: at + 1, ArrowLeft: at - 1 + names.length, Home: 0, End: names.length - 1 };
    const place = /** @type {Record<string, number>} */ (places)[event.key];
    if (place === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const name = names[place % names.length];
    this.show(name);
    this.pages.get(name)?.tab.focus();
  }
}
