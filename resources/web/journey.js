/**
 * Leads one person from the link to the goodbye: which screen when, and what happens with the devices on the way.
 * For whoever measures from outside, `#page` carries `data-state` (the screen), `data-epoch`, `data-connection` (how media flows, see
 * `call.js`), `data-server` (`online` or `offline`) and, on a closed door, `data-code`.
 */

import { Awake } from './awake.js';
import { Bar } from './bar.js';
import { Devices } from './devices.js';
import { LookError, look } from './look.js';
import { SeatStore } from './protocol.js';
import { ChatLog } from './screens/chat_panel.js';
import { Conversation } from './screens/conversation.js';
import { closed, early, goodbye, instead, loading, over } from './screens/message.js';
import { permission, preview, refused } from './screens/preview.js';
import { welcome } from './screens/welcome.js';
import { joining, waiting } from './screens/waiting.js';
import { START, Session } from './session.js';
import { Texts, getJson, remember } from './texts.js';

/** @import {DeviceTrouble, Wish} from './devices.js' */
/** @import {Appointment} from './look.js' */
/** @import {View} from './session.js' */
/** @import {Site} from './texts.js' */
/** @import {Way} from './screens/message.js' */
/** @import {Screen} from './screens/screen.js' */

/** While the waiting room is not open yet, the page looks again by itself. */
const EARLY_MS = 30_000;
const BOTH = { microphone: true, camera: true };

export class Journey {
  #root;
  #site;
  #texts;
  #token;
  #key;
  #store;
  #bar;
  #devices;
  /** @type {Appointment | null} */
  #appointment = null;
  /** @type {Session | null} */
  #session = null;
  /** @type {MediaStream | null} */
  #remote = null;
  /** The safety words' list, once it is there. @type {string[] | null} */
  #words = null;
  #log = new ChatLog();
  /** @type {Screen} */
  #screen = loading('');
  #make = () => this.#screen;
  /** What came out when the devices were asked for last. @type {DeviceTrouble | null} */
  #trouble = null;
  #awake = new Awake();

  /** @param {HTMLElement} root @param {HTMLElement} bar @param {Site} site @param {Texts} texts @param {{token: string, key: string}} link */
  constructor(root, bar, site, texts, { token, key }) {
    this.#root = root;
    this.#site = site;
    this.#texts = texts;
    this.#token = token;
    this.#key = key;
    this.#store = new SeatStore(sessionStorage, key);
    this.#bar = new Bar(bar, site.languages, (language) => void this.#speak(language));
    this.#devices = new Devices(navigator.mediaDevices, () => this.#devicesChanged());
  }

  async start() {
    this.#bar.show(this.#texts, this.#phone);
    this.#show('loading', () => loading(this.#texts.say('page.loading')));
    if (!isSecureContext) return this.#close('insecure');
    const { agreed, seat, left, wish } = this.#store.read();
    if (seat !== undefined && left !== true) {
      void this.#look().catch(() => undefined);
      this.#begin();
      await this.#equip(wish);
    } else if (await this.#arrive()) {
      if (left === true) this.#present({ ...START, phase: 'left' });
      else if (agreed) await this.#ask(wish ?? BOTH);
      else this.#welcome();
    }
    return undefined;
  }

  get #phone() {
    return this.#appointment?.phone || this.#site.phone;
  }

  get #speaker() {
    return { texts: this.#texts, phone: this.#phone };
  }

  // ---- showing

  /** @param {string} state for `data-state` @param {() => Screen} make called again when the language changes */
  #show(state, make) {
    const first = this.#root.dataset.state === undefined;
    this.#make = make;
    delete this.#root.dataset.code;
    this.#root.dataset.state = state;
    this.#build();
    if (!first) this.#screen.heading.focus();
  }

  #build() {
    this.#screen.close?.();
    this.#screen = this.#make();
    this.#root.replaceChildren(this.#screen.element);
    document.title = this.#texts.say('page.title', { screen: this.#screen.heading.textContent ?? '' });
    if (this.#session !== null) this.#screen.update?.(this.#session.view);
    this.#screen.troubled?.(this.#devices.released ? null : this.#trouble);
    window.scrollTo(0, 0);
  }

  /** @param {string} language */
  async #speak(language) {
    this.#texts = await Texts.load(language);
    remember(language);
    this.#bar.show(this.#texts, this.#phone);
    this.#build();
  }

  // ---- before the tap

  async #look() {
    this.#appointment = await look(this.#key);
    this.#bar.show(this.#texts, this.#phone);
    return this.#appointment;
  }

  /** @returns {Promise<boolean>} whether the door is open; else a screen says why not */
  async #arrive() {
    try {
      const appointment = await this.#look();
      if (appointment.state === 'open') return true;
      if (appointment.state === 'over') this.#show('over', () => over(this.#speaker));
      else this.#waitForOpening(appointment);
    } catch (error) {
      if (!(error instanceof LookError)) throw error;
      this.#close(error.code);
    }
    return false;
  }

  /** @param {string} code why the door stays closed */
  #close(code) {
    this.#show('closed', () => closed(this.#speaker, code, () => void this.start()));
    this.#root.dataset.code = code;
  }

  /** @param {Appointment} appointment */
  #waitForOpening(appointment) {
    const timer = setInterval(() => void this.#look().then(({ state }) => state !== 'early' && again(), () => undefined), EARLY_MS);
    const again = () => {
      clearInterval(timer);
      void this.start();
    };
    this.#show('early', () => early(this.#speaker, appointment, again));
  }

  #welcome() {
    const appointment = this.#appointment;
    if (appointment === null) return;
    const agree = () => {
      this.#store.update({ agreed: true });
      void this.#ask(BOTH);
    };
    this.#show('welcome', () => welcome(this.#texts, appointment, { agree, instead: (way) => this.#instead(way, () => this.#welcome()) }));
  }

  /** @param {Way} way @param {() => void} back */
  #instead(way, back) {
    this.#devices.free();
    this.#show('instead', () => instead(this.#speaker, way, back));
  }

  // ---- devices

  /** @param {Wish} wish */
  async #ask(wish) {
    const ask = (/** @type {Wish} */ next) => void this.#ask(next);
    const other = () => this.#instead('other', () => void this.#ask(wish));
    this.#show('permission', () => permission(this.#texts));
    const trouble = await this.#devices.request(wish);
    if (this.#root.dataset.state !== 'permission') return;
    const { audio, video } = this.#devices.tracks;
    this.#store.update({ wish });
    if (trouble !== null && audio === null && video === null) {
      this.#show('trouble', () => refused(this.#texts, trouble, { ask, instead: other }));
    } else {
      this.#show('preview', () => preview(this.#texts, this.#devices, trouble, { enter: () => this.#begin(), ask, instead: other }));
    }
  }

  #devicesChanged() {
    this.#screen.devicesChanged?.();
    void this.#session?.setMedia(this.#devices.tracks, this.#devices.switches);
  }

  /** @param {'microphone' | 'camera'} kind @param {boolean} on */
  #switch(kind, on) {
    const { switches } = this.#devices;
    this.#store.update({ wish: { ...switches, [kind]: on } });
    return this.#note(kind === 'microphone' ? this.#devices.setMicrophone(on) : this.#devices.setCamera(on));
  }

  /** The devices as this tab had them last. @param {Wish} [wish] */
  #equip(wish = BOTH) {
    return this.#note(this.#devices.request(wish));
  }

  /** @param {Promise<DeviceTrouble | null>} asked */
  async #note(asked) {
    this.#trouble = await asked;
    this.#screen.troubled?.(this.#devices.released ? null : this.#trouble);
    return this.#trouble;
  }

  // ---- waiting room and conversation

  /** Into the waiting room, or back to where this tab was. */
  #begin() {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const where = { url: `${scheme}//${location.host}/ws/client`, token: this.#token, language: this.#texts.language };
    this.#session ??= new Session(where, this.#store, {
      changed: (view) => this.#present(view),
      stream: (stream) => this.#showRemote(stream),
      line: ({ id, text }) => this.#chat({ id, text, own: false, seen: true }),
      seen: (id) => {
        this.#log.seen(id);
        this.#conversation?.chatChanged(false);
      },
    });
    this.#session.start();
    this.#devicesChanged();
  }

  get #conversation() {
    return this.#screen instanceof Conversation ? this.#screen : null;
  }

  /** @param {MediaStream | null} stream */
  #showRemote(stream) {
    this.#remote = stream;
    this.#conversation?.stream(stream);
  }

  /** @param {import('./screens/chat_panel.js').Line} line */
  #chat(line) {
    this.#log.add(line);
    this.#conversation?.chatChanged(!line.own);
  }

  /** The session's view changed: the screen of its phase, or news on the one that stands. @param {View} view */
  #present(view) {
    const { dataset } = this.#root;
    dataset.epoch = String(view.epoch);
    dataset.connection = view.media;
    dataset.server = view.online ? 'online' : 'offline';
    if (dataset.state === view.phase) return this.#screen.update?.(view);
    this.#settleDevices(view, dataset.state === 'room');
    return this.#show(view.phase, () => this.#screenOf(view));
  }

  /** Free whenever nobody is to see or hear; taken back on the way into the room. @param {View} view @param {boolean} wasInside */
  #settleDevices(view, wasInside) {
    const inside = view.phase === 'room';
    if (view.phase !== 'joining' && view.phase !== 'waiting' && !inside) this.#devices.free();
    if (view.phase === 'waiting' && wasInside) this.#devices.free();
    if (inside && this.#devices.released) void this.#note(this.#devices.again());
    if (!inside) this.#remote = null;
    void this.#awake.stay(inside);
  }

  /** @param {View} view @returns {Screen} */
  #screenOf(view) {
    const leave = () => this.#session?.leave();
    const back = () => this.#return();
    if (view.phase === 'joining') return joining(this.#speaker);
    if (view.phase === 'waiting') return waiting(this.#speaker, this.#devices, leave);
    if (view.phase === 'refused') return closed(this.#speaker, view.code, back);
    if (view.phase !== 'room') return goodbye(this.#speaker, view, back);
    const conversation = new Conversation(this.#texts, this.#devices, this.#log, {
      leave,
      say: (text) => this.#chat({ id: this.#session?.say(text) ?? '', text, own: true, seen: false }),
      microphone: (on) => this.#switch('microphone', on),
      camera: (on) => this.#switch('camera', on),
      wordList: () => this.#wordList(),
    });
    conversation.stream(this.#remote);
    return conversation;
  }

  /** In the appointment's language, never in another: the counsellor reads the same words. @returns {Promise<string[]>} */
  async #wordList() {
    const { language } = this.#appointment ?? (await this.#look());
    this.#words ??= /** @type {string[]} */ (await getJson(`/words/${language}.json`));
    return this.#words;
  }

  /** "Zurück ins Gespräch", with the devices as they were. */
  #return() {
    this.#begin();
    void this.#equip(this.#store.read().wish);
  }

  // ---- the browser's news

  online() {
    this.#session?.online();
  }

  seen() {
    this.#session?.wake();
    if (this.#root.dataset.state === 'room') void this.#awake.stay(true);
  }
}
