// The words staff read, for the codes of the scheme and of the terminal. Nothing else in the page spells a code out.

export const METHODS = { face: '顔認証', pin: '暗証番号', staff: '目視確認' };
export const SEX = { 1: '男', 2: '女', 3: '―' };
export const CONSENT = { SRJ: '診療', YZK: '薬剤', SHJ: '手術', TKK: '健診', TSR: '特定疾病' };
export const CONSENT_LONG = {
  SRJ: '診療情報',
  YZK: '薬剤情報',
  SHJ: '手術情報',
  TKK: '特定健診情報',
  TSR: '特定疾病療養受療証',
};
export const FLAGS = { 0: '同意なし', 1: '同意あり', 2: '24時間経過', 3: '取得できず' };
export const FLAG_ICONS = { 0: 'dash', 1: 'check', 2: 'clock', 3: 'alert' };
export const KIOSK = {
  init: '初期化しています',
  ready: '受付できます',
  busy: '受付中',
  'out-of-service': '休止中',
  offline: '応答がありません',
  unknown: '状態を確認できません',
};
/** [what it is, what to do] where the terminal has not the key that a card reader signs with. */
export const UNREGISTERED = [
  'この端末に登録されていません',
  'このカードリーダーの受付は、鍵が合わないため受け取れません。鍵をこの端末に入れ直すよう、連絡先に頼んでください。それまでは窓口で受付してください。',
];
export const REPORT = { ok: '異常はありません', warn: '気をつけるところがあります', fail: '直すところがあります' };
export const VALIDITY = {
  1: '有効',
  2: '無効',
  3: '無効(新しい資格があります)',
  4: '該当する資格がありません',
  5: '複数の資格が該当します',
  6: '有効(未登録)',
};
/** What to do, where the answer alone does not say. */
export const ADVICE = {
  2: 'この資格は終わっています。新しい保険証・資格確認書をお持ちか、患者さんに確かめてください。',
  3: 'この資格は終わっていて、新しい資格が登録されています。マイナンバーカードで受付するか、新しい番号で検索してください。',
  4: '入力した内容に当てはまる資格がありません。番号と、入力したときは生年月日も、もう一度確かめてください。合っているときは、患者さんの保険者に確かめてください。',
  5: '同じ番号に複数の人がいます。枝番か生年月日を入力して、もう一度検索してください。',
  6: '資格は有効ですが、まだマイナンバーとひも付いていません。',
};
/** The same after a card: nobody typed a number. */
const BY_CARD = {
  3: 'カードの資格は終わっていて、新しい資格が登録されています。新しい保険証・資格確認書の番号で確認してください。',
  4: 'このカードの人の資格が見つかりません。資格確認書などの番号で確認してください。',
  5: 'このカードの人に複数の資格があります。どれを使うか、患者さんに確かめてください。',
};
export const adviceOn = ({ ReferenceClassification: how, QualificationValidity: validity }) =>
  (how === '1' ? BY_CARD[validity] : undefined) ?? ADVICE[validity];
/** 限度額区分: under 70, and from 70 on. */
export const LIMITS = {
  A01: 'ア', A02: 'イ', A03: 'ウ', A04: 'エ', A05: 'オ', A06: 'オ（境界層）',
  B01: '現役並みⅢ', B02: '現役並みⅡ', B03: '現役並みⅠ', B04: '一般', B05: '低所得Ⅱ', B06: '低所得Ⅰ', B07: '低所得Ⅰ（老齢福祉年金）', B08: '低所得Ⅰ（境界層）', B09: '一般Ⅱ', B10: '一般Ⅰ',
}; // biome-ignore format: one list
/** 特定疾病 of a 療養受療証. */
export const DISEASES = { 1: '人工透析の必要な慢性腎不全', 2: '血友病', 3: '血液製剤によるHIV感染症' };
export const CLASSES = {
  '01': '被保険者証（一般）', '05': '資格証明書', '06': '特例退職被保険者証', '07': '自衛官診療証', A1: '医療扶助',
}; // biome-ignore format: one list
export const LOSS = { '01': '死亡', '02': '生活保護', '03': 'ほかの資格を取得', 99: 'その他' };
export const PROOFS = {
  'card-signature': 'カードの電子署名をこの端末でも確かめました',
  kiosk: 'カードの内容をカードリーダーが確かめ、リーダーの署名をこの端末が確かめました',
  staff: '職員が目で見て確かめました',
  failed: 'カードの電子署名が証明書と合いません。マイナンバーカードと本人をもう一度確かめてください',
};
export const PRESCRIPTION = { 1: '電子処方箋', 2: '紙の処方箋' };
export const FAMILY = { 1: '本人', 2: '家族' };
export const RESULTS = { 'checked-in': '受付済み', 'see-reception': '声かけが必要' };

/** Kind notes about the certificate, or undefined when there is nothing to say. */
export const certificateNote = ({ state, days }) => {
  if (state === 'expires-soon') return { tone: 'notice', text: days === undefined ? '証明書の期限が近い' : `証明書 あと${days}日` };
  if (state === 'expired-in-grace') return { tone: 'warning', text: '証明書の期限切れ(資格確認のみ)' };
  if (state === 'valid') return undefined;
  return {
    tone: 'warning',
    text:
      {
        expired: '証明書の期限切れ',
        revoked: '証明書が失効',
        'not-yet-valid': '証明書が有効期間前',
        tampered: '証明書が改ざんされています',
      }[state] ?? '証明書を確認できず',
  };
};

const ZONE = 'Asia/Tokyo';
const time = new Intl.DateTimeFormat('ja-JP', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat('ja-JP', { timeZone: ZONE, year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' });
const era = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { timeZone: ZONE, era: 'long', year: 'numeric', month: 'long', day: 'numeric' });

const second = new Intl.DateTimeFormat('ja-JP', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const clockSeconds = (at) => second.format(new Date(at));
export const clockTime = (at) => time.format(new Date(at));
export const longDate = (at) => date.format(new Date(at));
/** YYYY-MM-DD today in Japan, `days` later. */
export const japanDay = (days = 0) => new Date(Date.now() + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
/** 2026年4月10日 of 2026-04-10. */
export const dateOf = (iso) => {
  const [year, month, day] = iso.split('-').map(Number);
  return `${year}年${month}月${day}日`;
};
/** From 1980-04-10 or 19800410, with the era, as on the documents staff compare with. */
export const birthDate = (text) => {
  const digits = text.replaceAll('-', '');
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return era.format(new Date(`${iso}T12:00:00+09:00`));
};
export const age = (birth, at = Date.now()) => {
  const today = new Date(new Date(at).getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  return today.slice(5) < birth.slice(5) ? years - 1 : years;
};
/** 010 → 1割 */
export const share = (ratio) => `${Number(ratio) / 10}割`;
