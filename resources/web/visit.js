/** From the tap into the waiting room to the goodbye: which screen the session's view asks for, and what happens with the devices then. */

import { Awake } from './awake.js';
import { ChatLog } from './screens/chat_panel.js';
import { Conversation } from './screens/conversation.js';
import { closed, goodbye } from './screens/message.js';
import { joining, waiting } from './screens/waiting.js';
import { START, Session } from './session.js';
import { getJson } from './texts.js';

/** @import {Devices} from './devices.js' */
/** @import {Display} from './display.js' */
/** @import {Door} from './door.js' */
/** @import {Equipment} from './equipment.js' */
/** @import {SeatStore} from './protocol.js' */
/** @import {Screen} from './screens/screen.js' */
/** @import {View} from './session.js' */

/**
 * @typedef {object} Around
 * @property {Display} display
 * @property {Devices} devices
 * @property {Equipment} equipment
 * @property {SeatStore} store
 * @property {Door} door
 */

export class Visit {
  #token;
  #around;
  /** @type {Session | null} */
  #session = null;
  /** @type {MediaStream | null} */
  #remote = null;
  /** The safety words' list, once it is there. @type {string[] | null} */
  #words = null;
  #log = new ChatLog();
  #awake = new Awake();

  /** @param {string} token @param {Around} around */
  constructor(token, around) {
    this.#token = token;
    this.#around = around;
  }

  /** Null before the first tap. @returns {View | null} */
  get view() {
    return this.#session?.view ?? null;
  }

  /** Into the waiting room, or back to where this tab was. */
  begin() {
    const { display, store } = this.#around;
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const where = { url: `${scheme}//${location.host}/ws/client`, token: this.#token, language: display.texts.language };
    this.#session ??= new Session(where, store, {
      changed: (view) => this.#present(view),
      stream: (stream) => this.#showRemote(stream),
      line: ({ id, text }) => this.#chat({ id, text, own: false, seen: true }),
      seen: (id) => {
        this.#log.seen(id);
        this.#conversation?.chatChanged(false);
      },
    });
    this.#session.start();
    this.devicesChanged();
  }

  /** The tab was left by a tap before it was loaded again. */
  showLeft() {
    this.#present({ ...START, phase: 'left' });
  }

  devicesChanged() {
    const { tracks, switches } = this.#around.devices;
    void this.#session?.setMedia(tracks, switches);
  }

  get #conversation() {
    const { screen } = this.#around.display;
    return screen instanceof Conversation ? screen : null;
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
    const { display } = this.#around;
    display.note({ epoch: view.epoch, connection: view.media, server: view.online ? 'online' : 'offline' });
    if (display.state === view.phase) return display.screen.update?.(view);
    this.#settleDevices(view, display.state === 'room');
    return display.show(view.phase, () => this.#screenOf(view));
  }

  /** Free whenever nobody is to see or hear; taken back on the way into the room. @param {View} view @param {boolean} wasInside */
  #settleDevices(view, wasInside) {
    const { devices, equipment } = this.#around;
    const inside = view.phase === 'room';
    if (view.phase !== 'joining' && view.phase !== 'waiting' && !inside) devices.free();
    if (view.phase === 'waiting' && wasInside) devices.free();
    if (inside && devices.released) void equipment.again();
    if (!inside) this.#remote = null;
    void this.#awake.stay(inside);
  }

  /** @param {View} view @returns {Screen} */
  #screenOf(view) {
    const { speaker } = this.#around.display;
    const back = () => this.#return();
    if (view.phase === 'joining') return joining(speaker);
    if (view.phase === 'waiting') return waiting(speaker, this.#around.devices, () => this.#session?.leave());
    if (view.phase === 'refused') return closed(speaker, view.code, back);
    return view.phase === 'room' ? this.#room() : goodbye(speaker, view, back);
  }

  /** @returns {Conversation} */
  #room() {
    const { display, devices, equipment } = this.#around;
    const conversation = new Conversation(display.texts, devices, this.#log, {
      leave: () => this.#session?.leave(),
      say: (text) => this.#chat({ id: this.#session?.say(text) ?? '', text, own: true, seen: false }),
      microphone: (on) => equipment.switch('microphone', on),
      camera: (on) => equipment.switch('camera', on),
      wordList: () => this.#wordList(),
    });
    conversation.stream(this.#remote);
    return conversation;
  }

  /** In the appointment's language, never in another: the counsellor reads the same words. @returns {Promise<string[]>} */
  async #wordList() {
    const { door } = this.#around;
    const { language } = door.appointment ?? (await door.look());
    this.#words ??= /** @type {string[]} */ (await getJson(`/words/${language}.json`));
    return this.#words;
  }

  /** "Zurück ins Gespräch", with the devices as they were. */
  #return() {
    this.begin();
    void this.#around.equipment.equip(this.#around.store.read().wish);
  }

  // ---- the browser's news

  online() {
    this.#session?.online();
  }

  seen() {
    this.#session?.wake();
    if (this.#around.display.state === 'room') void this.#awake.stay(true);
  }
}
