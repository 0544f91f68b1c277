// Card readers: a chip for each with its state, its actions, and the question a patient is waiting on (目視確認).

import { post } from './api.js';
import { announce, h, icon } from './dom.js';
import * as words from './words.js';

const ACTIONS = [
  ['identify', '画面で知らせる', ['ready', 'busy', 'out-of-service', 'init']],
  ['out-of-service', '休止する', ['ready', 'busy']],
  ['in-service', '受付を再開する', ['out-of-service']],
  ['restart', '再起動する', ['ready', 'out-of-service', 'init']],
];

/** {element, set(views), update(view), broker(state)} */
export const kiosksStrip = () => {
  const views = new Map();
  const chips = h('div', { class: 'chips' });
  const asks = h('div', { class: 'asks' });
  const lost = h(
    'p',
    { class: 'box error', hidden: true },
    icon('alert'),
    h('span', {}, 'カードリーダーとの通信が切れています。つながると、その間の受付もここに表示されます。'),
  );
  const said = h('p', { class: 'box notice', role: 'status', hidden: true });

  const send = async (kiosk, command, visitId) => {
    try {
      await post(`/api/kiosks/${encodeURIComponent(kiosk)}/command`, { command, ...(visitId === undefined ? {} : { visitId }) });
      tell(`${kiosk} に送りました`);
    } catch (error) {
      tell(error.message);
    }
  };
  let hiding;
  const tell = (text) => {
    said.textContent = text;
    said.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => {
      said.hidden = true;
    }, 6000);
  };

  const chip = (view) => {
    const able = ACTIONS.filter(([, , when]) => when.includes(view.status));
    const summary = h(
      'summary',
      { class: `chip ${view.status}` },
      h('span', { class: 'dot' }),
      h('strong', {}, view.id),
      h('span', {}, words.KIOSK[view.status] ?? view.status),
    );
    return h('details', { class: 'kiosk-menu', name: 'kiosk' }, summary,
      h('div', { class: 'menu' },
        view.faults.length > 0 ? h('p', { class: 'quiet' }, '不具合 ', view.faults.map((code) => h('code', {}, code))) : undefined,
        able.length === 0 ? h('p', { class: 'quiet' }, '今できる操作はありません') : able.map(([command, text]) =>
          h('button', { class: 'menu-item', type: 'button', onclick: (event) => { event.currentTarget.closest('details').open = false; void send(view.id, command); } }, text)),
        view.version ? h('p', { class: 'quiet small' }, `バージョン ${view.version}`) : undefined)); // biome-ignore format: reads as the page does
  };
  const ask = ({ id, request }) => h('div', { class: 'box request', role: 'group', 'aria-label': `${id}からの依頼` }, icon('staff', 26),
    h('p', {}, h('strong', {}, `${id}: `), request.ask === 'approve-visual' ? '患者さんが目視での本人確認を待っています。顔とカードの写真を見比べてください。' : '処方箋の種類を確かめてください。'),
    request.ask === 'approve-visual' ? h('div', { class: 'row' },
      h('button', { class: 'button', type: 'button', onclick: () => send(id, 'cancel', request.visitId) }, '受付をやめる'),
      h('button', { class: 'button primary', type: 'button', onclick: () => send(id, 'approve-visual', request.visitId) }, '本人と確認した')) : undefined); // biome-ignore format: reads as the page does

  const draw = () => {
    const open = chips.querySelector('details[open]')?.dataset.kiosk;
    chips.replaceChildren(
      ...[...views.values()].map((view) => {
        const element = chip(view);
        element.dataset.kiosk = view.id;
        element.open = view.id === open;
        return element;
      }),
    );
    asks.replaceChildren(...[...views.values()].filter(({ request }) => request !== undefined).map(ask));
  };
  document.addEventListener('click', (event) => {
    for (const menu of chips.querySelectorAll('details[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    const menu = event.key === 'Escape' ? chips.querySelector('details[open]') : null;
    if (menu === null) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });

  return {
    element: h(
      'div',
      { class: 'strip' },
      h('div', { class: 'strip-line' }, h('span', { class: 'strip-title' }, 'カードリーダー'), chips),
      lost,
      said,
      asks,
    ),
    set: (list) => {
      views.clear();
      for (const view of list) views.set(view.id, view);
      draw();
    },
    update: (view) => {
      if (view.request !== undefined && views.get(view.id)?.request === undefined) announce(`${view.id}から本人確認の依頼です`);
      views.set(view.id, view);
      draw();
    },
    broker: (state) => {
      lost.hidden = state === 'connected';
    },
  };
};
