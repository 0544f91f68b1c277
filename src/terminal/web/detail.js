// The sheet beside the list: one visit with eligibility, consent and proof; also the shape of an eligibility answer anywhere.

import { get } from './api.js';
import { h, icon } from './dom.js';
import { fieldsOf, marked } from './fields.js';
import { handoverBlock } from './handover.js';
import { question, trouble } from './help.js';
import { methodBadge } from './visits.js';
import * as words from './words.js';

const line = (label, ...value) => h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, ...value));
const day = (text) => (text === undefined ? undefined : words.birthDate(text));

const qualification = (one) =>
  h(
    'dl',
    { class: 'facts insurance' },
    fieldsOf(one).map(([, label, shown]) => line(label, shown)),
  );

/** 資格有効性 in words, the numbers of each entry, and where the answer comes from. */
export const eligibilityBlock = (answer) => {
  const good = answer.QualificationValidity === '1' || answer.QualificationValidity === '6';
  const advice = words.adviceOn(answer);
  const holdsGlyph = JSON.stringify(answer.ResultList).includes('●');
  return h('div', { class: 'eligibility' },
    h('p', { class: `verdict ${good ? 'good' : 'bad'}` }, icon(good ? 'check' : 'alert', 26), h('span', { class: 'quiet' }, '資格'), h('strong', {}, words.VALIDITY[answer.QualificationValidity])),
    advice ? h('p', { class: 'box warning' }, icon('alert'), h('span', {}, advice)) : undefined,
    answer.QualificationValidity === '3' ? h('p', { class: 'hint' }, '下は古い資格です。') : undefined, answer.ResultList.map(qualification), holdsGlyph ? question('glyph') : undefined,
    h('p', { class: 'hint' }, '公費の情報はマイナンバーカードからは読み取れません。受給者証を確かめてください。'), question('public'),
    answer.source === 'synthetic' ? h('p', { class: 'hint' }, 'この資格情報は、この製品に組み込まれた架空の登録簿のものです。全国の資格確認システムには接続していません。') : undefined); // biome-ignore format: reads as the page does
};

/** When it was agreed to, and until when it may be read. */
const until = ({ flag, consentedAt }, at) => {
  const given = consentedAt ?? at;
  if (flag === '1') return `${words.clockTime(given)} に同意（翌日の ${words.clockTime(given)} まで）`;
  return flag === '2' ? `${words.longDate(given)} ${words.clockTime(given)} に同意` : '';
};

const section = (title, ...children) => h('section', {}, h('h3', {}, title), ...children);

const content = (visit) => {
  const { patient } = visit;
  const note = words.certificateNote(visit.certificate);
  const asked = Object.keys(words.CONSENT).filter((item) => visit.consent[item] !== undefined);
  return [
    h('div', { class: 'sheet-top' }, h('span', { class: 'big-number' }, visit.number), h('div', {}, h('p', { class: 'sheet-name' }, patient?.name ?? '券面の情報なし'),
      h('p', { class: 'quiet' }, h('span', { class: 'together' }, `${words.longDate(visit.at)} ${words.clockTime(visit.at)}`), ' ', h('span', { class: 'together' }, visit.kiosk))), h('span', { class: `result ${visit.result}` }, words.RESULTS[visit.result])),
    h('p', { class: 'print-only' }, `印刷 ${words.longDate(Date.now())} ${words.clockTime(Date.now())}`),
    note ? h('p', { class: `box ${note.tone}` }, icon('alert'), h('span', {}, note.text, visit.certificate.validTo ? `(有効期限 ${day(visit.certificate.validTo)})。` : '。', '市区町村の窓口で更新できることを案内してください。')) : undefined,
    visit.proof === 'failed' ? h('p', { class: 'box error' }, icon('alert'), h('span', {}, words.PROOFS.failed)) : undefined,
    section('資格情報', eligibilityBlock(visit.eligibility)),
    visit.eligibility.ResultList.length > 0 ? section('受付システムへの取り込み', handoverBlock(visit)) : undefined,
    section('カードの券面', patient === undefined ? h('p', { class: 'quiet' }, 'カードの券面情報は読み取られていません。') : h('dl', { class: 'facts' },
      line('氏名', h('span', {}, marked(patient.name))), line('生年月日', `${day(patient.birthdate)}(${words.age(patient.birthdate, visit.at)}歳)`), line('性別', words.SEX[patient.sex]), line('住所', h('span', {}, patient.address ? marked(patient.address) : '―')))),
    section('閲覧の同意', asked.length === 0 ? h('p', { class: 'quiet' }, '同意の確認は行われていません。') : h('dl', { class: 'facts' }, asked.map((item) =>
      line(words.CONSENT_LONG[item], h('span', { class: `pill flag-${visit.consent[item].flag}` }, icon(words.FLAG_ICONS[visit.consent[item].flag], 14), words.FLAGS[visit.consent[item].flag]), h('span', { class: 'quiet' }, until(visit.consent[item], visit.at)))))),
    section('本人確認の記録', h('dl', { class: 'facts' }, line('方法', methodBadge(visit.method)), line('確かめたこと', words.PROOFS[visit.proof]), visit.approval ? line('承認', `${visit.approval.account} が端末で承認（${words.clockTime(visit.approval.at)}）`) : undefined,
      visit.prescription ? line('処方箋', words.PRESCRIPTION[visit.prescription]) : undefined,
      line('リーダー', `${visit.kiosk}(通し番号 ${visit.seq})`), line('受付ID', h('code', {}, visit.visitId)))),
  ]; // biome-ignore format: reads as the page does
};

/** Opens the sheet; Escape, the button and the dark area close it, and the focus goes back to where it was. */
export const openDetail = async (visitId) => {
  const body = h('div', { class: 'sheet-body' }, h('p', { class: 'loading' }, '読み込んでいます…'));
  const dialog = h('dialog', { class: 'sheet', 'aria-labelledby': 'sheet-title', onclick: (event) => event.target === dialog && dialog.close() },
    h('div', { class: 'sheet-inner' },
      h('header', {}, h('h2', { id: 'sheet-title' }, '受付の詳細'), h('button', { class: 'button icon-only', type: 'button', 'aria-label': '閉じる', onclick: () => dialog.close() }, icon('close'))),
      body,
      h('footer', {}, h('button', { class: 'button', type: 'button', onclick: () => print() }, '印刷する'), h('button', { class: 'button primary', type: 'button', onclick: () => dialog.close() }, '一覧に戻る')))); // biome-ignore format: reads as the page does
  dialog.addEventListener('close', () => dialog.remove());
  document.getElementById('sheet-place').replaceChildren(dialog);
  dialog.showModal();
  try {
    body.replaceChildren(...content(await get(`/api/visits/${encodeURIComponent(visitId)}`)).filter(Boolean));
  } catch (error) {
    body.replaceChildren(trouble(error));
  }
};
