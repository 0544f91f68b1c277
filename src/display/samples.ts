// One or more models of every screen, with the longest contents that occur: for tests, pictures and benches.
// Never used by the running kiosk.

import { FAILURE_CODES } from '../core/failure.ts';
import {
  type ConsentQuestion,
  type DisplayMode,
  FACE_DIRECTIONS,
  FACE_HINTS,
  FACE_TASKS,
  LANGUAGES,
  type Language,
  type NoticeCode,
  type ScreenContent,
  type ScreenModel,
  type TestedPart,
} from '../core/screens.ts';
import type { Facility } from './screens/context.ts';

const ALL_QUESTIONS: readonly ConsentQuestion[] = ['diagnosis-medication', 'surgery', 'checkup', 'specific-disease'];
/** What a facility asks unless it is told otherwise; operations always apart from the bundle. */
const DEFAULT_QUESTIONS = ALL_QUESTIONS.slice(0, 3);
const NOTICES: readonly NoticeCode[] = ['certificate/expires-soon', 'certificate/expired-in-grace'];
const METHODS = ['face', 'pin', 'staff'] as const;

/** The longest that a configuration may hold stays readable; this is a usual one. */
export const SAMPLE_FACILITY: Facility = {
  name: '受付キオスク',
  contacts: [
    { label: '保守窓口', phone: '0120-000-000', hours: '24時間' },
    { label: '受付システム', phone: '03-0000-0000', hours: '平日 9:00–17:00' },
  ],
};

const SAMPLE_PARTS: readonly TestedPart[] = [
  { level: 'ok', title: { ja: '電源', en: 'Power supply' }, facts: { throttled: '0x0' } },
  {
    level: 'fail',
    title: { ja: 'カードリーダー', en: 'Card reader' },
    facts: {},
    advice: {
      ja: 'カードリーダーが応答しません。I²Cバス1の配線と電源を確かめてください。',
      en: 'The reader does not answer. Check its wiring and power on I²C bus 1.',
    },
  },
  {
    level: 'warn',
    title: { ja: 'カメラ', en: 'Camera' },
    facts: {},
    advice: {
      ja: 'カメラが見つかりません。暗証番号と目視で受付できます。ケーブルを確かめてください。',
      en: 'No camera was found: patients are served by PIN and staff. Check its cable.',
    },
  },
  { level: 'ok', title: { ja: '時計', en: 'Clock' }, facts: { at: '2026-01-15T00:30:00Z' } },
  { level: 'ok', title: { ja: '空き容量', en: 'Disk space' }, facts: { freeMb: 24_310, freePercent: 81 } },
  { level: 'ok', title: { ja: 'カードの寿命', en: 'Disk wear' }, facts: { usedPercentAtMost: 10 } },
  { level: 'ok', title: { ja: '温度', en: 'Temperature' }, facts: { celsius: 48 } },
  { level: 'ok', title: { ja: 'タッチパネルとテンキー', en: 'Touch panel and keypad' }, facts: { panels: 1, keypads: 1 } },
  {
    level: 'ok',
    title: { ja: '受付の端末との接続', en: 'Link to the reception terminal' },
    facts: { broker: 'connected', terminal: 'ready' },
  },
  { level: 'ok', title: { ja: '送信待ちの受付', en: 'Results waiting to be sent' }, facts: { backlog: 0 } },
  { level: 'ok', title: { ja: 'ブローカーの規則', en: "The broker's rules" }, facts: { broker: 'allows all' } },
  { level: 'ok', title: { ja: 'ボタンとランプ', en: 'Button and lamp' }, facts: { lines: 4, chip: 'pinctrl-bcm2711' } },
  { level: 'ok', title: { ja: '顔認証モデル', en: 'Face models' }, facts: { pack: 'opencv', files: 4 } },
  { level: 'ok', title: { ja: 'ネットワーク', en: 'Network' }, facts: { interfaces: 'eth0 wlan0', linked: 'eth0' } },
  { level: 'ok', title: { ja: '証明書', en: 'Certificates' }, facts: { certificates: 2, daysLeft: 364 } },
];

const CONTENTS: Readonly<Record<string, ScreenContent>> = {
  splash: { screen: 'splash' },
  initialising: { screen: 'initialising', remainingSeconds: 12, waitingFor: ['broker', 'terminal'] },
  'initialising-late': { screen: 'initialising', waitingFor: ['self-test', 'terminal'] },
  'initialising-waiting': { screen: 'initialising', waitingFor: ['broker', 'terminal'] },
  'initialising-lost': { screen: 'initialising', waitingFor: ['terminal'], lost: 'uplink/terminal-lost' },
  idle: { screen: 'idle', languages: LANGUAGES },
  'reading-card': { screen: 'reading-card' },
  'choose-method': { screen: 'choose-method', methods: METHODS },
  'choose-method-2': { screen: 'choose-method', methods: ['face', 'staff'] },
  'choose-method-locked': { screen: 'choose-method', methods: ['face', 'staff'], pinLocked: true },
  'choose-method-no-photo': { screen: 'choose-method', methods: ['pin', 'staff'], faceClosed: 'photo' },
  'choose-method-photo-locked': { screen: 'choose-method', methods: ['staff'], faceClosed: 'photo-locked', pinLocked: true },
  'choose-method-no-models': { screen: 'choose-method', methods: ['pin', 'staff'], faceClosed: 'kiosk' },
  'choose-method-no-camera': { screen: 'choose-method', methods: ['pin', 'staff'], faceClosed: 'camera' },
  'choose-method-no-pin': { screen: 'choose-method', methods: ['face', 'staff'], pinNotSet: true },
  face: { screen: 'face', methods: METHODS },
  'face-retry': { screen: 'face-retry', reason: 'back-lit', attemptsLeft: 2, methods: METHODS },
  'face-retry-camera': { screen: 'face-retry', reason: 'camera', attemptsLeft: 2, methods: ['pin', 'staff'] },
  pin: { screen: 'pin', entered: 2, length: 4, triesLeft: 3, wrong: false, checking: false },
  'pin-full': { screen: 'pin', entered: 4, length: 4, triesLeft: 2, wrong: false, checking: false },
  'pin-wrong': { screen: 'pin', entered: 0, length: 4, triesLeft: 2, wrong: true, checking: false },
  'pin-checking': { screen: 'pin', entered: 4, length: 4, triesLeft: 1, wrong: false, checking: true },
  'pin-last-try': { screen: 'pin-last-try' },
  'staff-check': { screen: 'staff-check', entered: 1, length: 4, wrong: false, locked: false },
  'staff-check-asked': { screen: 'staff-check', entered: 0, length: 4, wrong: false, locked: false, receptionAsked: true },
  'staff-check-wrong': { screen: 'staff-check', entered: 0, length: 4, wrong: true, locked: false },
  'staff-check-locked': { screen: 'staff-check', entered: 0, length: 4, wrong: true, locked: true },
  consent: { screen: 'consent', questions: ['diagnosis-medication', 'checkup'] },
  'consent-short': { screen: 'consent', questions: ['diagnosis-medication'] },
  'consent-most': { screen: 'consent', questions: ['diagnosis-medication', 'checkup', 'specific-disease'] },
  prescription: { screen: 'prescription' },
  sending: { screen: 'sending' },
  done: { screen: 'done', checkIn: 'checked-in', number: 'A-128', shared: DEFAULT_QUESTIONS.map((question, i) => ({ question, given: i !== 1 })) },
  'done-most': { screen: 'done', checkIn: 'checked-in', number: 'A-128', shared: ALL_QUESTIONS.map((question) => ({ question, given: true })) },
  'done-taken': { screen: 'done', checkIn: 'checked-in', number: 'A-128', shared: DEFAULT_QUESTIONS.map((question, i) => ({ question, given: i !== 1 })), cardTaken: true },
  'done-desk': { screen: 'done', checkIn: 'see-reception', shared: ALL_QUESTIONS.slice(0, 2).map((question) => ({ question, given: true })), notice: 'certificate/expires-soon' },
  'done-stored': { screen: 'done', checkIn: 'stored', shared: [], notice: 'certificate/expired-in-grace' },
  'take-card': { screen: 'take-card', alarm: 0, number: 'A-128' },
  'take-card-plain': { screen: 'take-card', alarm: 0 },
  'take-card-1': { screen: 'take-card', alarm: 1, after: 'visit/timeout' },
  'take-card-3': { screen: 'take-card', alarm: 3, number: 'A-128' },
  'out-of-service': { screen: 'out-of-service', code: 'uplink/terminal-lost' },
  'out-of-service-plain': { screen: 'out-of-service' },
  'how-to': { screen: 'how-to', elapsedMs: 1800 },
  'how-to-identity': { screen: 'how-to', elapsedMs: 7200 },
  'how-to-pin': { screen: 'how-to', elapsedMs: 9000 },
  'how-to-consent': { screen: 'how-to', elapsedMs: 13800 },
  'how-to-done': { screen: 'how-to', elapsedMs: 18200 },
  technician: { screen: 'technician', page: 'menu' },
  'face-slow': { screen: 'face', slow: true, methods: METHODS },
  'pin-tries-1': { screen: 'pin', entered: 0, length: 4, triesLeft: 1, wrong: false, checking: false },
  'consent-items-alone': { screen: 'consent-items', question: 'surgery', index: 0, count: 1 },
  'technician-locked': { screen: 'technician', page: 'locked', entered: 2, length: 4 },
  'technician-wrong': { screen: 'technician', page: 'locked', entered: 0, length: 4, refused: 'wrong' },
  'technician-no-code': { screen: 'technician', page: 'locked', entered: 0, length: 4, refused: 'no-code' },
  'technician-self-test': { screen: 'technician', page: 'self-test', running: false, parts: SAMPLE_PARTS },
  'technician-self-test-2': { screen: 'technician', page: 'self-test', running: false, parts: SAMPLE_PARTS, at: 1 },
  'technician-versions': { screen: 'technician', page: 'versions', facts: { kazashi: '0.1.0', kiosk: 'yamada-clinic / reception-1', node: '20.19.4', system: '6.6.51+rpt-rpi-v8', panel: '1280×800 XRGB8888', uptime: '76 h' } },
  'technician-network': { screen: 'technician', page: 'network', facts: { address: 'eth0 192.168.10.21', broker: 'mqtts://broker.clinic:8883 connected', terminal: 'ready', backlog: '0' } },
  'technician-cross': { screen: 'technician', page: 'touch', touch: { stage: 'cross', number: 3, at: { x: 0.9, y: 0.9 } } },
  'technician-confirm': { screen: 'technician', page: 'touch', touch: { stage: 'confirm', secondsLeft: 12 } },
  'technician-failed': { screen: 'technician', page: 'touch', touch: { stage: 'failed' } },
  'technician-volume': { screen: 'technician', page: 'volume', level: 7 },
  'technician-brightness': { screen: 'technician', page: 'brightness', level: undefined },
  'shutting-down': { screen: 'shutting-down' },
}; // biome-ignore format: one row per sample

const TIMED = new Set(['choose-method', 'face-retry', 'pin', 'pin-last-try', 'staff-check', 'consent', 'consent-items', 'prescription']);

/** Every screen by name, in one language. Names begin with the screen's name. */
export const sampleModels = (language: Language, mode: DisplayMode = 'standard'): Readonly<Record<string, ScreenModel>> => {
  const contents: Record<string, ScreenContent> = { ...CONTENTS };
  ALL_QUESTIONS.forEach((question, index) => {
    contents[`consent-items-${question}`] = {
      screen: 'consent-items',
      question,
      index,
      count: Math.max(index + 1, DEFAULT_QUESTIONS.length),
    };
  });
  for (const hint of FACE_HINTS) {
    contents[`face-${hint}`] = { screen: 'face', hint, methods: METHODS };
    contents[`face-retry-${hint}`] = { screen: 'face-retry', reason: hint, attemptsLeft: 1, methods: METHODS };
  }
  for (const direction of FACE_DIRECTIONS)
    contents[`face-off-centre-${direction}`] = { screen: 'face', hint: 'off-centre', direction, methods: METHODS };
  for (const task of FACE_TASKS) contents[`face-task-${task}`] = { screen: 'face', task, methods: METHODS };
  for (const code of [...FAILURE_CODES, ...NOTICES]) {
    const kind = NOTICES.some((notice) => notice === code);
    contents[`notice-${code.replace('/', '-')}`] = {
      screen: 'notice',
      code,
      choices: code === 'pin/blocked' ? ['face', 'staff'] : ['continue'],
      ...(kind ? { days: 45 } : {}),
    };
  }
  const timed = Object.entries(contents).map(([name, content]): [string, ScreenModel] => [
    name,
    {
      language,
      ...(mode === 'standard' ? {} : { mode }),
      ...content,
      ...(TIMED.has(content.screen) ? { timeout: { secondsLeft: 54, asking: false } } : {}),
    },
  ]);
  const models = new Map(timed);
  for (const name of ['choose-method', 'consent', 'pin', 'notice-pin-blocked']) {
    const model = models.get(name);
    if (model !== undefined) models.set(`${name}-asking`, { ...model, timeout: { secondsLeft: 18, asking: true } });
  }
  for (const name of ['choose-method', 'face', 'consent']) {
    const model = models.get(name);
    if (model !== undefined) models.set(`${name}-languages`, { ...model, choosingLanguage: LANGUAGES });
  }
  for (const name of ['consent', 'consent-items-specific-disease', 'pin', 'face']) {
    const model = models.get(name);
    if (model !== undefined) models.set(`${name}-banner`, { ...model, banner: 'uplink/terminal-lost' });
  }
  return Object.fromEntries(models);
};
