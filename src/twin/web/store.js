// What the page knows: the state pushed by the twin, and the slower facts beside it (cards, tray, cables). One place, many listeners.

import { get } from './api.js';
import { byId } from './dom.js';

/** `online` is undefined until the twin answered or failed for the first time. */
export const store = { state: undefined, twin: undefined, online: undefined };
const listeners = new Set();

export const onChange = (listener) => listeners.add(listener);
/** A corner of the page that cannot draw itself must not keep the others from it: its error is reported, not thrown. */
export const changed = () => {
  for (const listener of listeners) {
    try {
      listener(store);
    } catch (error) {
      reportError(error);
    }
  }
};

let waiting = false;
/** Reads cards, tray and cables again; many calls in a row become one. */
export const refresh = () => {
  if (waiting) return;
  waiting = true;
  setTimeout(async () => {
    waiting = false;
    try {
      store.twin = await get('/api/twin');
      changed();
    } catch {
      // The event stream says when the twin is back.
    }
  }, 120);
};

/** Shows a sentence for some seconds. */
let toastTimer;
export const toast = (text) => {
  const box = byId('toast');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('shown'), 5000);
};

/** Runs an action of a person; what goes wrong is told in words, and the facts are read again. */
export const act = async (action) => {
  try {
    await action();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  } finally {
    refresh();
  }
};

export const startStore = () => {
  const events = new EventSource('/api/events');
  events.onmessage = (event) => {
    store.state = JSON.parse(event.data);
    if (!store.online) refresh();
    store.online = true;
    changed();
    refresh();
  };
  events.onerror = () => {
    store.online = false;
    changed();
  };
  refresh();
};
