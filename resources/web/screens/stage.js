/** The two pictures of the room. If the browser refuses to play sound by itself, one button turns it on. */

import { button, el, icon } from '../dom.js';

/** @import {Devices} from '../devices.js' */
/** @import {View} from '../session.js' */
/** @import {Texts} from '../texts.js' */

export class Stage {
  #remote;
  #self;
  #soundOn;
  #blank;

  /** @param {Texts} texts */
  constructor(texts) {
    this.#remote = el('video', { id: 'remote-video', playsinline: true, 'aria-label': texts.say('page.room.remote') });
    this.#self = el('video', { id: 'self-video', class: 'mirror', autoplay: true, muted: true, playsinline: true, 'aria-label': texts.say('page.self.label') });
    this.#self.muted = true;
    this.#soundOn = button('sound-on', 'button main', [icon('sound'), texts.say('page.room.sound-on')], () => void this.#play());
    this.#soundOn.hidden = true;
    this.#blank = el('p', { class: 'blank', hidden: true }, icon('person'), el('span', {}, texts.say('page.room.peer-camera-off')));
    this.element = el('div', { class: 'stage' }, this.#remote, this.#blank, this.#soundOn, this.#self);
  }

  /** @param {MediaStream | null} stream */
  showRemote(stream) {
    this.#remote.srcObject = stream;
    if (stream !== null) void this.#play();
  }

  async #play() {
    const video = this.#remote;
    video.muted = false;
    try {
      await video.play();
      this.#soundOn.hidden = true;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return; // a newer stream took over
      this.#soundOn.hidden = false;
      video.muted = true;
      await video.play().catch(() => undefined); // then the button starts the picture too
    }
  }

  /** @param {Devices} devices */
  showSelf(devices) {
    this.#self.srcObject = devices.stream();
    this.#self.hidden = devices.tracks.video === null;
  }

  /** @param {View} view */
  update(view) {
    this.#blank.hidden = view.peerCamera;
  }

  close() {
    this.#remote.srcObject = null;
    this.#self.srcObject = null;
  }
}
