// The guide's seven questions (G14) and whom to call (G13): on one page, and each beside the thing it is about.

import { h, icon } from './dom.js';

/** name → [question, answer] */
export const QUESTIONS = {
  public: ['公費の情報は確認できますか', '公費（医療費助成）の情報は、マイナンバーカードからは読み取れません。患者さんに受給者証を見せてもらい、これまでどおり確認してください。'],
  glyph: ['氏名や住所に「●」が表示されます', '登録されている字が、変換できない古い字体などのときに「●」に置き換わります。誤りではありません。取り込むときは、その項目を除いてから、手で入力してください。'],
  forced: ['「強制的にログインしますか？」と表示されます', '前回ログアウトせずに閉じたか、同じIDがほかの画面で使われています。ほかに使っている職員がいなければ「強制的にログインする」を押してください。前の画面は自動でログアウトします。'],
  image: ['「システムイメージ作成に失敗しました。」と表示されます', '故障に備えた端末の複製が作れなかったという知らせです。一度でも作成できていれば、受付はそのまま続けられます。続くときは端末の連絡先にお問い合わせください。'],
  years: ['どこまでさかのぼって調べられますか', '資格確認の履歴は2年前まで調べられます。それより古いものは自動で削除されます。'],
  cover: ['端末のふたを閉じてもよいですか', '閉じてもカードリーダーとの通信は続くように設定してください。通信が切れると、カードリーダーは「初期化しています」に変わり、つながると自動で戻ります。その間の受付は失われません。'],
  first: ['操作していないのに最初の画面に戻りました', '30分間操作がないと、安全のため自動でログアウトします。もう一度ログインしてください。受付の情報は失われません。'],
}; // biome-ignore format: one question a line

/** One question, closed, beside the thing it is about. */
export const question = (name) => h('details', { class: 'question' }, h('summary', {}, QUESTIONS[name][0]), h('p', {}, QUESTIONS[name][1]));

let contacts = [];
export const useContacts = (list) => {
  contacts = list;
};
export const contactList = () =>
  contacts.length === 0
    ? h('p', { class: 'quiet' }, '連絡先はまだ登録されていません。この端末を設置した担当者に登録を頼んでください。')
    : h(
        'ul',
        { class: 'contacts' },
        contacts.map(({ label, phone }) => h('li', {}, `${label} `, h('a', { href: `tel:${phone}` }, phone))),
      );

/** What went wrong; with whom to call where it is the machine's fault and not what was typed. */
export const trouble = ({ status, message }) =>
  h(
    'div',
    { class: 'box error column', role: 'alert' },
    h('div', { class: 'row' }, icon('alert'), h('span', {}, message)),
    status === 0 || status >= 500 ? contactList() : undefined,
  );

export const helpView = () => ({
  element: h('section', { class: 'view narrow' }, h('h1', {}, 'ヘルプ'),
    h('div', { class: 'questions' }, Object.keys(QUESTIONS).map(question)),
    h('h2', {}, icon('alert'), ' 困ったときの連絡先'), contactList()),
  refresh: () => Promise.resolve(),
}); // biome-ignore format: reads as the page does
