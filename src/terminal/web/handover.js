// Taking a result over into the reception system, and leaving out items that hold 「●」 (G8).

import { post } from './api.js';
import { h, icon } from './dom.js';
import { fieldsOf, LABELS } from './fields.js';
import { question, trouble } from './help.js';
import * as words from './words.js';

/** Without these nobody knows whose insurance it is. */
const ALWAYS = ['InsurerNumber', 'InsuredIdentificationNumber'];

const save = ({ file, base64 }) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/xml' }));
  h('a', { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
};

export const handoverBlock = (visit) => {
  const [one] = visit.eligibility.ResultList;
  if (one === undefined) return undefined;
  const boxes = fieldsOf(one).filter(([name]) => one[name] && !ALWAYS.includes(name)).map(([name, text, shown]) => {
    const doubtful = visit.doubtful.includes(name);
    return h('label', { class: doubtful ? 'doubtful' : undefined }, h('input', { type: 'checkbox', name, checked: !doubtful }), h('span', {}, text), h('span', {}, shown));
  }); // biome-ignore format: reads as the page does
  const doubtful = boxes.some((label) => label.className === 'doubtful');
  const state = h('p', { class: 'box notice', role: 'status', hidden: true });
  const wrong = h('div', {});
  const tell = (text) => {
    wrong.replaceChildren();
    state.textContent = text;
    state.hidden = false;
  };
  const { handover } = visit;
  if (handover) {
    const out = handover.leftOut.map((name) => LABELS[name] ?? name).join('、');
    tell(`${words.clockTime(handover.at)} に取り込み済みです（${handover.account === 'auto' ? '自動' : handover.account}）${out ? `。除いた項目: ${out}` : ''}`);
  } // biome-ignore format: reads as the page does
  const give = async () => {
    const leaveOut = boxes.map((label) => label.querySelector('input')).filter((box) => !box.checked).map((box) => box.name);
    try {
      const answer = await post(`/api/visits/${encodeURIComponent(visit.visitId)}/handover`, { leaveOut });
      if (answer.base64) save(answer);
      tell(visit.handoverFolder ? '受付システムのフォルダーに渡しました' : '取り込み用のファイルを保存しました');
    } catch (error) {
      state.hidden = true;
      wrong.replaceChildren(trouble(error));
    }
  }; // biome-ignore format: reads as the page does
  return h('form', { class: 'eligibility', onsubmit: (event) => { event.preventDefault(); void give(); } },
    h('details', { class: 'pick', open: doubtful }, h('summary', {}, `渡す項目を選ぶ（${boxes.length}項目）`),
      h('fieldset', { class: 'choices' }, h('legend', { class: 'hint' }, 'チェックを外した項目は渡しません。「●」を含む項目と、渡すと「●」になる字を含む項目は、はじめから外してあります。'), boxes)),
    doubtful ? question('glyph') : undefined,
    h('button', { class: 'button', type: 'submit' }, icon('check'), handover ? 'もう一度取り込む' : '受付システムに取り込む'), state, wrong); // biome-ignore format: reads as the page does
};
