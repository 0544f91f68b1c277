// ログイン (G4): ID and password, and the question when the account is already in use.

import { post } from './api.js';
import { field, h, icon, sayAt } from './dom.js';
import { contactList, question } from './help.js';
import * as words from './words.js';

const ROLE_WORDS = { reception: '受付(一般)', medical: '医療情報閲覧', admin: '管理者' };

export const loginPage = (session, notice, onLogin) => {
  const id = field('ID', h('input', { name: 'id', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true }));
  const password = field(
    'パスワード',
    h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true }),
  );
  const message = h('div', { class: 'login-message', role: 'alert' });
  const submit = h('button', { class: 'button primary wide', type: 'submit' }, 'ログイン');

  const say = (...children) => message.replaceChildren(...children);
  const attempt = async (force) => {
    submit.disabled = true;
    submit.hidden = false;
    for (const part of [id, password]) part.say(undefined);
    say();
    try {
      await post('/api/login', { id: id.input.value.trim(), password: password.input.value, ...(force ? { force: true } : {}) });
      onLogin();
    } catch (error) {
      if (error.code === 'session/in-use') return askForce(error.message);
      if (!sayAt({ id, password }, error)) {
        say(h('p', { class: 'box error' }, icon('alert'), h('span', {}, error.message)));
        if (error.status === 401) password.input.select();
      }
    } finally {
      submit.disabled = false;
    }
  };
  const askForce = (sentence) => {
    const yes = h('button', { class: 'button primary', type: 'button', onclick: () => attempt(true) }, '強制的にログインする');
    const no = h(
      'button',
      {
        class: 'button',
        type: 'button',
        onclick: () => {
          say();
          submit.hidden = false;
          id.input.focus();
        },
      },
      'やめる',
    );
    say(h('div', { class: 'box warning column' }, h('p', {}, sentence), question('forced'), h('div', { class: 'row' }, no, yes)));
    // One thing to press at a time: the question's answer.
    submit.hidden = true;
    yes.focus();
  };
  const fill = (account) => {
    id.input.value = account.id;
    password.input.value = account.password;
    submit.focus();
  };

  const form = h(
    'form',
    {
      class: 'login-card',
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        void attempt(false);
      },
    },
    h(
      'div',
      { class: 'brand large' },
      h('img', { src: '/icon.svg', alt: '', width: 44, height: 44 }),
      h('div', {}, h('h1', {}, '資格確認端末'), h('p', { class: 'quiet' }, `拠点 ${session.site}`)),
    ),
    id.element,
    password.element,
    message,
    submit,
    session.demoAccounts.length > 0 ? demoBox(session.demoAccounts, fill) : undefined,
  );
  const page = h('main', { class: 'login' });
  const begin = () => {
    page.replaceChildren(form);
    id.input.focus();
  };
  page.append(startCard(session, notice, begin));
  return page;
};

/** The first screen: which certificate the browser showed, and the start of work. */
const startCard = (session, notice, begin) => {
  const start = h('button', { class: 'button primary wide', type: 'button', disabled: session.certificate === null, onclick: begin }, 'システムの利用を始める');
  queueMicrotask(() => start.focus());
  const { certificate } = session;
  return h('div', { class: 'login-card' },
    h('div', { class: 'brand large' }, h('img', { src: '/icon.svg', alt: '', width: 44, height: 44 }), h('div', {}, h('h1', {}, '資格確認端末'), h('p', { class: 'quiet' }, `拠点 ${session.site}`))),
    notice ? h('div', { class: 'box notice column' }, h('p', {}, notice), notice.startsWith('30分') ? question('first') : undefined) : undefined,
    certificate ? h('p', { class: 'box notice' }, icon('card'), h('span', {}, `証明書「${certificate.name}」で接続しています（有効期限 ${words.birthDate(certificate.validTo)}）`)) : undefined,
    certificate === null ? h('p', { class: 'box error' }, icon('alert'), h('span', {}, 'クライアント証明書が選ばれていません。ブラウザーをすべて閉じて開き直し、この端末の証明書を選んでください。')) : undefined,
    start, h('details', {}, h('summary', {}, '困ったときの連絡先'), contactList()));
}; // biome-ignore format: reads as the page does

const demoBox = (accounts, fill) =>
  h('section', { class: 'demo' },
    h('h2', {}, '体験用アカウント'),
    h('p', { class: 'quiet' }, '押すと入力されます。本番の端末にはありません。'),
    h('div', { class: 'demo-list' }, accounts.map((account) =>
      h('button', { class: 'demo-account', type: 'button', onclick: () => fill(account) },
        h('strong', {}, ROLE_WORDS[account.role] ?? account.role),
        h('span', {}, 'ID ', h('code', {}, account.id)),
        h('span', {}, 'パスワード ', h('code', {}, account.password)))))); // biome-ignore format: reads as the page does
