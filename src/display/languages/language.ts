// The way from a language to its texts, and each language's name in its own script.

import type { Language } from '../../core/screens.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import type { Messages } from './messages.ts';

const LANGUAGE_MESSAGES: Readonly<Record<Language, Messages>> = { ja, en };

export const messagesFor = (language: Language): Messages => LANGUAGE_MESSAGES[language];

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { ja: '日本語', en: 'English' };
