// 同意済み患者一覧 (G7): who agreed to what within 24 hours, and what may be read.

import { get } from './api.js';
import { field, h, icon, keepFocus, table } from './dom.js';
import { trouble } from './help.js';
import { patientLine } from './visits.js';
import * as words from './words.js';

const PAGES = {
  medications: {
    title: '薬剤', items: ['YZK'],
    show: ({ medications }) => table(['調剤日', '薬剤', '用法', '日数'], medications.map((one) => [words.dateOf(one.date), one.name, one.usage, `${one.days}日分`])),
  },
  procedures: {
    title: '手術・診療・薬剤', items: ['SRJ', 'SHJ'],
    show: ({ procedures }) => table(['日付', '区分', '内容', '医療機関'], procedures.map((one) => [words.dateOf(one.date), one.kind === 'surgery' ? '手術' : '診療', one.name, one.institution])),
  },
  checkups: {
    title: '特定健診', items: ['TKK'],
    show: ({ checkups }) => table(['実施日', '身長', '体重', 'BMI', '腹囲', '血圧', 'LDL', 'HbA1c'],
      checkups.map((one) => [words.dateOf(one.date), `${one.heightCm} cm`, `${one.weightKg} kg`, `${one.bmi}`, `${one.waistCm} cm`, `${one.systolicMmHg}/${one.diastolicMmHg}`, `${one.ldlMgDl} mg/dL`, `${one.hba1cPercent} %`])),
  },
}; // biome-ignore format: reads as the page does

/** Everything that was agreed to, newest first. */
const timeline = ({ procedures = [], medications = [] }) => {
  const all = [
    ...procedures.map((one) => ({ ...one, what: one.kind === 'surgery' ? '手術' : '診療', text: `${one.name}（${one.institution}）` })),
    ...medications.map((one) => ({ ...one, what: '薬剤', text: `${one.name} ${one.usage} ${one.days}日分` })),
  ].sort((a, b) => b.date.localeCompare(a.date));
  return h(
    'ol',
    { class: 'timeline' },
    all.map((one) =>
      h('li', {}, h('time', { datetime: one.date }, words.dateOf(one.date)), h('strong', {}, one.what), h('span', {}, one.text)),
    ),
  );
};

/** Before a list that a visit changed is asked for. */
const SOON_MS = 300;
/** How many are listed; the others are found by name or number. */
const MOST = 200;

export const medicalView = () => {
  const list = h('div', { class: 'list-of-patients' });
  const reading = h('div', { class: 'reading' });
  /** Said to who hears the page; what is read is not, for the cursor goes to its heading. */
  const ended = h('div', { role: 'status' });
  let patients = [];
  /** The patient who is being read about. */
  let open;
  let soon;

  /** The row of the patient who is being read about stands out from the others. */
  const mark = () => {
    for (const row of list.querySelectorAll('tbody tr')) {
      if (open !== undefined && row.querySelector('[data-key]')?.dataset.key === open.id) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
  };
  const place = (...children) => {
    ended.replaceChildren();
    reading.replaceChildren(h('div', { class: 'panel' }, ...children));
    reading.scrollIntoView({ block: 'start' });
    reading.querySelector('h2').focus({ preventScroll: true });
  };
  const back = () => {
    const row = list.querySelector('tr[aria-current]');
    (row ?? list).scrollIntoView({ block: 'center' });
    row?.querySelector('button')?.focus({ preventScroll: true });
  };
  let asked = 0;
  const read = async (patient, name) => {
    const page = PAGES[name];
    const who = patient.patient;
    // Two people can share a name: whose it is stands with the birth date in one line.
    const born = `${words.birthDate(who.birthdate)}生まれ・${words.age(who.birthdate)}歳・${words.SEX[who.sex] ?? '―'}`;
    const head = h('h2', { tabindex: '-1' }, h('span', { class: 'together' }, `${who.name} さん`), h('span', { class: 'born together' }, `（${born}）`), `の${page.title}情報`);
    asked += 1;
    const mine = asked;
    const address = `/api/consented/${encodeURIComponent(patient.id)}`;
    open = patient;
    mark();
    // Nothing of the patient before stays while this one is asked for.
    place(head, h('p', { class: 'loading' }, '読み込んでいます…'));
    try {
      const answer = await get(`${address}/${name}`);
      // The combined page holds medicines too, where the patient agreed to them.
      if (name === 'procedures' && patient.items.includes('YZK')) Object.assign(answer, await get(`${address}/medications`));
      if (mine !== asked) return;
      place(head,
        h('p', { class: 'print-only' }, `受付番号 ${patient.number} ・ 印刷 ${words.longDate(Date.now())} ${words.clockTime(Date.now())}`),
        page.show(answer), name === 'procedures' ? [answer.medications ? PAGES.medications.show(answer) : undefined, h('h3', {}, '時系列'), timeline(answer)] : undefined,
        h('p', { class: 'hint' }, 'この内容は架空のものです。閲覧した記録が残ります。'),
        h('div', { class: 'row' }, h('button', { class: 'button', type: 'button', onclick: () => print() }, '印刷する'), h('button', { class: 'button', type: 'button', onclick: back }, '一覧に戻る')));
    } catch (error) {
      if (mine === asked) place(head, trouble(error));
    }
  }; // biome-ignore format: reads as the page does
  const line = (one) => [
    h('strong', { class: 'small-number' }, one.number),
    patientLine(one.patient, one.consentedAt),
    `${words.longDate(one.availableUntil)} ${words.clockTime(one.availableUntil)} まで`,
    h('div', { class: 'row', 'data-key': one.id }, Object.entries(PAGES).filter(([, page]) => page.items.some((item) => one.items.includes(item))).map(([name, page]) =>
      h('button', { class: 'button small', type: 'button', onclick: () => read(one, name) }, page.title))),
  ]; // biome-ignore format: reads as the page does
  const wanted = field('氏名・受付番号', h('input', { name: 'consented', autocomplete: 'off', oninput: () => draw() }), {
    optional: '一部でも',
  });
  const plain = (text) => text.normalize('NFKC').replaceAll(/\s/g, '');
  const found = () => {
    const text = plain(wanted.input.value);
    return text === '' ? patients : patients.filter((one) => one.number === text || plain(one.patient.name).includes(text));
  };
  const draw = () => {
    const shown = found();
    wanted.element.hidden = patients.length < 2;
    list.replaceChildren(patients.length === 0
      ? h('div', { class: 'empty' }, icon('check', 56), h('h2', {}, '今閲覧できる患者さんはいません'), h('p', {}, '患者さんがカードリーダーで同意すると、24時間ここに表示されます。'))
      : shown.length === 0 ? h('p', { class: 'box notice' }, '当てはまる患者さんはいません。氏名か受付番号を確かめてください。')
      : table(['番号', '患者さん', '閲覧できる期限', '閲覧する情報'], shown.slice(0, MOST).map(line)),
      ...(shown.length > MOST ? [h('p', { class: 'hint' }, `${shown.length}人のうち、新しい${MOST}人を表示しています。ほかの患者さんは、氏名か受付番号で探してください。`)] : []));
    mark();
  }; // biome-ignore format: reads as the page does
  const refresh = async (byItself) => {
    try {
      ({ patients } = await get('/api/consented', byItself));
      keepFocus(list, draw);
    } catch (error) {
      list.replaceChildren(trouble(error));
    }
  };
  const over = (one) => Date.parse(one.availableUntil) <= Date.now();
  // Gone at the minute the 24 hours end, also from a page that nobody touches.
  const clock = setInterval(() => {
    if (open !== undefined && over(open)) {
      open = undefined;
      asked += 1;
      mark();
      reading.replaceChildren();
      ended.replaceChildren(
        h('p', { class: 'box notice' }, icon('clock'), h('span', {}, '同意から24時間が過ぎたため、表示を終わりました。')),
      );
    }
    if (!patients.some(over)) return;
    patients = patients.filter((one) => !over(one));
    keepFocus(list, draw);
  }, 1000);
  return {
    element: h('section', { class: 'view' }, h('h1', {}, '同意済み患者一覧'), wanted.element, list, ended, reading),
    refresh,
    // Several visits at once make one question.
    add: () => {
      clearTimeout(soon);
      soon = setTimeout(() => void refresh(true), SOON_MS);
    },
    close: () => {
      clearTimeout(soon);
      clearInterval(clock);
    },
  };
};
