// The first start outside a demonstration: the clinic makes its own accounts, an administrator and a reception account.

import { post } from './api.js';
import { field, h, icon, sayAt } from './dom.js';

const pair = (role, title, note, id) => {
  const name = field('ID', h('input', { name: `${role}-id`, value: id, autocomplete: 'off', autocapitalize: 'none', required: true }));
  const word = field('パスワード', h('input', { name: `${role}-password`, type: 'password', autocomplete: 'new-password', required: true }), { hint: '8文字以上' });
  return {
    element: h('fieldset', { class: 'pair' }, h('legend', {}, title), h('p', { class: 'hint' }, note), name.element, word.element),
    parts: { id: name, password: word },
    value: () => ({ id: name.input.value.trim(), role, password: word.input.value }),
  };
}; // biome-ignore format: reads as the page does

export const setupPage = (session, onDone) => {
  const wanted = [
    pair('admin', '管理者', 'アカウントの追加と、閲覧の記録の確認に使います。', 'admin'),
    pair('reception', '受付（一般）', '毎日の受付に使います。', 'reception'),
  ];
  const message = h('div', { class: 'login-message', role: 'alert' });
  const make = async () => {
    for (const { parts } of wanted) for (const part of Object.values(parts)) part.say(undefined);
    message.replaceChildren();
    try {
      await post('/api/setup', { accounts: wanted.map(({ value }) => value()) });
      onDone();
    } catch (error) {
      const parts = wanted.flatMap((one, index) => Object.entries(one.parts).map(([key, part]) => [`accounts.${index}.${key}`, part]));
      if (!sayAt(Object.fromEntries(parts), error))
        message.replaceChildren(h('p', { class: 'box error' }, icon('alert'), h('span', {}, error.message)));
    }
  };
  return h('main', { class: 'login' },
    h('form', { class: 'login-card', novalidate: true, onsubmit: (event) => { event.preventDefault(); void make(); } },
      h('h1', {}, 'はじめの設定'), h('p', {}, `拠点 ${session.site} の端末を使う人のアカウントを作ります。`),
      wanted.map(({ element }) => element), message, h('button', { class: 'button primary wide', type: 'submit' }, 'アカウントを作る'))); // biome-ignore format: reads as the page does
};
