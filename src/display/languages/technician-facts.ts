// Names of what the self-test measures and of what a technician looks up, in Japanese and English; and of the few values that are words.

/** In the order in which the doctor looks. */
const NAMES = {
  throttled: ['電圧低下の記録', 'Low voltage'],
  power: ['電源', 'Power'],
  celsius: ['温度 ℃', 'Celsius'],
  temperature: ['温度', 'Temperature'],
  at: ['現在の時刻', 'Time now'],
  synchronised: ['時刻合わせ', 'Time server'],
  freeMb: ['空き MB', 'Free MB'],
  freePercent: ['空き %', 'Free %'],
  usedPercentAtMost: ['寿命の消費 %', 'Life used %'],
  wear: ['寿命', 'Wear'],
  chip: ['チップ', 'Chip'],
  firmware: ['ファームウェア', 'Firmware'],
  bus: ['I²Cバス', 'I²C bus'],
  irq: ['IRQの線', 'IRQ line'],
  reader: ['リーダー', 'Reader'],
  panels: ['タッチパネル', 'Panels'],
  keypads: ['テンキー', 'Keypads'],
  lines: ['配線', 'Lines'],
  devices: ['機器', 'Devices'],
  pack: ['モデル', 'Pack'],
  files: ['ファイル', 'Files'],
  fonts: ['文字', 'Fonts'],
  interfaces: ['接続口', 'Interfaces'],
  linked: ['接続中', 'Linked'],
  host: ['接続先', 'Host'],
  port: ['ポート', 'Port'],
  certificates: ['証明書', 'Certificates'],
  daysLeft: ['残り日数', 'Days left'],
  file: ['ファイル名', 'File'],
  directory: ['フォルダー', 'Folder'],
  error: ['エラー', 'Error'],
  address: ['アドレス', 'Address'],
  broker: ['ブローカー', 'Broker'],
  terminal: ['受付端末', 'Terminal'],
  backlog: ['未送信', 'Waiting'],
  kazashi: ['kazashi', 'kazashi'],
  kiosk: ['この機械', 'This kiosk'],
  node: ['Node.js', 'Node.js'],
  system: ['カーネル', 'Kernel'],
  panel: ['画面', 'Panel'],
  speaker: ['スピーカー', 'Speaker'],
  uptime: ['起動から', 'Up since'],
  update: ['更新', 'Update'],
  result: ['結果', 'Result'],
  reason: ['理由', 'Reason'],
} as const satisfies Readonly<Record<string, readonly [ja: string, en: string]>>;

export type FactName = keyof typeof NAMES;

export type Facts = Readonly<Partial<Record<FactName, string | number>>>;

/** Values that are words; numbers, names and addresses stay as they are. */
const VALUES: ReadonlyMap<string, string> = new Map([
  ['none', 'なし'],
  ['allows all', 'すべて許可'],
  ['0x0', 'なし'],
  ['unknown', '不明'],
  ['answers', '応答あり'],
  ['moves', '動いています'],
  ['never moves', '動きません'],
  ['always low', '低いままです'],
  ['drawn and measured', '表示できます'],
  ['not told by this disk', 'この記憶装置は伝えません'],
  ['not told by this box', 'この機械は伝えません'],
  ['no sensor', 'センサーなし'],
  ['connected', '接続中'],
  ['connecting', '接続を試みています'],
  ['offline', '切断'],
  ['lost', '切断'],
  ['ready', '準備完了'],
  ['unreachable', 'つながりません'],
  ['being written', '書き込み中'],
  ['being tried', '試用中'],
  ['confirmed', '更新済み'],
  ['returned', '元に戻りました'],
  ['interrupted', '中断しました'],
  ['did-not-start', '起動しませんでした'],
]);

export const factName = (name: string, language: 'ja' | 'en'): string => {
  const known = NAMES[name as FactName] as readonly [string, string] | undefined;
  return known === undefined ? name : known[language === 'ja' ? 0 : 1];
};

/** A value may end with a word after what it belongs to: "mqtt://host connected". */
/** Moments are told as a clock on the wall tells them, in the machine's own time zone. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const LOCAL = { ja: 'ja-JP', en: 'en-GB' } as const;
const localTime = (text: string, language: 'ja' | 'en'): string =>
  new Intl.DateTimeFormat(LOCAL[language], { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text));

/** Words of the program in a technician's English. */
const ENGLISH: ReadonlyMap<string, string> = new Map([
  ['0x0', 'none'],
  ['allows all', 'everything is allowed'],
]);

export const factValue = (value: string | number, language: 'ja' | 'en'): string => {
  const text = String(value);
  if (MOMENT.test(text)) return localTime(text, language);
  if (language === 'en') return ENGLISH.get(text) ?? text;
  const whole = VALUES.get(text);
  if (whole !== undefined) return whole;
  const cut = text.lastIndexOf(' ');
  const last = VALUES.get(text.slice(cut + 1));
  return last === undefined ? text : `${text.slice(0, cut)} ${last}`;
};
