/** `/` without a link: says where the link is to be found. */

import { el } from './dom.js';
import { paper } from './paper.js';
import { callUs } from './screens/screen.js';

await paper((texts, site) => {
  return [
    el('h1', {}, texts.say('page.index.title')),
    el('p', {}, texts.say('page.index.what')),
    el('p', {}, el('a', { href: '/info' }, texts.say('page.welcome.data.more'))),
    callUs(texts, site.phone),
  ];
});
