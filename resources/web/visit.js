/** From the tap into the waiting room to the goodbye: which screen the session's view asks for, and what happens with the devices then. */

import { Awake } from './awake.js';
import { DataUse, SAVING } from './data_use.js';
import { Presence } from './presence.js';
import { ChatLog } from './screens/chat_panel.js';
import { Conversation } from './screens/conversation.js';
import { closed, goodbye } from './screens/message.js';
import { joining, waiting } from './screens/waiting.js';
import { UNLIMITED } from './sending.js';
import { Session } from './session.js';
import { getJson } from './texts.js';
import { START } from './view.js';
import { serverUrl } from './where.js';

/** @import {Devices} from './devices.js' */
/** @import {Display} from './display.js' */
/** @import {Door} from './door.js' */
/** @import {Entry} from './entry.js' */
/** @import {Equipment} from './equipment.js' */
/** @import {Loudspeaker} from './loudspeaker.js' */
/** @import {SeatStore} from './protocol.js' */
/** @import {Remote} from './screens/stage.js' */
/** @import {Screen} from './screens/screen.js' */
/** @import {View} from './view.js' */

/** A telephone that goes dark in one of these soon sleeps altogether, and is gone from the counsellor's list. @type {readonly string[]} */
const AWAKE = ['joining', 'waiting', 'room'];

/**
 * @typedef {object} Around
 * @property {Display} display
 * @property {Devices} devices
 * @property {Equipment} equipment
 * @property {Loudspeaker} loudspeaker
 * @property {SeatStore} store
 * @property {Door} door
 * @property {Entry} entry
 * @property {() => void} moved the view is another one
 */

export class Visit {
  #around;
  /** @type {Session | null} */
  #session = null;
  /** @type {Remote | null} */
  #remote = null;
  /** The safety words' list, once it is there. @type {string[] | null} */
  #words = null;
  #log = new ChatLog();
  #awake = new Awake();
  #used;
  #presence;

  /** @param {Around} around */
  constructor(around) {
    this.#around = around;
    this.#used = new DataUse(around.store.read().used);
    this.#presence = new Presence(around.devices, around.equipment, around.store, () => this.devicesChanged());
  }

  /** Null before the first tap. @returns {View | null} */
  get view() {
    return this.#session?.view ?? null;
  }

  /** The tab was loaded again in a pause: the devices stay free. */
  get paused() {
    return this.#presence.paused;
  }

  /** Into the waiting room, or back to where this tab was. */
  begin() {
    const { display, store, entry } = this.#around;
    const where = { url: serverUrl(), ...entry.with, language: display.texts.language };
    this.#session ??= new Session(where, store, {
      changed: (view) => this.#present(view),
      stream: (stream, screen) => this.#showRemote({ stream, screen }),
      used: (bytes, epoch) => this.#count(bytes, epoch),
      replaced: () => this.#presence.sharing.stop(),
      line: ({ id, text }) => this.#chat({ id, text, own: false, seen: true }),
      seen: (id) => {
        this.#log.seen(id);
        this.#conversation?.chatChanged(false);
      },
    });
    this.#session.saveData(this.#around.equipment.saving ? SAVING : UNLIMITED);
    this.#session.start();
    this.devicesChanged();
  }

  /** The appointment is over without us. */
  stop() {
    this.#session?.stop();
    this.#around.devices.free();
    void this.#awake.stay(false);
  }

  /** The tab was left by a tap before it was loaded again. */
  showLeft() {
    this.#present({ ...START, phase: 'left', code: this.#around.store.read().admitted === true ? '' : 'waiting' });
  }

  devicesChanged() {
    void this.#session?.setMedia(this.#presence.sources, this.#presence.switches);
  }

  get #conversation() {
    const { screen } = this.#around.display;
    return screen instanceof Conversation ? screen : null;
  }

  /** @param {number} bytes @param {number} epoch */
  #count(bytes, epoch) {
    this.#used.count(epoch, bytes);
    this.#around.store.update({ used: this.#used.bytes });
    this.#conversation?.used(this.#used.megabytes);
  }

  /** @param {Remote | null} remote */
  #showRemote(remote) {
    this.#remote = remote;
    this.#conversation?.show(remote);
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
    if (display.state === view.phase) display.screen.update?.(view);
    else {
      this.#settleDevices(view, display.state === 'room');
      display.show(view.phase, () => this.#screenOf(view));
    }
    this.#around.moved();
  }

  /** Free whenever nobody is to see or hear; taken back on the way into the room. @param {View} view @param {boolean} wasInside */
  #settleDevices(view, wasInside) {
    const { devices, equipment } = this.#around;
    const inside = view.phase === 'room';
    if (view.phase !== 'joining' && view.phase !== 'waiting' && !inside) devices.free();
    if (view.phase === 'waiting' && wasInside) devices.free();
    if (inside && devices.released && !this.#presence.paused) void equipment.again();
    if (wasInside && !inside) this.#presence.end();
    if (!inside) this.#remote = null;
    void this.#awake.stay(AWAKE.includes(view.phase));
  }

  /** @param {View} view @returns {Screen} */
  #screenOf(view) {
    const { speaker } = this.#around.display;
    const back = () => this.#return();
    if (view.phase === 'joining') return joining(speaker);
    if (view.phase === 'waiting') return this.#waiting();
    if (view.phase === 'refused') return closed(speaker, view.code, back);
    return view.phase === 'room' ? this.#room() : goodbye(speaker, view, back);
  }

  /** @returns {Screen} */
  #waiting() {
    const { display, devices, equipment } = this.#around;
    return waiting(display.speaker, devices, {
      leave: () => this.#session?.leave(),
      knock: () => this.#session?.knock() === true,
      again: () => void equipment.again(),
    });
  }

  /** @returns {Conversation} */
  #room() {
    const { display, devices, equipment, loudspeaker } = this.#around;
    const { sharing } = this.#presence;
    const conversation = new Conversation(display.speaker, { devices, loudspeaker, sharing, log: this.#log }, {
      leave: () => this.#session?.leave(),
      say: (text) => this.#chat({ id: this.#session?.say(text) ?? '', text, own: true, seen: false }),
      microphone: (on) => equipment.switch('microphone', on),
      camera: (on) => equipment.switch('camera', on),
      again: () => void equipment.again(),
      pause: () => this.#presence.pause(),
      resume: () => this.#presence.resume(),
      listen: () => this.#session?.listen() ?? 'lost',
      shows: (height) => this.#session?.shows(height),
      wordList: () => this.#wordList(),
    });
    conversation.show(this.#remote);
    conversation.used(this.#used.megabytes);
    return conversation;
  }

  /** In the appointment's language, never in another: the counsellor reads the same words. */
  async #wordList() {
    const { door } = this.#around;
    const { language } = door.appointment ?? (await door.look());
    this.#words ??= /** @type {string[]} */ (await getJson(`/words/${language}.json`));
    return { language, words: this.#words };
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
    this.#conversation?.seen();
    void this.#awake.again();
  }
}
