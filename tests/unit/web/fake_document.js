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

  /** Every element below with this tag. @param {string} tag @returns {FakeElement[]} */
  all(tag) {
    const below = this.children.filter((child) => typeof child !== 'string');
    return below.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
}

export const fakeDocument = { createElement: (tag) => new FakeElement(tag), createElementNS: (_, tag) => new FakeElement(tag) };
