// The wallet of virtual cards and the card tray: press a card, or carry it over with the mouse.

import { send } from './api.js';
import { cardDrawn, cardView } from './card-view.js';
import { byId, h, icon } from './dom.js';
import { openMaker } from './maker.js';
import { act, onChange, store } from './store.js';
import { onLanguage, t } from './words.js';

const DRAG_FROM_PX = 6;

const place = async (name) => {
  if (store.twin?.tray === name) return;
  await act(async () => {
    if (store.twin?.tray) await send('DELETE', '/api/tray');
    await send('PUT', '/api/tray', { card: name });
  });
};
const take = () => act(() => send('DELETE', '/api/tray'));

const isOver = (event, element) => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
};

/** Carrying by mouse or pen; a touch only presses, so that a finger can still scroll. `drop` gets the last event. */
const carry = (source, drop) => {
  let start;
  let ghost;
  let justCarried = false;
  // The click that follows a carry is not a press.
  source.addEventListener('click', (click) => justCarried && click.stopImmediatePropagation(), { capture: true });
  source.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    start = event;
    source.setPointerCapture(event.pointerId);
  });
  const move = (event) => {
    if (!start) return;
    if (!ghost && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > DRAG_FROM_PX) {
      ghost = source.querySelector('.card').cloneNode(true);
      ghost.classList.add('ghost');
      document.body.append(ghost);
      document.body.classList.add('carrying');
    }
    if (ghost) ghost.style.transform = `translate(${event.clientX - 80}px, ${event.clientY - 50}px) rotate(-3deg)`;
    byId('tray').classList.toggle('over', ghost !== undefined && isOver(event, byId('tray')));
  };
  const end = (event) => {
    const carried = ghost !== undefined;
    ghost?.remove();
    ghost = undefined;
    start = undefined;
    document.body.classList.remove('carrying');
    byId('tray').classList.remove('over');
    if (!carried) return;
    justCarried = true;
    setTimeout(() => {
      justCarried = false;
    }, 0);
    if (event.type === 'pointerup') drop(event);
  };
  source.addEventListener('pointermove', move);
  source.addEventListener('pointerup', end);
  source.addEventListener('pointercancel', end);
};

/** The card as it looks, and behind it in words what is only drawn and what pressing does. */
const named = (card, act) => [
  cardView(card),
  h('span', { className: 'visually-hidden' }, [cardDrawn(card), act].filter(Boolean).join(', ')),
];

const walletCard = (card, onTray) => {
  const button = h(
    'button',
    { type: 'button', className: onTray ? 'slot away' : 'slot', 'data-card': card.name, 'aria-disabled': String(onTray), onclick: () => place(card.name) }, // biome-ignore format: one button
    ...named(card, onTray ? '' : t('place')),
    onTray && h('span', { className: 'away-label' }, t('onTray')),
  );
  carry(button, (event) => isOver(event, byId('tray')) && place(card.name));
  return button;
};

let shown = '';
let known = 0;
const show = (force = false) => {
  const { twin } = store;
  if (!twin) return;
  const now = JSON.stringify([twin.cards, twin.tray, twin.portraits]);
  if (!force && now === shown) return;
  if (document.body.classList.contains('carrying')) return setTimeout(show, 200);
  shown = now;
  const focused = document.activeElement?.dataset?.card;
  const before = known;
  known = twin.cards.length;
  byId('wallet').replaceChildren(
    h('button', { type: 'button', className: 'slot new-card', onclick: openMaker }, icon('plus'), h('span', {}, t('me'))),
    ...twin.cards.map((card) => walletCard(card, card.name === twin.tray)),
  );
  // A card that was just made lies at the end.
  if (before > 0 && known > before) byId('wallet').lastElementChild?.scrollIntoView({ block: 'nearest' });
  if (focused)
    byId('wallet')
      .querySelector(`[data-card="${CSS.escape(focused)}"]`)
      ?.focus();

  followEnd();

  const lying = twin.cards.find(({ name }) => name === twin.tray);
  byId('take').hidden = !lying;
  byId('tray').classList.toggle('full', lying !== undefined);
  const slot = byId('tray-slot');
  slot.querySelector('button')?.remove();
  if (!lying) return;
  const onTray = h('button', { type: 'button', className: 'lying', onclick: take }, ...named(lying, t('take')));
  carry(onTray, (event) => !isOver(event, byId('tray')) && take());
  slot.append(onTray);
};

/** The last row fades while there are cards below it, and their number stands there. */
const followEnd = () => {
  const wallet = byId('wallet');
  const { scrollTop, clientHeight, scrollHeight } = wallet;
  const end = scrollTop + clientHeight >= scrollHeight - 4;
  wallet.classList.toggle('at-end', end);
  const { bottom } = wallet.getBoundingClientRect();
  const below = [...wallet.children].filter((slot) => slot.getBoundingClientRect().bottom > bottom + 8).length;
  byId('more').textContent = t('more', { n: below });
  // Invisible, not gone: the list must not change its height under the finger.
  byId('more').style.visibility = end || below === 0 ? 'hidden' : 'visible';
  byId('more').hidden = scrollHeight <= clientHeight + 4;
};

export const startTray = () => {
  byId('wallet').addEventListener('scroll', followEnd, { passive: true });
  byId('more').addEventListener('click', () => byId('wallet').scrollBy({ top: byId('wallet').clientHeight - 60, behavior: 'smooth' }));
  new ResizeObserver(followEnd).observe(byId('wallet'));
  byId('take').addEventListener('click', take);
  onChange(({ state }) => {
    show();
    if (!state) return;
    byId('lamp').dataset.lamp = state.lamp;
    byId('lamp').setAttribute('aria-label', t('lampIs', { n: t(`lamps.${state.lamp}`) }));
    byId('take').classList.toggle('calling', state.screen === 'take-card');
  });
  onLanguage(() => show(true));
};
