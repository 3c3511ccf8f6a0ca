/** The room: the counsellor's picture and sound, the own picture, the switches, and a banner that says what goes on. */

import { el, icon, tell } from '../dom.js';
import { chatPanel } from './chat_panel.js';
import { heading } from './screen.js';
import { Stage } from './stage.js';
import { wordsPanel } from './words_panel.js';

/** @import {Devices, DeviceTrouble} from '../devices.js' */
/** @import {View} from '../session.js' */
/** @import {Texts} from '../texts.js' */
/** @import {ChatLog} from './chat_panel.js' */

/**
 * @typedef {object} ConversationActions
 * @property {() => void} leave
 * @property {(text: string) => void} say
 * @property {(on: boolean) => Promise<DeviceTrouble | null>} microphone
 * @property {(on: boolean) => Promise<DeviceTrouble | null>} camera
 * @property {() => Promise<string[]>} wordList
 */

/** What the banner says: the first that is true. @param {View} view @returns {string} key, empty if all is well */
export function situation(view) {
  const flows = view.media === 'connected';
  if (view.troubled && !flows) return 'page.room.offline';
  if (!view.peerPresent && !flows) return 'page.room.peer-away';
  if (view.media === 'interrupted') return 'page.room.interrupted';
  if (!flows) return 'page.room.connecting';
  if (view.troubled) return 'page.room.server-lost';
  if (view.words.state === 'broken') return 'page.room.words-broken';
  if (view.words.state === 'lost') return 'page.room.words-lost';
  if (view.words.state === 'again') return 'page.room.words-again';
  if (!view.peerMicrophone) return 'page.room.peer-muted';
  return '';
}

/** One switch or door of the control bar. @param {string} id @param {string} drawing @param {string} text @param {() => void} tapped */
function control(id, drawing, text, tapped) {
  return el('button', { id, type: 'button', class: 'control', click: tapped }, icon(drawing), el('span', {}, text));
}

export class Conversation {
  #texts;
  #devices;
  #log;
  #stage;
  #chat;
  #words;
  #banner = el('p', { id: 'room-news', class: 'banner', role: 'status' });
  #problem = el('p', { class: 'banner problem', role: 'alert', hidden: true });
  #buttons;
  #unread = el('span', { class: 'badge', hidden: true });

  /** @param {Texts} texts @param {Devices} devices @param {ChatLog} log @param {ConversationActions} actions */
  constructor(texts, devices, log, actions) {
    this.#texts = texts;
    this.#devices = devices;
    this.#log = log;
    this.#stage = new Stage(texts);
    this.#chat = chatPanel(texts, log, { say: actions.say, close: () => this.#open('') });
    this.#words = wordsPanel(texts, actions.wordList, () => this.#open(''));
    this.#buttons = this.#controls(actions);
    this.heading = heading(texts.say('page.room.title'), 'unseen');
    this.element = this.#build();
    this.devicesChanged();
  }

  /** @param {ConversationActions} actions */
  #controls(actions) {
    const say = (/** @type {string} */ key) => this.#texts.say(key);
    const buttons = {
      mic: control('mic', 'mic', say('page.room.microphone'), () => void this.#switch(actions.microphone, !this.#devices.switches.microphone)),
      cam: control('cam', 'camera', say('page.room.camera'), () => void this.#switch(actions.camera, !this.#devices.switches.camera)),
      chat: control('chat-toggle', 'chat', say('page.room.chat'), () => this.#open('chat')),
      words: control('words', 'shield', say('page.room.words'), () => this.#open('words')),
      leave: control('leave', 'leave', say('page.room.leave'), actions.leave),
    };
    buttons.leave.classList.add('leave');
    buttons.chat.append(this.#unread);
    buttons.chat.setAttribute('aria-controls', 'chat');
    buttons.words.setAttribute('aria-controls', 'words-panel');
    for (const opener of [buttons.chat, buttons.words]) opener.setAttribute('aria-expanded', 'false');
    return buttons;
  }

  #build() {
    const { mic, cam, chat, words, leave } = this.#buttons;
    const controls = el('div', { class: 'controls', role: 'group', 'aria-label': this.#texts.say('page.room.controls') }, mic, cam, chat, words, leave);
    const escape = (/** @type {Event} */ event) => {
      if (event instanceof KeyboardEvent && event.key === 'Escape') this.#open('');
    };
    const news = el('div', { class: 'news' }, this.#banner, this.#problem);
    return el('section', { class: 'room', keydown: escape },
      this.heading, this.#stage.element, news, this.#chat.element, this.#words.element, controls);
  }

  /** Opens one panel, closes the other; the same again closes it. @param {'chat' | 'words' | ''} name @param {boolean} focus */
  #open(name, focus = true) {
    const { chat, words } = this.#buttons;
    for (const [panel, opener, own] of /** @type {const} */ ([[this.#chat, chat, 'chat'], [this.#words, words, 'words']])) {
      const was = !panel.element.hidden;
      const is = own === name && !(was && focus);
      panel.element.hidden = !is;
      opener.setAttribute('aria-expanded', String(is));
      if (is && focus) panel.focus();
      else if (was && !is && focus) opener.focus();
    }
    if (!this.#chat.element.hidden) this.#countUnread(0);
  }

  /** @param {number} count */
  #countUnread(count) {
    this.#unread.hidden = count === 0;
    tell(this.#unread, count === 0 ? '' : this.#texts.say('page.chat.unread', { count }));
  }

  /** @param {(on: boolean) => Promise<DeviceTrouble | null>} act @param {boolean} on */
  async #switch(act, on) {
    this.troubled(await act(on));
  }

  /** @param {DeviceTrouble | null} trouble */
  troubled(trouble) {
    this.#problem.hidden = trouble === null;
    tell(this.#problem, trouble === null ? '' : this.#texts.say(`page.devices.error.${trouble}`));
  }

  /** @param {View} view */
  update(view) {
    const key = situation(view);
    tell(this.#banner, key === '' ? '' : this.#texts.say(key));
    this.#banner.dataset.situation = key.slice(key.lastIndexOf('.') + 1);
    this.#words.update(view.words);
    this.#buttons.words.dataset.words = view.words.state;
    this.#stage.update(view);
  }

  /** The chat log changed. @param {boolean} incoming a line of the counsellor: it is shown at once, the focus stays */
  chatChanged(incoming) {
    if (incoming && this.#chat.element.hidden && this.#words.element.hidden) this.#open('chat', false);
    this.#chat.update();
    if (incoming && this.#chat.element.hidden) this.#countUnread(this.#log.lines.filter((line) => !line.own).length);
  }

  devicesChanged() {
    const { microphone, camera } = this.#devices.switches;
    const { mic, cam } = this.#buttons;
    mic.setAttribute('aria-pressed', String(microphone));
    cam.setAttribute('aria-pressed', String(camera));
    mic.firstElementChild?.replaceWith(icon(microphone ? 'mic' : 'mic-off'));
    cam.firstElementChild?.replaceWith(icon(camera ? 'camera' : 'camera-off'));
    this.#stage.showSelf(this.#devices);
  }

  /** @param {MediaStream | null} stream */
  stream(stream) {
    this.#stage.showRemote(stream);
  }

  close() {
    this.#stage.close();
  }
}
