// Draws a virtual card as the little thing it is: a sample My Number Card, a licence, a transit card, a broken one.

import { h, icon, s } from './dom.js';
import { store } from './store.js';
import { nameOf, t } from './words.js';

/** Address of each picture by name, read once; null while it is on its way or when there is none. */
const pictures = new Map();
export const rememberPicture = (name, blob) => pictures.set(name, URL.createObjectURL(blob));

const readPicture = async (name) => {
  const response = await fetch(`/api/portraits/${encodeURIComponent(name)}`);
  if (response.ok) rememberPicture(name, await response.blob());
  for (const box of document.querySelectorAll('.portrait')) if (box.dataset.name === name) showPicture(box);
};
const showPicture = (box) => {
  const address = pictures.get(box.dataset.name);
  if (address) box.replaceChildren(h('img', { src: address, alt: '', draggable: 'false' }));
};

/** A portrait, or a drawn person when there is none. */
export const portrait = (name) => {
  const box = h('span', { className: 'portrait', 'data-name': name, 'aria-hidden': 'true' }, icon('person'));
  if (!pictures.has(name) && store.twin?.portraits) {
    pictures.set(name, null);
    readPicture(name).catch(() => undefined);
  }
  showPicture(box);
  return box;
};

/** The name as the page says it. */
export const called = (name) => nameOf(name, store.twin?.labels);

const tries = ({ pinTriesLeft }) => {
  if (pinTriesLeft === null) return h('span', { className: 'card-pin' }, t('pinNoneShort'));
  if (pinTriesLeft === 0) return h('span', { className: 'card-pin locked' }, t('pinLocked'));
  const dots = [1, 2, 3].map((at) => h('i', { className: at <= pinTriesLeft ? 'dot' : 'dot spent' }));
  return h('span', { className: 'card-pin' }, 'PIN ', ...dots);
};

const chip = () =>
  s('svg', { viewBox: '0 0 30 24', class: 'card-chip', 'aria-hidden': 'true' },
    s('rect', { x: 1, y: 1, width: 28, height: 22, rx: 4, fill: '#e3b94f', stroke: '#a97f1f' }),
    s('path', { d: 'M1 9h9v6H1M29 9h-9v6h9M10 1v22M20 1v22', fill: 'none', stroke: '#a97f1f' })); // biome-ignore format: one drawing

const FACES = {
  'my-number': (card) => [
    h('span', { className: 'card-title' }, t('kinds.my-number'), h('em', {}, t('sample'))),
    h('span', { className: 'card-main' }, portrait(card.name), h('span', { className: 'card-lines' }, h('b', {}, called(card.name)), card.expires && h('small', {}, t('until', { n: card.expires })), tries(card))),
    chip(),
  ],
  'driving-licence': (card) => [
    h('span', { className: 'card-title' }, t('kinds.driving-licence'), h('em', {}, t('sample'))),
    h('span', { className: 'card-main' }, h('span', { className: 'card-lines' }, h('b', {}, called(card.name)), h('i', { className: 'gold' }, card.expires ? t('until', { n: card.expires }) : '')), h('span', { className: 'portrait', 'aria-hidden': 'true' }, icon('person'))),
  ],
  transit: (card) => [
    h('span', { className: 'card-title' }, t('kinds.transit')),
    h('span', { className: 'card-wave' }, s('svg', { viewBox: '0 0 40 24', 'aria-hidden': 'true' }, s('path', { d: 'M4 16c5-9 10-9 15 0s11 9 17-2' }), s('path', { d: 'M4 9c5-9 10-9 15 0s11 9 17-2' }))),
    h('b', {}, called(card.name)),
  ],
  broken: (card) => [
    h('span', { className: 'card-title' }, t('kinds.broken')),
    s('svg', { viewBox: '0 0 136 86', class: 'crack', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, s('path', { d: 'M92 0l-14 22 16 10-22 20 12 8-10 26' }), s('path', { d: 'M94 32l20 10M72 52l-24 6' })),
    h('b', {}, called(card.name)),
  ],
}; // biome-ignore format: one face a paragraph

/** What a card only shows as a drawing, for someone who does not see it. */
export const cardDrawn = (card) => {
  if (card.kind !== 'my-number') return '';
  if (card.pinTriesLeft === null) return t('pinNone');
  if (card.pinTriesLeft === 1) return t('pinLeftOne');
  return card.pinTriesLeft === 0 ? t('pinLocked') : t('pinLeft', { n: card.pinTriesLeft });
};

export const cardView = (card) => h('span', { className: `card ${card.kind}` }, ...(FACES[card.kind] ?? FACES.broken)(card));
