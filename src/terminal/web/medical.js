// 同意済み患者一覧 (G7): who agreed to what within 24 hours, and what may be read.

import { get } from './api.js';
import { h, icon } from './dom.js';
import { patientLine } from './visits.js';
import * as words from './words.js';

const table = (heads, rows) => h('div', { class: 'list' }, h('table', { class: 'plain-table' }, h('thead', {}, h('tr', {}, heads.map((text) => h('th', { scope: 'col' }, text)))),
  h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, index) => h('td', { 'data-label': heads[index] }, cell))))))); // biome-ignore format: reads as the page does

const PAGES = {
  medications: {
    title: '薬剤', items: ['YZK'],
    show: ({ medications }) => table(['調剤日', '薬剤', '用法', '日数'], medications.map((one) => [one.date, one.name, one.usage, `${one.days}日分`])),
  },
  procedures: {
    title: '診療・手術', items: ['SRJ', 'SHJ'],
    show: ({ procedures }) => table(['日付', '区分', '内容', '医療機関'], procedures.map((one) => [one.date, one.kind === 'surgery' ? '手術' : '診療', one.name, one.institution])),
  },
  checkups: {
    title: '特定健診', items: ['TKK'],
    show: ({ checkups }) => table(['実施日', '身長', '体重', 'BMI', '腹囲', '血圧', 'LDL', 'HbA1c'],
      checkups.map((one) => [one.date, `${one.heightCm} cm`, `${one.weightKg} kg`, `${one.bmi}`, `${one.waistCm} cm`, `${one.systolicMmHg}/${one.diastolicMmHg}`, `${one.ldlMgDl} mg/dL`, `${one.hba1cPercent} %`])),
  },
}; // biome-ignore format: reads as the page does

export const medicalView = () => {
  const list = h('div', {});
  const reading = h('div', { class: 'reading', 'aria-live': 'polite' });

  const read = async (patient, name) => {
    const page = PAGES[name];
    const head = h('h2', {}, `${patient.patient.name} さんの${page.title}情報`);
    try {
      const answer = await get(`/api/consented/${encodeURIComponent(patient.id)}/${name}`);
      reading.replaceChildren(
        h(
          'div',
          { class: 'panel' },
          head,
          page.show(answer),
          h('p', { class: 'hint' }, 'この内容は架空のものです。閲覧した記録が残ります。'),
        ),
      );
    } catch (error) {
      reading.replaceChildren(
        h('div', { class: 'panel' }, head, h('p', { class: 'box error' }, icon('alert'), h('span', {}, error.message))),
      );
    }
    reading.scrollIntoView({ behavior: 'smooth', block: 'nearest' });
  };
  const line = (one) => [
    h('strong', { class: 'small-number' }, one.number),
    patientLine(one.patient, one.consentedAt),
    `${words.longDate(one.availableUntil)} ${words.clockTime(one.availableUntil)} まで`,
    h('div', { class: 'row' }, Object.entries(PAGES).filter(([, page]) => page.items.some((item) => one.items.includes(item))).map(([name, page]) =>
      h('button', { class: 'button small', type: 'button', onclick: () => read(one, name) }, page.title))),
  ]; // biome-ignore format: reads as the page does
  const refresh = async () => {
    try {
      const { patients } = await get('/api/consented');
      list.replaceChildren(patients.length === 0
        ? h('div', { class: 'empty' }, icon('check', 56), h('h2', {}, '今閲覧できる患者さんはいません'), h('p', {}, '患者さんがカードリーダーで同意すると、24時間ここに表示されます。'))
        : table(['番号', '患者さん', '閲覧できる期限', '閲覧する情報'], patients.map(line))); // biome-ignore format: reads as the page does
    } catch (error) {
      list.replaceChildren(h('p', { class: 'box error' }, icon('alert'), h('span', {}, error.message)));
    }
  };
  return { element: h('section', { class: 'view' }, h('h1', {}, '同意済み患者一覧'), list, reading), refresh, add: () => void refresh() };
};
