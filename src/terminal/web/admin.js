// The administrator's views: accounts, and the record of who did and saw what.

import { del, get, post } from './api.js';
import { askingButton, field, h, icon, sayAt, table } from './dom.js';
import { trouble } from './help.js';
import * as words from './words.js';

const ROLES = { reception: '受付（一般）', medical: '医療情報閲覧', admin: '管理者' };
export const ACTIONS = {
  login: 'ログイン', 'login-forced': '強制ログイン', 'login-wrong': 'ログイン失敗', logout: 'ログアウト', 'visits/list': '受付一覧を表示', 'visits/search': '受付を検索',
  'visit/open': '受付の詳細を表示', 'eligibility/search': '保険証で確認', 'consented/list': '同意済み患者一覧を表示', 'medical/medications': '薬剤を閲覧', 'medical/procedures': '手術・診療を閲覧',
  'medical/checkups': '特定健診を閲覧', 'command/approve-visual': '目視で本人と承認', 'command/cancel': '受付をやめさせた', 'command/restart': '再起動', 'command/shutdown': '電源を切らせた', 'command/identify': '画面で知らせた',
  'command/out-of-service': '休止', 'command/in-service': '受付を再開', handover: '受付システムに取り込み', 'account/added': 'アカウントを追加', 'account/changed': 'アカウントを変更', 'account/removed': 'アカウントを削除', 'audit/read': '記録を表示', 'copies/silenced': 'システムイメージの知らせを非表示',
}; // biome-ignore format: one list

export const accountsView = () => {
  const list = h('div', {});
  const said = h('div', { role: 'status' });
  const parts = {
    id: field('ID', h('input', { name: 'id', autocomplete: 'off', autocapitalize: 'none', required: true })),
    password: field('新しいパスワード', h('input', { name: 'password', type: 'password', autocomplete: 'new-password', required: true }), { hint: '8文字以上' }),
    role: field('役割', h('select', { name: 'role' }, Object.entries(ROLES).map(([value, text]) => h('option', { value }, text)))),
  };
  const refresh = async () => {
    const { accounts } = await get('/api/accounts');
    list.replaceChildren(table(['ID', '役割', '状態', '操作'], accounts.map((one) => [h('strong', {}, one.id), ROLES[one.role], one.waitSeconds > 0 ? '間違いが続いたため待機中' : '使えます',
      h('div', { class: 'row' }, h('button', { class: 'button small', type: 'button', onclick: () => edit(one) }, '変更'), askingButton('button small', '削除', `${one.id} を削除する`, () => act(() => del(`/api/accounts/${encodeURIComponent(one.id)}`), `${one.id} を削除しました`)))])));
  };
  const act = async (run, text) => {
    for (const part of Object.values(parts)) part.say(undefined);
    try {
      await run();
      said.replaceChildren(h('p', { class: 'box notice' }, text));
      await refresh();
    } catch (error) {
      if (!sayAt(parts, error)) said.replaceChildren(trouble(error));
    }
  };
  /** The account that is being changed; undefined where one is added. */
  let changing;
  const title = h('h2', {});
  const back = h('button', { class: 'button wide', type: 'button', onclick: () => edit() }, '変更をやめる');
  const edit = (one) => {
    changing = one;
    for (const part of Object.values(parts)) part.say(undefined);
    said.replaceChildren();
    title.textContent = one === undefined ? '追加' : `${one.id} の変更`;
    parts.id.input.value = one?.id ?? '';
    parts.id.input.readOnly = one !== undefined;
    parts.password.input.value = '';
    parts.role.input.value = one?.role ?? 'reception';
    back.hidden = one === undefined;
    parts[one === undefined ? 'id' : 'password'].input.focus();
  };
  const save = () => {
    const body = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, name === 'password' ? part.input.value : part.input.value.trim()]));
    if (changing !== undefined) body.change = true;
    return act(async () => {
      await post('/api/accounts', body);
      edit();
    }, `${body.id} ${changing === undefined ? 'を追加しました' : 'を変更しました'}`);
  };
  edit();
  return { refresh, element: h('section', { class: 'view narrow' }, h('h1', {}, 'アカウント'), said, h('div', { class: 'two' },
    h('form', { class: 'panel', novalidate: true, onsubmit: (event) => { event.preventDefault(); void save(); } }, title, Object.values(parts).map((part) => part.element), h('button', { class: 'button primary wide', type: 'submit' }, '保存'), back), list)) };
}; // biome-ignore format: reads as the page does

/** What was done it to, in words. `onVisit` shows what else was done with that reception. */
export const targetOf = (one, onVisit) => {
  const search = /^(\d{4}-\d{2}-\d{2})\/(\d{4}-\d{2}-\d{2})( text)?$/.exec(one.detail ?? '');
  if (search !== null) {
    const [, from, to, text] = search;
    return `${words.dateOf(from)}${to === from ? '' : `〜${words.dateOf(to)}`}${text === undefined ? '' : '・氏名か受付番号を指定'}`;
  }
  const found = /^found-(\d+)$/.exec(one.detail ?? '');
  if (found !== null) return found[1] === '0' ? '該当なし' : `${found[1]}人が該当`;
  if (one.visitId === undefined) return one.kiosk ?? one.detail ?? '';
  const { visit } = one;
  const text = visit === undefined ? `終わらなかったか削除された受付（${one.visitId.slice(-12)}）` : `${words.longDate(visit.at)} ${words.clockTime(visit.at)} の受付番号${visit.number}番（${visit.kiosk}）`;
  return h('button', { class: 'plain link', type: 'button', onclick: () => onVisit(one.visitId, text) }, text);
}; // biome-ignore format: reads as the page does

export const auditView = () => {
  const verdict = h('div', { role: 'status' });
  const list = h('div', {});
  const place = h('div', {}, verdict, list);
  const say = (tone, mark, text) => verdict.replaceChildren(h('p', { class: `box ${tone}` }, icon(mark), h('span', {}, text)));
  const account = field('だれが', h('input', { name: 'account', autocomplete: 'off', autocapitalize: 'none' }), { optional: 'ID' });
  const day = field('日', h('input', { name: 'day', type: 'date' }));
  const narrowed = h('div', {});
  let visitId;
  const only = () => Object.fromEntries([['account', account.input.value.trim()], ['day', day.input.value], ['visit', visitId ?? '']].filter(([, value]) => value !== ''));
  const onVisit = (id, text) => {
    visitId = id;
    narrowed.replaceChildren(...(id === undefined ? [] : [h('div', { class: 'box notice' }, h('span', {}, `${text}の記録だけを表示しています。`), h('button', { class: 'button small', type: 'button', onclick: () => onVisit() }, 'すべての受付に戻る'))]));
    void show();
  };
  const rowOf = (one) => [`${words.longDate(one.at)} ${words.clockSeconds(one.at)}`, one.account, ACTIONS[one.action] ?? one.action, targetOf(one, onVisit)];
  let entries = [];
  const load = async (before) => {
    const answer = await get(`/api/audit?${new URLSearchParams({ ...only(), ...(before === undefined ? {} : { before }) })}`);
    entries = before === undefined ? answer.entries : [...entries, ...answer.entries];
    list.replaceChildren(table(['日時', 'だれが', 'したこと', '対象'], entries.map(rowOf)),
      ...(answer.before === undefined ? [] : [h('p', { class: 'more' }, h('button', { class: 'button', type: 'button', onclick: () => void show(answer.before) }, 'もっと前の記録を表示'))]));
  };
  const show = (before) => load(before).catch((error) => list.append(trouble(error)));
  const refresh = async () => {
    say('notice', 'clock', '記録が書き換えられていないか確かめています…');
    await show();
    try {
      const { brokenAt } = await get('/api/audit/chain');
      if (brokenAt === null) say('notice', 'check', '記録はつながっています。書き換えや抜けはありません。');
      else say('error', 'alert', `${brokenAt} 件目から記録がつながっていません。書き換えられたおそれがあります。`);
    } catch (error) {
      verdict.replaceChildren(trouble(error));
    }
  };
  return { refresh, element: h('section', { class: 'view' }, h('h1', {}, '操作と閲覧の記録'), h('form', { class: 'period', role: 'search', 'aria-label': '記録をしぼる', novalidate: true, onsubmit: (event) => { event.preventDefault(); void show(); } }, account.element, day.element, h('button', { class: 'button primary', type: 'submit' }, icon('search'), '表示')), narrowed, place) };
}; // biome-ignore format: reads as the page does
