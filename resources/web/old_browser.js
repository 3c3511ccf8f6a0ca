/**
 * The one classic script, in words that browsers of 2012 still read: where the page's modules cannot run it shows the sentences for that,
 * which stand in the document, with the link to take along and the agency's number; where they cannot be had, the sentences for that.
 * Loaded before the modules, by all pages.
 */
(function () {
  'use strict';
  var root = document.documentElement;
  var talks = root.getAttribute('data-page') === 'room';

  /** What the modules need and a browser may lack; the handbook for IT names the browsers that have all of it. */
  function enough() {
    if (!('noModule' in document.createElement('script'))) return false;
    if (!('hasOwn' in Object) || !('at' in Array.prototype) || !('DisplayNames' in Intl)) return false;
    return !talks || (typeof RTCPeerConnection === 'function' && 'connectionState' in RTCPeerConnection.prototype);
  }

  /** @param {string} id @param {(element: any) => void} act */
  function onElement(id, act) {
    var element = document.getElementById(id);
    if (element) act(element);
  }

  function showNumber() {
    var request = new XMLHttpRequest();
    request.onload = function () {
      var phone = request.status === 200 ? JSON.parse(request.responseText).phone : '';
      if (!phone) return;
      onElement('old-phone', function (link) {
        link.href = 'tel:' + phone.replace(/[^+0-9]/g, '');
        link.removeAttribute('hidden');
      });
      onElement('old-number', function (number) {
        number.textContent = phone;
      });
    };
    request.open('GET', '/site.json');
    request.send();
  }

  function offerLink() {
    onElement('old-link', function (field) {
      field.value = location.href;
      onElement('old-copy', function (button) {
        button.onclick = function () {
          field.select();
          document.execCommand('copy');
        };
      });
    });
  }

  /** The module that opens the page could not be had itself. */
  function showUnopened() {
    if (root.hasAttribute('data-opening')) return;
    onElement('unopened', function (section) {
      section.removeAttribute('hidden');
      section.querySelector('button').onclick = function () {
        location.reload();
      };
    });
  }

  if (enough()) {
    addEventListener('load', showUnopened);
    return;
  }
  root.setAttribute('data-too-old', '');
  onElement('too-old', function (section) {
    section.removeAttribute('hidden');
  });
  offerLink();
  showNumber();
})();
