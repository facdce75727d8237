/** Making elements. Styles are set on the element, never as text: the page allows no inline style sheets. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]> & {aria?: Record<string, string>}} [properties]
 * @param {(Node|string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { aria, ...others } = properties;
  Object.assign(element, others);
  for (const [name, value] of Object.entries(aria ?? {})) {
    element.setAttribute(name === "role" ? name : `aria-${name}`, value);
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {Partial<HTMLButtonElement> & {aria?: Record<string, string>}} [properties]
 */
export function button(text, onclick, properties = {}) {
  return make("button", { type: "button", onclick, ...properties }, text);
}

/**
 * The element of the page with an id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element '${id}'`);
  return element;
}

/**
 * A coloured dot or square.
 * @param {string} colour
 * @param {string} className
 */
export function swatch(colour, className) {
  const spot = make("span", { className });
  spot.style.background = colour;
  return spot;
}

/** Say something to those who hear the page. @param {string} text */
export function say(text) {
  byId("said").textContent = text;
}

/**
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 * @param {(Node|string)[]} children
 * @returns {SVGElement}
 */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
