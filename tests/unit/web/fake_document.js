/** As much of a document as the screens need to be built: elements with attributes, children, text. */

class FakeElement {
  attributes = {};
  children = [];
  dataset = {};
  listeners = {};

  constructor(tag) {
    this.tag = tag;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === 'hidden') this.hidden = true;
  }

  addEventListener(name, run) {
    this.listeners[name] = run;
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  get textContent() {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }

  set textContent(text) {
    this.children = [text];
  }

  /** By `#id` or by tag. @param {string} what @returns {FakeElement | null} */
  querySelector(what) {
    return first(this, ({ tag, attributes }) => (what.startsWith('#') ? attributes.id === what.slice(1) : tag === what));
  }

  focus() {
    fakeDocument.activeElement = this;
  }

  /** Every element below with this tag. @param {string} tag @returns {FakeElement[]} */
  all(tag) {
    const below = this.children.filter((child) => typeof child !== 'string');
    return below.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
}

/** @param {FakeElement} element @param {(one: FakeElement) => boolean} fits @returns {FakeElement | null} */
function first(element, fits) {
  for (const child of element.children) {
    if (typeof child === 'string') continue;
    const found = fits(child) ? child : first(child, fits);
    if (found !== null) return found;
  }
  return null;
}

export const fakeDocument = { activeElement: null, createElement: (tag) => new FakeElement(tag), createElementNS: (_, tag) => new FakeElement(tag) };
