// The way from a language to its texts, and each language's name in its own script.

import type { Language } from '../../core/screens.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { jaSimple } from './ja-simple.ts';
import { ko } from './ko.ts';
import type { Messages } from './messages.ts';
import { vi } from './vi.ts';
import { zhHans } from './zh-hans.ts';

const LANGUAGE_MESSAGES: Readonly<Record<Language, Messages>> = { ja, en, 'zh-Hans': zhHans, ko, vi, 'ja-simple': jaSimple };

export const messagesFor = (language: Language): Messages => LANGUAGE_MESSAGES[language];

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  ja: '日本語',
  en: 'English',
  'zh-Hans': '简体中文',
  ko: '한국어',
  vi: 'Tiếng Việt',
  'ja-simple': 'やさしい\n日本語',
};

/** What staff and technicians of a Japanese clinic read on a screen in this language: Japanese, beside English. */
export const staffLanguage = (language: Language): Language => (language === 'en' ? 'en' : 'ja');
