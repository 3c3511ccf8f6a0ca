/** `/info`: what happens with data (GDPR, Art. 13), readable without a link. */

import { el } from './dom.js';
import { paper } from './paper.js';
import { callUs } from './screens/screen.js';

/** The questions in the order of Art. 13; the beginning of the keys of heading and text. */
const QUESTIONS = [
  'page.info.who.',
  'page.info.why.',
  'page.info.basis.',
  'page.info.voluntary.',
  'page.info.session.',
  'page.info.server.',
  'page.info.survey.',
  'page.info.device.',
  'page.info.recipients.',
  'page.info.time.',
  'page.info.recording.',
  'page.info.rights.',
];

await paper((texts, site) => {
  return [
    el('h1', {}, texts.say('page.info.title')),
    el('p', {}, texts.say('page.info.intro')),
    ...QUESTIONS.flatMap((key) => [el('h2', {}, texts.say(`${key}title`)), el('p', {}, texts.say(`${key}text`, { label: site.label }))]),
    callUs(texts, site.phone),
  ];
});
