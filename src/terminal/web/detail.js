// The sheet beside the list: one visit with eligibility, consent and proof; also the shape of an eligibility answer anywhere.

import { get } from './api.js';
import { h, icon } from './dom.js';
import { handoverBlock, marked } from './handover.js';
import { question } from './help.js';
import { methodBadge } from './visits.js';
import * as words from './words.js';

const line = (label, ...value) => h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, ...value));
const day = (text) => (text === undefined ? undefined : words.birthDate(text));

const qualification = (one) => h('dl', { class: 'facts insurance' },
  line('保険者番号', h('span', { class: 'digits' }, one.InsurerNumber), h('span', { class: 'quiet' }, one.InsurerName)),
  line('記号', h('span', { class: 'digits' }, one.InsuredCardSymbol ?? '―')),
  line('番号', h('span', { class: 'digits' }, one.InsuredIdentificationNumber)),
  line('枝番', h('span', { class: 'digits' }, one.InsuredBranchNumber ?? '―')),
  line('本人・家族', words.FAMILY[one.PersonalFamilyClassification]),
  line('負担割合', h('strong', { class: 'share' }, words.share(one.InsuredPartialContributionRatio))),
  line('氏名', h('span', {}, marked(one.Name ?? '')), one.NameKana ? h('span', { class: 'quiet' }, one.NameKana) : undefined), one.NameOfOther ? line('氏名（その他）', h('span', {}, marked(one.NameOfOther))) : undefined, line('生年月日', day(one.Birthdate)), one.Sex1 ? line('性別', words.SEX[one.Sex1]) : undefined, one.Sex2 ? line('性別（証の表記）', words.SEX[one.Sex2]) : undefined,
  one.InsuredName && one.InsuredName !== one.Name ? line('被保険者氏名', h('span', {}, marked(one.InsuredName))) : undefined, one.Address ? line('住所', one.PostNumber ? h('span', { class: 'quiet' }, `〒${one.PostNumber}`) : undefined, h('span', {}, marked(one.Address))) : undefined,
  line('被保険者証区分', words.CLASSES[one.InsuredCertificateClassification] ?? one.InsuredCertificateClassification),
  line('資格取得日', day(one.QualificationDate)),
  one.DisqualificationDate ? line('資格喪失日', day(one.DisqualificationDate), one.ReasonOfLoss ? h('span', { class: 'quiet' }, words.LOSS[one.ReasonOfLoss] ?? one.ReasonOfLoss) : undefined) : undefined,
  line('証の交付日', day(one.InsuredCertificateIssuanceDate)), one.InsuredCardValidDate ? line('証の有効開始日', day(one.InsuredCardValidDate)) : undefined, one.InsuredCardExpirationDate ? line('証の有効期限', day(one.InsuredCardExpirationDate)) : undefined,
  one.ElderlyRecipientCertificateInfo ? line('高齢受給者証', words.share(one.ElderlyRecipientCertificateInfo.ElderlyRecipientContributionRatio)) : undefined,
  one.SpecificDiseasesCertificateList?.length ? line('特定疾病療養受療証', `あり（${one.SpecificDiseasesCertificateList.map((each) => each.SpecificDiseasesDiseaseCategory).join('、')}）`) : undefined,
  one.LimitApplicationCertificateRelatedInfo ? line('限度額区分', one.LimitApplicationCertificateRelatedInfo.LimitApplicationCertificateClassificationFlag) : undefined,
  one.PreschoolClassification ? line('就学', '就学前') : undefined, one.ReferenceNumber ? line('照会番号', h('span', { class: 'digits' }, one.ReferenceNumber)) : undefined); // biome-ignore format: reads as the page does

/** 資格有効性 in words, the numbers of each entry, and where the answer comes from. */
export const eligibilityBlock = (answer) => {
  const good = answer.QualificationValidity === '1' || answer.QualificationValidity === '6';
  return h('div', { class: 'eligibility' },
    h('p', { class: `verdict ${good ? 'good' : 'bad'}` }, icon(good ? 'check' : 'alert', 26), h('span', { class: 'quiet' }, '資格'), h('strong', {}, words.VALIDITY[answer.QualificationValidity])),
    words.ADVICE[answer.QualificationValidity] ? h('p', { class: 'box warning' }, icon('alert'), h('span', {}, words.ADVICE[answer.QualificationValidity])) : undefined,
    answer.QualificationValidity === '3' ? h('p', { class: 'hint' }, '下は古い資格です。') : undefined, answer.ResultList.map(qualification),
    h('p', { class: 'hint' }, '公費の情報はマイナンバーカードからは読み取れません。受給者証を確かめてください。'), question('public'),
    answer.source === 'synthetic' ? h('p', { class: 'hint' }, 'この資格情報は、この製品に組み込まれた架空の登録簿のものです。全国の資格確認システムには接続していません。') : undefined); // biome-ignore format: reads as the page does
};

const until = (answer, at) =>
  answer.flag === '1' ? `${words.clockTime(new Date(answer.consentedAt ?? at).getTime() + 86_400_000)}(翌日)まで` : '';

const section = (title, ...children) => h('section', {}, h('h3', {}, title), ...children);

const content = (visit) => {
  const { patient } = visit;
  const note = words.certificateNote(visit.certificate);
  const asked = Object.keys(words.CONSENT).filter((item) => visit.consent[item] !== undefined);
  return [
    h('div', { class: 'sheet-top' }, h('span', { class: 'big-number' }, visit.number), h('div', {}, h('p', { class: 'sheet-name' }, patient?.name ?? '券面の情報なし'),
      h('p', { class: 'quiet' }, `${words.longDate(visit.at)} ${words.clockTime(visit.at)} ・ ${visit.kiosk}`)), h('span', { class: `result ${visit.result}` }, words.RESULTS[visit.result])),
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
      body)); // biome-ignore format: reads as the page does
  dialog.addEventListener('close', () => dialog.remove());
  document.getElementById('sheet-place').replaceChildren(dialog);
  dialog.showModal();
  try {
    body.replaceChildren(...content(await get(`/api/visits/${encodeURIComponent(visitId)}`)).filter(Boolean));
  } catch (error) {
    body.replaceChildren(h('p', { class: 'box error' }, icon('alert'), h('span', {}, error.message)));
  }
};
