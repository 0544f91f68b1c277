// The parts one grips: numeric keypad, power button, cables.

import { send } from './api.js';
import { byId, h, icon, s } from './dom.js';
import { act, onChange, store } from './store.js';
import { onLanguage, t } from './words.js';

const LONG_PRESS_MS = 3000;

const KEYS = [
  ['escape', '*'], ['slash', '/'], ['minus', '-'], ['plus', '+'],
  ['7', '7'], ['8', '8'], ['9', '9'], ['backspace', '.'],
  ['4', '4'], ['5', '5'], ['6', '6'],
  ['1', '1'], ['2', '2'], ['3', '3'], ['enter', '\n'],
  ['0', '0'],
]; // biome-ignore format: as on the keypad
const FACES = {
  // As printed on the key, which is what the voice calls it, and as what it does.
  backspace: () => h('span', {}, '.', icon('backspace')),
  plus: () => '+',
  minus: () => '−',
  slash: () => '/',
  escape: () => '*',
  enter: () => t('key.enter'),
};

/** One key after the other: their order is what counts. */
let typed = Promise.resolve();
const type = (keys) => {
  typed = typed.then(() => act(() => send('POST', '/api/keypad', { keys })));
  return typed;
};

const showKeypad = () => {
  byId('keypad').replaceChildren(
    ...KEYS.map(
      ([name, key]) =>
      h('button', { type: 'button', className: `key key-${name}`, 'data-key': name, 'aria-label': FACES[name] ? t(`key.${name}`) : name, onclick: () => type(key) }, FACES[name]?.() ?? name), // biome-ignore format: one key
    ),
  );
};

/** The computer's own digits type on the kiosk's keypad, unless they are wanted elsewhere on the page. */
const startTyping = () => {
  const elsewhere = (target) => target.closest('input, select, textarea, dialog[open]') !== null;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || elsewhere(event.target) || document.querySelector('dialog[open]')) return;
    // Enter presses whatever has the focus; it types only when nothing has.
    const enter = event.key === 'Enter' && event.target === document.body ? '\n' : undefined;
    const key = /^[\d/*+.-]$/.test(event.key) ? event.key : event.key === 'Backspace' ? '.' : enter;
    if (key === undefined) return;
    event.preventDefault();
    const name = KEYS.find(([, sent]) => sent === key)?.[0];
    const drawn = byId('keypad').querySelector(`[data-key="${name}"]`);
    drawn?.classList.add('pressed');
    setTimeout(() => drawn?.classList.remove('pressed'), 140);
    if (!event.repeat) void type(key);
  });
};

const startPower = () => {
  const button = byId('power');
  const press = (kind) => act(() => send('POST', '/api/power', { press: kind }));
  let timer;
  let long = false;
  button.addEventListener('pointerdown', () => {
    long = false;
    button.classList.add('holding');
    timer = setTimeout(() => {
      long = true;
      button.classList.remove('holding');
      void press('long');
    }, LONG_PRESS_MS);
  });
  const release = () => {
    clearTimeout(timer);
    button.classList.remove('holding');
  };
  button.addEventListener('pointerup', release);
  button.addEventListener('pointerleave', release);
  button.addEventListener('click', () => {
    if (!long) void press('short');
    long = false;
  });
  byId('power-long').addEventListener('click', () => press('long'));
};

const plug = () =>
  s('svg', { viewBox: '0 0 64 24', class: 'plug', 'aria-hidden': 'true' },
    s('g', { class: 'socket' }, s('rect', { x: 42, y: 3, width: 20, height: 18, rx: 4 }), s('path', { d: 'M47 9h8M47 15h8' })),
    s('g', { class: 'plug-part' }, s('path', { d: 'M0 12h16', class: 'wire' }), s('rect', { x: 14, y: 4, width: 22, height: 16, rx: 4 }), s('path', { d: 'M36 9h8M36 15h8', class: 'prongs' }))); // biome-ignore format: one drawing

const showCables = (cables) => {
  const box = byId('cables');
  for (const [name, position] of Object.entries(cables)) {
    const drawn =
      box.querySelector(`[data-cable="${name}"]`) ??
      box.appendChild(
        h('button', { type: 'button', role: 'switch', className: 'cable', 'data-cable': name, onclick: () => act(() => send('PUT', '/api/cables', { [name]: store.twin.cables[name] === 'in' ? 'out' : 'in' })) }, h('span', { className: 'cable-name' }), plug()), // biome-ignore format: one switch
      );
    drawn.setAttribute('aria-checked', String(position === 'in'));
    drawn.title = t(position);
    drawn.querySelector('.cable-name').textContent = t(`cable.${name}`);
  }
};

export const startHardware = () => {
  showKeypad();
  startTyping();
  startPower();
  const cables = () => store.twin && showCables(store.twin.cables);
  onChange(cables);
  onLanguage(() => {
    showKeypad();
    cables();
  });
};
