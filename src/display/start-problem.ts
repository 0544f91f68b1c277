// What the panel shows when the program cannot start: what is wrong and where, for the technician who stands before it. In Japanese and in
// English at once, because no language can be chosen yet, and in the words of the message that the journal has.

import { cutBottom, cutTop, inset, rect } from './layout.ts';
import { type DrawnScene, SceneBuilder } from './scene-builder.ts';
import { COLOURS, sizesFor } from './theme.ts';

export interface StartProblem {
  /** Of docs/failure-codes.md. */
  readonly code: string;
  /** One sentence per line, in English, with file, line and key. */
  readonly message: string;
  /** A file that is read again as soon as it changes; undefined: the start is tried again by itself. */
  readonly file?: string;
  /** Name of the card's partition where that file is mended, on a box that nobody can log in to. */
  readonly card?: string;
}

const TITLE = 'この機械は、まだ使えません';
const ASK = ['受付は窓口でいたします。係にお声がけください。', 'Out of service: please go to the reception.'] as const;

const whatToDo = ({ file, card }: StartProblem): string => {
  if (file === undefined) return '直ると、自動で起動します。\nThe start is tried again by itself.';
  const name = file.slice(file.lastIndexOf('/') + 1);
  return card !== undefined
    ? `電源を切り、カードの区画 ${card} の ${name} をパソコンで直し、カードを戻して電源を入れてください。\nSwitch off, mend ${name} on the card's partition ${card} with any computer, put the card back, switch on.`
    : `${file} を直してください。保存すると、自動で起動します。\nMend this file. The kiosk starts by itself once it is saved.`;
};

/** Long lists are cut, and it is said how much is not shown. */
const MOST_LINES = 5;
const linesOf = ({ message, file }: StartProblem): string => {
  // The file stands below.
  const lines = message.split('\n').map((line) => (line.startsWith(`${file}: `) ? line.slice(`${file}: `.length) : line));
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(rest > 0 ? [`… ${rest} more: journalctl -u kazashi`] : [])].join('\n\n');
};

export const startProblemScene = (panel: { readonly width: number; readonly height: number }, problem: StartProblem): DrawnScene => {
  const sizes = sizesFor(panel);
  const build = new SceneBuilder(panel, sizes, 'ja');
  build.panel(rect(0, 0, panel.width, panel.height), { fill: COLOURS.page });
  build.panel(rect(0, 0, panel.width, sizes.gap / 2), { fill: COLOURS.error });
  const body = inset(rect(0, 0, panel.width, panel.height), sizes.margin, sizes.margin);
  const [title, belowTitle] = cutTop(body, sizes.title * 1.5, sizes.gap / 2);
  const [ask, belowAsk] = cutTop(belowTitle, sizes.body * (sizes.portrait ? 3 : 1.5), sizes.gap);
  const [code, aboveCode] = cutBottom(belowAsk, sizes.body * 1.5, sizes.gap / 2);
  const [todo, middle] = cutBottom(aboveCode, sizes.body * (sizes.portrait ? 6.2 : 3.2), sizes.gap);
  build.text('title', TITLE, title, { size: sizes.title, weight: 700 });
  build.text('body', ASK.join(sizes.portrait ? '\n' : '　'), ask, { size: sizes.body, colour: COLOURS.textSoft });
  build.panel(middle, { fill: COLOURS.surface, border: COLOURS.errorDark, width: sizes.stroke, radius: sizes.radius });
  build.text('problem', linesOf(problem), inset(middle, sizes.gap), {
    size: sizes.body,
    smallest: Math.round(sizes.body * 0.55),
    language: 'en',
  });
  build.text('todo', whatToDo(problem), todo, { size: sizes.body, smallest: Math.round(sizes.body * 0.6), vertical: 'middle' });
  build.text('code', problem.code, code, { size: sizes.body, colour: COLOURS.textSoft });
  return build.finish('out-of-service', [TITLE, ...ASK].join('\n'));
};
