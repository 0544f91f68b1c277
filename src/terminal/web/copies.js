// 「システムイメージ作成に失敗しました。」 where it is learnt of, with its answer beside it (G10, G14). Once one copy exists it can be put away.

import { get, post } from './api.js';
import { h, icon } from './dom.js';
import { contactList, question, trouble } from './help.js';
import * as words from './words.js';

const moment = (iso) => `${words.longDate(iso)} ${words.clockTime(iso)}`;

/** `element` stands empty while all is well. */
export const copiesNotice = () => {
  const element = h('div', { class: 'copies' });
  const silence = () =>
    post('/api/copies/silence', {}).then(
      () => element.replaceChildren(),
      (error) => element.append(trouble(error)),
    );
  const refresh = async () => {
    const copies = await get('/api/copies', true).catch(() => undefined);
    if (copies === undefined) return;
    if (copies.failedAt === null || copies.silenced) return element.replaceChildren();
    element.replaceChildren(h('div', { class: 'box warning column' },
      h('p', { class: 'row' }, icon('alert'), h('strong', {}, 'システムイメージ作成に失敗しました。'), h('span', {}, moment(copies.failedAt))),
      h('p', {}, copies.madeAt === null ? '複製はまだ一つもありません。端末の連絡先にお知らせください。' : `最後に作成できた複製は${moment(copies.madeAt)}のものです。受付はそのまま続けられます。`),
      question('image'), contactList(),
      copies.madeAt === null ? undefined : h('button', { class: 'button small', type: 'button', onclick: silence }, 'この知らせを表示しない'))); // biome-ignore format: reads as the page does
  };
  return { element, refresh };
};
