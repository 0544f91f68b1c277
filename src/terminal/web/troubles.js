// What is wrong with the terminal itself, where nobody can overlook it: what it is, what to do, and whom to call.

import { announce, h, icon } from './dom.js';
import { contactList } from './help.js';

/** trouble → [what it is, what to do] */
export const TROUBLES = {
  storage: [
    'この端末に記録を保存できません。受付を止めています',
    '保存先の空きがないか、ディスクが故障しています。空きができると、自動で受付に戻ります。戻らないときは、下の連絡先に記号 storage/unwritable を伝えてください。終わった受付はカードリーダーが預かっていて、失われません。',
  ],
  exchange: [
    '受付システムに結果を渡せていません',
    '受け渡しフォルダーのある機械の電源と、ネットワークを確かめてください。書き込めるようになると、たまっている結果を自動で渡します。続くときは、下の連絡先にお問い合わせください。',
  ],
};

/** `element` stands empty while all is well. */
export const troublesNotice = () => {
  const element = h('div', { class: 'copies', role: 'status' });
  const box = ([what, todo]) => h('div', { class: 'box error column' },
    h('p', { class: 'row' }, icon('alert'), h('strong', {}, what)), h('p', {}, todo), contactList()); // biome-ignore format: reads as the page does
  const set = (found = []) => {
    const known = found.flatMap((one) => (TROUBLES[one] === undefined ? [] : [TROUBLES[one]]));
    element.replaceChildren(...known.map(box));
    for (const [what] of known) announce(what);
  };
  return { element, set };
};
