// Taking a result over into the reception system, and leaving out items that hold 「●」 (G8).

import { post } from './api.js';
import { h, icon } from './dom.js';
import { question } from './help.js';
import * as words from './words.js';

const FIELDS = {
  Name: '氏名', NameKana: '氏名（カナ）', NameOfOther: '氏名（その他）', InsuredName: '被保険者氏名', Address: '住所', PostNumber: '郵便番号',
  Birthdate: '生年月日', Sex1: '性別', InsurerName: '保険者名', InsuredCardSymbol: '記号',
}; // biome-ignore format: one list

/** The text with every ● marked. */
export const marked = (text) =>
  [...text].map((character) => (character === '●' ? h('mark', { title: '変換できない文字' }, '●') : character));

const save = ({ file, base64 }) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/xml' }));
  h('a', { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
};

export const handoverBlock = (visit) => {
  const [one] = visit.eligibility.ResultList;
  if (one === undefined) return undefined;
  const boxes = Object.entries(FIELDS).filter(([name]) => one[name]).map(([name, text]) => {
    const doubtful = visit.doubtful.includes(name);
    return h('label', { class: doubtful ? 'doubtful' : undefined }, h('input', { type: 'checkbox', name, checked: !doubtful }), h('span', {}, text), h('span', {}, marked(one[name])));
  }); // biome-ignore format: reads as the page does
  const state = h('p', { class: 'box notice', role: 'status', hidden: true });
  const tell = (text) => {
    state.textContent = text;
    state.hidden = false;
  };
  const { handover } = visit;
  if (handover) {
    const out = handover.leftOut.map((name) => FIELDS[name] ?? name).join('、');
    tell(`${words.clockTime(handover.at)} に取り込み済みです（${handover.account === 'auto' ? '自動' : handover.account}）${out ? `。除いた項目: ${out}` : ''}`);
  } // biome-ignore format: reads as the page does
  const give = async () => {
    const leaveOut = boxes.map((label) => label.querySelector('input')).filter((box) => !box.checked).map((box) => box.name);
    try {
      const answer = await post(`/api/visits/${encodeURIComponent(visit.visitId)}/handover`, { leaveOut });
      if (answer.base64) save(answer);
      tell(visit.handoverFolder ? '受付システムのフォルダーに渡しました' : '取り込み用のファイルを保存しました');
    } catch (error) {
      tell(error.message);
    }
  }; // biome-ignore format: reads as the page does
  return h('form', { class: 'eligibility', onsubmit: (event) => { event.preventDefault(); void give(); } },
    state, h('fieldset', { class: 'choices' }, h('legend', { class: 'hint' }, 'チェックを外した項目は渡しません。「●」を含む項目と、渡すと「●」になる字を含む項目は、はじめから外してあります。'), boxes),
    boxes.some((label) => label.className === 'doubtful') ? question('glyph') : undefined,
    h('button', { class: 'button', type: 'submit' }, icon('check'), handover ? 'もう一度取り込む' : '受付システムに取り込む')); // biome-ignore format: reads as the page does
};
