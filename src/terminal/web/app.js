// The page as a whole: who is logged in, which view is shown, and the live events that feed it.

import { accountsView, auditView } from './admin.js';
import { get, post } from './api.js';
import { arrivals } from './arrivals.js';
import { copiesNotice } from './copies.js';
import { openDetail } from './detail.js';
import { announce, h } from './dom.js';
import { helpView, trouble, useContacts } from './help.js';
import { watchIdle } from './idle.js';
import { insuranceView } from './insurance.js';
import { kiosksStrip } from './kiosks.js';
import { loginPage } from './login.js';
import { medicalView } from './medical.js';
import { setupPage } from './setup.js';
import { troublesNotice } from './troubles.js';
import { visitsView } from './visits.js';

/** Before a refused stream of events is asked for again. */
const REFUSED_MS = 5000;
/** A copy is made at night; whoever has the page open then reads of it in the morning. */
const COPIES_MS = 10 * 60_000;

/** Somebody worked here, and the terminal knows of no session any more. */
const NO_REASON = 'ログインの状態が切れたため、最初の画面に戻りました。もう一度ログインしてください。受付の情報は失われていません';

const root = document.getElementById('app');
let stopPage = () => undefined;

const PATIENTS = ['reception', 'medical'];
const VIEWS = [
  ['visits', '受付一覧・資格確認履歴照会', () => visitsView(openDetail), PATIENTS],
  ['insurance', '保険証/処方箋で確認', insuranceView, PATIENTS],
  ['medical', '同意済み患者', medicalView, ['medical']],
  ['accounts', 'アカウント', accountsView, ['admin']],
  ['audit', '操作と閲覧の記録', auditView, ['admin']],
  ['help', 'ヘルプ', helpView, ['reception', 'medical', 'admin']],
];

const showTerminal = (session) => {
  const strip = kiosksStrip();
  const told = arrivals(strip.say);
  // An administrator sees no patient: nothing arrives for that role.
  const receives = PATIENTS.includes(session.account.role);
  if (receives) strip.element.append(told.offer);
  const copies = copiesNotice();
  const troubles = troublesNotice();
  const place = h('main', { id: 'main', tabindex: '-1' });
  const views = VIEWS.filter(([, , , roles]) => roles.includes(session.account.role));
  let current;

  const tabs = views.map(([name, text]) => h('a', { href: `#${name}`, class: 'tab' }, text));
  /** `byItself`: nobody chose the view just now. */
  const show = (byItself) => {
    const chosen = views.find(([name]) => location.hash === `#${name}`) ?? views[0];
    for (const [index, [name]] of views.entries()) {
      if (name === chosen[0]) tabs[index].setAttribute('aria-current', 'page');
      else tabs[index].removeAttribute('aria-current');
    }
    current?.close?.();
    current = chosen[2]();
    place.replaceChildren(current.element);
    void current.refresh(byItself);
  };
  const choose = () => show(false);
  const logout = async () => {
    await post('/api/logout', {}).catch(() => undefined);
    void start();
  };
  root.replaceChildren(
    h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); place.focus(); } }, '本文へ'),
    h('header', { class: 'top' },
      h('div', { class: 'brand' }, h('img', { src: '/icon.svg', alt: '', width: 32, height: 32 }), h('span', { class: 'brand-name' }, '資格確認端末'), h('span', { class: 'site' }, session.site)),
      h('nav', { 'aria-label': 'メニュー' }, tabs),
      h('div', { class: 'account' }, receives ? told.element : undefined, h('span', { class: 'account-id' }, session.account.id), h('button', { class: 'button', type: 'button', onclick: logout }, 'ログアウト'))),
    strip.element, troubles.element, copies.element, place); // biome-ignore format: reads as the page does

  const events = new EventSource('/api/events');
  const on = (name, run) => events.addEventListener(name, (event) => run(JSON.parse(event.data)));
  let greeted = false;
  let retrying;
  on('hello', ({ broker, kiosks, troubles: found }) => {
    troubles.set(found);
    strip.broker(broker);
    strip.set(kiosks);
    // After a gap in the stream, visits may have arrived unseen.
    if (greeted) void current.refresh(true);
    greeted = true;
    void copies.refresh();
  });
  on('kiosk', (view) => {
    if (strip.update(view)) told.came('カードリーダーから本人確認の依頼です');
  });
  on('kiosk-left', ({ id }) => strip.left(id));
  on('troubles', ({ troubles: found }) => troubles.set(found));
  on('broker', ({ broker }) => strip.broker(broker));
  on('visit', (visit) => {
    current.add?.(visit);
    told.came(`受付番号${visit.number}番の受付が届きました`);
    announce(`受付番号${visit.number}番、${visit.patient?.name ?? '券面の情報なし'}さんの受付が届きました`);
  });
  // A page left open must not look as if all were well while it hears nothing.
  events.addEventListener('error', () => {
    strip.broker('unheard');
    // Refused, not broken: the browser does not try again by itself.
    if (events.readyState === EventSource.CLOSED) retrying = setTimeout(() => void start(undefined, NO_REASON), REFUSED_MS);
  });
  on('session', () => void get('/api/visits', true).catch(() => undefined));
  addEventListener('hashchange', choose);
  show(true);
  const lookAtCopies = setInterval(() => void copies.refresh(), COPIES_MS);
  const stopIdle = watchIdle(session.idleSecondsLeft);
  return () => {
    clearTimeout(retrying);
    clearInterval(lookAtCopies);
    events.close();
    stopIdle();
    strip.close();
    told.close();
    current?.close?.();
    removeEventListener('hashchange', choose);
    document.getElementById('sheet-place').replaceChildren();
  };
};

/** `notice`: what to say at the login; `otherwise`: where the terminal does not know why the session is over. */
const start = async (notice, otherwise) => {
  stopPage();
  stopPage = () => undefined;
  try {
    const session = await get('/api/session');
    useContacts(session.contacts);
    if (!session.accountsExist)
      root.replaceChildren(setupPage(session, () => void start('アカウントを作りました。ログインしてください。')));
    else if (session.account === null) root.replaceChildren(loginPage(session, notice ?? session.ended ?? otherwise, () => void start()));
    else stopPage = showTerminal(session);
  } catch (error) {
    root.replaceChildren(h('main', { class: 'login' }, h('div', { class: 'login-card' }, trouble(error),
      h('button', { class: 'button primary wide', type: 'button', onclick: () => void start() }, 'もう一度試す')))); // biome-ignore format: reads as the page does
  }
};

// Asking counts as nothing: it only finds out whether the session is over.
document.addEventListener('session-check', async () => {
  const session = await get('/api/session').catch(() => undefined);
  if (session?.account === null) void start(undefined, NO_REASON);
});
document.addEventListener('session-ended', ({ detail }) => void start(detail.message));
void start();
