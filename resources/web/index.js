/** `/` without a link: says where the link is to be found, and takes the code that was dictated on the phone. */

import { el } from './dom.js';
import { paper } from './paper.js';
import { codeForm } from './screens/code_form.js';
import { callUs } from './screens/screen.js';

await paper((texts, site) => {
  return [
    el('h1', {}, texts.say('page.index.title')),
    el('p', {}, texts.say('page.index.what')),
    codeForm(texts),
    callUs(texts, site.phone),
    el('p', {}, el('a', { href: '/info' }, texts.say('page.welcome.data.more'))),
  ];
});
