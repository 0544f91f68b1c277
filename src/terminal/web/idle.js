// Thirty minutes without operation log off (G4): any key or press counts, and two minutes before the end the page asks.

import { get, post } from './api.js';
import { h } from './dom.js';

const IDLE_MS = 30 * 60_000;
const WARN_MS = 2 * 60_000;
const TELL_EVERY_MS = 60_000;

/** Watches until the returned function is called. */
export const watchIdle = (secondsLeft) => {
  let endsAt = Date.now() + secondsLeft * 1000;
  let toldAt = Date.now();
  /** Operation that the server has not heard of: it must not log off before this page does. */
  let untold = false;
  const left = h('strong', {});
  const stay = h('button', { class: 'button primary', type: 'submit' }, '続ける');
  const warning = h('dialog', { class: 'idle-warning', 'aria-labelledby': 'idle-title' },
    h('form', { onsubmit: (event) => { event.preventDefault(); operation(true); } },
      h('h2', { id: 'idle-title' }, 'まもなくログアウトします'), h('p', {}, '操作がないため、あと', left, 'でログアウトします。'), stay)); // biome-ignore format: reads as the page does
  document.body.append(warning);

  const tell = () => {
    untold = false;
    toldAt = Date.now();
    void post('/api/session/continue', {}).catch(() => undefined);
  };
  const operation = (now) => {
    if (warning.open && now !== true) return;
    endsAt = Date.now() + IDLE_MS;
    warning.close();
    untold = true;
    if (now === true || Date.now() - toldAt >= TELL_EVERY_MS) tell();
  };
  /** The server decides: its answer takes the page to the login, or says how long there is still. */
  let asking = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    const session = await get('/api/session').catch(() => undefined);
    asking = false;
    if (session?.account === null) document.dispatchEvent(new CustomEvent('session-check'));
    else if (session !== undefined) endsAt = Date.now() + session.idleSecondsLeft * 1000;
  };
  const look = () => {
    if (untold && Date.now() - toldAt >= TELL_EVERY_MS) tell();
    const ms = endsAt - Date.now();
    if (ms > WARN_MS) return warning.close();
    left.textContent = ms > 60_000 ? `${Math.ceil(ms / 60_000)}分` : `${Math.max(0, Math.ceil(ms / 1000))}秒`;
    if (!warning.open) warning.showModal();
    if (ms <= 0) void ask();
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
