/** "What if we had…?": change the scenario at this moment, run on, and see both on one clock. */
import { getJson, postJson } from "../data/server.js";
import { formatTime, formatTimeOfDay } from "../time/format.js";
import { button, make } from "./elements.js";
import { waitForJob } from "./job.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

/**
 * Open the form for the moment on the clock.
 * @param {Viewer} viewer
 */
export async function openBranchDialog(viewer) {
  viewer.pause();
  const { first, clock } = viewer;
  /** @type {import("../types.js").BranchForm} */
  const form = await getJson(`/api/r/${first.rid}/branch-form?t=${clock.t.toFixed(3)}`);
  const dialog = new BranchDialog(viewer, form);
  document.body.append(dialog.element);
  dialog.element.showModal();
}

class BranchDialog {
  /**
   * @param {Viewer} viewer
   * @param {import("../types.js").BranchForm} form
   */
  constructor(viewer, form) {
    this.viewer = viewer;
    this.form = form;
    this.inputs = form.keys.map((key) => inputOf(key));
    this.inject = make("textarea", { placeholder: form.example_inject, spellcheck: false, id: "inject", aria: { label: "More to happen, as YAML" } });
    this.wrong = make("p", { className: "wrong", hidden: true, aria: { role: "alert" } });
    this.hint = make("p", { className: "soft" });
    this.progress = make("progress", { max: 1, value: 0, hidden: true, aria: { label: "Run" } });
    this.says = make("p", { className: "soft", aria: { role: "status" } });
    this.run = button("Run from here", () => void this.start(), { className: "main", id: "branch-run" });
    this.element = make("dialog", { id: "branch-dialog", aria: { label: "What if" } }, ...this.content());
    this.element.addEventListener("close", () => this.element.remove());
  }

  content() {
    const { form, viewer } = this;
    const of_day = formatTimeOfDay(viewer.first.meta.start_clock, form.at_s);
    const changes = make("fieldset", {}, make("legend", {}, "Change what the scenario says"));
    this.inputs.forEach((input, i) => {
      const { key, unit_text } = form.keys[i];
      const row = make("label", { className: "change" }, make("span", {}, key), input);
      if (unit_text) row.append(make("span", { className: "soft" }, unit_text));
      changes.append(row);
    });
    return [
      make("h2", {}, `What if, from ${formatTime(form.at_s, true)}${of_day ? ` (${of_day})` : ""}?`),
      make("p", { className: "soft" }, "Everything up to this moment stays exactly as it was; only your change makes a difference. With no change the same run comes out again."),
      ...(form.keys.length ? [changes] : []),
      make("h3", {}, "Or let something more happen"),
      this.inject,
      button("Use the example", () => (this.inject.value = form.example_inject), { disabled: !form.example_inject }),
      this.wrong, this.hint, this.progress, this.says,
      make("div", { className: "row" }, button("Cancel", () => this.element.close()), this.run),
    ];
  }

  /** Lines key=value for what was changed. */
  get changes() {
    return this.inputs.flatMap((input, i) => {
      const { key, value } = this.form.keys[i];
      return input.value.trim() === value.trim() ? [] : [`${key}=${input.value.trim()}`];
    });
  }

  async start() {
    const { rid } = this.viewer.first;
    this.wrong.hidden = true;
    this.hint.textContent = "";
    this.run.disabled = true;
    this.progress.hidden = false;
    try {
      const { job } = await postJson("/api/branch", { rid, at_s: this.form.at_s, set: this.changes, inject: this.inject.value });
      const result = await waitForJob(job, (progress, message) => {
        this.progress.value = progress;
        this.says.textContent = message;
      });
      if (!result?.rid) throw new Error("The branch ended without a recording.");
      this.element.close();
      await this.viewer.openBeside(rid, result.rid, this.form.at_s);
    } catch (error) {
      this.wrong.textContent = error instanceof Error ? error.message : String(error);
      this.wrong.hidden = false;
      this.hint.textContent = error instanceof Error && "hint" in error ? String(error.hint) : "";
    } finally {
      this.run.disabled = false;
      this.progress.hidden = true;
    }
  }
}

/** @param {import("../types.js").FormKey} key */
function inputOf({ key, value, choices }) {
  const input = choices?.length
    ? make("select", { name: key }, ...choices.map((choice) => make("option", { value: choice, selected: choice === value }, choice)))
    : make("input", { type: "text", name: key, value });
  input.addEventListener("input", () => input.classList.toggle("changed", input.value.trim() !== value.trim()));
  return input;
}
