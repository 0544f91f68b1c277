// Thirty minutes without operation log off (G4): any key or press counts, and two minutes before the end the page asks.

import { post } from './api.js';
import { h } from './dom.js';

const IDLE_MS = 30 * 60_000;
const WARN_MS = 2 * 60_000;
const TELL_EVERY_MS = 60_000;

/** Watches until the returned function is called. */
export const watchIdle = (secondsLeft) => {
  let endsAt = Date.now() + secondsLeft * 1000;
  let toldAt = Date.now();
  const left = h('strong', {});
  const stay = h('button', { class: 'button primary', type: 'submit' }, '続ける');
  const warning = h('dialog', { class: 'idle-warning', 'aria-labelledby': 'idle-title' },
    h('form', { onsubmit: (event) => { event.preventDefault(); operation(true); } },
      h('h2', { id: 'idle-title' }, 'まもなくログアウトします'), h('p', {}, '操作がないため、あと', left, 'でログアウトします。'), stay)); // biome-ignore format: reads as the page does
  document.body.append(warning);

  const operation = (now) => {
    if (warning.open && now !== true) return;
    endsAt = Date.now() + IDLE_MS;
    warning.close();
    if (now !== true && Date.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = Date.now();
    void post('/api/session/continue', {}).catch(() => undefined);
  };
  const look = () => {
    const ms = endsAt - Date.now();
    if (ms > WARN_MS) return;
    left.textContent = ms > 60_000 ? `${Math.ceil(ms / 60_000)}分` : `${Math.max(0, Math.ceil(ms / 1000))}秒`;
    if (!warning.open) warning.showModal();
    // The server decides: this asks it, and the answer takes the page to the login.
    if (ms <= 0) document.dispatchEvent(new CustomEvent('session-check'));
  };
  const timer = setInterval(look, 1000);
  const kinds = ['keydown', 'pointerdown'];
  for (const kind of kinds) addEventListener(kind, operation, { passive: true });
  return () => {
    clearInterval(timer);
    for (const kind of kinds) removeEventListener(kind, operation);
    warning.remove();
  };
};
