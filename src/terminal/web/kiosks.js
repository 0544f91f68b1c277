// Card readers: a chip for each with its state, its actions, and the question a patient is waiting on (目視確認).

import { post } from './api.js';
import { announce, askingButton, h, icon, keepFocus } from './dom.js';
import { fault, LOOK_REASONS } from './faults.js';
import { contactList, question } from './help.js';
import * as words from './words.js';

/** Command, its name, in which states, and what a second press says where one alone must not do it. */
const ACTIONS = [
  ['identify', '画面で知らせる', ['ready', 'busy', 'out-of-service', 'init']],
  ['out-of-service', '休止する', ['ready', 'busy']],
  ['in-service', '受付を再開する', ['out-of-service']],
  ['restart', '再起動する', ['ready', 'out-of-service', 'init'], '本当に再起動する（1分ほど受付できません）'],
];

/** What staff read while nothing can arrive: `unheard` is this page without its program, `lost` the program without its broker. */
const LOST = {
  lost: 'カードリーダーとの通信が切れています。つながると、その間の受付もここに表示されます。',
  unheard:
    'この画面に新しい受付が届いていません。つながると、その間の受付もここに表示されます。しばらく続くときは、端末を再起動してください。',
};

const reportLines = ({ at, level, findings }) =>
  h(
    'div',
    { class: level === 'fail' ? 'fault' : 'quiet small' },
    h('p', {}, `${words.longDate(at)} ${words.clockTime(at)} の点検: ${words.REPORT[level]}`),
    ...findings
      .filter((one) => one.level !== 'ok')
      .map(({ title, advice }) => h('p', {}, h('strong', {}, title.ja), h('br'), advice?.ja ?? '')),
  );

/** {element, set(views), update(view): whether it asks anew, broker(state), say(text), close()} */
export const kiosksStrip = () => {
  const views = new Map();
  const chips = h('div', { class: 'chips' });
  const asks = h('div', { class: 'asks' });
  const why = h('p', {});
  const lost = h('div', { class: 'box error column', role: 'status', hidden: true }, why, question('cover'), contactList());
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
      { class: `chip ${view.status}${view.faults.length > 0 || view.unregistered ? ' faulty' : ''}` },
      h('span', { class: 'dot' }),
      h('strong', {}, view.id),
      // A fault must not wait until somebody opens the menu.
      h(
        'span',
        {},
        view.unregistered
          ? words.UNREGISTERED[0]
          : view.faults.length > 0
            ? fault(view.faults[0])[0]
            : (words.KIOSK[view.status] ?? view.status),
      ),
    );
    return h('details', { class: 'kiosk-menu', name: 'kiosk' }, summary,
      h('div', { class: 'menu' },
        view.unregistered ? h('p', { class: 'fault' }, h('strong', {}, words.UNREGISTERED[0]), h('br'), words.UNREGISTERED[1]) : undefined,
        view.faults.map((code) => h('p', { class: 'fault' }, h('strong', {}, fault(code)[0]), h('br'), fault(code)[1], h('br'), h('span', { class: 'quiet small' }, '問い合わせるときの記号 ', h('code', {}, code)))),
        view.unregistered || view.faults.length > 0 || view.report?.level === 'fail' || view.status === 'offline' || view.status === 'unknown' ? contactList() : undefined,
        view.status === 'offline' ? h('p', { class: 'fault' }, 'カードリーダーの電源が入っているか、ネットワークの線がつながっているかを確かめてください。電源を入れたときは、1分ほどで受付できるようになります。') : undefined,
        view.report === undefined ? undefined : reportLines(view.report),
        able.length === 0 ? h('p', { class: 'quiet' }, '今できる操作はありません') : able.map(([command, text, , sure]) => {
          const run = (event) => { event.currentTarget.closest('details').open = false; void send(view.id, command); };
          return sure === undefined ? h('button', { class: 'menu-item', type: 'button', onclick: run }, text) : askingButton('menu-item', text, sure, run);
        }),
        view.version ? h('p', { class: 'quiet small' }, `バージョン ${view.version}`) : undefined)); // biome-ignore format: reads as the page does
  };
  const ask = ({ id, request }) => h('div', { class: 'box request', 'data-key': `ask-${id}`, role: 'group', 'aria-label': `${id}からの依頼` }, icon('staff', 26),
    h('div', { class: 'ask-text' }, h('p', {}, h('strong', {}, `${id}: ${request.patient ? `${request.patient.name} さんが` : '患者さんが'}`), request.ask === 'approve-visual' ? '目視での本人確認を待っています。' : '処方箋の種類の確認を待っています。'),
      request.patient ? h('p', { class: 'quiet' }, `${words.birthDate(request.patient.birthdate)}(${words.age(request.patient.birthdate)}歳) ${words.SEX[request.patient.sex] ?? ''}`) : undefined,
      request.reason ? h('p', {}, `理由: ${LOOK_REASONS[request.reason] ?? request.reason}`) : undefined,
      request.ask === 'approve-visual' ? h('p', { class: 'quiet' }, 'お顔とカードの写真を見比べてから承認してください。承認はこの1回だけ有効で、だれが承認したかが記録されます。') : undefined),
    request.ask === 'approve-visual' ? h('div', { class: 'row' },
      h('button', { class: 'button', type: 'button', onclick: () => send(id, 'cancel', request.visitId) }, '受付をやめる'),
      h('button', { class: 'button primary', type: 'button', onclick: () => send(id, 'approve-visual', request.visitId) }, '本人と確認した')) : undefined); // biome-ignore format: reads as the page does

  const draw = () => keepFocus(strip, redraw);
  const redraw = () => {
    const open = chips.querySelector('details[open]')?.dataset.kiosk;
    chips.replaceChildren(
      ...[...views.values()].map((view) => {
        const element = chip(view);
        element.dataset.kiosk = view.id;
        element.dataset.key = view.id;
        element.open = view.id === open;
        return element;
      }),
    );
    asks.replaceChildren(...[...views.values()].filter(waiting).map(ask));
  };
  // A question that nobody answered goes by itself when the patient waits no longer.
  const waiting = ({ request }) => request !== undefined && Date.parse(request.expiresAt) > Date.now();
  const clock = setInterval(() => {
    if (asks.childElementCount !== [...views.values()].filter(waiting).length) draw();
  }, 1000);
  const elsewhere = (event) => {
    for (const menu of chips.querySelectorAll('details[open]')) if (!menu.contains(event.target)) menu.open = false;
  };
  const shut = (event) => {
    const menu = event.key === 'Escape' ? chips.querySelector('details[open]') : null;
    if (menu === null) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  };
  document.addEventListener('click', elsewhere);
  document.addEventListener('keydown', shut);

  const strip = h(
    'section',
    { class: 'strip', 'aria-label': 'カードリーダー' },
    h('div', { class: 'strip-line' }, h('span', { class: 'strip-title' }, 'カードリーダー'), chips),
    lost,
    said,
    asks,
  );
  return {
    element: strip,
    say: tell,
    close: () => {
      clearInterval(clock);
      document.removeEventListener('click', elsewhere);
      document.removeEventListener('keydown', shut);
    },
    set: (list) => {
      views.clear();
      for (const view of list) views.set(view.id, view);
      draw();
    },
    update: (view) => {
      const asks = view.request !== undefined && views.get(view.id)?.request?.visitId !== view.request.visitId;
      if (asks) announce(`${view.id}から本人確認の依頼です`);
      views.set(view.id, view);
      draw();
      return asks;
    },
    left: (id) => {
      views.delete(id);
      draw();
    },
    broker: (state) => {
      why.textContent = LOST[state] ?? '';
      lost.hidden = state === 'connected';
    },
  };
};
