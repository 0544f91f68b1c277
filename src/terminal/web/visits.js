// 受付一覧: visits as they arrive, and 資格確認履歴 by period (G5).

import { get, post } from './api.js';
import { field, h, icon, keepFocus } from './dom.js';
import { question, trouble } from './help.js';
import * as words from './words.js';

export const methodBadge = (method) => h('span', { class: `method ${method}` }, icon(method, 18), words.METHODS[method] ?? method);

/** Consent per item; an item that was not asked is not shown. */
export const consentPills = (consent) => {
  const asked = Object.keys(words.CONSENT).filter((item) => consent[item] !== undefined);
  if (asked.length === 0) return h('span', { class: 'quiet' }, '確認なし');
  return h('ul', { class: 'pills' }, asked.map((item) => {
    const { flag } = consent[item];
    const what = `${words.CONSENT_LONG[item]}: ${words.FLAGS[flag]}`;
    return h('li', { class: `pill flag-${flag}`, title: what }, icon(words.FLAG_ICONS[flag], 14), h('span', { 'aria-hidden': 'true' }, words.CONSENT[item]), h('span', { class: 'unseen' }, what));
  })); // biome-ignore format: reads as the page does
};

export const patientLine = (patient, at) =>
  patient === undefined
    ? h('span', { class: 'quiet' }, '券面の情報なし')
    : h('span', { class: 'who' },
        h('strong', {}, patient.name, patient.name.includes('●') ? h('span', { class: 'tag warning', title: '変換できない文字があります' }, '●あり') : undefined),
        h('span', { class: 'quiet' }, `${words.birthDate(patient.birthdate)}(${words.age(patient.birthdate, at)}歳) ${words.SEX[patient.sex] ?? ''}`)); // biome-ignore format: reads as the page does

const row = (visit, { fresh, onOpen, oneDay }) => {
  const note = words.certificateNote(visit.certificate);
  const open = () => onOpen(visit.visitId);
  return h('tr', { class: fresh ? 'visit fresh' : 'visit', 'data-visit': visit.visitId, 'data-key': visit.visitId, onclick: open },
    h('td', { class: 'number', 'data-label': '番号' }, h('strong', {}, visit.number)),
    h('td', { class: 'time', 'data-label': '時刻' }, oneDay ? undefined : h('span', { class: 'quiet' }, words.longDate(visit.at)), h('span', {}, words.clockTime(visit.at))),
    h('td', { class: 'patient' }, h('button', { class: 'plain', type: 'button', onclick: (event) => { event.stopPropagation(); open(); } }, patientLine(visit.patient, visit.at), h('span', { class: 'unseen' }, 'の詳細を開く'))),
    h('td', { class: 'method-cell', 'data-label': '本人確認' }, methodBadge(visit.method)),
    h('td', { class: 'consent', 'data-label': '同意' }, consentPills(visit.consent)),
    h('td', { class: 'state', 'data-label': '受付' },
      h('span', { class: `result ${visit.result}` }, words.RESULTS[visit.result]),
      ['1', '6'].includes(visit.validity) ? undefined : h('span', { class: 'tag warning' }, `資格: ${words.VALIDITY[visit.validity] ?? 'まだ確認できていません'}`),
      note ? h('span', { class: `tag ${note.tone}` }, note.text) : undefined,
      visit.proof === 'failed' ? h('span', { class: 'tag warning' }, '署名を確認できず') : undefined),
    h('td', { class: 'kiosk', 'data-label': 'リーダー' }, visit.kiosk)); // biome-ignore format: reads as the page does
};

/** `live`: today alone, so that more will come; `named`: something besides the period was asked for. */
const empty = (live, named) =>
  h('div', { class: 'empty' }, icon(live ? 'card' : 'search', 56),
    h('h2', {}, live ? '今日の受付はまだありません' : named ? 'この条件の受付はありません' : 'この期間の受付はありません'),
    h('p', {}, live ? '患者さんがカードリーダーで受付を終えると、ここにすぐ表示されます。' : named ? '期間や氏名・受付番号を変えて、もう一度検索してください。' : '期間を変えて、もう一度検索してください。')); // biome-ignore format: reads as the page does

/** How many are asked for at once. */
const PAGE = 200;
/** How many arrivals stand above what was loaded before the list is loaded anew: a page open all day must not grow. */
const MOST_ADDED = 200;
/** Arrivals of this time are drawn together. */
const DRAW_MS = 60;

/** {element, add(visit), refresh(byItself), close()}: `add` shows a visit that has just arrived, where the period covers it. */
export const visitsView = (onOpen) => {
  const today = words.japanDay();
  let shownDay = today;
  const from = field('いつから', h('input', { name: 'from', type: 'date', value: today, min: words.japanDay(-731), required: true }));
  const to = field('いつまで', h('input', { name: 'to', type: 'date', value: today, required: true }));
  const text = field('氏名・受付番号', h('input', { name: 'text', autocomplete: 'off' }), { optional: '一部・カナ可' });
  text.element.classList.add('text');
  let next;
  let total = 0;
  /** More than was counted. */
  let orMore;
  const counted = () => `${total.toLocaleString('ja-JP')}件${orMore ? '以上' : ''}`;
  const problem = h('div', { hidden: true });
  const heading = h('h1', {});
  const count = h('span', { class: 'count' });
  const list = h('div', { class: 'list' });
  /** What the list shows: the last question, not what is being typed for the next. */
  let period = { from: today, to: today, words: '' };
  let visits = [];
  let added = 0;
  let drawing;
  let asking = 0;
  /** What arrives while an answer is on its way may not be in it. */
  let meanwhile;
  const fresh = new Set();

  const say = (error) => {
    problem.replaceChildren(trouble(error));
    problem.hidden = false;
  };
  const isLive = () => period.to >= words.japanDay();
  const draw = () => {
    const oneDay = period.from === period.to;
    heading.textContent = oneDay && isLive() ? '今日の受付' : '資格確認履歴';
    count.textContent = counted();
    const waiting = visits.filter((visit) => visit.result === 'see-reception').length;
    if (waiting > 0)
      count.append(h('span', { class: 'count-warning' }, `${next === undefined ? '' : '表示中の'}うち声かけが必要 ${waiting}件`));
    if (visits.length === 0) return list.replaceChildren(empty(oneDay && isLive() && period.words === '', period.words !== ''));
    const head = ['番号', '時刻', '患者さん(カードの表示)', '本人確認', '閲覧の同意', '受付', 'リーダー'];
    list.replaceChildren(
      h('table', {}, h('thead', {}, h('tr', {}, head.map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, visits.map((visit) => row(visit, { fresh: fresh.has(visit.visitId), onOpen, oneDay })))), // biome-ignore format: reads as the page does
      ...(next === undefined
        ? []
        : [
            h(
              'p',
              { class: 'more' },
              h('button', { class: 'button', type: 'button', onclick: () => void more() }, `続きを表示（${visits.length} / ${counted()}）`),
            ),
          ]),
    );
  };
  const load = async (wanted, { after, byItself } = {}) => {
    const { words, ...asked } = wanted;
    const more = after === undefined ? {} : { after };
    asking += 1;
    const mine = asking;
    meanwhile = [];
    // A name never stands in an address: it goes in the body.
    const ask = () =>
      words === ''
        ? get(`/api/visits?${new URLSearchParams({ ...asked, ...more, limit: String(PAGE) })}`, byItself)
        : post('/api/visits/search', { text: words, ...asked, ...more, limit: PAGE }, byItself);
    const answer = await ask().catch((error) => {
      if (mine === asking) meanwhile = undefined;
      throw error;
    });
    // Asked again meanwhile: only the newest question is answered.
    if (mine !== asking) return;
    period = wanted;
    visits = after === undefined ? answer.visits : [...visits, ...answer.visits];
    ({ next, total, orMore } = answer);
    added = 0;
    const late = meanwhile;
    meanwhile = undefined;
    for (const visit of late) put(visit);
    keepFocus(list, draw);
  };
  /** Whether the list holds it now, and did not before. */
  const put = (visit) => {
    const day = new Date(new Date(visit.at).getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
    if (period.words !== '' || day < period.from || day > period.to || visits.some(({ visitId }) => visitId === visit.visitId))
      return false;
    visits = [visit, ...visits];
    total += 1;
    added += 1;
    return true;
  };
  const typed = () => ({ from: from.input.value, to: to.input.value, words: text.input.value.trim() });
  const search = async (byItself) => {
    if (!byItself) for (const part of [from, to]) part.say(undefined);
    problem.hidden = true;
    try {
      await load(byItself ? period : typed(), { byItself });
    } catch (error) {
      const at = { from, to }[error.field];
      if (at !== undefined) return at.say(error.message);
      say(error);
    }
  };
  const more = () => load(period, { after: next }).catch(say);
  const choose = (start, end) => {
    from.input.value = start;
    to.input.value = end;
    void search();
  };
  const quick = (text, start, end) =>
    h('button', { class: 'button small', type: 'button', onclick: () => choose(words.japanDay(start), words.japanDay(end)) }, text);

  const element = h('section', { class: 'view' },
    h('div', { class: 'view-head' }, h('div', { class: 'title' }, heading, count),
      h('form', { class: 'period', role: 'search', 'aria-label': '資格確認履歴照会', novalidate: true, onsubmit: (event) => { event.preventDefault(); void search(); } },
        h('p', { class: 'period-title' }, '資格確認対象期間'), from.element, h('span', { class: 'wave', 'aria-hidden': 'true' }, '〜'), to.element, text.element,
        h('button', { class: 'button primary', type: 'submit' }, icon('search'), '検索'),
        h('div', { class: 'quick' }, quick('今日', 0, 0), quick('昨日', -1, -1), quick('7日間', -6, 0)))),
    question('years'), problem, list); // biome-ignore format: reads as the page does

  // A page left open overnight goes on to the new day by itself.
  const midnight = setInterval(() => {
    const day = words.japanDay();
    if (day === shownDay) return;
    for (const { input } of [from, to]) if (input.value === shownDay) input.value = day;
    if (period.from === shownDay && period.to === shownDay) {
      period = { ...period, from: day, to: day };
      void search(true);
    }
    shownDay = day;
  }, 30_000);
  return {
    element,
    refresh: search,
    close: () => {
      clearInterval(midnight);
      clearTimeout(drawing);
    },
    add: (visit) => {
      meanwhile?.push(visit);
      if (!put(visit)) return;
      fresh.add(visit.visitId);
      drawing ??= setTimeout(() => {
        drawing = undefined;
        if (added > MOST_ADDED) void search(true);
        else keepFocus(list, draw);
      }, DRAW_MS);
      // After the highlight has faded a redraw must not play it again.
      setTimeout(() => fresh.delete(visit.visitId), 6000);
    },
  };
};
