// 保険証で確認 (G6): type the numbers, search, the same detail as by card.

import { post } from './api.js';
import { eligibilityBlock } from './detail.js';
import { field, h, icon, sayAt } from './dom.js';
import { trouble } from './help.js';

export const insuranceView = () => {
  const text = (name, more = {}) => h('input', { name, inputmode: 'numeric', autocomplete: 'off', ...more });
  const parts = {
    InsurerNumber: field('保険者番号', text('InsurerNumber', { required: true, placeholder: '例 06992010' }), { hint: '6桁または8桁' }),
    InsuredCardSymbol: field('記号', text('InsuredCardSymbol', { inputmode: 'text' }), { optional: '印字があれば' }),
    InsuredIdentificationNumber: field('番号', text('InsuredIdentificationNumber', { required: true })),
    InsuredBranchNumber: field('枝番', text('InsuredBranchNumber'), { optional: '印字があれば' }),
    Birthdate: field('生年月日', text('Birthdate', { inputmode: 'text' }), {
      optional: '同じ番号の人がいるとき',
      hint: '例 昭和25年3月4日、S25.3.4、1950-03-04',
    }),
  };
  const answer = h('div', { class: 'answer', 'aria-live': 'polite' });
  const search = async () => {
    const body = {};
    for (const [name, part] of Object.entries(parts)) {
      part.say(undefined);
      const value = part.input.value.trim();
      if (value !== '' || part.input.required) body[name] = value;
    }
    try {
      answer.replaceChildren(h('div', { class: 'panel' }, eligibilityBlock(await post('/api/eligibility', body))));
    } catch (error) {
      answer.replaceChildren();
      if (!sayAt(parts, error)) answer.replaceChildren(trouble(error));
    }
  };
  const element = h('section', { class: 'view narrow' }, h('h1', {}, '保険証/処方箋で確認'),
    h('div', { class: 'two' },
      h('form', { class: 'panel', novalidate: true, onsubmit: (event) => { event.preventDefault(); void search(); } },
        Object.values(parts).map((part) => part.element), h('button', { class: 'button primary wide', type: 'submit' }, icon('search'), '検索')),
      answer)); // biome-ignore format: reads as the page does
  return { element, refresh: () => Promise.resolve() };
};
