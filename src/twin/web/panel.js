// The touch panel: the live picture, a finger on it, and the same buttons for keyboard and screen reader.

import { send } from './api.js';
import { byId, h } from './dom.js';
import { showPanel } from './panel-stream.js';
import { act, onChange, store } from './store.js';
import { t } from './words.js';

const MOVE_EVERY_MS = 40;
/** Steps further apart than this are not held back any longer. */
const MOST_APART_MS = 120;
let recentFrames = [];

/** Pictures drawn within the last second. */
export const framesPerSecond = () => {
  const now = performance.now();
  recentFrames = recentFrames.filter((at) => now - at < 1000);
  return recentFrames.length;
};

/** Page coordinates to panel pixels, kept inside the panel. */
const toPanel = (event, box) => {
  const { width, height } = store.twin?.panel ?? { width: 1280, height: 800 };
  const inside = (value, size) => Math.min(size - 1, Math.max(0, Math.floor(value)));
  return {
    x: inside(((event.clientX - box.left) / box.width) * width, width),
    y: inside(((event.clientY - box.top) / box.height) * height, height),
  };
};

/** One finger. Sends its steps in order where the appliance takes them, otherwise one whole touch when it lifts. */
const startFinger = (panel) => {
  let down;
  let lastMove = 0;
  let queue = Promise.resolve();
  let sentAt = 0;
  let eventAt = 0;
  /** Steps arrive no closer together than the finger made them: a slow answer must not turn two taps into a bounce. */
  const post = (body) => {
    const at = performance.now();
    const apartMs = Math.min(at - eventAt, MOST_APART_MS);
    eventAt = at;
    queue = queue.then(async () => {
      const early = sentAt + apartMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      await act(() => send('POST', '/api/touch', body));
      sentAt = performance.now();
    });
  };
  const ripple = (event, box) => {
    const mark = h('span', { className: 'ripple' });
    mark.style.left = `${event.clientX - box.left}px`;
    mark.style.top = `${event.clientY - box.top}px`;
    mark.addEventListener('animationend', () => mark.remove());
    setTimeout(() => mark.remove(), 700);
    panel.append(mark);
  };
  panel.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || down) return;
    const box = panel.getBoundingClientRect();
    down = { id: event.pointerId, at: performance.now(), box, ...toPanel(event, box) };
    panel.setPointerCapture(event.pointerId);
    ripple(event, box);
    if (store.twin?.finger) post({ phase: 'down', x: down.x, y: down.y });
  });
  panel.addEventListener('pointermove', (event) => {
    if (event.pointerId !== down?.id || !store.twin?.finger || event.timeStamp - lastMove < MOVE_EVERY_MS) return;
    lastMove = event.timeStamp;
    post({ phase: 'move', ...toPanel(event, down.box) });
  });
  const lift = (event) => {
    if (event.pointerId !== down?.id) return;
    const { x, y, at, box } = down;
    down = undefined;
    if (store.twin?.finger) post({ phase: 'up', ...toPanel(event, box) });
    else post({ x, y, holdMs: Math.round(Math.min(5000, Math.max(60, performance.now() - at))) });
  };
  panel.addEventListener('pointerup', lift);
  panel.addEventListener('pointercancel', lift);
};

/** Real buttons over the drawn ones; kept by id so that the focus stays while the screen changes. */
const showHotspots = (box, elements, panel) => {
  const wanted = elements.filter(({ role }) => role === 'button');
  const kept = new Map([...box.children].map((child) => [child.dataset.element, child]));
  const nodes = wanted.map(({ id, label, rect, enabled }) => {
    const node =
      kept.get(id) ??
      h('button', {
        type: 'button',
        'data-element': id,
        // A mouse or finger already touched the panel itself; only keys and assistive technology come this way.
        onclick: (event) => event.detail === 0 && act(() => send('POST', '/api/touch', { element: id })),
      });
    node.setAttribute('aria-label', label);
    node.disabled = !enabled;
    node.style.left = `${(rect.x / panel.width) * 100}%`;
    node.style.top = `${(rect.y / panel.height) * 100}%`;
    node.style.width = `${(rect.width / panel.width) * 100}%`;
    node.style.height = `${(rect.height / panel.height) * 100}%`;
    return node;
  });
  if (nodes.length !== box.children.length || nodes.some((node, at) => box.children[at] !== node)) {
    const focused = document.activeElement;
    box.replaceChildren(...nodes);
    if (nodes.includes(focused)) focused.focus();
  }
};

const showTexts = (box, elements) => {
  const text = elements
    .filter(({ role, label }) => role === 'text' && label !== '')
    .map(({ label }) => label)
    .join('\n');
  // A countdown is not worth interrupting a listener every second.
  const stable = text.replace(/\d+/g, '#');
  if (box.dataset.stable === stable) return;
  box.dataset.stable = stable;
  box.textContent = text;
};

export const startPanel = () => {
  const panel = byId('panel');
  startFinger(panel);
  onChange(({ state, twin, online }) => {
    byId('lost').hidden = online !== false;
    byId('lost').textContent = online === false ? t('lost') : '';
    if (!state || !twin) return;
    panel.style.aspectRatio = `${twin.panel.width} / ${twin.panel.height}`;
    showHotspots(byId('hotspots'), state.elements, twin.panel);
    showTexts(byId('screen-text'), state.elements);
    byId('lens').classList.toggle('on', state.screen === 'face');
  });
  void showPanel(byId('screen'), () => recentFrames.push(performance.now()));
};
