// Every field of an eligibility result: what staff call it, and what its value says in words. One list for the detail and for what is taken over.

import { h } from './dom.js';
import * as words from './words.js';

/** The text with every ● marked. */
export const marked = (text) =>
  [...text].map((character) => (character === '●' ? h('mark', { title: '変換できない文字' }, '●') : character));

const digits = (value) => h('span', { class: 'digits' }, value);
const day = (value) => words.birthDate(value);
const said = (list) => (value) => list[value] ?? value;
const text = (value) => h('span', {}, marked(value));

/** [name, label, value → what is shown]; `always`: shown as ― where the card or certificate has none. */
export const FIELDS = [
  ['InsurerNumber', '保険者番号', digits, 'always'],
  ['InsurerName', '保険者名', text],
  ['InsuredCardSymbol', '記号', digits, 'always'],
  ['InsuredIdentificationNumber', '番号', digits, 'always'],
  ['InsuredBranchNumber', '枝番', digits, 'always'],
  ['PersonalFamilyClassification', '本人・家族', said(words.FAMILY)],
  ['InsuredPartialContributionRatio', '負担割合', (value) => h('strong', { class: 'share' }, words.share(value))],
  ['Name', '氏名', text],
  ['NameKana', '氏名（カナ）', text],
  ['NameOfOther', '氏名（その他）', text],
  ['Birthdate', '生年月日', day],
  ['Sex1', '性別', said(words.SEX)],
  ['Sex2', '性別（証の表記）', said(words.SEX)],
  ['InsuredName', '被保険者氏名', text],
  ['PostNumber', '郵便番号', (value) => `〒${value}`],
  ['Address', '住所', text],
  ['InsuredCertificateClassification', '被保険者証区分', said(words.CLASSES)],
  ['QualificationDate', '資格取得日', day],
  ['DisqualificationDate', '資格喪失日', day],
  ['ReasonOfLoss', '喪失の理由', said(words.LOSS)],
  ['InsuredCertificateIssuanceDate', '証の交付日', day],
  ['InsuredCardValidDate', '証の有効開始日', day],
  ['InsuredCardExpirationDate', '証の有効期限', day],
  ['ElderlyRecipientCertificateInfo', '高齢受給者証', (value) => words.share(value.ElderlyRecipientContributionRatio)],
  ['LimitApplicationCertificateRelatedInfo', '限度額区分', ({ LimitApplicationCertificateClassificationFlag: code }) => `${words.LIMITS[code] ?? ''}（${code}）`],
  ['SpecificDiseasesCertificateList', '特定疾病療養受療証', (list) => list.map((one) => words.DISEASES[one.SpecificDiseasesDiseaseCategory] ?? one.SpecificDiseasesDiseaseCategory).join('、')],
  ['PreschoolClassification', '就学', () => '小学校に入る前'],
  ['ReferenceNumber', '照会番号', digits],
]; // biome-ignore format: one field a line

export const LABELS = Object.fromEntries(FIELDS);

/** [name, label, what is shown] of the fields that a result has. */
export const fieldsOf = (result) =>
  FIELDS.flatMap(([name, label, show, always]) => {
    const value = result[name];
    if (value === undefined || value === '' || value.length === 0) return always === undefined ? [] : [[name, label, '―']];
    return [[name, label, show(value)]];
  });
