// What the technician reads: Japanese, or English beside English. Patients never see it, so it is not among the six languages' texts.

import type { TechnicianTopic } from '../../core/screens.ts';

interface TechnicianTexts {
  readonly title: string;
  /** Between the title and the name of a page. */
  readonly colon: string;
  readonly code: string;
  readonly refused: Readonly<Record<'wrong' | 'too-often' | 'no-code', string>>;
  readonly topics: Readonly<Record<TechnicianTopic, string>>;
  readonly running: string;
  readonly tested: (faults: number) => string;
  readonly nothingToSet: string;
  readonly touch: Readonly<Record<'kept' | 'failed' | 'reverted' | 'no-panel' | 'keep' | 'again' | 'aim', string>> & {
    readonly cross: (number: number) => string;
    readonly confirm: (seconds: number) => string;
  };
  readonly next: string;
  /** On the last page, in the place of `next`. */
  readonly first: string;
  readonly more: string;
  readonly less: string;
}

export const TECHNICIAN_TEXTS: Readonly<Record<'ja' | 'en', TechnicianTexts>> = {
  ja: {
    title: '保守',
    colon: '：',
    code: '保守コード（4けた）を入力してください',
    refused: {
      wrong: 'コードがちがいます。もう一度入力してください。',
      'too-often': 'まちがいが続きました。1分待ってから入力してください。',
      'no-code': '保守コードが決められていません。設定ファイルの kiosk.maintenanceCode に4けたの数字を書いてください。',
    },
    topics: {
      'self-test': '自己診断',
      network: 'ネットワーク',
      versions: 'バージョン',
      volume: '音量',
      brightness: '画面の明るさ',
      touch: 'タッチの調整',
    },
    running: '調べています',
    tested: (faults) => (faults === 0 ? 'すべて正常です' : `確かめることが ${faults} 件あります`),
    nothingToSet: 'この機械では変えられません。',
    touch: {
      cross: (number) => `十字の中心を押してください（${number} / 4）`,
      aim: 'やめるときは、テンキーの * を押すか、1分間そのままお待ちください。',
      confirm: (seconds) => `下のボタンを押すと保存します。押さなければ ${seconds} 秒後に元に戻ります。`,
      keep: 'この調整を保存する',
      kept: '保存しました。',
      failed: '十字から外れたところが押されたようです。もう一度お試しください。',
      reverted: '保存されなかったので、元の調整に戻しました。',
      'no-panel': 'タッチパネルがつながっていません。',
      again: 'もう一度調整する',
    },
    next: 'つぎへ',
    first: '最初のページへ',
    more: '上げる',
    less: '下げる',
  },
  en: {
    title: 'Maintenance',
    colon: ': ',
    code: 'Enter the maintenance code (4 digits)',
    refused: {
      wrong: 'The code is wrong. Please enter it again.',
      'too-often': 'Too many wrong codes. Wait a minute before the next one.',
      'no-code': 'No maintenance code is set. Write four digits as kiosk.maintenanceCode into the settings.',
    },
    topics: {
      'self-test': 'Self-test',
      network: 'Network',
      versions: 'Versions',
      volume: 'Volume',
      brightness: 'Brightness',
      touch: 'Touch',
    },
    running: 'Testing',
    tested: (faults) => (faults === 0 ? 'All is well' : `${faults} to look at`),
    nothingToSet: 'This box has nothing to set here.',
    touch: {
      cross: (number) => `Touch the middle of the cross (${number} of 4)`,
      aim: 'To stop, press * on the keypad, or wait a minute.',
      confirm: (seconds) => `Press the button below to keep it. Otherwise the old one is back in ${seconds} seconds.`,
      keep: 'Keep this calibration',
      kept: 'It is kept.',
      failed: 'A touch seems to have missed its cross. Please try again.',
      reverted: 'It was not kept: the calibration is as before.',
      'no-panel': 'No touch panel is connected.',
      again: 'Calibrate again',
    },
    next: 'Next',
    first: 'First page',
    more: 'More',
    less: 'Less',
  },
};
