// White on black: every colour of the theme by its counterpart, so that whatever was dark on light is light on dark.
// Pure text work on SVG fragments; a colour without a counterpart stays, and a test finds it.

import { COLOURS } from './theme.ts';

const BLACK = '#000000';
const WHITE = '#ffffff';
/** The accent that stays readable on black, 14:1. */
const YELLOW = COLOURS.warning;

const COUNTERPARTS: Readonly<Record<keyof typeof COLOURS, string>> = {
  primary: YELLOW,
  primaryDark: YELLOW,
  primaryDeep: WHITE,
  tint: BLACK,
  tintStrong: '#262626',
  line: '#6b6b6b',
  text: WHITE,
  textSoft: WHITE,
  grey: WHITE,
  border: '#949494',
  borderStrong: '#b3b3b3',
  idleInk: '#707070',
  idleBorder: '#404040',
  surface: BLACK,
  error: '#ff9999',
  errorDark: '#ffb3b3',
  errorTint: BLACK,
  success: '#9be5b4',
  successLight: COLOURS.successLight,
  successTint: BLACK,
  warning: '#6b5000',
  warningTint: BLACK,
  warningDark: YELLOW,
  page: BLACK,
};

const table = new Map<string, string>([
  ...Object.entries(COUNTERPARTS).map(([name, counterpart]): [string, string] => [COLOURS[name as keyof typeof COLOURS], counterpart]),
  ['#fff', BLACK],
  ['#000', BLACK],
]);

export const inContrast = (svg: string): string => svg.replace(/#[0-9a-f]{3,6}\b/gi, (colour) => table.get(colour) ?? colour);
