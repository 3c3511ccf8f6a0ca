/**
 * The pictures of the room: the counsellor, their shown screen, the own picture, and what stands there instead when somebody takes a pause.
 * If the browser refuses to play sound by itself, or something stopped it (a telephone call, on an iPhone), one button turns it on.
 */

import { button, el, icon, tell } from '../dom.js';
import { ShownSize } from '../shown_size.js';
import { ScreenView } from './screen_view.js';

/** @import {Devices} from '../devices.js' */
/** @import {Loudspeaker} from '../loudspeaker.js' */
/** @import {View} from '../view.js' */
/** @import {Texts} from '../texts.js' */

/** What comes from the counsellor. @typedef {{stream: MediaStream, screen: MediaStream}} Remote */

export class Stage {
  #texts;
  #loudspeaker;
  #remote;
  #size;
  #screen;
  #self;
  #blank;
  #hold;
  #resume;
  #speaks;
  /** @type {Remote | null} */
  #from = null;

  /**
   * @param {Texts} texts
   * @param {Loudspeaker} loudspeaker
   * @param {{resume: () => void, shows: (height: number) => void}} actions back from the own pause; see `ShownSize`
   */
  constructor(texts, loudspeaker, { resume, shows }) {
    this.#texts = texts;
    this.#loudspeaker = loudspeaker;
    this.#remote = el('video', { id: 'remote-video', playsinline: true, 'aria-label': texts.say('page.room.remote') });
    this.#remote.addEventListener('pause', () => this.#paused());
    this.#remote.addEventListener('playing', () => (this.held.hidden = !this.#remote.muted));
    this.#size = new ShownSize(this.#remote, shows);
    this.#screen = new ScreenView(texts);
    this.#self = el('video', { id: 'self-video', autoplay: true, muted: true, playsinline: true, 'aria-label': texts.say('page.self.label') });
    this.#self.muted = true;
    /** "Ton einschalten". */
    this.held = el('div', { id: 'sound-held', class: 'caution trouble', hidden: true },
      el('p', { role: 'alert' }, texts.say('page.room.sound-held')),
      button('sound-on', 'button main wide', [icon('sound'), texts.say('page.room.sound-on')], () => void this.#play()),
    );
    this.#blank = el('p', { class: 'blank', hidden: true }, icon('person'), el('span', {}, texts.say('page.room.peer-camera-off')));
    this.#resume = button('resume', 'button main', [icon('play'), texts.say('page.pause.resume')], resume);
    this.#hold = { title: el('p', { class: 'title' }), text: el('p', {}) };
    this.#speaks = el('p', { class: 'speaks', hidden: true, 'aria-hidden': 'true' }, icon('sound'), el('span', { class: 'name' }, texts.say('page.room.peer-speaks')));
    const hold = el('div', { id: 'hold', class: 'hold', role: 'status' }, icon('cup'), this.#hold.title, this.#hold.text, this.#resume);
    const person = el('div', { class: 'person' }, this.#remote, this.#blank);
    this.element = el('div', { class: 'stage' }, this.#screen.element, person, this.#speaks, hold, this.#self);
  }

  /** @param {Remote | null} from */
  show(from) {
    this.#from = from;
    this.#remote.srcObject = from?.stream ?? null;
    this.#screen.show(from?.screen ?? null);
    if (from !== null) void this.#play();
  }

  /** "Ich höre nichts": everything anew that can stand between the sound and the ear on this device. */
  async again() {
    this.#remote.volume = 1;
    this.#remote.srcObject = this.#from === null ? null : new MediaStream(this.#from.stream.getTracks());
    await this.#loudspeaker.choose('');
    await this.#play();
  }

  /** Sound that was stopped goes on, if the browser lets it: the page is seen again, or somebody tapped. */
  goOn() {
    if (this.#from !== null && (this.#remote.paused || this.#remote.muted)) void this.#play();
  }

  /** Not our doing; where only the stream came to its end, a newer one follows. */
  #paused() {
    const { paused, ended } = this.#remote;
    if (paused && !ended && this.#from !== null) this.held.hidden = false;
  }

  async #play() {
    const video = this.#remote;
    video.muted = false;
    void this.#loudspeaker.plays(video);
    try {
      await video.play();
      this.held.hidden = true;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return; // a newer stream took over
      this.held.hidden = false;
      video.muted = true;
      await video.play().catch(() => undefined); // then the button starts the picture too
    }
  }

  /** Mirrored, unless it is the camera that looks away: a letter held before that one can be read. @param {Devices} devices */
  showSelf(devices) {
    this.#self.srcObject = devices.stream();
    this.#self.className = devices.facing === 'user' ? 'mirror' : '';
    this.#self.hidden = devices.tracks.video === null;
  }

  /** @param {View} view */
  update(view) {
    const held = view.paused || view.peerPaused;
    const shows = view.peerScreen && !held;
    this.#blank.hidden = view.peerCamera || held;
    this.#screen.visible = shows;
    const { dataset } = this.element;
    dataset.screen = String(shows);
    dataset.hold = view.paused ? 'own' : view.peerPaused ? 'peer' : '';
    dataset.peerSpeaks = String(view.peerSpeaks && !held);
    dataset.ownSpeaks = String(view.ownSpeaks);
    this.#speaks.hidden = !view.peerSpeaks || held || shows;
    this.#resume.hidden = !view.paused;
    const [title, text] = view.paused ? ['page.pause.own.title', 'page.pause.own.what'] : ['page.pause.peer.title', 'page.pause.peer.what'];
    tell(this.#hold.title, held ? this.#texts.say(title) : '');
    tell(this.#hold.text, held ? this.#texts.say(text) : '');
  }

  /** To the way back out of the own pause. */
  focusResume() {
    this.#resume.focus();
  }

  close() {
    this.#size.close();
    this.#screen.close();
    this.#remote.srcObject = null;
    this.#self.srcObject = null;
  }
}
