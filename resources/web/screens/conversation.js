/** The room: the counsellor's picture and sound, the own picture, the switches, and a banner that says what goes on. */

import { el, tell } from '../dom.js';
import { Controls } from './controls.js';
import { chatPanel } from './chat_panel.js';
import { morePanel } from './more_panel.js';
import { heading } from './screen.js';
import { Situation, WEAK } from './situation.js';
import { Stage } from './stage.js';
import { troubleNote } from './trouble_note.js';
import { wordsPanel } from './words_panel.js';

/** @import {Devices} from '../devices.js' */
/** @import {Loudspeaker} from '../loudspeaker.js' */
/** @import {View} from '../view.js' */
/** @import {Sharing} from '../sharing.js' */
/** @import {DeviceTrouble} from '../troubles.js' */
/** @import {ChatLog} from './chat_panel.js' */
/** @import {Heard} from './more_panel.js' */
/** @import {Speaker} from './message.js' */
/** @import {Remote} from './stage.js' */

/** What the room works with. @typedef {{devices: Devices, loudspeaker: Loudspeaker, sharing: Sharing, log: ChatLog}} Things */

/**
 * @typedef {object} ConversationActions
 * @property {() => void} leave
 * @property {(text: string) => void} say
 * @property {(on: boolean) => Promise<DeviceTrouble | null>} microphone
 * @property {(on: boolean) => Promise<DeviceTrouble | null>} camera
 * @property {() => void} again the devices anew that were taken away
 * @property {() => void} pause
 * @property {() => Promise<DeviceTrouble | null>} resume
 * @property {() => Heard} listen
 * @property {(height: number) => void} shows in which height the counsellor's picture stands; 0 is all of it
 * @property {() => Promise<import('./words_panel.js').WordList>} wordList
 */

/** @typedef {'chat' | 'words' | 'more'} PanelName */
/** Which button opens which panel. */
const OPENERS = /** @type {const} */ ({ chat: 'chat-toggle', words: 'words', more: 'more' });

export class Conversation {
  #texts;
  #things;
  #actions;
  #stage;
  #panels;
  #controls;
  #situation;
  #problem;
  #failed = el('p', { id: 'share-failed', class: 'banner', role: 'status' });
  #unread = el('span', { class: 'badge', hidden: true });
  /** The epoch in which no sound came in, until the next one stands. */
  #deafIn = 0;
  #gone = new AbortController();

  /** @param {Speaker} speaker @param {Things} things @param {ConversationActions} actions */
  constructor({ texts, phone }, things, actions) {
    this.#texts = texts;
    this.#situation = new Situation(texts, phone);
    this.#things = things;
    this.#actions = actions;
    this.#stage = new Stage(texts, things.loudspeaker, { resume: () => void this.#resume(), shows: actions.shows });
    this.#problem = troubleNote(texts, () => {
      actions.again();
      this.#stage.goOn(); // who took the microphone has mostly stopped the sound, too
    });
    this.#panels = this.#makePanels();
    this.#controls = new Controls(texts, this.#taps(), this.#panels.more.list);
    this.heading = heading(texts.say('page.room.title'), 'unseen');
    this.element = this.#build();
    this.devicesChanged();
    document.addEventListener('fullscreenchange', () => this.#showFull(), { signal: this.#gone.signal });
    this.#showFull();
  }

  #makePanels() {
    const { devices, loudspeaker, log } = this.#things;
    const close = () => this.#open('');
    return {
      chat: chatPanel(this.#texts, log, { say: this.#actions.say, close }),
      words: wordsPanel(this.#texts, this.#actions.wordList, close),
      more: morePanel(this.#texts, devices, loudspeaker, { told: (trouble) => this.troubled(trouble), close }, []),
    };
  }

  #taps() {
    const { devices } = this.#things;
    return {
      mic: () => void this.#switch(this.#actions.microphone(!devices.switches.microphone)),
      cam: () => void this.#switch(this.#actions.camera(!devices.switches.camera)),
      pause: () => this.#pause(),
      share: () => void this.#share(),
      'chat-toggle': () => this.#open('chat'),
      words: () => this.#open('words'),
      hear: () => void this.#hear(),
      full: () => void this.#full(),
      more: () => this.#open('more'),
      leave: this.#actions.leave,
    };
  }

  #build() {
    const button = (/** @type {import('./controls.js').Name} */ name) => this.#controls.button(name);
    button('chat-toggle').append(this.#unread);
    button('full').hidden = !document.fullscreenEnabled;
    for (const [panel, opener] of Object.entries(OPENERS)) {
      button(opener).setAttribute('aria-controls', this.#panels[/** @type {PanelName} */ (panel)].element.id);
      button(opener).setAttribute('aria-expanded', 'false');
    }
    const escape = (/** @type {Event} */ event) => {
      if (event instanceof KeyboardEvent && event.key === 'Escape') this.#open('');
    };
    const news = el('div', { class: 'news' }, this.#situation.element, this.#failed, this.#problem.element, this.#stage.held);
    const { chat, words, more } = this.#panels;
    return el('section', { class: 'room', keydown: escape },
      this.heading, this.#stage.element, news, chat.element, words.element, more.element, this.#controls.element);
  }

  // ---- panels

  /** Opens one panel, closes the others; the same again closes it. @param {PanelName | ''} name @param {boolean} focus */
  #open(name, focus = true) {
    for (const own of /** @type {PanelName[]} */ (Object.keys(OPENERS))) {
      const panel = this.#panels[own];
      const opener = this.#controls.button(OPENERS[own]);
      const was = !panel.element.hidden;
      const is = own === name && !(was && focus);
      panel.element.hidden = !is;
      opener.setAttribute('aria-expanded', String(is));
      if (is && focus) panel.focus();
      else if (was && !is && focus && name === '') this.#focusOpener(opener);
    }
    if (this.#panels.more.element.hidden) this.#panels.more.hear('');
    if (!this.#panels.chat.element.hidden) this.#countUnread(0);
  }

  /** An opener that stands in a closed panel itself hands the focus to that panel's. @param {HTMLButtonElement} opener */
  #focusOpener(opener) {
    (opener.offsetParent === null ? this.#controls.button('more') : opener).focus();
  }

  /** @param {number} count */
  #countUnread(count) {
    this.#unread.hidden = count === 0;
    tell(this.#unread, count === 0 ? '' : this.#texts.say('page.chat.unread', { count }));
  }

  // ---- what the buttons do

  /** @param {Promise<DeviceTrouble | null>} act */
  async #switch(act) {
    this.troubled(await act);
  }

  #pause() {
    this.#open('', false);
    this.#actions.pause();
    this.#stage.focusResume();
  }

  async #resume() {
    const back = this.#actions.resume();
    this.#controls.button('mic').focus();
    this.troubled(await back);
  }

  async #share() {
    const { sharing } = this.#things;
    if (sharing.track !== null) return sharing.stop();
    this.#open('', false);
    const shown = await sharing.start();
    return tell(this.#failed, shown ? '' : this.#texts.say('page.room.share-failed'));
  }

  async #hear() {
    const heard = this.#actions.listen();
    if (heard === 'lost') this.#deafIn = Number.MAX_SAFE_INTEGER;
    this.#panels.more.hear(heard);
    await this.#stage.again();
  }

  async #full() {
    if (document.fullscreenElement === null) await document.documentElement.requestFullscreen().catch(() => undefined);
    else await document.exitFullscreen();
  }

  #showFull() {
    this.#controls.call('full', document.fullscreenElement === null ? 'page.room.full' : 'page.room.full-end');
  }

  // ---- news

  /** @param {DeviceTrouble | null} trouble */
  troubled(trouble) {
    this.#problem.show(trouble);
  }

  /** @param {View} view */
  update(view) {
    const line = WEAK.includes(view.verdict) ? this.#texts.say(`page.line.${view.verdict}`) : '';
    this.#situation.update(view);
    this.#panels.more.say(line);
    this.#panels.words.update(view.words);
    this.#stage.update(view);
    this.#showSwitches(view);
    this.#showHearing(view);
  }

  /** @param {View} view */
  #showSwitches(view) {
    const controls = this.#controls;
    for (const name of /** @type {const} */ (['words', 'more'])) controls.button(name).dataset.words = view.words.state;
    for (const name of /** @type {const} */ (['mic', 'cam', 'share', 'pause'])) controls.button(name).disabled = view.paused;
    controls.button('chat-toggle').hidden = view.noChat;
    controls.button('share').hidden = view.noScreen || !this.#things.sharing.possible;
    controls.draw('share', view.sharing ? 'screen-off' : 'screen');
    controls.call('share', view.sharing ? 'page.room.share-end' : 'page.room.share');
    controls.button('mic').dataset.speaks = String(view.ownSpeaks);
    if (view.sharing) tell(this.#failed, '');
  }

  /** A new connection was begun because no sound came in: say when it stands. @param {View} view */
  #showHearing({ media, epoch }) {
    if (this.#deafIn === Number.MAX_SAFE_INTEGER) this.#deafIn = epoch;
    if (this.#deafIn === 0 || epoch <= this.#deafIn || media !== 'connected') return;
    this.#deafIn = 0;
    if (!this.#panels.more.element.hidden) this.#panels.more.hear('again');
  }

  /** The chat log changed. @param {boolean} incoming a line of the counsellor: it is shown at once, the focus stays */
  chatChanged(incoming) {
    const { chat } = this.#panels;
    const free = Object.values(this.#panels).every((panel) => panel.element.hidden);
    if (incoming && free) this.#open('chat', false);
    chat.update();
    if (incoming && chat.element.hidden) this.#countUnread(this.#things.log.lines.filter((line) => !line.own).length);
  }

  devicesChanged() {
    const { devices } = this.#things;
    const { microphone, camera } = devices.switches;
    this.#controls.press('mic', microphone, microphone ? 'mic' : 'mic-off');
    this.#controls.press('cam', camera, camera ? 'camera' : 'camera-off');
    this.#panels.more.devicesChanged();
    this.#stage.showSelf(devices);
  }

  /** @param {Remote | null} remote */
  show(remote) {
    this.#stage.show(remote);
  }

  /** The page is seen again. */
  seen() {
    this.#stage.goOn();
  }

  /** @param {number} megabytes so far, both ways */
  used(megabytes) {
    this.#panels.more.use(megabytes);
  }

  close() {
    this.#gone.abort();
    this.#controls.close();
    this.#situation.close();
    this.#stage.close();
  }
}
