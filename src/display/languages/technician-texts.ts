// What the technician reads: Japanese, or English beside English. Patients never see it, so it is not among the six languages' texts.

import type { TechnicianTopic } from '../../core/screens.ts';

interface TechnicianTexts {
  readonly title: string;
  readonly code: string;
  readonly refused: Readonly<Record<'wrong' | 'too-often' | 'no-code', string>>;
  readonly topics: Readonly<Record<TechnicianTopic, string>>;
  readonly running: string;
  readonly tested: (faults: number) => string;
  readonly nothingToSet: string;
  readonly more: string;
  readonly less: string;
}

export const TECHNICIAN_TEXTS: Readonly<Record<'ja' | 'en', TechnicianTexts>> = {
  ja: {
    title: '保守',
    code: '保守コード（4けた）を入力してください',
    refused: {
      wrong: 'コードがちがいます。もう一度入力してください。',
      'too-often': 'まちがいが続きました。1分待ってから入力してください。',
      'no-code': '保守コードが決められていません。設定ファイルの kiosk.maintenanceCode に4けたの数字を書いてください。',
    },
    topics: { 'self-test': '自己診断', network: 'ネットワーク', versions: 'バージョン', volume: '音量', brightness: '画面の明るさ' },
    running: '調べています',
    tested: (faults) => (faults === 0 ? 'すべて正常です' : `確かめることが ${faults} 件あります`),
    nothingToSet: 'この機械では変えられません。',
    more: '上げる',
    less: '下げる',
  },
  en: {
    title: 'Maintenance',
    code: 'Enter the maintenance code (4 digits)',
    refused: {
      wrong: 'The code is wrong. Please enter it again.',
      'too-often': 'Too many wrong codes. Wait a minute before the next one.',
      'no-code': 'No maintenance code is set. Write four digits as kiosk.maintenanceCode into the settings.',
    },
    topics: { 'self-test': 'Self-test', network: 'Network', versions: 'Versions', volume: 'Volume', brightness: 'Brightness' },
    running: 'Testing',
    tested: (faults) => (faults === 0 ? 'All is well' : `${faults} to look at`),
    nothingToSet: 'This box has nothing to set here.',
    more: 'More',
    less: 'Less',
  },
};
