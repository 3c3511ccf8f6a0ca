/**
 * Leads one person from the link to the goodbye: the door, the devices, the visit. Which screens each of them has is their own matter
 * (`door.js`, `equipment.js`, `visit.js`); what stands on the page is `display.js`.
 */

import { Aftermath } from './aftermath.js';
import { inApp } from './browser.js';
import { systemClock } from './clock.js';
import { Display } from './display.js';
import { Door } from './door.js';
import { BY_CODE } from './entry.js';
import { BOTH, Equipment } from './equipment.js';
import { Loudspeaker } from './loudspeaker.js';
import { Progress } from './progress.js';
import { SeatStore } from './protocol.js';
import { Reports } from './reports.js';
import { elsewhere } from './screens/elsewhere.js';
import { loading } from './screens/message.js';
import { telling, told, untold } from './screens/wish.js';
import { Visit } from './visit.js';

/** @import {Entry} from './entry.js' */
/** @import {Wish} from './reports.js' */
/** @import {Site, Texts} from './texts.js' */
/** @import {Screen} from './screens/screen.js' */

export class Journey {
  /** Empty for a tab that came in by code. */
  #lookKey;
  #store;
  #display;
  #door;
  #loudspeaker;
  #equipment;
  #reports;
  #progress;
  #visit;
  #aftermath;
  #program = inApp(navigator.userAgent);
  #stays = false;

  /** @param {HTMLElement} root @param {HTMLElement} bar @param {Site} site @param {Texts} texts @param {Entry} entry */
  constructor(root, bar, site, texts, entry) {
    const store = new SeatStore(sessionStorage, entry.key);
    const display = new Display(root, bar, site, texts, (screen) => this.#built(screen));
    const loudspeaker = new Loudspeaker(navigator.mediaDevices, 'setSinkId' in HTMLMediaElement.prototype);
    const ahead = { rehearse: () => void this.#rehearse(), wish: (/** @type {Wish | 'nothing'} */ wish) => void this.#wish(wish) };
    const door = new Door(display, entry.look, () => void this.start(), ahead);
    const near = { display, door, store, loudspeaker, entry, moved: () => this.#progress.moved() };
    const equipment = new Equipment(near, { enter: () => this.#visit.begin(), changed: () => this.#devicesChanged() });
    this.#lookKey = entry.key === BY_CODE ? '' : entry.key;
    this.#store = store;
    this.#display = display;
    this.#door = door;
    this.#loudspeaker = loudspeaker;
    this.#equipment = equipment;
    this.#reports = new Reports(() => entry.proof(store.read()));
    this.#aftermath = new Aftermath({ ended: () => this.#ended(), storage: sessionStorage, store, display, entry, plain: site.plain ?? [] });
    const standing = () => ({ screen: display.state, code: display.code, trouble: equipment.trouble, view: this.#visit.view });
    this.#progress = new Progress(this.#reports, standing, systemClock, (inside, stuck) => this.#aftermath.noted(inside, stuck));
    this.#visit = new Visit({ ...near, equipment, devices: equipment.devices });
  }

  async start() {
    this.#display.show('loading', () => loading(this.#display.texts.say('page.loading')));
    if (!isSecureContext) return this.#door.close('insecure');
    const { agreed, seat, left, wish } = this.#store.read();
    if (agreed) this.#reports.goOn();
    if (!agreed && !this.#stays && this.#program !== '') return this.#elsewhere();
    if (seat !== undefined && left !== true) {
      void this.#door.look().catch(() => undefined);
      this.#visit.begin();
      if (!this.#visit.paused) await this.#equipment.equip(wish);
    } else if (await this.#door.arrive()) {
      if (left === true) this.#visit.showLeft();
      else if (agreed) await this.#equipment.ask(wish ?? BOTH);
      else this.#welcome();
    }
    return undefined;
  }

  /** Inside of another program camera and microphone mostly fail: better to say so before the first tap. */
  #elsewhere() {
    const stay = () => {
      this.#stays = true;
      void this.start();
    };
    this.#display.show('elsewhere', () => elsewhere(this.#display.speaker, this.#program, stay));
  }

  #welcome() {
    const agree = () => {
      this.#store.update({ agreed: true });
      this.#reports.begin();
      if (this.#door.appointment?.wish === 'cannot-come') void this.#takeBack();
      void this.#equipment.ask(BOTH);
    };
    this.#door.welcome({ agree, instead: (way) => this.#equipment.instead(way, () => this.#welcome()) });
  }

  // ---- before the appointment

  /** Its modules are loaded only now: who comes for the talk does not need them. */
  async #rehearse() {
    this.#reports.begin();
    const near = { display: this.#display, door: this.#door, reports: this.#reports, loudspeaker: this.#loudspeaker, equipment: this.#equipment, look: this.#lookKey };
    try {
      const { Rehearsal } = await import('./rehearsal.js');
      new Rehearsal(near, { done: () => void this.start(), callMe: () => void this.#wish('call-me') }).start();
    } catch {
      this.#door.close('no-network');
    }
  }

  /** Told with one tap, taken back with one. @param {Wish | 'nothing'} wish */
  async #wish(wish) {
    this.#display.show('wish', () => telling(this.#display.speaker));
    const there = await this.#reports.wish(wish);
    if (there) this.#door.wished(wish === 'nothing' ? '' : wish);
    const actions = { undo: () => void this.#wish('nothing'), again: () => void this.#wish(wish), back: () => void this.start() };
    this.#display.show('wish', () => (there ? told(this.#display.speaker, wish, actions) : untold(this.#display.speaker, actions)), there ? wish : 'untold');
  }

  /** Who agrees comes after all. */
  async #takeBack() {
    if (await this.#reports.wish('nothing')) this.#door.wished('');
  }

  /** A new screen gets what is known already. @param {Screen} screen */
  #built(screen) {
    const { view } = this.#visit;
    if (view !== null) screen.update?.(view);
    screen.troubled?.(this.#equipment.trouble);
    this.#aftermath.built(this.#display.state, view, screen);
    this.#progress.moved();
  }

  #devicesChanged() {
    this.#display.screen.devicesChanged?.();
    this.#visit.devicesChanged();
  }

  /** Nothing is heard of the server where the talk would be: is the appointment over by now? */
  async #ended() {
    const seen = await this.#door.look().catch(() => null);
    if (seen?.state !== 'over' || !['joining', 'waiting'].includes(this.#display.state)) return;
    this.#visit.stop();
    await this.#door.arrive();
  }

  // ---- the browser's news

  /** A real tap of a person, before whatever it is on does its work. */
  tapped() {
    this.#reports.person();
  }

  online() {
    this.#visit.online();
  }

  seen() {
    this.#visit.seen();
  }
}
