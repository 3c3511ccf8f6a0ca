/** Honest fakes of what the browser brings: time, WebSocket, storage, peer connection. They behave, they do not record calls. */

/** A clock that is turned by hand. */
export class ManualClock {
  #now = 0;
  /** @type {{at: number, run: () => void}[]} */
  #alarms = [];

  now = () => this.#now;
  chance = () => 0;

  /** @param {number} ms @param {() => void} run */
  after = (ms, run) => {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((one) => one !== alarm);
    };
  };

  /** Lets time pass; after each alarm, promises get their turn. @param {number} ms */
  async pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#alarms.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#alarms = this.#alarms.filter((one) => one !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything run that waits for a promise of this thread. */
async function settle() {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for a condition (WebCrypto answers from another thread); the test's own time limit ends it. @param {() => boolean} holds */
export async function until(holds) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** The server's end of a WebSocket that the page opened. */
export class FakeSocket {
  readyState = 0;
  /** @type {any[]} */
  sent = [];
  seq = 0;
  /** @type {null | (() => void)} */
  onopen = null;
  /** @type {null | ((event: {data: unknown}) => void)} */
  onmessage = null;
  /** @type {null | ((event: {code: number}) => void)} */
  onclose = null;

  /** @param {string} url @param {string} protocol */
  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
  }

  /** @param {string} text */
  send(text) {
    if (this.readyState !== 1) throw new Error('not open');
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  // what the server does

  accept() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** @param {object} message */
  say(message) {
    this.seq += 1;
    this.onmessage?.({ data: JSON.stringify({ ...message, seq: this.seq }) });
  }

  /** @param {number} code */
  end(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A place where sockets are opened; `last` is the newest. */
export class FakeServer {
  /** @type {FakeSocket[]} */
  sockets = [];

  /** @param {string} url @param {string} protocol @returns {any} */
  open = (url, protocol) => {
    const socket = new FakeSocket(url, protocol);
    this.sockets.push(socket);
    return socket;
  };

  get last() {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('nobody connected');
    return socket;
  }
}

/** `sessionStorage` of one tab. */
export class FakeStorage {
  #items = new Map();
  /** @param {string} name */
  getItem = (name) => this.#items.get(name) ?? null;
  /** @param {string} name @param {string} value */
  setItem = (name, value) => void this.#items.set(name, value);
  /** @param {string} name */
  removeItem = (name) => void this.#items.delete(name);
}
